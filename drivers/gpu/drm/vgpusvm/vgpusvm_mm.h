/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_MM_H_
#define _VGPUSVM_MM_H_

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rwsem.h>

struct mm_struct;

/**
 * struct vgpusvm_mm - State that the VMs of an address space share
 * @ref: Reference count, one for each VM.
 * @entry: Entry in the hash table of all address spaces.
 * @mm: Address space, with a reference from mmgrab().
 * @wq: Workqueue for the VMs. The process can delay its work, so processes do
 *	not share one.
 * @free_work: Work that frees this structure.
 */
struct vgpusvm_mm {
	struct kref ref;
	struct hlist_node entry;
	struct mm_struct *mm;
	struct workqueue_struct *wq;
	struct work_struct free_work;
	/**
	 * @move_lock: Held for reading to move pages to a GPU. A GPU that
	 * failed once holds it for writing, to retry alone. The process can
	 * delay the holder as long as it delays its own page faults, so only
	 * this process may wait for the lock.
	 */
	struct rw_semaphore move_lock;
};

struct vgpusvm_mm *vgpusvm_mm_get(struct mm_struct *mm);
int vgpusvm_mm_next(struct mm_struct *mm, u64 *addr, u64 end);
void vgpusvm_mm_put(struct vgpusvm_mm *vmm);

#endif
