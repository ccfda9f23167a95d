/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_INITIATOR_H_
#define _DRM_PAGEMAP_TOPOLOGY_INITIATOR_H_

#include <linux/device.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include <drm/drm_pagemap_topology.h>

#include "topology_change.h"

/* Longest uid of an initiator. The uid of a pagemap also has room for "-vram65535". */
#define TOPOLOGY_UID_MAX	128

/**
 * struct drm_pagemap_initiator - A GPU whose device is bound
 * @dev: Device in sysfs, which has the reference count.
 * @event: Uevent of @dev.
 * @entry: Entry in drm_pagemap_topology_initiators, which is sorted by uid.
 * @uid: Name that stays the same after a reboot.
 * @drm: The DRM device. Referenced while the initiator is registered. Readers need RCU,
 *	 or the section that drm_pagemap_topology_resolve_barrier() waits for.
 * @ops: The driver's callbacks.
 * @private: Argument of @ops.
 * @regions: The regions.
 * @num_regions: Number of entries in @regions.
 * @links: All &struct topology_link that start here, by @topology_link.at_initiator.
 * @links_by_id: The same links, by the ID of the pagemap.
 * @group: The group of the initiator. Protected by RCU.
 * @next: While the initiator is in the scope, the group that the plan puts it into.
 * @staged: The group whose directories list the initiator for a plan, or %NULL.
 * @shown: The group that sysfs shows, or %NULL.
 * @at_group: Entry in @drm_pagemap_group.initiators.
 * @at_scope: Entry in drm_pagemap_topology_scope, or empty.
 * @index: Position in uid order in the scope, while a partition is computed.
 * @dead: The device is being removed: new placements and new VMs fail.
 * @rcu: Defers freeing the structure.
 */
struct drm_pagemap_initiator {
	struct device dev;
	struct topology_event event;
	struct list_head entry;
	char *uid;
	struct drm_device *drm;
	const struct drm_pagemap_initiator_ops *ops;
	void *private;
	struct drm_pagemap_region **regions;
	unsigned int num_regions;
	struct list_head links;
	struct xarray links_by_id;
	struct drm_pagemap_group __rcu *group;
	struct drm_pagemap_group *next;
	struct drm_pagemap_group *staged;
	struct drm_pagemap_group *shown;
	struct list_head at_group;
	struct list_head at_scope;
	unsigned int index;
	bool dead;
	struct rcu_head rcu;
};

#define to_initiator(d)	container_of_const(d, struct drm_pagemap_initiator, dev)

/* Accessed only within a change. Sorted by uid. */
extern struct list_head drm_pagemap_topology_initiators;

struct drm_pagemap_region *drm_pagemap_topology_node_region_get(struct drm_pagemap_node *node);
struct drm_pagemap_initiator *drm_pagemap_topology_initiator_find(const char *uid);
void drm_pagemap_topology_initiator_insert(struct drm_pagemap_initiator *initiator);
struct drm_pagemap_initiator *
drm_pagemap_topology_initiator_create(const struct drm_pagemap_initiator_info *info);
int drm_pagemap_topology_initiator_add_regions(struct drm_pagemap_initiator *initiator,
					       const struct drm_pagemap_initiator_info *info);
void drm_pagemap_topology_initiator_free(struct drm_pagemap_initiator *initiator);

#endif
