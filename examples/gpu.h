/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPU_H
#define GPU_H

#include <stddef.h>
#include <stdint.h>

#include <vgpusvm_drm.h>

/* A GPU that shares the address space of this process */
struct gpu {
	int fd;
	uint32_t vm_id;
};

/* What these return is 0 or a negative errno; the kernel's documents say which. */
int gpu_open(struct gpu *gpu, const char *render);
void gpu_close(struct gpu *gpu);

int gpu_prefetch(const struct gpu *gpu, void *start, size_t length);
int gpu_crc32(const struct gpu *gpu, void *start, size_t length, uint32_t *crc);
int gpu_copy(const struct gpu *gpu, void *to, const void *from, size_t length);
int gpu_add(const struct gpu *gpu, void *to, const void *from, size_t length, uint64_t value);
int gpu_query_stats(const struct gpu *gpu, struct drm_vgpusvm_stats *stats);

#endif
