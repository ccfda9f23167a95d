// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Migration that a program requests: PREFETCH and EVICT.
 */

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include <drm/drm_file.h>
#include <drm/drm_pagemap.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_device.h"
#include "vgpusvm_evict.h"
#include "vgpusvm_fault.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_mm.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_prefetch.h"
#include "vgpusvm_residency.h"
#include "vgpusvm_vm.h"

/* Attempts to evict pages that other users access at the same time */
#define VGPUSVM_EVICT_TRIES	10

/* A task that destroys the VM waits for this one. */
static int vgpusvm_may_go_on(const struct vgpusvm_vm *vm)
{
	return signal_pending(current) ? -ERESTARTSYS : vgpusvm_vm_check(vm);
}

/*
 * Process at most 2 MiB, so that locks are not held for long. A range can be as
 * large as the address space, so skip unmapped parts. Advances @addr.
 */
static int vgpusvm_evict_part(struct vgpusvm_vm *vm, u64 *addr, u64 end)
{
	unsigned int tries = VGPUSVM_EVICT_TRIES;
	u64 start, bytes = 0;
	int err;

	err = vgpusvm_may_go_on(vm) ?: vgpusvm_mm_next(vm->mm, addr, end);
	if (err || *addr == end)
		return err;

	start = *addr;
	*addr = min(ALIGN(start + 1, SZ_2M), end);
	do {
		err = vgpusvm_mm_evict(vm->mm, start, *addr - start, &bytes);
	} while ((err == -EBUSY || err == -EFAULT) && --tries);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_MIGRATED_BYTES +
			    DRM_VGPUSVM_PLACE_SYSTEM, bytes);

	return err == -EFAULT ? -EBUSY : err;
}

static int vgpusvm_prefetch_part(struct vgpusvm_vm *vm,
				 struct drm_vgpusvm_prefetch *args)
{
	struct vgpusvm_fault fault = {
		.addr = args->start + args->done,
		.place = !(args->flags & DRM_VGPUSVM_PREFETCH_SYSTEM),
	};
	unsigned long end = args->start + args->length;
	u64 next = fault.addr;
	int err;

	if (!fault.place) {
		err = vgpusvm_evict_part(vm, &next, end);
		if (!err)
			args->done = next - args->start;
		return err;
	}

	err = vgpusvm_may_go_on(vm) ?: vgpusvm_fault(vm, &fault);
	if (err)
		return err;

	fault.end = min(fault.end, end);
	args->done = fault.end - args->start;
	args->fallback += min_t(u64, fault.fallback, fault.end - fault.addr);

	return 0;
}

/**
 * vgpusvm_prefetch_ioctl() - %DRM_IOCTL_VGPUSVM_PREFETCH
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_prefetch.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_prefetch_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	struct drm_vgpusvm_prefetch *args = data;
	int err = 0;

	if (args->flags & ~DRM_VGPUSVM_PREFETCH_SYSTEM || args->reserved)
		return -EINVAL;
	if (args->done > args->length || !PAGE_ALIGNED(args->done))
		return -EINVAL;

	vm = vgpusvm_vm_get_range(file, args->vm_id, args->start, args->length);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	while (!err && args->done < args->length)
		err = vgpusvm_vm_interrupted() ? -ERESTARTSYS :
						 vgpusvm_prefetch_part(vm, args);

	return err;
}

static int vgpusvm_evict_range(struct drm_file *file,
			       const struct drm_vgpusvm_evict *args)
{
	struct vgpusvm_vm *vm __free(vgpusvm_vm) =
		vgpusvm_vm_get_range(file, args->vm_id, args->start,
				     args->length);
	u64 addr, end;
	int err = 0;

	if (IS_ERR(vm))
		return PTR_ERR(vm);

	end = args->start + args->length;
	for (addr = args->start; addr < end && !err;)
		err = vgpusvm_evict_part(vm, &addr, end);

	return err;
}

static int vgpusvm_evict_region(struct vgpusvm_region *region)
{
	unsigned int tries = VGPUSVM_EVICT_TRIES;
	struct drm_pagemap *dpagemap;
	int err;

	dpagemap = vgpusvm_region_pagemap(region);
	if (!dpagemap)
		return 0;

	do {
		err = vgpusvm_evict_pagemap(to_vgpusvm_pagemap(dpagemap));
	} while (err && --tries && !signal_pending(current));
	drm_pagemap_put(dpagemap);

	return err;
}

/**
 * vgpusvm_evict_ioctl() - %DRM_IOCTL_VGPUSVM_EVICT
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_evict.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_evict_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file)
{
	struct drm_vgpusvm_evict *args = data;
	struct vgpusvm_region *region;

	if (args->flags & ~DRM_VGPUSVM_EVICT_REGION || args->pad ||
	    args->reserved)
		return -EINVAL;

	if (!(args->flags & DRM_VGPUSVM_EVICT_REGION))
		return args->pagemap_id ? -EINVAL :
					  vgpusvm_evict_range(file, args);

	if (args->vm_id || args->start || args->length)
		return -EINVAL;
	/* This also moves pages of other processes */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	region = vgpusvm_device_find_id(to_vgpusvm(drm), args->pagemap_id);

	return region ? vgpusvm_evict_region(region) : -ENOENT;
}
