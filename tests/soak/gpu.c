// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gpu.h"
#include "soak.h"
#include "topology.h"

static int call(struct gpu *gpu, unsigned long request, void *arg)
{
	int err;

	err = ioctl(gpu->fd, request, arg) < 0 ? -errno : 0;
	count_error(err);
	return err;
}

/* Repeat a call after signals. Its arguments hold the progress, or it has none. */
static int repeat(struct gpu *gpu, unsigned long request, void *arg)
{
	int err;

	do {
		err = call(gpu, request, arg);
	} while (err == -EINTR || err == -EAGAIN);

	return err;
}

int gpu_open(struct gpu *gpu, unsigned int number)
{
	struct drm_vgpusvm_vm_create create = {};
	char path[64];
	int err;

	*gpu = (struct gpu) { .number = number, .fd = -1 };
	err = uid_render_path(shared->uids[number], path, sizeof(path));
	if (err)
		return err;
	gpu->fd = open(path, O_RDWR | O_CLOEXEC);
	if (gpu->fd < 0) {
		err = -errno;
		count_error(err);
		return err;
	}

	err = repeat(gpu, DRM_IOCTL_VGPUSVM_VM_CREATE, &create);
	gpu->vm = create.vm_id;
	if (err)
		gpu_close(gpu);

	return err;
}

static void add_stats(struct gpu *gpu)
{
	struct drm_vgpusvm_stats stats = {};
	struct drm_vgpusvm_query_stats query = {
		.vm_id = gpu->vm,
		.stats = (uintptr_t)&stats,
		.stats_size = sizeof(stats),
	};
	struct totals *totals = &shared->totals;

	if (repeat(gpu, DRM_IOCTL_VGPUSVM_QUERY_STATS, &query))
		return;

	totals->migrations += stats.migrations;
	totals->migrated_bytes += stats.migrated_bytes[DRM_VGPUSVM_PLACE_LOCAL] +
				  stats.migrated_bytes[DRM_VGPUSVM_PLACE_PEER] +
				  stats.migrated_bytes[DRM_VGPUSVM_PLACE_SYSTEM];
	totals->fallback_bytes += stats.fallback_bytes;
	totals->faults += stats.faults;
}

void gpu_close(struct gpu *gpu)
{
	if (gpu->fd < 0)
		return;
	if (gpu->vm)
		add_stats(gpu);
	close(gpu->fd);
	gpu->fd = -1;
	gpu->vm = 0;
}

int gpu_vm_destroy(struct gpu *gpu)
{
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = gpu->vm };
	int err;

	add_stats(gpu);
	err = repeat(gpu, DRM_IOCTL_VGPUSVM_VM_DESTROY, &destroy);
	gpu->vm = 0;

	return err;
}

int gpu_madvise(struct gpu *gpu, const void *p, size_t length, uint32_t id)
{
	struct drm_vgpusvm_madvise madvise = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = length,
		.pagemap_id = id,
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_MADVISE, &madvise);
}

int gpu_prefetch(struct gpu *gpu, const void *p, size_t length, bool system)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = gpu->vm,
		.flags = system ? DRM_VGPUSVM_PREFETCH_SYSTEM : 0,
		.start = (uintptr_t)p,
		.length = length,
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch);
}

int gpu_evict(struct gpu *gpu, const void *p, size_t length)
{
	struct drm_vgpusvm_evict evict = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = length,
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int gpu_evict_region(struct gpu *gpu, uint32_t id)
{
	struct drm_vgpusvm_evict evict = {
		.flags = DRM_VGPUSVM_EVICT_REGION,
		.pagemap_id = id,
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int gpu_residency(struct gpu *gpu, const void *p, size_t length, uint32_t *pages)
{
	struct drm_vgpusvm_query_residency query = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = length,
		.pages = (uintptr_t)pages,
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY, &query);
}

int gpu_parts(struct gpu *gpu, const void *p, size_t length)
{
	struct drm_vgpusvm_range_attr attrs[64];
	struct drm_vgpusvm_query_range query = {
		.vm_id = gpu->vm,
		.num_attrs = 64,
		.start = (uintptr_t)p,
		.length = length,
		.attrs = (uintptr_t)attrs,
		.attr_stride = sizeof(attrs[0]),
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query);
}

int gpu_pagemap_id(struct gpu *gpu, uint32_t *id)
{
	struct drm_vgpusvm_region region = {};
	struct drm_vgpusvm_query_regions query = {
		.num_regions = 1,
		.region_stride = sizeof(region),
		.regions = (uintptr_t)&region,
	};
	int err = repeat(gpu, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);

	*id = region.pagemap_id;
	return err;
}

int gpu_exec(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num, struct rnd *rnd)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu->vm,
		.num_ops = num,
		.ops = (uintptr_t)ops,
		.op_stride = sizeof(*ops),
	};
	int err;

	do {
		err = call(gpu, DRM_IOCTL_VGPUSVM_EXEC, &exec);
	} while (err == -EINTR && !rnd_once_in(rnd, 4));
	gpu->gone = err == -ENODEV;

	return err;
}

int gpu_exec_async(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num,
		   uint64_t *fence, uint64_t value)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu->vm,
		.flags = DRM_VGPUSVM_EXEC_ASYNC,
		.num_ops = num,
		.ops = (uintptr_t)ops,
		.fence_addr = (uintptr_t)fence,
		.fence_value = value,
		.op_stride = sizeof(*ops),
	};

	return repeat(gpu, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

bool gpu_may_fail(int err)
{
	switch (err) {
	case 0:
	case -ENODEV:
	case -EBUSY:
	case -ENOSPC:
	case -ENOMEM:
	case -ENOLINK:
	case -EINTR:
	case -ECANCELED:
		return true;
	default:
		return false;
	}
}
