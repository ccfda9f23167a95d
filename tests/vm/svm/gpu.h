/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SVM_GPU_H
#define SVM_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drm/vgpusvm_drm.h>

#define MAX_REGIONS	8

/* A virtual GPU with its open render node, and possibly a VM. */
struct gpu {
	unsigned int number;		/* of the platform device */
	int fd;				/* -1 if not open */
	uint32_t vm;			/* 0 without a VM */
	unsigned int num_regions;
	uint32_t ids[MAX_REGIONS];
};

/*
 * Functions that return int return 0 or a negative errno. They repeat a call that a
 * signal has interrupted.
 */
int gpu_ioctl(int fd, unsigned long request, void *arg);

int gpu_open(struct gpu *gpu, unsigned int number);
void gpu_close(struct gpu *gpu);
int gpu_vm(struct gpu *gpu);
int gpu_vm_destroy(struct gpu *gpu);
/* Open the GPU and create a VM, or exit. */
void gpu_start(struct gpu *gpu, unsigned int number);

int gpu_madvise(struct gpu *gpu, void *p, size_t length, uint32_t id);
int gpu_prefetch(struct gpu *gpu, void *p, size_t length, uint64_t *fallback);
int gpu_prefetch_system(struct gpu *gpu, void *p, size_t length);
int gpu_evict(struct gpu *gpu, void *p, size_t length);
int gpu_evict_region(struct gpu *gpu, uint32_t id);
/* The error that MADVISE would return for @id, or the error of the query. */
int gpu_ask(struct gpu *gpu, uint32_t id);
/* The preference of the whole range; -1 if it is not the same everywhere. */
int64_t gpu_preference(struct gpu *gpu, void *p, size_t length);
int gpu_stats(struct gpu *gpu, bool device, struct drm_vgpusvm_stats *stats);

/* Runs operations; each has its error and result after that. */
int gpu_exec(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num);
int gpu_fill(struct gpu *gpu, void *p, size_t length, uint64_t value);
int gpu_read(struct gpu *gpu, const void *p, size_t length, void *buffer);
int gpu_crc(struct gpu *gpu, const void *p, size_t length, uint32_t *crc);

#endif
