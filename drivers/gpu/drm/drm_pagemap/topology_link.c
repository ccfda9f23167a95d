// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <kunit/visibility.h>

#include "topology_internal.h"

const char * const topology_refusal_names[DRM_PAGEMAP_REFUSALS] = {
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
 * topology_link_find() - The link from an initiator to a region
 * @initiator: From.
 * @region: To.
 *
 * Return: The link, or %NULL.
 */
struct topology_link *topology_link_find(struct drm_pagemap_initiator *initiator,
					 struct drm_pagemap_region *region)
{
	lockdep_assert_held(&topology_lock);

	return xa_load(&initiator->links, region->node->id);
}
EXPORT_SYMBOL_IF_KUNIT(topology_link_find);

/* Is what a driver knows among what it said it can know? */
static bool topology_link_attributes_valid(const struct drm_pagemap_link_info *info)
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

	return !(known & ~info->attributes);
}

/**
 * topology_link_info_valid() - Check what a driver reports of a path
 * @info: The report.
 * @own: The path leads to the initiator's own memory.
 *
 * Return: %true if it makes sense.
 */
bool topology_link_info_valid(const struct drm_pagemap_link_info *info, bool own)
{
	if (info->type >= DRM_PAGEMAP_LINK_TYPES || info->refusal >= DRM_PAGEMAP_REFUSALS)
		return false;
	if (!topology_link_attributes_valid(info))
		return false;

	/* A GPU is never split from its own memory. */
	return !own || info->refusal == DRM_PAGEMAP_DIRECT;
}

/**
 * topology_link_create() - A new link, not yet in sysfs
 * @initiator: From.
 * @region: To.
 * @info: What the initiator's driver says.
 *
 * Return: The link, or an error pointer.
 */
struct topology_link *topology_link_create(struct drm_pagemap_initiator *initiator,
					   struct drm_pagemap_region *region,
					   const struct drm_pagemap_link_info *info)
{
	struct topology_link *link;
	int err;

	lockdep_assert_held(&topology_lock);

	if (!topology_link_info_valid(info, region->initiator == initiator))
		return ERR_PTR(-EINVAL);

	link = kzalloc_obj(*link);
	if (!link)
		return ERR_PTR(-ENOMEM);

	err = xa_insert(&initiator->links, region->node->id, link, GFP_KERNEL);
	if (err) {
		kfree(link);
		return ERR_PTR(err);
	}

	topology_object_get();
	kobject_init(&link->kobj, &topology_link_type);
	link->initiator = initiator;
	link->region = region;
	link->info = *info;
	link->refusal = info->refusal;
	list_add_tail(&link->at_region, &region->links);

	return link;
}

/**
 * topology_link_destroy() - Remove a link and what is published of it
 * @link: The link.
 */
void topology_link_destroy(struct topology_link *link)
{
	lockdep_assert_held(&topology_lock);

	if (link->published)
		topology_sysfs_del_link(link);
	xa_erase(&link->initiator->links, link->region->node->id);
	list_del(&link->at_region);
	kobject_put(&link->kobj);
}

/**
 * topology_link_probe() - Ask the driver of an initiator about a path
 * @initiator: From.
 * @region: To.
 *
 * Return: 0 on success, whether or not there is a path; a negative error code
 * if the answer makes no sense or memory is short.
 */
int topology_link_probe(struct drm_pagemap_initiator *initiator,
			struct drm_pagemap_region *region)
{
	struct drm_pagemap_link_info info = { .hops = -1 };

	if (!initiator->ops->probe_link(initiator->private, region->node, &info))
		return region->initiator == initiator ? -EINVAL : 0;

	return PTR_ERR_OR_ZERO(topology_link_create(initiator, region, &info));
}

/**
 * topology_link_going() - Is the device at one end about to go
 * @link: The link.
 *
 * Return: %true if drm_pagemap_initiator_kill() was called for one of the two.
 */
bool topology_link_going(const struct topology_link *link)
{
	lockdep_assert_held(&topology_lock);

	return link->initiator->dead || link->region->initiator->dead;
}

static bool topology_reaches_any(struct drm_pagemap_initiator *from,
				 struct drm_pagemap_initiator *to)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = topology_link_find(from, to->regions[i]);
		if (link && link->info.refusal == DRM_PAGEMAP_DIRECT)
			return true;
	}

	return false;
}

/*
 * Memory moves between two GPUs by the copy engine of the source through the
 * addresses of the destination. So a path that exists in one direction only is
 * of no use where there is memory at both ends.
 */
static bool topology_link_one_way(struct topology_link *link)
{
	struct drm_pagemap_initiator *owner = link->region->initiator;

	return link->info.refusal == DRM_PAGEMAP_DIRECT &&
	       owner != link->initiator && link->initiator->num_regions &&
	       !topology_reaches_any(owner, link->initiator);
}

/**
 * topology_links_update_refusals() - Derive which links are one-way
 */
void topology_links_update_refusals(void)
{
	struct drm_pagemap_initiator *initiator;
	struct topology_link *link;
	unsigned long id;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(initiator, &topology_initiators, entry) {
		xa_for_each(&initiator->links, id, link) {
			enum drm_pagemap_refusal refusal = link->info.refusal;

			if (topology_link_one_way(link))
				refusal = DRM_PAGEMAP_REFUSED_ONE_WAY;
			if (refusal == link->refusal)
				continue;

			topology_touch();
			WRITE_ONCE(link->refusal, refusal);
		}
	}
}

/* The first memory of @to that @from does not reach. */
static struct drm_pagemap_region *
topology_first_unreachable(struct drm_pagemap_initiator *from,
			   struct drm_pagemap_initiator *to)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = topology_link_find(from, to->regions[i]);
		if (!link || link->refusal != DRM_PAGEMAP_DIRECT)
			return to->regions[i];
	}

	return NULL;
}

/**
 * topology_links_mutual() - Do two GPUs reach each other's memory
 * @a: One.
 * @b: The other.
 * @from: If not, who does not reach,
 * @to: and what.
 *
 * No threshold is applied. One without memory has nothing to be reached.
 *
 * Return: %true if each reaches all memory of the other.
 */
bool topology_links_mutual(struct drm_pagemap_initiator *a,
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
