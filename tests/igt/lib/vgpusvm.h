/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef VGPUSVM_H
#define VGPUSVM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "drm-uapi/vgpusvm_drm.h"
#include "drm_call.h"

/* The ioctls of vgpusvm, each by drm_call(). */
int vgpusvm_vm_create(int fd, uint32_t *vm);
int vgpusvm_vm_destroy(int fd, uint32_t vm);
int vgpusvm_madvise(int fd, uint32_t vm, const void *p, size_t length, uint32_t id);
int vgpusvm_prefetch(int fd, uint32_t vm, const void *p, size_t length, uint32_t flags,
		     uint64_t *fallback);
int vgpusvm_evict(int fd, uint32_t vm, const void *p, size_t length);
int vgpusvm_evict_region(int fd, uint32_t id);
int vgpusvm_exec(int fd, uint32_t vm, struct drm_vgpusvm_op *ops, unsigned int num);
/* Queues operations; their fence becomes VGPUSVM_DONE when they have ended. */
int vgpusvm_submit(int fd, uint32_t vm, struct drm_vgpusvm_op *ops, unsigned int num,
		   uint64_t *fence);
#define VGPUSVM_DONE	7
bool vgpusvm_has_ended(const uint64_t *fence);
int vgpusvm_caps(int fd, struct drm_vgpusvm_caps *caps);
int vgpusvm_residency(int fd, uint32_t vm, const void *p, size_t length, uint32_t *ids);
int vgpusvm_placement(int fd, uint32_t vm, uint32_t id);
int vgpusvm_stats(int fd, uint32_t vm, struct drm_vgpusvm_stats *stats);

#endif
