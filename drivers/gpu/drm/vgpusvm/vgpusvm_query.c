// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Queries, which change nothing.
 */

#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_array.h"
#include "vgpusvm_device.h"
#include "vgpusvm_exec.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_options.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_query.h"
#include "vgpusvm_queue.h"
#include "vgpusvm_residency.h"
#include "vgpusvm_vm.h"
#include "vgpusvm_vram.h"

/* Number of pages to query at once */
#define VGPUSVM_QUERY_PAGES	(SZ_2M >> PAGE_SHIFT)

/**
 * vgpusvm_query_residency_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_residency.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_residency_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file)
{
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	u32 *ids __free(kfree) = NULL;
	struct drm_vgpusvm_query_residency *args = data;
	unsigned long start;
	u32 __user *user;
	u64 npages, num;
	int err;

	if (args->flags || args->reserved)
		return -EINVAL;

	vm = vgpusvm_vm_get_range(file, args->vm_id, args->start, args->length);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	ids = kcalloc(VGPUSVM_QUERY_PAGES, sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return -ENOMEM;

	start = args->start;
	user = u64_to_user_ptr(args->pages);
	for (npages = args->length >> PAGE_SHIFT; npages; npages -= num) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		num = min(npages, VGPUSVM_QUERY_PAGES);
		err = vgpusvm_mm_residency(vm->mm, start, num, ids);
		if (err)
			return err;
		if (copy_to_user(user, ids, num * sizeof(*ids)))
			return -EFAULT;
		user += num;
		start += num << PAGE_SHIFT;
	}

	return 0;
}

/**
 * vgpusvm_query_regions_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_REGIONS
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_regions.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_regions_ioctl(struct drm_device *drm, void *data,
				struct drm_file *file)
{
	struct drm_vgpusvm_query_regions *args = data;
	struct vgpusvm_device *vdev = to_vgpusvm(drm);
	u32 i, room = args->num_regions, stride = args->region_stride;
	int err;

	if (args->reserved || !room != !args->regions)
		return -EINVAL;
	err = vgpusvm_array_check(stride, DRM_VGPUSVM_REGION_SIZE_VER0);
	if (err)
		return err;

	args->num_regions = vdev->num_regions;
	for (i = 0; i < min(room, vdev->num_regions); i++) {
		const struct vgpusvm_region *region = &vdev->regions[i];
		const struct drm_vgpusvm_region out = {
			.size = region->size,
			.free = vgpusvm_region_avail(region),
			.pagemap_id = region->id,
			.instance = region->instance,
		};

		err = vgpusvm_array_write(args->regions + (u64)i * stride,
					  stride, &out, sizeof(out), 1);
		if (err)
			return err;
	}

	return room && room < vdev->num_regions ? -ENOSPC : 0;
}

/**
 * vgpusvm_query_stats_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_STATS
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_stats.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_stats_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_vgpusvm_query_stats *args = data;
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	struct drm_vgpusvm_stats out;
	u32 size = args->stats_size;
	int err;

	if (args->flags || args->pad || args->reserved)
		return -EINVAL;
	err = vgpusvm_array_check(size, DRM_VGPUSVM_STATS_SIZE_VER0);
	if (err)
		return err;

	if (args->vm_id) {
		vm = vgpusvm_vm_get(file, args->vm_id);
		if (IS_ERR(vm))
			return PTR_ERR(vm);
		vgpusvm_stats_read(&vm->stats, &out);
	} else {
		vgpusvm_stats_read(&to_vgpusvm(drm)->stats, &out);
	}

	args->stats_size = sizeof(out);

	return vgpusvm_array_write(args->stats, size, &out, sizeof(out), 1);
}

static u64 vgpusvm_features(const struct vgpusvm_device *vdev)
{
	u64 features = DRM_VGPUSVM_FEATURE_EXEC_STATUS;

	if (READ_ONCE(vgpusvm_fd_placement))
		features |= DRM_VGPUSVM_FEATURE_MADVISE_FD;
	if (vgpusvm_device_has_huge_folios(vdev))
		features |= DRM_VGPUSVM_FEATURE_HUGE_FOLIOS;

	return features;
}

/**
 * vgpusvm_query_caps_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_CAPS
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_caps.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_caps_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file)
{
	const struct drm_vgpusvm_caps out = {
		.features = vgpusvm_features(to_vgpusvm(drm)),
		.ops = VGPUSVM_EXEC_OPS,
		.max_vms = VGPUSVM_MAX_VMS,
		.max_jobs = VGPUSVM_MAX_JOBS,
		.max_ops = DRM_VGPUSVM_EXEC_MAX_OPS,
		.max_parts = VGPUSVM_MAX_PARTS,
		.max_placements = DRM_VGPUSVM_PLACEMENT_MAX,
	};
	struct drm_vgpusvm_query_caps *args = data;
	u32 size = args->size;
	int err;

	if (args->pad || args->reserved)
		return -EINVAL;
	err = vgpusvm_array_check(size, DRM_VGPUSVM_CAPS_SIZE_VER0);
	if (err)
		return err;

	args->size = sizeof(out);

	return vgpusvm_array_write(args->caps, size, &out, sizeof(out), 1);
}
