/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_NODE_H_
#define _DRM_PAGEMAP_TOPOLOGY_NODE_H_

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/rcupdate.h>

#include <drm/drm_pagemap_topology.h>

#include "topology_change.h"

/**
 * struct drm_pagemap_node - An ID, which outlives its region
 * @ref: The registry keeps one reference for as long as the module is loaded.
 * @id: The pagemap ID.
 * @uid: See drm_pagemap_initiator_register().
 * @identity: The card that was in this slot.
 * @region: The region while its device is bound. RCU.
 */
struct drm_pagemap_node {
	struct kref ref;
	u32 id;
	char *uid;
	char *identity;
	struct drm_pagemap_region __rcu *region;
};

/**
 * struct drm_pagemap_region - A device-memory region whose device is bound
 * @dev: Its device in sysfs, which has the reference count.
 * @event: Its uevent.
 * @node: Its ID.
 * @initiator: Its GPU; referenced.
 * @info: The driver's description.
 * @links: All &struct topology_link to here, by @topology_link.at_region.
 * @held_group: The group that the pages in use hold, or %NULL. Referenced.
 * @held: @held_group is set. Read without the lock.
 * @retry_at: In jiffies: no attempt to create pages before that.
 * @retry_error: Error of the last attempt, 0 for success. It and @retry_at are
 *		 protected by the lookup lock of the region's cache.
 * @rcu: For the release.
 */
struct drm_pagemap_region {
	struct device dev;
	struct topology_event event;
	struct drm_pagemap_node *node;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_region_info info;
	struct list_head links;
	struct drm_pagemap_group *held_group;
	bool held;
	unsigned long retry_at;
	int retry_error;
	struct rcu_head rcu;
};

#define to_region(d)	container_of_const(d, struct drm_pagemap_region, dev)

struct drm_pagemap_node *drm_pagemap_topology_node_obtain(const char *uid, const char *identity);
struct drm_pagemap_node *drm_pagemap_topology_node_find(u32 id);
struct drm_pagemap_region *drm_pagemap_topology_node_region(struct drm_pagemap_node *node);
struct drm_pagemap_region *drm_pagemap_topology_region_next(unsigned long *id);
void drm_pagemap_topology_nodes_fini(void);

static inline void topology_region_put(struct drm_pagemap_region *region)
{
	if (region)
		put_device(&region->dev);
}

DEFINE_FREE(topology_region, struct drm_pagemap_region *, topology_region_put(_T))

#endif
