// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The life cycle of VMs. They are created by ioctl, and destroyed by ioctl, with
 * the open file that has their handles, or with the GPU.
 */

#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_print.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_mm.h"
#include "vgpusvm_options.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_queue.h"
#include "vgpusvm_range.h"
#include "vgpusvm_usage.h"
#include "vgpusvm_vm.h"
#include "vgpusvm_vram.h"

#define VGPUSVM_NOTIFIER_SIZE	SZ_512M
/* Time that an exiting process waits for the teardown of one of its VMs */
#define VGPUSVM_EXIT_TIMEOUT	HZ

/**
 * struct vgpusvm_file - An open file of a GPU
 * @vms: VMs of the file, indexed by handle.
 * @busy_ns: Nanoseconds that operations of destroyed VMs have run.
 */
struct vgpusvm_file {
	struct xarray vms;
	atomic64_t busy_ns;
};

/**
 * vgpusvm_vm_get() - Look up a VM by its handle, for the calling process
 * @file: Open file.
 * @id: Handle of the VM.
 *
 * Return: The VM, to be released with vgpusvm_vm_put(), or an error pointer:
 * -ENOENT, -EPERM.
 */
struct vgpusvm_vm *vgpusvm_vm_get(struct drm_file *file, u32 id)
{
	struct vgpusvm_file *vfile = file->driver_priv;
	struct vgpusvm_vm *vm;

	xa_lock(&vfile->vms);
	vm = xa_load(&vfile->vms, id);
	if (vm)
		vgpusvm_vm_use(vm);
	xa_unlock(&vfile->vms);
	if (!vm)
		return ERR_PTR(-ENOENT);

	if (vm->mm != current->mm) {
		vgpusvm_vm_put(vm);
		return ERR_PTR(-EPERM);
	}

	return vm;
}

static bool vgpusvm_vm_has_range(const struct vgpusvm_vm *vm, u64 start,
				 u64 length)
{
	return length && PAGE_ALIGNED(start) && PAGE_ALIGNED(length) &&
	       start < vm->end && length <= vm->end - start;
}

/**
 * vgpusvm_vm_get_range() - Look up a VM by its handle, and check a range
 * @file: Open file.
 * @id: Handle of the VM.
 * @start: Start of the range, from user space.
 * @length: Length of the range in bytes, from user space.
 *
 * Return: The VM as by vgpusvm_vm_get(), or an error pointer: -ENOENT, -EPERM,
 * -EINVAL if the range is empty, not of whole pages, or not in the VM.
 */
struct vgpusvm_vm *vgpusvm_vm_get_range(struct drm_file *file, u32 id,
					u64 start, u64 length)
{
	struct vgpusvm_vm *vm = vgpusvm_vm_get(file, id);

	if (IS_ERR(vm) || vgpusvm_vm_has_range(vm, start, length))
		return vm;

	vgpusvm_vm_put(vm);

	return ERR_PTR(-EINVAL);
}

static void vgpusvm_vm_free_work(struct work_struct *work)
{
	struct vgpusvm_vm *vm =
		container_of(work, struct vgpusvm_vm, free_work);

	vgpusvm_queue_fini(&vm->queue);
	vgpusvm_vm_unref(vm);
	/* Module exit ends the workqueue before the code goes away */
	module_put(THIS_MODULE);
}

static void vgpusvm_vm_queue_idle(struct vgpusvm_queue *queue)
{
	struct vgpusvm_vm *vm = container_of(queue, struct vgpusvm_vm, queue);

	queue_work(vm->shared->wq, &vm->free_work);
}

/*
 * Tear down a VM without users. Its process can still delay this, because it
 * can delay the end of an MMU notifier. So only the process itself waits for
 * it. The removal of the GPU uses vgpusvm_device_kill_vms() instead, which does
 * not wait.
 */
static void vgpusvm_vm_close_work(struct work_struct *work)
{
	struct vgpusvm_vm *vm =
		container_of(work, struct vgpusvm_vm, close_work);

	disable_work_sync(&vm->gc_work);
	vgpusvm_range_kill_all(vm);
	vgpusvm_vm_release_group(vm);
	scoped_guard(mutex, &vm->lock) {
		drm_gpusvm_fini(&vm->svm);
		vgpusvm_prefs_fini(vm);
	}
	scoped_guard(mutex, &vm->vdev->vms_lock)
		list_del(&vm->entry);
	complete_all(&vm->gone);
	/* free_work may finish before this work does */
	kref_get(&vm->ref);
	vgpusvm_queue_close(&vm->queue);
	vgpusvm_vm_unref(vm);
}

/*
 * Allocate a VM. A limit of the caller's cgroup can delay this, so no lock is
 * held that others need.
 */
static struct vgpusvm_vm *vgpusvm_vm_alloc(struct vgpusvm_device *vdev)
{
	struct vgpusvm_vm *vm __free(kfree) =
		kzalloc_obj(*vm, GFP_KERNEL_ACCOUNT);

	if (!vm)
		return ERR_PTR(-ENOMEM);

	kref_init(&vm->ref);
	refcount_set(&vm->users, 1);
	vm->vdev = vdev;
	vm->mm = current->mm;
	vm->end = current->mm->task_size;
	vm->shared = vgpusvm_mm_get(vm->mm);
	if (IS_ERR(vm->shared))
		return ERR_CAST(vm->shared);

	mutex_init(&vm->lock);
	init_rwsem(&vm->group_lock);
	vgpusvm_prefs_init(vm);
	INIT_LIST_HEAD(&vm->ranges);
	spin_lock_init(&vm->gc_lock);
	INIT_LIST_HEAD(&vm->gc_ranges);
	INIT_WORK(&vm->gc_work, vgpusvm_range_gc_work);
	init_waitqueue_head(&vm->range_free);
	vgpusvm_queue_init(&vm->queue, vgpusvm_vm_queue_idle);
	INIT_WORK(&vm->close_work, vgpusvm_vm_close_work);
	INIT_WORK(&vm->free_work, vgpusvm_vm_free_work);
	init_completion(&vm->gone);

	return no_free_ptr(vm);
}

static int vgpusvm_vm_init(struct vgpusvm_vm *vm, struct vgpusvm_device *vdev)
{
	bool huge = vgpusvm_device_has_huge_folios(vdev);
	int err;

	vm->group = drm_pagemap_group_hold(vdev->initiator);
	if (IS_ERR(vm->group))
		return PTR_ERR(vm->group);
	vm->owner = drm_pagemap_group_owner(vm->group);

	err = drm_gpusvm_init(&vm->svm, VGPUSVM_DRIVER_NAME, vm->mm, 0,
			      vm->end, VGPUSVM_NOTIFIER_SIZE,
			      &vgpusvm_gpusvm_ops,
			      vgpusvm_chunk_sizes(huge),
			      VGPUSVM_NUM_CHUNK_SIZES);
	if (err) {
		drm_pagemap_group_release(vm->group);
		return err;
	}
	drm_gpusvm_driver_set_lock(&vm->svm, &vm->lock);

	vm->tgid = get_pid(task_tgid(current));
	/* Users of the VM may outlive its file */
	__module_get(THIS_MODULE);
	drm_dev_get(&vdev->drm);
	scoped_guard(mutex, &vdev->vms_lock)
		list_add_tail(&vm->entry, &vdev->vms);

	return 0;
}

static struct vgpusvm_vm *vgpusvm_vm_create(struct vgpusvm_device *vdev)
{
	struct vgpusvm_vm *vm = vgpusvm_vm_alloc(vdev);
	int err = -ENODEV, idx;

	if (IS_ERR(vm))
		return vm;

	/* Either remove() finds the VM, or this fails to create it */
	if (drm_dev_enter(&vdev->drm, &idx)) {
		err = vdev->config->no_page_faults ? -EOPNOTSUPP :
						     vgpusvm_vm_init(vm, vdev);
		drm_dev_exit(idx);
	}
	if (!err)
		return vm;

	vgpusvm_mm_put(vm->shared);
	kfree(vm);

	return ERR_PTR(err);
}

/* This waits for no process: it needs neither a page fault nor mmap_lock. */
static void vgpusvm_vm_kill(struct vgpusvm_vm *vm)
{
	vgpusvm_range_kill_all(vm);
	wake_up_all(&vm->range_free);
	vgpusvm_vm_release_group(vm);
}

static struct vgpusvm_vm *vgpusvm_device_next_vm(struct vgpusvm_device *vdev)
{
	struct vgpusvm_vm *vm;

	guard(mutex)(&vdev->vms_lock);
	list_for_each_entry(vm, &vdev->vms, entry)
		if (READ_ONCE(vm->group)) {
			kref_get(&vm->ref);
			return vm;
		}

	return NULL;
}

/**
 * vgpusvm_device_kill_vms() - Unmap all memory from a GPU permanently
 * @vdev: GPU that is being removed. It gets no new VMs.
 *
 * This includes VMs that are being closed, because their DMA mappings must not
 * outlive the GPU either.
 */
void vgpusvm_device_kill_vms(struct vgpusvm_device *vdev)
{
	struct vgpusvm_vm *vm;

	while ((vm = vgpusvm_device_next_vm(vdev))) {
		vgpusvm_vm_kill(vm);
		vgpusvm_vm_unref(vm);
	}
}

/*
 * A job may wait for a page that only its own process can provide, by
 * userfaultfd. An exiting process provides none, so it waits for a limited
 * time. A task that closes the file of another process must not depend on it,
 * so it does not wait.
 */
static void vgpusvm_vm_wait_gone(struct vgpusvm_vm *vm)
{
	if (task_tgid(current) != vm->tgid)
		return;
	if (current->flags & PF_EXITING)
		wait_for_completion_timeout(&vm->gone, VGPUSVM_EXIT_TIMEOUT);
	else
		wait_for_completion_killable(&vm->gone);
}

/* Consumes the use of the VM that the handle had. */
static void vgpusvm_vm_close(struct vgpusvm_vm *vm)
{
	kref_get(&vm->ref);
	WRITE_ONCE(vm->closed, true);
	wake_up_all(&vm->range_free);
	vgpusvm_vm_put(vm);
	vgpusvm_vm_wait_gone(vm);
	vgpusvm_vm_unref(vm);
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
	int err;

	if (args->flags || args->vm_id || args->reserved[0] ||
	    args->reserved[1])
		return -EINVAL;

	vm = vgpusvm_vm_create(to_vgpusvm(drm));
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	err = xa_alloc(&vfile->vms, &args->vm_id, vm,
		       XA_LIMIT(1, VGPUSVM_MAX_VMS), GFP_KERNEL);
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

	/* Another VM_DESTROY may have removed the handle meanwhile */
	if (xa_cmpxchg(&vfile->vms, args->vm_id, vm, NULL, GFP_KERNEL) != vm) {
		vgpusvm_vm_put(vm);
		return -ENOENT;
	}
	vgpusvm_vm_put(vm);
	kref_get(&vm->ref);
	vgpusvm_vm_close(vm);
	atomic64_add(atomic64_read(&vm->busy_ns), &vfile->busy_ns);
	vgpusvm_vm_unref(vm);

	return 0;
}

/**
 * vgpusvm_file_open() - &drm_driver.open
 * @drm: The GPU.
 * @file: The new file.
 *
 * Return: 0, -EINTR, -ENODEV or -ENOMEM.
 */
int vgpusvm_file_open(struct drm_device *drm, struct drm_file *file)
{
	struct vgpusvm_file *vfile;

	/* The device node appears before the GPU is in the topology */
	if (wait_for_completion_interruptible(&to_vgpusvm(drm)->probed))
		return -EINTR;

	/* After a failed probe() the GPU is not usable */
	if (drm_dev_is_unplugged(drm))
		return -ENODEV;

	vfile = kzalloc_obj(*vfile, GFP_KERNEL_ACCOUNT);
	if (!vfile)
		return -ENOMEM;

	xa_init_flags(&vfile->vms, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
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

/* The VMs of a file at some moment. */
struct vgpusvm_vms {
	struct vgpusvm_vm *vm[VGPUSVM_MAX_VMS];
	unsigned int num;
};

static void vgpusvm_file_get_vms(struct vgpusvm_file *vfile,
				 struct vgpusvm_vms *vms)
{
	struct vgpusvm_vm *vm;
	unsigned long id;

	vms->num = 0;
	xa_lock(&vfile->vms);
	xa_for_each(&vfile->vms, id, vm) {
		vgpusvm_vm_use(vm);
		vms->vm[vms->num++] = vm;
	}
	xa_unlock(&vfile->vms);
}

static void vgpusvm_put_vms(struct vgpusvm_vms *vms)
{
	while (vms->num)
		vgpusvm_vm_put(vms->vm[--vms->num]);
}

/* Print each group that the VMs hold, once in a row. */
static void vgpusvm_fdinfo_groups(struct drm_printer *p,
				  const struct vgpusvm_vms *vms)
{
	struct drm_pagemap_group *last = NULL;
	struct vgpusvm_vm *vm;
	unsigned int i;

	for (i = 0; i < vms->num; i++) {
		vm = vms->vm[i];
		guard(rwsem_read)(&vm->group_lock);
		if (vm->group && vm->group != last)
			drm_pagemap_group_show_fdinfo(vm->group, p);
		last = vm->group ?: last;
	}
}

/*
 * Get the number of VMs of the same address space, if this one is the first of
 * them; else 0.
 */
static unsigned int vgpusvm_vms_count(const struct vgpusvm_vms *vms,
				      unsigned int first)
{
	unsigned int i, num = 0;

	for (i = 0; i < vms->num; i++) {
		if (vms->vm[i]->shared != vms->vm[first]->shared)
			continue;
		if (i < first)
			return 0;
		num++;
	}

	return num;
}

/*
 * Memory belongs to an address space. VMs of the same file count it once, VMs
 * of other files count it as shared.
 */
static void vgpusvm_fdinfo_add(struct vgpusvm_vm *vm, unsigned int num,
			       u64 bytes, struct drm_memory_stats *stats)
{
	if (kref_read(&vm->shared->ref) > num)
		stats->shared += bytes;
	else
		stats->private += bytes;
	stats->resident += bytes;
}

/* The memory in a region of this GPU, or in all pagemaps of peers. */
static u64 vgpusvm_fdinfo_bytes(const struct vgpusvm_device *vdev,
				const struct vgpusvm_region *region,
				struct mm_struct *mm)
{
	unsigned int i;
	u64 bytes;

	if (region)
		return vgpusvm_usage_read(mm, region->id);

	bytes = vgpusvm_usage_total(mm);
	for (i = 0; i < vdev->num_regions; i++)
		bytes -= min(bytes, vgpusvm_usage_read(mm, vdev->regions[i].id));

	return bytes;
}

static void vgpusvm_fdinfo_region(struct drm_printer *p,
				  const struct vgpusvm_vms *vms,
				  const struct vgpusvm_device *vdev,
				  const struct vgpusvm_region *region)
{
	struct drm_memory_stats stats = {};
	struct vgpusvm_vm *vm;
	char name[16] = "peer";
	unsigned int i, num;

	for (i = 0; i < vms->num; i++) {
		vm = vms->vm[i];
		num = vgpusvm_vms_count(vms, i);
		if (num)
			vgpusvm_fdinfo_add(vm, num,
					   vgpusvm_fdinfo_bytes(vdev, region, vm->mm),
					   &stats);
	}

	if (region)
		snprintf(name, sizeof(name), "vram%u", region->instance);
	drm_print_memory_stats(p, &stats, DRM_GEM_OBJECT_RESIDENT, name);
}

/* @ns: What VMs that were destroyed have used. */
static void vgpusvm_fdinfo_engine(struct drm_printer *p,
				  const struct vgpusvm_vms *vms, u64 ns)
{
	unsigned int i;

	for (i = 0; i < vms->num; i++)
		ns += atomic64_read(&vms->vm[i]->busy_ns);

	/* Processors run the operations */
	drm_printf(p, "drm-engine-compute:\t%llu ns\n", ns);
	drm_printf(p, "drm-engine-capacity-compute:\t%u\n",
		   num_online_cpus());
}

/**
 * vgpusvm_file_show_fdinfo() - &drm_driver.show_fdinfo
 * @p: Printer.
 * @file: The file.
 */
void vgpusvm_file_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct vgpusvm_device *vdev = to_vgpusvm(file->minor->dev);
	struct vgpusvm_file *vfile = file->driver_priv;
	struct vgpusvm_vms vms;
	unsigned int i;
	u64 ns;

	/* First, so that a VM which is just being destroyed does not count twice */
	ns = atomic64_read(&vfile->busy_ns);
	vgpusvm_file_get_vms(vfile, &vms);
	vgpusvm_fdinfo_groups(p, &vms);
	vgpusvm_fdinfo_engine(p, &vms, ns);
	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_fdinfo_region(p, &vms, vdev, &vdev->regions[i]);
	vgpusvm_fdinfo_region(p, &vms, vdev, NULL);
	vgpusvm_put_vms(&vms);
}
