// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gpu.h"
#include "tap.h"
#include "topology.h"

int gpu_ioctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));

	return ret < 0 ? -errno : 0;
}

static int gpu_regions(struct gpu *gpu)
{
	struct drm_vgpusvm_region regions[MAX_REGIONS] = {};
	struct drm_vgpusvm_query_regions query = {
		.num_regions = MAX_REGIONS,
		.regions = (uintptr_t)regions,
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};
	unsigned int i;
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);
	if (err)
		return err;

	gpu->num_regions = query.num_regions;
	for (i = 0; i < gpu->num_regions; i++)
		gpu->ids[i] = regions[i].pagemap_id;

	return 0;
}

int gpu_open(struct gpu *gpu, unsigned int number)
{
	char path[64];
	int err;

	*gpu = (struct gpu) { .number = number, .fd = -1 };
	err = render_path(number, path, sizeof(path));
	if (err)
		return err;

	gpu->fd = open(path, O_RDWR | O_CLOEXEC);
	if (gpu->fd < 0)
		return -errno;

	err = gpu_regions(gpu);
	if (err)
		gpu_close(gpu);

	return err;
}

void gpu_close(struct gpu *gpu)
{
	if (gpu->fd >= 0)
		close(gpu->fd);
	gpu->fd = -1;
	gpu->vm = 0;
}

int gpu_vm(struct gpu *gpu)
{
	struct drm_vgpusvm_vm_create create = {};
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_VM_CREATE, &create);
	if (!err)
		gpu->vm = create.vm_id;

	return err;
}

int gpu_vm_destroy(struct gpu *gpu)
{
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = gpu->vm };

	gpu->vm = 0;
	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_VM_DESTROY, &destroy);
}

void gpu_start(struct gpu *gpu, unsigned int number)
{
	int err = gpu_open(gpu, number);

	must(!err, "GPU %u can't be opened: %s", number, strerror(-err));
	err = gpu_vm(gpu);
	must(!err, "GPU %u makes no VM: %s", number, strerror(-err));
}

int gpu_madvise(struct gpu *gpu, void *p, size_t length, uint32_t id)
{
	struct drm_vgpusvm_madvise madvise = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = length,
		.pagemap_id = id,
	};

	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_MADVISE, &madvise);
}

static int prefetch(struct gpu *gpu, void *p, size_t length, uint32_t flags,
		    uint64_t *fallback)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = gpu->vm,
		.flags = flags,
		.start = (uintptr_t)p,
		.length = length,
	};
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch);
	if (!err && prefetch.done != length)
		err = -EIO;
	if (fallback)
		*fallback = prefetch.fallback;

	return err;
}

int gpu_prefetch(struct gpu *gpu, void *p, size_t length, uint64_t *fallback)
{
	return prefetch(gpu, p, length, 0, fallback);
}

int gpu_prefetch_system(struct gpu *gpu, void *p, size_t length)
{
	return prefetch(gpu, p, length, DRM_VGPUSVM_PREFETCH_SYSTEM, NULL);
}

int gpu_evict(struct gpu *gpu, void *p, size_t length)
{
	struct drm_vgpusvm_evict evict = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = length,
	};

	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int gpu_evict_region(struct gpu *gpu, uint32_t id)
{
	struct drm_vgpusvm_evict evict = {
		.flags = DRM_VGPUSVM_EVICT_REGION,
		.pagemap_id = id,
	};

	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int gpu_ask(struct gpu *gpu, uint32_t id)
{
	struct drm_vgpusvm_placement placement = { .pagemap_id = id };
	struct drm_vgpusvm_query_placement query = {
		.vm_id = gpu->vm,
		.num_placements = 1,
		.placements = (uintptr_t)&placement,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query);

	/* A lack of memory is an error of the query. It says nothing about the ID. */
	if (!err && placement.error == -ENOMEM)
		return -EPROTO;

	return err ? err : placement.error;
}

int64_t gpu_preference(struct gpu *gpu, void *p, size_t length)
{
	struct drm_vgpusvm_range_attr attr = {};
	struct drm_vgpusvm_query_range query = {
		.vm_id = gpu->vm,
		.num_attrs = 1,
		.start = (uintptr_t)p,
		.length = length,
		.attrs = (uintptr_t)&attr,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};

	if (gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query))
		return -1;
	if (query.num_attrs != 1 || attr.start != (uintptr_t)p ||
	    attr.end != (uintptr_t)p + length)
		return -1;

	return attr.pagemap_id;
}

int gpu_stats(struct gpu *gpu, bool device, struct drm_vgpusvm_stats *stats)
{
	struct drm_vgpusvm_query_stats query = {
		.vm_id = device ? 0 : gpu->vm,
		.stats = (uintptr_t)stats,
		.stats_size = sizeof(struct drm_vgpusvm_stats),
	};

	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_STATS, &query);
}

int gpu_exec(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu->vm,
		.num_ops = num,
		.ops = (uintptr_t)ops,
		.op_stride = sizeof(struct drm_vgpusvm_op),
	};
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
	if (!err && exec.num_done != num)
		err = -EIO;

	return err;
}

int gpu_fill(struct gpu *gpu, void *p, size_t length, uint64_t value)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL,
		.dst = (uintptr_t)p,
		.length = length,
		.value = value,
	};

	return gpu_exec(gpu, &op, 1);
}

int gpu_read(struct gpu *gpu, const void *p, size_t length, void *buffer)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_READ,
		.src = (uintptr_t)p,
		.length = length,
		.value = (uintptr_t)buffer,
	};

	return gpu_exec(gpu, &op, 1);
}

int gpu_crc(struct gpu *gpu, const void *p, size_t length, uint32_t *crc)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32,
		.src = (uintptr_t)p,
		.length = length,
	};
	int err = gpu_exec(gpu, &op, 1);

	*crc = op.result;
	return err;
}
