// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Failures on request. The kernel's own fault injection makes allocations fail, and
 * few kernels have it. These failures are those of a GPU, and each kernel has them. As
 * with fail-nth of fault injection, a failure happens once, so that a test knows which
 * event fails.
 */

#include <linux/compiler.h>
#include <linux/slab.h>

#include "vgpusvm_inject.h"

/**
 * vgpusvm_inject_create() - Allocate the failures of a GPU
 *
 * Return: The failures with a reference, none of them requested; %NULL if memory is
 * short.
 */
struct vgpusvm_inject *vgpusvm_inject_create(void)
{
	struct vgpusvm_inject *inject = kzalloc_obj(*inject);

	if (inject)
		kref_init(&inject->ref);

	return inject;
}

/**
 * vgpusvm_inject_get() - Take a reference to the failures of a GPU
 * @inject: The failures, or %NULL.
 *
 * Return: @inject.
 */
struct vgpusvm_inject *vgpusvm_inject_get(struct vgpusvm_inject *inject)
{
	if (inject)
		kref_get(&inject->ref);

	return inject;
}

static void vgpusvm_inject_free(struct kref *ref)
{
	kfree(container_of(ref, struct vgpusvm_inject, ref));
}

/**
 * vgpusvm_inject_put() - Drop a reference to the failures of a GPU
 * @inject: The failures, or %NULL.
 */
void vgpusvm_inject_put(struct vgpusvm_inject *inject)
{
	if (inject)
		kref_put(&inject->ref, vgpusvm_inject_free);
}

/**
 * vgpusvm_inject() - Count an event, and check whether it has to fail
 * @inject: Failures of the GPU, %NULL for a GPU without any.
 * @what: Kind of the event.
 *
 * Context: Any context.
 *
 * Return: True if this event has to fail.
 */
bool vgpusvm_inject(struct vgpusvm_inject *inject, enum vgpusvm_failure what)
{
	return inject && atomic_dec_if_positive(&inject->left[what]) == 0;
}

/**
 * vgpusvm_inject_late_fence() - Get by how much user fences are late
 * @inject: Failures of the GPU, %NULL for a GPU without any.
 *
 * Return: The time in ms, 0 if they are not late.
 */
unsigned int vgpusvm_inject_late_fence(const struct vgpusvm_inject *inject)
{
	return inject ? READ_ONCE(inject->late_fence_ms) : 0;
}
