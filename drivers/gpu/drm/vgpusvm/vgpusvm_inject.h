/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_INJECT_H_
#define _VGPUSVM_INJECT_H_

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/kref.h>

/* Longest delay of a user fence, in ms */
#define VGPUSVM_MAX_LATE_FENCE	60000

/**
 * enum vgpusvm_failure - What can be made to fail
 * @VGPUSVM_FAIL_VRAM_ALLOC: An allocation in a region of the GPU.
 * @VGPUSVM_FAIL_COPY_IN: A copy from system memory to a region of the GPU.
 * @VGPUSVM_FAIL_COPY_OUT: A copy from a region of the GPU to system memory, or to a
 *			   region.
 * @VGPUSVM_FAIL_PROBE: A step of probe().
 * @VGPUSVM_FAILURES: Number of these.
 */
enum vgpusvm_failure {
	VGPUSVM_FAIL_VRAM_ALLOC,
	VGPUSVM_FAIL_COPY_IN,
	VGPUSVM_FAIL_COPY_OUT,
	VGPUSVM_FAIL_PROBE,
	VGPUSVM_FAILURES,
};

/**
 * struct vgpusvm_inject - Failures that a tester wants a GPU to have
 * @ref: Reference count. The GPU can outlive its configuration.
 * @left: For each &enum vgpusvm_failure, the number of events until one fails, which
 *	  is counted; 0 if none fails.
 * @late_fence_ms: Time by which user fences of jobs are late, in ms.
 *
 * All of it may change at any time.
 */
struct vgpusvm_inject {
	struct kref ref;
	atomic_t left[VGPUSVM_FAILURES];
	unsigned int late_fence_ms;
};

struct vgpusvm_inject *vgpusvm_inject_create(void);
struct vgpusvm_inject *vgpusvm_inject_get(struct vgpusvm_inject *inject);
void vgpusvm_inject_put(struct vgpusvm_inject *inject);
DEFINE_FREE(vgpusvm_inject, struct vgpusvm_inject *, vgpusvm_inject_put(_T))

bool vgpusvm_inject(struct vgpusvm_inject *inject, enum vgpusvm_failure what);
unsigned int vgpusvm_inject_late_fence(const struct vgpusvm_inject *inject);

#endif
