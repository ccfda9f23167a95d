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

static int vm_create(int fd, uint32_t *vm_id)
{
	struct drm_vgpusvm_vm_create create = { 0 };
	int err;

	err = driver_ioctl(fd, DRM_IOCTL_VGPUSVM_VM_CREATE, &create);
	if (!err)
		*vm_id = create.vm_id;
	return err;
}

static int vm_destroy(int fd, uint32_t vm_id)
{
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = vm_id };

	return driver_ioctl(fd, DRM_IOCTL_VGPUSVM_VM_DESTROY, &destroy);
}

static int prefetch(int fd, uint32_t vm_id, uint64_t start, uint64_t length)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = vm_id,
		.start = start,
		.length = length,
	};

	return driver_ioctl(fd, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch);
}

static int run(int fd, uint32_t vm_id, struct drm_vgpusvm_op *op)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = vm_id,
		.num_ops = 1,
		.ops = (uintptr_t)op,
		.op_stride = sizeof(*op),
	};

	return driver_ioctl(fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

static int gpu_read(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint64_t buffer)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_READ,
		.src = start,
		.length = length,
		.value = buffer,
	};

	return run(fd, vm_id, &op);
}

static int gpu_write(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint64_t buffer)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_WRITE,
		.dst = start,
		.length = length,
		.value = buffer,
	};

	return run(fd, vm_id, &op);
}

static int query_modelled_time(int fd, uint32_t vm_id, uint64_t *nanoseconds)
{
	struct drm_vgpusvm_stats stats;
	struct drm_vgpusvm_query_stats query = {
		.vm_id = vm_id,
		.stats = (uintptr_t)&stats,
		.stats_size = sizeof(stats),
	};
	int err;

	err = driver_ioctl(fd, DRM_IOCTL_VGPUSVM_QUERY_STATS, &query);
	if (err)
		return err;
	*nanoseconds = 0;
	for (size_t i = 0; i < DRM_VGPUSVM_PLACES; i++)
		*nanoseconds += stats.modelled_ns[i];
	return 0;
}

const struct driver driver_vgpusvm = {
	.name = "vgpusvm",
	.most = DRM_VGPUSVM_PLACEMENT_MAX,
	.query_permission = query_permission,
	.prefer = prefer,
	.query_preference = query_preference,
	.query_residency = query_residency,
	.vm_create = vm_create,
	.vm_destroy = vm_destroy,
	.prefetch = prefetch,
	.read = gpu_read,
	.write = gpu_write,
	.query_modelled_time = query_modelled_time,
};
