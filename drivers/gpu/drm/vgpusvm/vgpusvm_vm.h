/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VM_H_
#define _VGPUSVM_VM_H_

#include <linux/completion.h>
#include <linux/kref.h>
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

/* Most VMs of an open file */
#define VGPUSVM_MAX_VMS		64

struct drm_device;
struct drm_file;
struct drm_pagemap_group;
struct drm_pagemap_node;
struct pid;
struct vgpusvm_device;
struct vgpusvm_mm;

/**
 * struct vgpusvm_file - An open file of a GPU
 * @vms: Its VMs by handle.
 */
struct vgpusvm_file {
	struct xarray vms;
};

/**
 * struct vgpusvm_vm - The view that a GPU has of an address space
 * @ref: What keeps this structure.
 * @users: What keeps the VM from being taken apart: the handle, calls that are
 *	   at work, and jobs. None of these waits for another.
 * @vdev: The GPU.
 * @mm: The address space, to compare with.
 * @tgid: The process that made the VM.
 * @end: Where the address space ends.
 * @shared: What the VMs of the address space share.
 * @svm: Ranges and notifiers.
 * @closed: Nobody has a handle any more.
 * @dead: The GPU is going: nothing is mapped, and nothing will be. Set under
 *	  the notifier lock.
 * @group: The interconnect group; %NULL once it was released.
 * @owner: Its owner value.
 * @entry: In &vgpusvm_device.vms.
 * @prefs: The preferred &struct drm_pagemap_node by address.
 * @num_parts: Number of parts that differ in @prefs.
 * @nodes: The nodes in @prefs by ID, which have a reference.
 * @ranges: All &struct vgpusvm_range. Protected by the notifier lock.
 * @gc_ranges: Ranges that are to be removed.
 * @gc_work: Removes these.
 * @range_free: Woken up when a fault is done with a range.
 * @queue: Asynchronous jobs.
 * @close_work: Takes the VM apart.
 * @free_work: Ends the thread of @queue and drops the reference.
 * @gone: The VM was taken apart.
 * @stats: Its counters.
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
	 * @lock: Protects which ranges there are, and the preferences. Outside
	 * of mmap_lock and the notifier lock. The process itself can delay who
	 * holds it, by its mmap_lock: only its own calls wait for it, so that
	 * a signal can interrupt them, and nothing else does.
	 */
	struct mutex lock;
	bool closed;
	bool dead;
	/** @group_lock: Protects @group, also while it is used. */
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
	 * &vgpusvm_range.doomed. Inside of the notifier lock.
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
};

struct vgpusvm_vm *vgpusvm_vm_get(struct drm_file *file, u32 id);
void vgpusvm_vm_use(struct vgpusvm_vm *vm);
void vgpusvm_vm_put(struct vgpusvm_vm *vm);
DEFINE_FREE(vgpusvm_vm, struct vgpusvm_vm *, vgpusvm_vm_put(_T))

int vgpusvm_vm_lock(struct vgpusvm_vm *vm);
void vgpusvm_vm_unlock(struct vgpusvm_vm *vm);
int vgpusvm_vm_check(const struct vgpusvm_vm *vm);
int vgpusvm_vm_check_range(const struct vgpusvm_vm *vm, u64 start, u64 length);
void vgpusvm_device_kill_vms(struct vgpusvm_device *vdev);

int vgpusvm_file_open(struct drm_device *drm, struct drm_file *file);
void vgpusvm_file_close(struct drm_device *drm, struct drm_file *file);

int vgpusvm_vm_create_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file);
int vgpusvm_vm_destroy_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
