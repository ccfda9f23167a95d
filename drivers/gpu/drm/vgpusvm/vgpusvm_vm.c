// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What all users of a VM need: references, locks, checks, its group, and its
 * counters. vgpusvm_handle.c has its life cycle.
 */

#include <linux/cleanup.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_device.h"
#include "vgpusvm_mm.h"
#include "vgpusvm_vm.h"

/* Longest sleep before a look whether the work has to end, in ns */
#define VGPUSVM_SLEEP_STEP	(10 * NSEC_PER_MSEC)

static void vgpusvm_vm_free(struct kref *ref)
{
	struct vgpusvm_vm *vm = container_of(ref, struct vgpusvm_vm, ref);
	struct drm_device *drm = &vm->vdev->drm;

	vgpusvm_mm_put(vm->shared);
	mutex_destroy(&vm->lock);
	put_pid(vm->tgid);
	kfree(vm);
	drm_dev_put(drm);
}

/**
 * vgpusvm_vm_unref() - Drop a reference to the structure of a VM
 * @vm: The VM.
 */
void vgpusvm_vm_unref(struct vgpusvm_vm *vm)
{
	kref_put(&vm->ref, vgpusvm_vm_free);
}

/**
 * vgpusvm_vm_use() - Add a user, which keeps a VM from being torn down
 * @vm: VM that the caller uses already.
 */
void vgpusvm_vm_use(struct vgpusvm_vm *vm)
{
	refcount_inc(&vm->users);
}

/**
 * vgpusvm_vm_put() - Drop a user of a VM
 * @vm: VM that the caller uses. %NULL and error pointers are ignored.
 */
void vgpusvm_vm_put(struct vgpusvm_vm *vm)
{
	if (IS_ERR_OR_NULL(vm))
		return;

	if (refcount_dec_and_test(&vm->users))
		queue_work(vm->shared->wq, &vm->close_work);
}

/**
 * vgpusvm_vm_check() - Check whether a VM is usable
 * @vm: The VM.
 *
 * Return: 0, -ENOENT if the VM was destroyed, -ENODEV if the GPU is being
 * removed. The result may be out of date at once.
 */
int vgpusvm_vm_check(const struct vgpusvm_vm *vm)
{
	if (READ_ONCE(vm->closed))
		return -ENOENT;

	return READ_ONCE(vm->dead) ? -ENODEV : 0;
}

/**
 * vgpusvm_vm_interrupted() - Check whether the current task has to interrupt
 * work that it can continue later
 *
 * The scheduler enforces a limit of processor time (cpu.max) by task work,
 * which runs on the way to user mode. A call can take long, and the thread of
 * a queue never gets there. Both run task work after a signal, so the function
 * handles task work as one.
 *
 * Return: True if the task has to interrupt its work.
 */
bool vgpusvm_vm_interrupted(void)
{
	if (task_work_pending(current))
		set_thread_flag(TIF_NOTIFY_SIGNAL);

	return signal_pending(current);
}

/**
 * vgpusvm_vm_sleep() - Sleep a step of a longer time
 * @vm: The VM.
 * @end: End of the whole time.
 *
 * Return: 0; -ERESTARTSYS if the current task has to interrupt its work, or an error of
 * vgpusvm_vm_check().
 */
int vgpusvm_vm_sleep(const struct vgpusvm_vm *vm, ktime_t end)
{
	ktime_t step = min(ktime_add_ns(ktime_get(), VGPUSVM_SLEEP_STEP), end);

	/* usleep_range_state() would spin after a signal */
	set_current_state(TASK_INTERRUPTIBLE);
	schedule_hrtimeout(&step, HRTIMER_MODE_ABS);

	return vgpusvm_vm_interrupted() ? -ERESTARTSYS : vgpusvm_vm_check(vm);
}

/**
 * vgpusvm_vm_lock() - Lock a VM that is usable
 * @vm: VM of the current process.
 *
 * Return: 0, -EINTR, or an error of vgpusvm_vm_check().
 */
int vgpusvm_vm_lock(struct vgpusvm_vm *vm)
{
	int err;

	if (mutex_lock_interruptible(&vm->lock))
		return -EINTR;

	err = vgpusvm_vm_check(vm);
	if (err)
		vgpusvm_vm_unlock(vm);

	return err;
}

/**
 * vgpusvm_vm_unlock() - Unlock a VM
 * @vm: VM to unlock.
 */
void vgpusvm_vm_unlock(struct vgpusvm_vm *vm)
{
	mutex_unlock(&vm->lock);
	/* Pairs with vgpusvm_range_gc_work(), which only tries the lock */
	smp_mb();
	if (!list_empty_careful(&vm->gc_ranges))
		queue_work(vm->shared->wq, &vm->gc_work);
}

/**
 * vgpusvm_vm_check_group() - Check whether a VM may use a pagemap
 * @vm: The VM.
 * @node: The pagemap.
 *
 * Return: 0, or an error of drm_pagemap_node_check_group(); -ENODEV if the GPU
 * is being removed.
 */
int vgpusvm_vm_check_group(struct vgpusvm_vm *vm,
			   struct drm_pagemap_node *node)
{
	guard(rwsem_read)(&vm->group_lock);

	return vm->group ? drm_pagemap_node_check_group(node, vm->group) :
			   -ENODEV;
}

/**
 * vgpusvm_vm_resolve() - Get the device-private pages of a pagemap for a VM
 * @vm: The VM.
 * @node: The pagemap.
 *
 * Return: The &struct drm_pagemap with a reference, or an error pointer of
 * drm_pagemap_node_resolve(); -ENODEV if the GPU is being removed.
 */
struct drm_pagemap *vgpusvm_vm_resolve(struct vgpusvm_vm *vm,
				       struct drm_pagemap_node *node)
{
	guard(rwsem_read)(&vm->group_lock);

	return vm->group ? drm_pagemap_node_resolve(node, vm->group) :
			   ERR_PTR(-ENODEV);
}

/**
 * vgpusvm_vm_release_group() - Release the group of a VM
 * @vm: VM that has no mappings and will get none, so its group may change.
 */
void vgpusvm_vm_release_group(struct vgpusvm_vm *vm)
{
	guard(rwsem_write)(&vm->group_lock);
	if (!vm->group)
		return;

	drm_pagemap_group_release(vm->group);
	WRITE_ONCE(vm->group, NULL);
}

/**
 * vgpusvm_vm_stat_add() - Increase a counter of a VM and of its device
 * @vm: The VM.
 * @stat: Counter to increase.
 * @n: Number to add.
 */
void vgpusvm_vm_stat_add(struct vgpusvm_vm *vm, enum vgpusvm_stat stat, u64 n)
{
	vgpusvm_stats_add(&vm->stats, stat, n);
	vgpusvm_stats_add(&vm->vdev->stats, stat, n);
}
