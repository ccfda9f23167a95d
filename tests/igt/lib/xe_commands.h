/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef XE_COMMANDS_H
#define XE_COMMANDS_H

#include "drm-uapi/xe_drm.h"
#include "svm.h"

/* Memory operations of an Intel GPU, by commands that all its engines have. */

int svm_xe_copy(struct svm_gpu *gpu, void *dst, const void *src, size_t length);
int svm_xe_store(struct svm_gpu *gpu, void *dst, uint64_t value);
/* Adds to the lower half of the word, which must not overflow. */
int svm_xe_atomic_add(struct svm_gpu *gpu, void *dst, uint64_t value);

/* A user fence, which the GPU writes when a job or a bind is complete. */
struct svm_xe_fence {
	struct drm_xe_sync sync;
	uint64_t *word;
};

/* Returns the user pointer to the fence that ioctls take. */
uint64_t svm_xe_fence_init(struct svm_xe_fence *fence);
/* Wait for the fence, and free it. @queue: Queue of the job, or 0 for a bind. */
int svm_xe_fence_wait(int fd, struct svm_xe_fence *fence, uint32_t queue);

#endif
