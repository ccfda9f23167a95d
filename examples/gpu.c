// SPDX-License-Identifier: GPL-2.0-or-later
/* Work on a virtual GPU, as a runtime would wrap its driver's ioctls */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include "gpu.h"

static int call(const struct gpu *gpu, unsigned long request, void *argument)
{
	return drmIoctl(gpu->fd, request, argument) ? -errno : 0;
}

/* Numbers of ioctls mean something else to any other driver. */
static bool is_virtual_gpu(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool is = version && !strcmp(version->name, "vgpusvm");

	drmFreeVersion(version);
	return is;
}

/* Opens /dev/dri/@render and mirrors the address space; -ENOTSUP if it is another driver's. */
int gpu_open(struct gpu *gpu, const char *render)
{
	struct drm_vgpusvm_vm_create create = { 0 };
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/dev/dri/%s", render);
	gpu->fd = open(path, O_RDWR | O_CLOEXEC);
	if (gpu->fd < 0)
		return -errno;

	err = is_virtual_gpu(gpu->fd) ? call(gpu, DRM_IOCTL_VGPUSVM_VM_CREATE, &create) : -ENOTSUP;
	if (err)
		gpu_close(gpu);
	gpu->vm_id = create.vm_id;
	return err;
}

/* The VM goes with the file. */
void gpu_close(struct gpu *gpu)
{
	close(gpu->fd);
	gpu->fd = -1;
}

/* Moves memory to where it should live, which else the GPU's faults would do. */
int gpu_prefetch(const struct gpu *gpu, void *start, size_t length)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = gpu->vm_id,
		.start = (uintptr_t)start,
		.length = length,
	};

	return call(gpu, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch);
}

/* Has the GPU run one operation. */
static int run(const struct gpu *gpu, struct drm_vgpusvm_op *op)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu->vm_id,
		.num_ops = 1,
		.ops = (uintptr_t)op,
		.op_stride = sizeof(*op),
	};

	return call(gpu, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

/* Has the GPU read the memory and compute its CRC-32. */
int gpu_crc32(const struct gpu *gpu, void *start, size_t length, uint32_t *crc)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32,
		.src = (uintptr_t)start,
		.length = length,
	};
	int err;

	err = run(gpu, &op);
	*crc = op.result;
	return err;
}

/* Has the GPU copy memory. The two ranges do not overlap. */
int gpu_copy(const struct gpu *gpu, void *to, const void *from, size_t length)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_COPY,
		.dst = (uintptr_t)to,
		.src = (uintptr_t)from,
		.length = length,
	};

	return run(gpu, &op);
}

/* Has the GPU set each 64-bit word at @to to the one at @from plus @value. */
int gpu_add(const struct gpu *gpu, void *to, const void *from, size_t length, uint64_t value)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_ADD,
		.dst = (uintptr_t)to,
		.src = (uintptr_t)from,
		.length = length,
		.value = value,
	};

	return run(gpu, &op);
}

/* Reads the counters of the VM. */
int gpu_query_stats(const struct gpu *gpu, struct drm_vgpusvm_stats *stats)
{
	struct drm_vgpusvm_query_stats query = {
		.vm_id = gpu->vm_id,
		.stats = (uintptr_t)stats,
		.stats_size = sizeof(struct drm_vgpusvm_stats),
	};

	return call(gpu, DRM_IOCTL_VGPUSVM_QUERY_STATS, &query);
}
