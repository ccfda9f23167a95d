/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VM_H_
#define _VGPUSVM_VM_H_

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_gpusvm.h>

#include "vgpusvm_queue.h"
#include "vgpusvm_stats.h"

struct drm_pagemap;
struct drm_pagemap_group;
struct drm_pagemap_node;
struct pid;
struct vgpusvm_device;
struct vgpusvm_mm;

/**
 * struct vgpusvm_vm - A GPU's view of an address space
 * @ref: Reference count of this structure.
 * @users: Number of users that keep the VM from being torn down: the handle,
 *	   running ioctls, and jobs. No user waits for another.
 * @vdev: GPU of the VM.
 * @mm: Address space, only for comparison.
 * @tgid: Process that created the VM.
 * @end: End of the address space.
 * @shared: State that the VMs of the address space share.
 * @svm: Ranges and notifiers.
 * @closed: Set when the handle is gone.
 * @dead: Set when the GPU is being removed: the VM has no mappings and gets
 *	  none. Set under the notifier lock.
 * @group: Group that the VM holds; %NULL after its release.
 * @owner: Owner value of the group.
 * @entry: Entry in &vgpusvm_device.vms.
 * @prefs: Preferred &struct drm_pagemap_node by address.
 * @num_parts: Number of parts of @prefs that differ from their neighbours.
 * @nodes: Nodes in @prefs by ID, each with a reference.
 * @ranges: List of all &struct vgpusvm_range. Protected by the notifier lock.
 * @gc_ranges: List of ranges to remove.
 * @gc_work: Work that removes the ranges of @gc_ranges.
 * @range_free: Wait queue, woken when a fault unclaims a range.
 * @queue: Asynchronous jobs.
 * @close_work: Work that tears down the VM.
 * @free_work: Work that ends the thread of @queue and drops the reference.
 * @gone: Completed when the VM was torn down.
 * @stats: Counters of the VM.
 * @busy_ns: Nanoseconds that operations of the VM have run.
 */
struct vgpusvm_vm {
	struct kref ref;
	refcount_t users;
	struct vgpusvm_device *vdev;
	struct mm_struct *mm;
	struct pid *tgid;
	unsigned long end;
	struct vgpusvm_mm *shared;
	struct drm_gpusvm svm;
	/**
	 * @lock: Protects the set of ranges and the preferences. Nests outside
	 * mmap_lock and the notifier lock. The process can delay the holder by
	 * its mmap_lock. So only calls of this process wait for the lock, and a
	 * signal can interrupt them.
	 */
	struct mutex lock;
	bool closed;
	bool dead;
	/** @group_lock: Protects @group, including its use. */
	struct rw_semaphore group_lock;
	struct drm_pagemap_group *group;
	void *owner;
	struct list_head entry;
	struct maple_tree prefs;
	unsigned int num_parts;
	struct xarray nodes;
	struct list_head ranges;
	/**
	 * @gc_lock: Protects @gc_ranges, &vgpusvm_range.busy and
	 * &vgpusvm_range.doomed. Nests inside the notifier lock.
	 */
	spinlock_t gc_lock;
	struct list_head gc_ranges;
	struct work_struct gc_work;
	wait_queue_head_t range_free;
	struct vgpusvm_queue queue;
	struct work_struct close_work;
	struct work_struct free_work;
	struct completion gone;
	struct vgpusvm_stats stats;
	atomic64_t busy_ns;
};

void vgpusvm_vm_use(struct vgpusvm_vm *vm);
void vgpusvm_vm_put(struct vgpusvm_vm *vm);
DEFINE_FREE(vgpusvm_vm, struct vgpusvm_vm *, vgpusvm_vm_put(_T))
void vgpusvm_vm_unref(struct vgpusvm_vm *vm);

int vgpusvm_vm_lock(struct vgpusvm_vm *vm);
void vgpusvm_vm_unlock(struct vgpusvm_vm *vm);
int vgpusvm_vm_check(const struct vgpusvm_vm *vm);
bool vgpusvm_vm_interrupted(void);
int vgpusvm_vm_sleep(const struct vgpusvm_vm *vm, ktime_t end);

int vgpusvm_vm_check_group(struct vgpusvm_vm *vm,
			   struct drm_pagemap_node *node);
struct drm_pagemap *vgpusvm_vm_resolve(struct vgpusvm_vm *vm,
				       struct drm_pagemap_node *node);
void vgpusvm_vm_release_group(struct vgpusvm_vm *vm);

void vgpusvm_vm_stat_add(struct vgpusvm_vm *vm, enum vgpusvm_stat stat, u64 n);

#endif
