/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef XE_COMMANDS_H
#define XE_COMMANDS_H

#include "drm-uapi/xe_drm.h"
#include "svm.h"

/* What an Intel GPU does with memory, by commands that all its engines have. */

int svm_xe_copy(struct svm_gpu *gpu, void *dst, const void *src, size_t length);
int svm_xe_store(struct svm_gpu *gpu, void *dst, uint64_t value);
/* Of the lower half of the word: no more than fits in there. */
int svm_xe_atomic_add(struct svm_gpu *gpu, void *dst, uint64_t value);

/* Tells the process that something is done. */
struct svm_xe_fence {
	struct drm_xe_sync sync;
	uint64_t *word;
};

/* What an ioctl takes of it, as a user pointer. */
uint64_t svm_xe_fence_init(struct svm_xe_fence *fence);
/* Waits, for a job of a queue if that is not 0. Ends the fence. */
int svm_xe_fence_wait(int fd, struct svm_xe_fence *fence, uint32_t queue);

#endif
