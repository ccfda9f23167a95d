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
 * @ref: Reference count. The module keeps one reference until it is unloaded.
 * @id: ID of the pagemap.
 * @uid: uid of the pagemap, see drm_pagemap_initiator_register().
 * @identity: Identity of the card that this ID belongs to.
 * @region: The region while its device is bound, else %NULL. Protected by RCU.
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
 * @dev: Device in sysfs, which has the reference count.
 * @event: Uevent of @dev.
 * @node: Node with the ID of the region.
 * @initiator: GPU that the region belongs to; referenced.
 * @info: The driver's description.
 * @links: All &struct topology_link to this region, by @topology_link.at_region.
 * @held_group: Group that the pages in use hold, or %NULL; referenced.
 * @held: Whether @held_group is set. Readers need no lock.
 * @retry_at: Time in jiffies before which pages are not created again.
 * @retry_error: Error of the last attempt to create pages, or 0. The lookup lock of the
 *		 region's cache protects @retry_error and @retry_at.
 * @rcu: Defers freeing the structure.
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
