// SPDX-License-Identifier: LGPL-2.1-or-later
/* The driver of virtual GPUs. */
#include <errno.h>
#include <stdlib.h>

#include <drm/vgpusvm_drm.h>

#include "driver.h"

/* Two parts are enough to find out whether a whole range has one preference */
#define PARTS 2

static int query_permission(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
			    size_t count)
{
	struct drm_vgpusvm_query_placement query = {
		.vm_id = vm_id,
		.num_placements = count,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};
	struct drm_vgpusvm_placement *asked = calloc(count, sizeof(*asked));
	int err;

	if (!asked)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		asked[i].pagemap_id = placements[i].pagemap_id;
	query.placements = (uintptr_t)asked;
	err = driver_ioctl(fd, DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query);
	for (size_t i = 0; !err && i < count; i++)
		placements[i].error = asked[i].error;
	free(asked);
	return err;
}

static int prefer(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint32_t id)
{
	struct drm_vgpusvm_madvise advice = {
		.vm_id = vm_id,
		.start = start,
		.length = length,
		.pagemap_id = id,
	};

	return driver_ioctl(fd, DRM_IOCTL_VGPUSVM_MADVISE, &advice);
}

static int query_preference(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			    uint32_t *id)
{
	struct drm_vgpusvm_range_attr parts[PARTS] = { 0 };
	struct drm_vgpusvm_query_range query = {
		.vm_id = vm_id,
		.num_attrs = PARTS,
		.start = start,
		.length = length,
		.attrs = (uintptr_t)parts,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};
	int err;

	err = driver_ioctl(fd, DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query);
	if (err && err != -ENOSPC)
		return err;
	if (query.num_attrs != 1)
		return -ERANGE;
	*id = parts[0].pagemap_id;
	return 0;
}

static int query_residency(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			   uint32_t *pages)
{
	struct drm_vgpusvm_query_residency query = {
		.vm_id = vm_id,
		.start = start,
		.length = length,
		.pages = (uintptr_t)pages,
	};

	return driver_ioctl(fd, DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY, &query);
}

const struct driver driver_vgpusvm = {
	.name = "vgpusvm",
	.most = DRM_VGPUSVM_PLACEMENT_MAX,
	.query_permission = query_permission,
	.prefer = prefer,
	.query_preference = query_preference,
	.query_residency = query_residency,
};
