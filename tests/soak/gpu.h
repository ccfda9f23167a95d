/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOAK_GPU_H
#define SOAK_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drm/vgpusvm_drm.h>

#include "random.h"

/* An open GPU with a VM. */
struct gpu {
	unsigned int number;
	int fd;				/* -1 if not open */
	uint32_t vm;
	bool gone;			/* an operation failed with -ENODEV */
};

/*
 * Each function returns 0 or a negative errno, and counts it. Calls with progress
 * continue after a signal.
 */
int gpu_open(struct gpu *gpu, unsigned int number);
/* Adds the VM's statistics to the totals. */
void gpu_close(struct gpu *gpu);
int gpu_vm_destroy(struct gpu *gpu);

int gpu_madvise(struct gpu *gpu, const void *p, size_t length, uint32_t id);
int gpu_prefetch(struct gpu *gpu, const void *p, size_t length, bool system);
int gpu_evict(struct gpu *gpu, const void *p, size_t length);
int gpu_evict_region(struct gpu *gpu, uint32_t id);
int gpu_residency(struct gpu *gpu, const void *p, size_t length, uint32_t *pages);
int gpu_parts(struct gpu *gpu, const void *p, size_t length);
int gpu_pagemap_id(struct gpu *gpu, uint32_t *id);

/*
 * Runs operations. After a signal, @rnd chooses whether to continue them, or to return
 * -EINTR.
 */
int gpu_exec(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num, struct rnd *rnd);
int gpu_exec_async(struct gpu *gpu, struct drm_vgpusvm_op *ops, unsigned int num,
		   uint64_t *fence, uint64_t value);

/* Whether a GPU may return this error at any time, without a bug. */
bool gpu_may_fail(int err);

#endif
