// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The query of where the pages of a range are.
 */

#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>
#include <drm/drm_pagemap_residency.h>
#include <drm/xe_drm.h>

#include "xe_device.h"
#include "xe_svm_residency.h"
#include "xe_vm.h"

/* Number of pages to query at once */
#define XE_RESIDENCY_PAGES	(SZ_2M >> PAGE_SHIFT)

static_assert(DRM_XE_PAGE_PLACE_SYSTEM == DRM_PAGEMAP_RESIDENCY_SYSTEM);
static_assert(DRM_XE_PAGE_PLACE_NOT_PRESENT == DRM_PAGEMAP_RESIDENCY_NOT_PRESENT);

static bool xe_residency_args_are_sane(struct xe_device *xe,
				       const struct drm_xe_vm_query_residency *args)
{
	return !XE_IOCTL_DBG(xe, args->extensions || args->reserved[0] || args->reserved[1]) &&
	       !XE_IOCTL_DBG(xe, args->place_stride < sizeof(struct drm_xe_page_place) ||
				 args->place_stride > DRM_XE_PAGE_PLACE_STRIDE_MAX ||
				 args->place_stride % sizeof(u32)) &&
	       !XE_IOCTL_DBG(xe, !args->range || !PAGE_ALIGNED(args->start | args->range));
}

static int xe_residency_check_vm(struct xe_vm *vm, u64 start, u64 range)
{
	struct xe_device *xe = vm->xe;
	int err;

	if (XE_IOCTL_DBG(xe, !xe_vm_in_fault_mode(vm)) ||
	    XE_IOCTL_DBG(xe, range > vm->size || start > vm->size - range))
		return -EINVAL;

	/* The VM mirrors the process that created it. */
	if (XE_IOCTL_DBG(xe, vm->svm.gpusvm.mm != current->mm))
		return -EPERM;

	err = down_read_interruptible(&vm->lock);
	if (err)
		return err;
	if (XE_IOCTL_DBG(xe, xe_vm_is_closed_or_banned(vm)))
		err = -ENOENT;
	up_read(&vm->lock);

	return err;
}

/* The program may know longer elements. */
static int xe_residency_write(u64 user, u32 stride, const u32 *ids, unsigned long num)
{
	struct drm_xe_page_place place = {};
	unsigned long i;
	int err = 0;

	for (i = 0; i < num && !err; i++) {
		place.pagemap_id = ids[i];
		err = copy_struct_to_user(u64_to_user_ptr(user + i * stride), stride, &place,
					  sizeof(place), NULL);
	}

	return err;
}

static int xe_residency_query(struct xe_vm *vm, const struct drm_xe_vm_query_residency *args)
{
	u32 *ids __free(kfree) = NULL;
	u64 start = args->start, user = args->places;
	unsigned long npages, num;
	int err;

	err = xe_residency_check_vm(vm, start, args->range);
	if (err)
		return err;

	ids = kcalloc(XE_RESIDENCY_PAGES, sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return -ENOMEM;

	for (npages = args->range >> PAGE_SHIFT; npages && !err; npages -= num) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		num = min(npages, XE_RESIDENCY_PAGES);
		err = drm_pagemap_mm_residency(current->mm, start, num, ids, NULL) ?:
		      xe_residency_write(user, args->place_stride, ids, num);
		start += num << PAGE_SHIFT;
		user += num * args->place_stride;
	}

	return err;
}

/**
 * xe_vm_query_residency_ioctl() - %DRM_IOCTL_XE_VM_QUERY_RESIDENCY
 * @dev: The device.
 * @data: &struct drm_xe_vm_query_residency.
 * @file: The open file.
 *
 * Return: 0 on success, or a negative error code.
 */
int xe_vm_query_residency_ioctl(struct drm_device *dev, void *data, struct drm_file *file)
{
	struct drm_xe_vm_query_residency *args = data;
	struct xe_device *xe = to_xe_device(dev);
	struct xe_vm *vm;
	int err;

	if (!xe_residency_args_are_sane(xe, args))
		return -EINVAL;

	vm = xe_vm_lookup(to_xe_file(file), args->vm_id);
	if (XE_IOCTL_DBG(xe, !vm))
		return -ENOENT;

	err = xe_residency_query(vm, args);
	xe_vm_put(vm);

	return err;
}
