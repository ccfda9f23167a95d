// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * VMs: their life and their handles.
 */

#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_device.h"
#include "vgpusvm_job.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

#define VGPUSVM_NOTIFIER_SIZE	SZ_512M
/* How long who can't be killed, like an exiting process, waits for a VM to be gone */
#define VGPUSVM_EXIT_TIMEOUT	HZ

static void vgpusvm_vm_free(struct kref *ref)
{
	struct vgpusvm_vm *vm = container_of(ref, struct vgpusvm_vm, ref);
	struct drm_device *drm = &vm->vdev->drm;

	mutex_destroy(&vm->lock);
	kfree(vm);
	drm_dev_put(drm);
}

/**
 * vgpusvm_vm_put() - Drop a reference
 * @vm: The VM, or what vgpusvm_vm_get() gave instead.
 */
void vgpusvm_vm_put(struct vgpusvm_vm *vm)
{
	if (IS_ERR_OR_NULL(vm))
		return;

	kref_put(&vm->ref, vgpusvm_vm_free);
}

/**
 * vgpusvm_vm_get() - The VM of a handle, for the calling process
 * @file: The open file.
 * @id: The handle.
 *
 * Return: The VM with a reference, or an error pointer: -ENOENT, -EPERM.
 */
struct vgpusvm_vm *vgpusvm_vm_get(struct drm_file *file, u32 id)
{
	struct vgpusvm_file *vfile = file->driver_priv;
	struct vgpusvm_vm *vm;

	xa_lock(&vfile->vms);
	vm = xa_load(&vfile->vms, id);
	if (vm)
		kref_get(&vm->ref);
	xa_unlock(&vfile->vms);
	if (!vm)
		return ERR_PTR(-ENOENT);

	if (vm->mm != current->mm) {
		vgpusvm_vm_put(vm);
		return ERR_PTR(-EPERM);
	}

	return vm;
}

/**
 * vgpusvm_vm_check() - Whether a VM can be worked with
 * @vm: The VM, locked.
 *
 * Return: 0, -ENOENT if it was destroyed, -ENODEV if the GPU is going.
 */
int vgpusvm_vm_check(const struct vgpusvm_vm *vm)
{
	lockdep_assert_held(&vm->lock);
	if (vm->closed)
		return -ENOENT;

	return vm->dead ? -ENODEV : 0;
}

/**
 * vgpusvm_vm_check_range() - Whether a range from user space makes sense
 * @vm: The VM.
 * @start: Start of the range.
 * @length: Its length.
 *
 * Return: 0 or -EINVAL.
 */
int vgpusvm_vm_check_range(const struct vgpusvm_vm *vm, u64 start, u64 length)
{
	if (!length || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(length))
		return -EINVAL;
	if (start >= vm->end || length > vm->end - start)
		return -EINVAL;

	return 0;
}

/* The group may change once it is released, so nothing may be mapped then. */
static void vgpusvm_vm_release_group(struct vgpusvm_vm *vm)
{
	vgpusvm_range_zap_all(vm);
	drm_pagemap_group_release(vm->group);
	vm->group = NULL;
}

/* Nobody can find it any more; who has a reference finds it closed. */
static void vgpusvm_vm_close_work(struct work_struct *work)
{
	struct vgpusvm_vm *vm =
		container_of(work, struct vgpusvm_vm, close_work);

	scoped_guard(mutex, &vm->lock)
		WRITE_ONCE(vm->closed, true);
	flush_work(&vm->jobs_work);
	disable_work_sync(&vm->gc_work);

	scoped_guard(mutex, &vm->lock) {
		if (vm->group)
			vgpusvm_vm_release_group(vm);
		drm_gpusvm_fini(&vm->svm);
		vgpusvm_prefs_fini(vm);
	}
	scoped_guard(mutex, &vm->vdev->vms_lock)
		list_del(&vm->entry);
	complete_all(&vm->gone);
	vgpusvm_vm_put(vm);
}

static int vgpusvm_vm_init(struct vgpusvm_vm *vm, struct vgpusvm_device *vdev)
{
	int err;

	vm->group = drm_pagemap_group_hold(vdev->initiator);
	if (IS_ERR(vm->group))
		return PTR_ERR(vm->group);

	err = drm_gpusvm_init(&vm->svm, VGPUSVM_DRIVER_NAME, current->mm, 0,
			      vm->end, VGPUSVM_NOTIFIER_SIZE,
			      &vgpusvm_gpusvm_ops, vgpusvm_chunk_sizes(),
			      VGPUSVM_NUM_CHUNK_SIZES);
	if (err) {
		drm_pagemap_group_release(vm->group);
		return err;
	}
	drm_gpusvm_driver_set_lock(&vm->svm, &vm->lock);

	return 0;
}

static struct vgpusvm_vm *vgpusvm_vm_create(struct vgpusvm_device *vdev)
{
	struct vgpusvm_vm *vm = kzalloc_obj(*vm);
	int err;

	if (!vm)
		return ERR_PTR(-ENOMEM);

	kref_init(&vm->ref);
	vm->vdev = vdev;
	vm->mm = current->mm;
	vm->end = current->mm->task_size;
	mutex_init(&vm->lock);
	mt_init(&vm->prefs);
	xa_init(&vm->nodes);
	spin_lock_init(&vm->gc_lock);
	INIT_LIST_HEAD(&vm->gc_ranges);
	INIT_WORK(&vm->gc_work, vgpusvm_range_gc_work);
	spin_lock_init(&vm->jobs_lock);
	INIT_LIST_HEAD(&vm->jobs);
	INIT_WORK(&vm->jobs_work, vgpusvm_jobs_work);
	INIT_WORK(&vm->close_work, vgpusvm_vm_close_work);
	init_completion(&vm->gone);

	err = vgpusvm_vm_init(vm, vdev);
	if (err) {
		kfree(vm);
		return ERR_PTR(err);
	}

	drm_dev_get(&vdev->drm);
	scoped_guard(mutex, &vdev->vms_lock)
		list_add_tail(&vm->entry, &vdev->vms);

	return vm;
}

/**
 * vgpusvm_vm_kill() - The GPU is going
 * @vm: A VM of it.
 */
void vgpusvm_vm_kill(struct vgpusvm_vm *vm)
{
	guard(mutex)(&vm->lock);
	if (vm->closed || vm->dead)
		return;

	vm->dead = true;
	vgpusvm_vm_release_group(vm);
}

/*
 * A job may wait for a page that only its own process can bring, by userfaultfd.
 * If that is killed, or exits, nobody does, until its other files are closed as
 * well. So neither may wait here for good, nor who closes files for others.
 */
static void vgpusvm_vm_close(struct vgpusvm_vm *vm)
{
	kref_get(&vm->ref);
	queue_work(vgpusvm_job_wq, &vm->close_work);
	if (current->flags & (PF_EXITING | PF_KTHREAD))
		wait_for_completion_timeout(&vm->gone, VGPUSVM_EXIT_TIMEOUT);
	else
		wait_for_completion_killable(&vm->gone);
	vgpusvm_vm_put(vm);
}

/**
 * vgpusvm_vm_create_ioctl() - %DRM_IOCTL_VGPUSVM_VM_CREATE
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_vm_create.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_vm_create_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file)
{
	struct vgpusvm_file *vfile = file->driver_priv;
	struct drm_vgpusvm_vm_create *args = data;
	struct vgpusvm_vm *vm;
	int err, idx;

	if (args->flags || args->vm_id || args->reserved[0] ||
	    args->reserved[1])
		return -EINVAL;

	/* Either remove() finds it, or it is not made */
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	vm = vgpusvm_vm_create(to_vgpusvm(drm));
	drm_dev_exit(idx);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	err = xa_alloc(&vfile->vms, &args->vm_id, vm, xa_limit_32b, GFP_KERNEL);
	if (err)
		vgpusvm_vm_close(vm);

	return err;
}

/**
 * vgpusvm_vm_destroy_ioctl() - %DRM_IOCTL_VGPUSVM_VM_DESTROY
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_vm_destroy.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_vm_destroy_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file)
{
	struct vgpusvm_file *vfile = file->driver_priv;
	struct drm_vgpusvm_vm_destroy *args = data;
	struct vgpusvm_vm *vm;

	if (args->pad)
		return -EINVAL;

	vm = vgpusvm_vm_get(file, args->vm_id);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	/* Of two at the same time one comes too late */
	if (xa_cmpxchg(&vfile->vms, args->vm_id, vm, NULL, GFP_KERNEL) != vm) {
		vgpusvm_vm_put(vm);
		return -ENOENT;
	}
	vgpusvm_vm_close(vm);
	vgpusvm_vm_put(vm);

	return 0;
}

/**
 * vgpusvm_file_open() - &drm_driver.open
 * @drm: The GPU.
 * @file: The new file.
 *
 * Return: 0, -EINTR or -ENOMEM.
 */
int vgpusvm_file_open(struct drm_device *drm, struct drm_file *file)
{
	struct vgpusvm_file *vfile;

	/* The node is there a little before the GPU is in the topology */
	if (wait_for_completion_interruptible(&to_vgpusvm(drm)->probed))
		return -EINTR;

	vfile = kzalloc_obj(*vfile);
	if (!vfile)
		return -ENOMEM;

	xa_init_flags(&vfile->vms, XA_FLAGS_ALLOC1);
	file->driver_priv = vfile;

	return 0;
}

/**
 * vgpusvm_file_close() - &drm_driver.postclose
 * @drm: The GPU.
 * @file: The file.
 */
void vgpusvm_file_close(struct drm_device *drm, struct drm_file *file)
{
	struct vgpusvm_file *vfile = file->driver_priv;
	struct vgpusvm_vm *vm;
	unsigned long id;

	xa_for_each(&vfile->vms, id, vm)
		vgpusvm_vm_close(vm);
	xa_destroy(&vfile->vms);
	kfree(vfile);
}
