// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Memory regions in the dmem cgroup controller, which counts and limits how much device
 * memory the processes of a cgroup use.
 *
 * The controller charges the current task. Pages move to a region in a task of the
 * process that has them: the one that calls an ioctl, or the thread of a queue, which
 * is a thread of that process. So each allocation is charged to the cgroup of that
 * process.
 */

#include <linux/cgroup_dmem.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "vgpusvm_dmem.h"

/* Called when a limit falls below the usage, until the usage is below the limit. */
static int vgpusvm_dmem_reclaim(struct dmem_cgroup_pool_state *pool,
				u64 target_bytes, void *priv)
{
	struct vgpusvm_dmem *dmem = priv;

	return dmem->reclaim(dmem, pool);
}

static const struct dmem_cgroup_ops vgpusvm_dmem_ops = {
	.reclaim = vgpusvm_dmem_reclaim,
};

/**
 * vgpusvm_dmem_register() - Register a memory region with the controller
 * @dmem: The region; zeroed.
 * @device: Unique name of the GPU.
 * @instance: Number of the region on the GPU.
 * @size: Size in bytes.
 * @reclaim: Function for &vgpusvm_dmem.reclaim.
 *
 * Return: 0, also without the controller; -ENOMEM.
 */
int vgpusvm_dmem_register(struct vgpusvm_dmem *dmem, const char *device,
			  unsigned int instance, u64 size,
			  int (*reclaim)(struct vgpusvm_dmem *dmem,
					 struct dmem_cgroup_pool_state *pool))
{
	const struct dmem_cgroup_init init = {
		.size = size,
		.ops = &vgpusvm_dmem_ops,
		.reclaim_priv = dmem,
	};
	struct dmem_cgroup_region *region;

	dmem->reclaim = reclaim;
	scnprintf(dmem->name, sizeof(dmem->name), "drm/%s/vram%u", device,
		  instance);
	region = dmem_cgroup_register_region(&init, "%s", dmem->name);
	if (IS_ERR(region))
		return PTR_ERR(region);

	dmem->region = region;

	return 0;
}

/**
 * vgpusvm_dmem_unregister() - Unregister a memory region from the controller
 * @dmem: Region without new allocations. Existing ones stay charged.
 *
 * The function waits for &vgpusvm_dmem.reclaim. Unregistering twice is allowed.
 */
void vgpusvm_dmem_unregister(struct vgpusvm_dmem *dmem)
{
	dmem_cgroup_unregister_region(dmem->region);
	dmem->region = NULL;
}

/**
 * vgpusvm_dmem_name() - Get the name of a memory region in the controller
 * @dmem: The region.
 *
 * Return: The name, or %NULL without the controller.
 */
const char *vgpusvm_dmem_name(const struct vgpusvm_dmem *dmem)
{
	return dmem->region ? dmem->name : NULL;
}

/**
 * vgpusvm_dmem_charge() - Charge an allocation to the cgroup of the current task
 * @dmem: Region of the allocation.
 * @size: Size in bytes.
 * @pool: Returned: the pool to uncharge, %NULL without the controller.
 * @limit: Returned: on -ENOSPC the pool whose limit is reached, with a reference, else
 *	   %NULL.
 *
 * Return: 0; -ENOSPC if a limit is reached; -ENOMEM.
 */
int vgpusvm_dmem_charge(struct vgpusvm_dmem *dmem, u64 size,
			struct dmem_cgroup_pool_state **pool,
			struct dmem_cgroup_pool_state **limit)
{
	int err;

	*pool = NULL;
	*limit = NULL;
	if (!dmem->region)
		return 0;

	err = dmem_cgroup_try_charge(dmem->region, size, pool, limit);

	return err == -EAGAIN ? -ENOSPC : err;
}
