/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VM_H_
#define _VGPUSVM_VM_H_

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_gpusvm.h>

#include "vgpusvm_stats.h"

/* Most VMs of an open file */
#define VGPUSVM_MAX_VMS		64

struct drm_device;
struct drm_file;
struct drm_pagemap_group;
struct drm_pagemap_node;
struct vgpusvm_device;

/**
 * struct vgpusvm_file - An open file of a GPU
 * @vms: Its VMs by handle.
 */
struct vgpusvm_file {
	struct xarray vms;
};

/**
 * struct vgpusvm_vm - The view that a GPU has of an address space
 * @ref: References.
 * @vdev: The GPU.
 * @mm: The address space, to compare with.
 * @end: Where the address space ends.
 * @svm: Ranges and notifiers.
 * @closed: Nobody has a handle any more.
 * @dead: The GPU is going.
 * @group: The interconnect group; %NULL once it was released.
 * @entry: In &vgpusvm_device.vms.
 * @prefs: The preferred &struct drm_pagemap_node by address.
 * @nodes: The nodes in @prefs by ID, which have a reference.
 * @gc_ranges: Ranges whose memory was unmapped.
 * @gc_work: Removes these.
 * @jobs: Asynchronous &struct vgpusvm_job, in their order.
 * @jobs_work: Runs them.
 * @close_work: Takes it apart when they have ended.
 * @gone: That is done.
 * @stats: Its counters.
 */
struct vgpusvm_vm {
	struct kref ref;
	struct vgpusvm_device *vdev;
	struct mm_struct *mm;
	unsigned long end;
	struct drm_gpusvm svm;
	/**
	 * @lock: Protects everything here that has no lock of its own. Outside
	 * of mmap_lock and the notifier lock.
	 */
	struct mutex lock;
	bool closed;
	bool dead;
	struct drm_pagemap_group *group;
	struct list_head entry;
	struct maple_tree prefs;
	struct xarray nodes;
	/** @gc_lock: Protects @gc_ranges. Inside of the notifier lock. */
	spinlock_t gc_lock;
	struct list_head gc_ranges;
	struct work_struct gc_work;
	/** @jobs_lock: Protects @jobs. */
	spinlock_t jobs_lock;
	struct list_head jobs;
	struct work_struct jobs_work;
	struct work_struct close_work;
	struct completion gone;
	struct vgpusvm_stats stats;
};

struct vgpusvm_vm *vgpusvm_vm_get(struct drm_file *file, u32 id);
void vgpusvm_vm_put(struct vgpusvm_vm *vm);
DEFINE_FREE(vgpusvm_vm, struct vgpusvm_vm *, vgpusvm_vm_put(_T))

int vgpusvm_vm_check(const struct vgpusvm_vm *vm);
int vgpusvm_vm_check_range(const struct vgpusvm_vm *vm, u64 start, u64 length);
void vgpusvm_vm_kill(struct vgpusvm_vm *vm);

int vgpusvm_file_open(struct drm_device *drm, struct drm_file *file);
void vgpusvm_file_close(struct drm_device *drm, struct drm_file *file);

int vgpusvm_vm_create_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file);
int vgpusvm_vm_destroy_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
