// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"

const char * const drm_pagemap_topology_refusal_names[DRM_PAGEMAP_REFUSALS] = {
	[DRM_PAGEMAP_DIRECT] = "none",
	[DRM_PAGEMAP_REFUSED_ACS] = "acs",
	[DRM_PAGEMAP_REFUSED_HOST_BRIDGE] = "host-bridge",
	[DRM_PAGEMAP_REFUSED_IOMMU] = "iommu",
	[DRM_PAGEMAP_REFUSED_BAR_SIZE] = "bar-size",
	[DRM_PAGEMAP_REFUSED_LINK_DOWN] = "link-down",
	[DRM_PAGEMAP_REFUSED_ONE_WAY] = "one-way",
	[DRM_PAGEMAP_REFUSED_CROSS_DRIVER] = "cross-driver",
	[DRM_PAGEMAP_REFUSED_DRIVER] = "driver",
};

/**
 * drm_pagemap_topology_link_find() - Find the link from an initiator to a region
 * @initiator: The start of the link.
 * @region: The end of the link.
 *
 * Return: The link, or %NULL.
 */
struct topology_link *drm_pagemap_topology_link_find(struct drm_pagemap_initiator *initiator,
						     struct drm_pagemap_region *region)
{
	drm_pagemap_topology_change_assert();

	return xa_load(&initiator->links_by_id, region->node->id);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_link_find);

/* Checks that a driver reports values only for attributes that it declared. */
static bool topology_link_attributes_valid(const struct drm_pagemap_link_info *info,
					   const struct drm_pagemap_initiator_ops *ops)
{
	u32 known = 0;

	if (info->hops >= 0)
		known |= DRM_PAGEMAP_LINK_HAS_HOPS;
	if (info->read_bandwidth || info->write_bandwidth)
		known |= DRM_PAGEMAP_LINK_HAS_BANDWIDTH;
	if (info->max_read_bandwidth || info->max_write_bandwidth)
		known |= DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH;
	if (info->read_latency || info->write_latency)
		known |= DRM_PAGEMAP_LINK_HAS_LATENCY;

	if (info->attributes & DRM_PAGEMAP_LINK_HAS_STATISTICS && !ops->link_statistics)
		return false;

	return !(known & ~info->attributes);
}

/**
 * drm_pagemap_topology_link_info_valid() - Validate a driver's description of a path
 * @info: The description.
 * @initiator: The initiator whose driver describes the path.
 * @own: The path leads to the initiator's own memory.
 *
 * Return: %true if it is valid.
 */
bool drm_pagemap_topology_link_info_valid(const struct drm_pagemap_link_info *info,
					  struct drm_pagemap_initiator *initiator, bool own)
{
	if (info->type >= DRM_PAGEMAP_LINK_TYPES || info->refusal >= DRM_PAGEMAP_REFUSALS)
		return false;
	if (!topology_link_attributes_valid(info, initiator->ops))
		return false;

	/* A GPU is never split from its own memory. */
	return !own || info->refusal == DRM_PAGEMAP_DIRECT;
}

static void topology_link_release(struct device *dev)
{
	kfree(to_link(dev));
	drm_pagemap_topology_object_put();
}

static int topology_link_insert(struct topology_link *link)
{
	struct drm_pagemap_initiator *initiator = link->initiator;
	struct drm_pagemap_region *region = link->region;
	int err;

	err = dev_set_name(&link->dev, "%s--pagemap%u", initiator->uid, region->node->id);
	if (err)
		return err;

	err = xa_insert(&initiator->links_by_id, region->node->id, link, GFP_KERNEL);
	if (err)
		return err;

	list_add_tail(&link->at_initiator, &initiator->links);
	list_add_tail(&link->at_region, &region->links);

	return 0;
}

/**
 * drm_pagemap_topology_link_create() - Create a link that is not yet in sysfs
 * @initiator: The start of the link.
 * @region: The end of the link.
 * @info: The description by the initiator's driver.
 *
 * Return: The link, or an error pointer.
 */
struct topology_link *drm_pagemap_topology_link_create(struct drm_pagemap_initiator *initiator,
						       struct drm_pagemap_region *region,
						       const struct drm_pagemap_link_info *info)
{
	struct topology_link *link;
	int err;

	drm_pagemap_topology_change_assert();

	if (!drm_pagemap_topology_link_info_valid(info, initiator, region->initiator == initiator))
		return ERR_PTR(-EINVAL);

	link = kzalloc_obj(*link);
	if (!link)
		return ERR_PTR(-ENOMEM);

	device_initialize(&link->dev);
	device_set_pm_not_required(&link->dev);
	link->dev.parent = initiator->dev.parent;
	link->dev.release = topology_link_release;
	drm_pagemap_topology_object_get();
	drm_pagemap_topology_event_init(&link->event, &link->dev);
	link->initiator = initiator;
	link->region = region;
	link->info = *info;
	link->refusal = info->refusal;

	err = topology_link_insert(link);
	if (err) {
		put_device(&link->dev);
		return ERR_PTR(err);
	}

	return link;
}

/**
 * drm_pagemap_topology_link_destroy() - Remove a link that is no longer in sysfs
 * @link: The link.
 */
void drm_pagemap_topology_link_destroy(struct topology_link *link)
{
	drm_pagemap_topology_change_assert();

	xa_erase(&link->initiator->links_by_id, link->region->node->id);
	list_del(&link->at_initiator);
	list_del(&link->at_region);
	put_device(&link->dev);
}

/**
 * drm_pagemap_topology_link_probe() - Ask the driver of an initiator about a path
 * @initiator: The start of the path.
 * @region: The end of the path.
 *
 * Return: 0 on success, whether or not the path exists; a negative error code if the
 * driver's description is invalid or memory is short.
 */
int drm_pagemap_topology_link_probe(struct drm_pagemap_initiator *initiator,
				    struct drm_pagemap_region *region)
{
	struct drm_pagemap_link_info info = { .hops = -1 };

	if (!initiator->ops->probe_link(initiator->private, region->node, &info))
		return region->initiator == initiator ? -EINVAL : 0;

	return PTR_ERR_OR_ZERO(drm_pagemap_topology_link_create(initiator, region, &info));
}

/**
 * drm_pagemap_topology_link_set() - Update the description of a link
 * @link: The link.
 * @info: The new description.
 *
 * Return: %true if the topology has changed; %false if only the current bandwidth has.
 */
bool drm_pagemap_topology_link_set(struct topology_link *link,
				   const struct drm_pagemap_link_info *info)
{
	WRITE_ONCE(link->info.read_bandwidth, info->read_bandwidth);
	WRITE_ONCE(link->info.write_bandwidth, info->write_bandwidth);
	if (!memcmp(&link->info, info, sizeof(*info)))
		return false;

	drm_pagemap_topology_event_queue(&link->event, KOBJ_CHANGE);
	link->info = *info;
	WRITE_ONCE(link->refusal, info->refusal);
	return true;
}

/**
 * drm_pagemap_topology_link_set_usable() - Set whether the groups let a VM use a link
 * @link: The link.
 * @usable: The new value.
 */
void drm_pagemap_topology_link_set_usable(struct topology_link *link, enum topology_usable usable)
{
	if (usable == link->usable)
		return;

	drm_pagemap_topology_event_queue(&link->event, KOBJ_CHANGE);
	WRITE_ONCE(link->usable, usable);
}

/**
 * drm_pagemap_topology_link_going() - Check whether the device at one end is being removed
 * @link: The link.
 *
 * Return: %true if drm_pagemap_initiator_kill() was called for one of the two.
 */
bool drm_pagemap_topology_link_going(const struct topology_link *link)
{
	drm_pagemap_topology_change_assert();

	return link->initiator->dead || link->region->initiator->dead;
}

static bool topology_reaches_any(struct drm_pagemap_initiator *from,
				 struct drm_pagemap_initiator *to)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = drm_pagemap_topology_link_find(from, to->regions[i]);
		if (link && link->info.refusal == DRM_PAGEMAP_DIRECT)
			return true;
	}

	return false;
}

/*
 * Pages migrate between two GPUs by the copy engine of the source, through the
 * addresses of the destination. So if both ends have memory, a path in one direction
 * only is of no use.
 */
static bool topology_link_one_way(struct topology_link *link)
{
	struct drm_pagemap_initiator *owner = link->region->initiator;

	return link->info.refusal == DRM_PAGEMAP_DIRECT &&
	       owner != link->initiator && link->initiator->num_regions &&
	       !topology_reaches_any(owner, link->initiator);
}

/**
 * drm_pagemap_topology_links_update_refusals() - Refuse links without a link back
 * @initiator: The start of the links.
 */
void drm_pagemap_topology_links_update_refusals(struct drm_pagemap_initiator *initiator)
{
	enum drm_pagemap_refusal refusal;
	struct topology_link *link;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(link, &initiator->links, at_initiator) {
		refusal = link->info.refusal;
		if (topology_link_one_way(link))
			refusal = DRM_PAGEMAP_REFUSED_ONE_WAY;
		if (refusal == link->refusal)
			continue;

		drm_pagemap_topology_event_queue(&link->event, KOBJ_CHANGE);
		WRITE_ONCE(link->refusal, refusal);
	}
}

/* Finds the first region of @to that @from does not reach. */
static struct drm_pagemap_region *
topology_first_unreachable(struct drm_pagemap_initiator *from,
			   struct drm_pagemap_initiator *to)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = drm_pagemap_topology_link_find(from, to->regions[i]);
		if (!link || link->refusal != DRM_PAGEMAP_DIRECT)
			return to->regions[i];
	}

	return NULL;
}

/**
 * drm_pagemap_topology_links_mutual() - Check whether two GPUs reach each other's memory
 * @a: One GPU.
 * @b: The other GPU.
 * @from: On failure, set to the GPU that lacks a link.
 * @to: On failure, set to the region that @from does not reach.
 *
 * The threshold does not matter here. A GPU without memory is always reached.
 *
 * Return: %true if each GPU reaches all regions of the other one.
 */
bool drm_pagemap_topology_links_mutual(struct drm_pagemap_initiator *a,
				       struct drm_pagemap_initiator *b,
				       struct drm_pagemap_initiator **from,
				       struct drm_pagemap_region **to)
{
	*from = a;
	*to = topology_first_unreachable(a, b);
	if (*to)
		return false;

	*from = b;
	*to = topology_first_unreachable(b, a);
	return !*to;
}
