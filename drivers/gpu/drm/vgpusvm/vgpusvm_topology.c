// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPUs in the topology: their registration with regions and paths, and later
 * changes of paths.
 */

#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_pagemap_pci.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_options.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_topology.h"
#include "vgpusvm_vram.h"

/* The paths between GPUs on PCI */
static struct drm_pagemap_pci_paths vgpusvm_paths = {
	.lock = __MUTEX_INITIALIZER(vgpusvm_paths.lock),
	.list = LIST_HEAD_INIT(vgpusvm_paths.list),
	.measure = drm_pagemap_pci_path_measure,
};

/* GPUs that are registered and not going away */
static LIST_HEAD(vgpusvm_bound);
/*
 * Protects vgpusvm_bound, and serializes registration with changes of links.
 * Nests outside the topology's mutex.
 */
static DEFINE_MUTEX(vgpusvm_bound_lock);

static struct vgpusvm_device *vgpusvm_bound_find(const char *name)
{
	struct vgpusvm_device *vdev;

	lockdep_assert_held(&vgpusvm_bound_lock);
	list_for_each_entry(vdev, &vgpusvm_bound, bound)
		if (!vgpusvm_device_is_pci(vdev) &&
		    !strcmp(vdev->config->name, name))
			return vdev;

	return NULL;
}

static void vgpusvm_describe_path(struct vgpusvm_device *vdev,
				  struct vgpusvm_region *region,
				  struct drm_pagemap_link_info *info)
{
	struct device *dev = vdev->drm.dev, *peer = region->drm->dev;
	struct drm_pagemap_pci_path path;

	drm_pagemap_pci_path_get(&vgpusvm_paths, dev, peer, &path);
	*info = (struct drm_pagemap_link_info) {
		.type = DRM_PAGEMAP_LINK_PCIE_P2P,
		.refusal = path.refusal,
		.attributes = DRM_PAGEMAP_LINK_HAS_HOPS |
			      DRM_PAGEMAP_LINK_HAS_BANDWIDTH |
			      DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH |
			      DRM_PAGEMAP_LINK_HAS_STATISTICS,
		.hops = path.hops,
		.read_bandwidth = path.bandwidth,
		.write_bandwidth = path.bandwidth,
		.max_read_bandwidth = path.max_bandwidth,
		.max_write_bandwidth = path.max_bandwidth,
	};
	if (info->refusal == DRM_PAGEMAP_DIRECT)
		info->refusal = drm_pagemap_pci_check_bar(dev, to_pci_dev(peer),
							  VGPUSVM_PCI_BAR,
							  region->size);
}

/* Accesses need the path while they can't sleep, so measure and store it now. */
static bool vgpusvm_probe_path(struct vgpusvm_device *vdev,
			       struct drm_pagemap_node *target,
			       struct drm_pagemap_link_info *info)
{
	struct vgpusvm_path *path = kzalloc_obj(*path), *old;

	if (!path)
		return false;

	vgpusvm_describe_path(vdev, drm_pagemap_node_private(target),
			      &path->info);
	*info = path->info;
	old = xa_store(&vdev->paths, drm_pagemap_node_id(target), path,
		       GFP_KERNEL);
	if (xa_is_err(old)) {
		kfree(path);
		return false;
	}
	if (old)
		kfree_rcu(old, rcu);

	return true;
}

static bool vgpusvm_is_path(struct vgpusvm_device *vdev,
			    struct drm_pagemap_node *target)
{
	struct drm_device *drm = drm_pagemap_node_drm(target);

	return drm != &vdev->drm && dev_is_pci(drm->dev) &&
	       vgpusvm_device_is_pci(vdev);
}

static bool vgpusvm_probe_link(void *private, struct drm_pagemap_node *target,
			       struct drm_pagemap_link_info *info)
{
	struct vgpusvm_device *vdev = private;

	/* Another driver's addresses mean nothing to a virtual GPU */
	if (!vgpusvm_is_device(drm_pagemap_node_drm(target)))
		return false;

	if (vgpusvm_is_path(vdev, target) ?
	    !vgpusvm_probe_path(vdev, target, info) :
	    !vgpusvm_device_link(vdev, drm_pagemap_node_private(target), info))
		return false;

	/* If memory for the counters is short, the link has no statistics */
	if (vgpusvm_traffic_start(&vdev->traffic, drm_pagemap_node_id(target)))
		info->attributes &= ~DRM_PAGEMAP_LINK_HAS_STATISTICS;

	return true;
}

static void vgpusvm_link_bandwidth(void *private, struct drm_pagemap_node *target,
				   u32 *read, u32 *write)
{
	struct drm_pagemap_link_info info = {};
	struct vgpusvm_device *vdev = private;

	vgpusvm_device_link(vdev, drm_pagemap_node_private(target), &info);
	if (vgpusvm_is_path(vdev, target) &&
	    info.refusal == DRM_PAGEMAP_DIRECT) {
		struct device *peer = drm_pagemap_node_drm(target)->dev;

		info.read_bandwidth =
			drm_pagemap_pci_path_bandwidth(vdev->drm.dev, peer);
		info.write_bandwidth = info.read_bandwidth;
	}
	*read = info.read_bandwidth;
	*write = info.write_bandwidth;
}

static void vgpusvm_link_statistics(void *private, struct drm_pagemap_node *target,
				    struct drm_pagemap_link_statistics *statistics)
{
	struct vgpusvm_device *vdev = private;

	vgpusvm_traffic_read(&vdev->traffic, drm_pagemap_node_id(target),
			     statistics);
}

static const struct drm_pagemap_initiator_ops vgpusvm_initiator_ops = {
	.probe_link = vgpusvm_probe_link,
	.link_bandwidth = vgpusvm_link_bandwidth,
	.link_statistics = vgpusvm_link_statistics,
};

static int vgpusvm_initiator_register(struct vgpusvm_device *vdev,
				      const struct drm_pagemap_region_info *regions)
{
	struct vgpusvm_config *config = vdev->config;
	char identity[sizeof(VGPUSVM_DRIVER_NAME) + VGPUSVM_NAME_LEN + 12];
	const struct drm_pagemap_initiator_info info = {
		.drm = &vdev->drm,
		.identity = identity,
		.ops = &vgpusvm_initiator_ops,
		.private = vdev,
		.regions = regions,
		.num_regions = vdev->num_regions,
	};
	struct drm_pagemap_initiator *initiator;

	if (config->serial[0])
		snprintf(identity, sizeof(identity), "%s serial %s",
			 VGPUSVM_DRIVER_NAME, config->serial);
	else
		snprintf(identity, sizeof(identity), "%s index %u",
			 VGPUSVM_DRIVER_NAME, config->index);

	initiator = drm_pagemap_initiator_register(&info);
	if (IS_ERR(initiator)) {
		/* probe_link() has measured paths */
		drm_pagemap_pci_path_forget(&vgpusvm_paths, vdev->drm.dev);
		return PTR_ERR(initiator);
	}

	vdev->initiator = initiator;

	return 0;
}

/**
 * vgpusvm_topology_register() - Register a GPU with its regions
 * @vdev: GPU that is registered with DRM.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_topology_register(struct vgpusvm_device *vdev)
{
	struct drm_pagemap_region_info *regions __free(kfree) =
		kcalloc(vdev->num_regions, sizeof(*regions), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!regions)
		return -ENOMEM;

	for (i = 0; i < vdev->num_regions; i++) {
		struct vgpusvm_region *region = &vdev->regions[i];

		regions[i] = (struct drm_pagemap_region_info) {
			.instance = region->instance,
			.numa_node = region->numa_node,
			.size = region->size,
			.cache = region->cache,
			.dmem_region = vgpusvm_dmem_name(&region->dmem),
			.id = &region->id,
			.ops = &vgpusvm_region_ops,
			.private = region,
		};
	}

	/* No link may change between probe_link() and the entry in the list */
	guard(mutex)(&vgpusvm_bound_lock);
	err = vgpusvm_initiator_register(vdev, regions);
	if (err)
		return err;

	list_add_tail(&vdev->bound, &vgpusvm_bound);

	return 0;
}

/**
 * vgpusvm_topology_kill() - Fail new placements on a GPU
 * @vdev: GPU that is being removed.
 */
void vgpusvm_topology_kill(struct vgpusvm_device *vdev)
{
	scoped_guard(mutex, &vgpusvm_bound_lock)
		list_del(&vdev->bound);
	drm_pagemap_initiator_kill(vdev->initiator);
}

/**
 * vgpusvm_topology_unregister() - Unregister a GPU and its regions
 * @vdev: GPU whose regions are empty.
 */
void vgpusvm_topology_unregister(struct vgpusvm_device *vdev)
{
	drm_pagemap_initiator_unregister(vdev->initiator);
	vdev->initiator = NULL;
	drm_pagemap_pci_path_forget(&vgpusvm_paths, vdev->drm.dev);
}

/* Updates the links to all regions of @target. Errors change nothing. */
static int vgpusvm_topology_push(struct vgpusvm_device *vdev,
				 struct vgpusvm_device *target)
{
	struct drm_pagemap_link_change *changes __free(kfree) = NULL;
	struct drm_pagemap_link_info info;
	unsigned int i;
	int err;

	if (!target->num_regions ||
	    !vgpusvm_device_link(vdev, &target->regions[0], &info))
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

/**
 * vgpusvm_topology_set_link() - Change the attributes of a path
 * @config: Configuration of the GPU, which may be bound, locked by its owner.
 * @link: Path of the GPU.
 * @info: New attributes. The type can't change while the GPU is enabled.
 *
 * Return: 0; -EINVAL; -EBUSY if the type would change, or if the path can't be
 * withdrawn now because a program uses its group; or -ENOMEM. Errors change
 * nothing.
 */
int vgpusvm_topology_set_link(struct vgpusvm_config *config,
			      struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info)
{
	struct drm_pagemap_link_info old = link->info;
	struct vgpusvm_device *vdev, *target;
	int err;

	err = vgpusvm_config_check_link(config, link, info);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_bound_lock);
	vgpusvm_config_set_link(link, info);
	vdev = vgpusvm_bound_find(config->name);
	target = vgpusvm_bound_find(link->target);
	err = vdev && target ? vgpusvm_topology_push(vdev, target) : 0;
	if (err)
		vgpusvm_config_set_link(link, &old);

	return err;
}
