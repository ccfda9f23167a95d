/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_LINK_H_
#define _DRM_PAGEMAP_TOPOLOGY_LINK_H_

#include <linux/device.h>
#include <linux/list.h>

#include <drm/drm_pagemap_topology.h>

#include "topology_change.h"

/**
 * enum topology_usable - Whether the current groups let a VM use a link
 * @TOPOLOGY_UNUSABLE_NO_ACCESS: The link has no direct access.
 * @TOPOLOGY_UNUSABLE_ADMIN_GROUP: A peer group separates the two ends.
 * @TOPOLOGY_UNUSABLE_CLIQUE: No clique with both ends is in the best partition.
 * @TOPOLOGY_UNUSABLE_THRESHOLD: A link between the two ends is slower than the
 *				 threshold.
 * @TOPOLOGY_UNUSABLE_HELD: Holders delay the change that would make it usable.
 * @TOPOLOGY_UNUSABLE_GOING: A device at one end is being removed.
 * @TOPOLOGY_USABLE: Both ends are in one group.
 */
enum topology_usable {
	TOPOLOGY_UNUSABLE_NO_ACCESS,
	TOPOLOGY_UNUSABLE_ADMIN_GROUP,
	TOPOLOGY_UNUSABLE_CLIQUE,
	TOPOLOGY_UNUSABLE_THRESHOLD,
	TOPOLOGY_UNUSABLE_HELD,
	TOPOLOGY_UNUSABLE_GOING,
	TOPOLOGY_USABLE,
};

/**
 * struct topology_link - A path from an initiator to a pagemap
 * @dev: Device in sysfs, which has the reference count.
 * @event: Uevent of @dev.
 * @initiator: The start of the path; registered while the link is in sysfs.
 * @region: The end of the path; registered while the link is in sysfs.
 * @at_initiator: Entry in @drm_pagemap_initiator.links.
 * @at_region: Entry in @drm_pagemap_region.links.
 * @info: The description by the initiator's driver.
 * @refusal: The value of @info.refusal, except that a link between two GPUs with memory
 *	     is also refused if the link back is missing.
 * @usable: Whether the current groups let a VM use the link.
 * @withdrawn: The driver has withdrawn the link. It is refused, and the current change
 *	       removes it.
 */
struct topology_link {
	struct device dev;
	struct topology_event event;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_region *region;
	struct list_head at_initiator;
	struct list_head at_region;
	struct drm_pagemap_link_info info;
	enum drm_pagemap_refusal refusal;
	enum topology_usable usable;
	bool withdrawn;
};

#define to_link(d)	container_of_const(d, struct topology_link, dev)

extern const char * const drm_pagemap_topology_refusal_names[DRM_PAGEMAP_REFUSALS];

bool drm_pagemap_topology_link_info_valid(const struct drm_pagemap_link_info *info,
					  struct drm_pagemap_initiator *initiator, bool own);
struct topology_link *drm_pagemap_topology_link_find(struct drm_pagemap_initiator *initiator,
						     struct drm_pagemap_region *region);
struct topology_link *drm_pagemap_topology_link_create(struct drm_pagemap_initiator *initiator,
						       struct drm_pagemap_region *region,
						       const struct drm_pagemap_link_info *info);
void drm_pagemap_topology_link_destroy(struct topology_link *link);
int drm_pagemap_topology_link_probe(struct drm_pagemap_initiator *initiator,
				    struct drm_pagemap_region *region);
bool drm_pagemap_topology_link_set(struct topology_link *link,
				   const struct drm_pagemap_link_info *info);
void drm_pagemap_topology_link_set_usable(struct topology_link *link, enum topology_usable usable);
bool drm_pagemap_topology_link_going(const struct topology_link *link);
void drm_pagemap_topology_links_update_refusals(struct drm_pagemap_initiator *initiator);
bool drm_pagemap_topology_links_mutual(struct drm_pagemap_initiator *a,
				       struct drm_pagemap_initiator *b,
				       struct drm_pagemap_initiator **from,
				       struct drm_pagemap_region **to);

#endif
