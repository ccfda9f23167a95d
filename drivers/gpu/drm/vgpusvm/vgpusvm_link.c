// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The paths from a GPU to the memories of others, as the topology is told of
 * them and as the model of time reads them.
 */

#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_figures.h"
#include "vgpusvm_link.h"
#include "vgpusvm_vram.h"

const struct drm_pagemap_link_info vgpusvm_local_info = {
	.type = DRM_PAGEMAP_LINK_LOCAL,
	.read_bandwidth = VGPUSVM_LOCAL_READ_BANDWIDTH,
	.write_bandwidth = VGPUSVM_LOCAL_WRITE_BANDWIDTH,
	.max_read_bandwidth = VGPUSVM_LOCAL_READ_BANDWIDTH,
	.max_write_bandwidth = VGPUSVM_LOCAL_WRITE_BANDWIDTH,
	.read_latency = VGPUSVM_LOCAL_READ_LATENCY,
	.write_latency = VGPUSVM_LOCAL_WRITE_LATENCY,
};

const struct drm_pagemap_link_info vgpusvm_peer_info = {
	.type = DRM_PAGEMAP_LINK_VIRTUAL,
	.hops = 1,
	.read_bandwidth = VGPUSVM_PEER_READ_BANDWIDTH,
	.write_bandwidth = VGPUSVM_PEER_WRITE_BANDWIDTH,
	.max_read_bandwidth = VGPUSVM_PEER_READ_BANDWIDTH,
	.max_write_bandwidth = VGPUSVM_PEER_WRITE_BANDWIDTH,
	.read_latency = VGPUSVM_PEER_READ_LATENCY,
	.write_latency = VGPUSVM_PEER_WRITE_LATENCY,
};

/* GPUs below different root complexes: nothing is known but why not */
const struct drm_pagemap_link_info vgpusvm_refused_info = {
	.type = DRM_PAGEMAP_LINK_PCIE_P2P,
	.refusal = DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	.hops = 2,
};

/*
 * Protects &vgpusvm_link_config.info, which is read under the topology's
 * mutex and under notifier locks.
 */
static DEFINE_SPINLOCK(vgpusvm_link_lock);

/**
 * vgpusvm_link_find() - The configured path from a GPU to another
 * @config: The GPU.
 * @target: Name of the other.
 *
 * The list of links is stable under vgpusvm_config_lock and while @config is
 * enabled.
 *
 * Return: The path or %NULL.
 */
struct vgpusvm_link_config *vgpusvm_link_find(struct vgpusvm_config *config,
					      const char *target)
{
	struct vgpusvm_link_config *link;

	list_for_each_entry(link, &config->links, entry)
		if (!strcmp(link->target, target))
			return link;

	return NULL;
}

/**
 * vgpusvm_link_set() - Replace what is configured of a path
 * @link: The path.
 * @info: What it becomes.
 */
void vgpusvm_link_set(struct vgpusvm_link_config *link,
		      const struct drm_pagemap_link_info *info)
{
	guard(spinlock)(&vgpusvm_link_lock);
	link->info = *info;
}

/**
 * vgpusvm_link_info() - The path from a GPU to a memory
 * @vdev: The GPU.
 * @region: The memory, of any GPU that is bound.
 * @info: What is known of the path.
 *
 * Return: Whether there is anything to tell.
 */
bool vgpusvm_link_info(struct vgpusvm_device *vdev,
		       const struct vgpusvm_region *region,
		       struct drm_pagemap_link_info *info)
{
	struct vgpusvm_device *owner = to_vgpusvm(region->drm);
	struct vgpusvm_link_config *link;

	if (owner == vdev) {
		*info = region->info;
		info->attributes = DRM_PAGEMAP_LINK_HAS_ALL;
		return true;
	}

	link = vgpusvm_link_find(vdev->config, owner->config->name);
	if (!link)
		return false;

	guard(spinlock)(&vgpusvm_link_lock);
	*info = link->info;
	/* An admin may set any of them at any time */
	info->attributes = DRM_PAGEMAP_LINK_HAS_ALL;

	return true;
}

/**
 * vgpusvm_link_probe() - &drm_pagemap_initiator_ops.probe_link
 * @private: The GPU.
 * @target: A pagemap of any driver.
 * @info: To be filled in.
 *
 * Return: Whether there is anything to tell.
 */
bool vgpusvm_link_probe(void *private, struct drm_pagemap_node *target,
			struct drm_pagemap_link_info *info)
{
	/* Another driver's addresses mean nothing to a virtual GPU */
	if (!vgpusvm_is_device(drm_pagemap_node_drm(target)))
		return false;

	return vgpusvm_link_info(private, drm_pagemap_node_private(target),
				 info);
}

/**
 * vgpusvm_link_push() - Report a path that has changed to the topology
 * @vdev: The GPU.
 * @target: The other. All of its regions are behind the path.
 *
 * Call it with vgpusvm_bound_lock held, which keeps both bound.
 *
 * Return: 0; or a negative errno, with nothing changed.
 */
int vgpusvm_link_push(struct vgpusvm_device *vdev,
		      struct vgpusvm_device *target)
{
	struct drm_pagemap_link_change *changes __free(kfree) = NULL;
	struct drm_pagemap_link_info info;
	unsigned int i;
	int err;

	if (!target->num_regions ||
	    !vgpusvm_link_info(vdev, &target->regions[0], &info))
		return 0;

	changes = kcalloc(target->num_regions, sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return -ENOMEM;

	for (i = 0; i < target->num_regions; i++)
		changes[i] = (struct drm_pagemap_link_change) {
			.initiator = vdev->initiator,
			.target = drm_pagemap_initiator_node(target->initiator,
							     target->regions[i].instance),
			.info = &info,
		};

	err = drm_pagemap_update_links(changes, target->num_regions);

	for (i = 0; i < target->num_regions; i++)
		drm_pagemap_node_put(changes[i].target);

	return err;
}
