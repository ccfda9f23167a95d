/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_MM_H_
#define _VGPUSVM_MM_H_

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rwsem.h>

struct mm_struct;

/**
 * struct vgpusvm_mm - An address space that has VMs
 * @ref: One for each VM.
 * @entry: In the table of all.
 * @mm: The address space, kept as a structure.
 */
struct vgpusvm_mm {
	struct kref ref;
	struct hlist_node entry;
	struct mm_struct *mm;
	/**
	 * @move_lock: Held for reading to move pages to a GPU, for writing by
	 * a GPU that failed once and wants to be alone. It may be held for as
	 * long as the process itself delays its page faults, so nobody but
	 * this process may wait for it.
	 */
	struct rw_semaphore move_lock;
};

struct vgpusvm_mm *vgpusvm_mm_get(struct mm_struct *mm);
void vgpusvm_mm_put(struct vgpusvm_mm *vmm);

#endif
