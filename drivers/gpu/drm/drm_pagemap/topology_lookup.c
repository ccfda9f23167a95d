// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/jiffies.h>
#include <linux/srcu.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_util.h>

#include "topology_access.h"
#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_lookup.h"
#include "topology_node.h"

/* Placement by ID: from the number to the node, and from the node to its pages. */

/* Held while pages are looked up or made; see drm_pagemap_topology_resolve_barrier(). */
DEFINE_STATIC_SRCU(topology_resolve_srcu);

/* After a failed attempt to create pages, faults do not try again at once. */
#define TOPOLOGY_RETRY_DELAY	HZ

/*
 * What is to be opened for the memory of a region. It is nothing for a driver's
 * own memory: the caller has the file open.
 */
static int topology_region_describe(struct drm_pagemap_region *region,
				    struct drm_device *drm,
				    struct topology_render_node *node)
{
	int idx;

	/* Unregistering waits for us, so that the DRM device stays. */
	guard(srcu)(&topology_resolve_srcu);
	if (READ_ONCE(region->initiator->dead) ||
	    !drm_dev_enter(region->initiator->drm, &idx))
		return -ENODEV;

	if (region->initiator->drm != drm)
		drm_pagemap_topology_access_describe(node, region->initiator->drm);
	drm_dev_exit(idx);

	return region->initiator->drm != drm;
}

static struct drm_pagemap_node *topology_node_lookup(struct drm_device *drm, u32 id,
						     bool audit)
{
	struct drm_pagemap_region *region __free(topology_region) = NULL;
	struct drm_pagemap_node *node = drm_pagemap_topology_node_find(id);
	struct topology_render_node render;
	int foreign;

	if (!node)
		return ERR_PTR(-ENOENT);

	region = drm_pagemap_topology_node_region_get(node);
	if (!region)
		return ERR_PTR(-ENODEV);

	foreign = topology_region_describe(region, drm, &render);
	if (foreign < 0)
		return ERR_PTR(foreign);
	if (foreign && !drm_pagemap_topology_access_allowed(&render, audit))
		return ERR_PTR(-EACCES);

	return drm_pagemap_node_get(node);
}

/**
 * drm_pagemap_node_lookup() - Turn the ID that a program passes into a node
 * @drm: The GPU whose VM is to place its memory, and which the task has open.
 * @id: The ID.
 *
 * To be called in the ioctl, because the answer depends on who asks. The grant
 * stays with the node that is returned. Nothing is instantiated. Looks up the
 * render node of a foreign GPU as the calling task, which a file system in user
 * space can delay: call it with nothing held that others need. Whether a VM can
 * use the node is what drm_pagemap_node_check_group() tells.
 *
 * Return: The node with a reference to be dropped by drm_pagemap_node_put();
 * or an error pointer: %-ENOENT if there never was such an ID, %-ENODEV if its
 * device is gone, %-EACCES if this task may not use the memory of another GPU.
 */
struct drm_pagemap_node *drm_pagemap_node_lookup(struct drm_device *drm, u32 id)
{
	return topology_node_lookup(drm, id, true);
}
EXPORT_SYMBOL(drm_pagemap_node_lookup);

/**
 * drm_pagemap_node_query() - Look up an ID for a query only
 * @drm: The GPU.
 * @id: The ID.
 *
 * As drm_pagemap_node_lookup(), but a denial is no event for an audit log.
 *
 * Return: As drm_pagemap_node_lookup().
 */
struct drm_pagemap_node *drm_pagemap_node_query(struct drm_device *drm, u32 id)
{
	return topology_node_lookup(drm, id, false);
}
EXPORT_SYMBOL(drm_pagemap_node_query);

/* On its way in or out it is in no group, which is not the same as in another. */
static int topology_region_check_group(struct drm_pagemap_region *region,
				       struct drm_pagemap_group *group)
{
	struct drm_pagemap_group *present =
		rcu_access_pointer(region->initiator->group);

	if (!present)
		return -ENODEV;

	return present == group ? 0 : -ENOLINK;
}

/**
 * drm_pagemap_node_check_group() - Check whether a VM can use a node now
 * @node: The node.
 * @group: The group that the VM holds.
 *
 * Takes no lock.
 *
 * Return: 0 if so; %-ENODEV if its device is gone, %-ENOLINK if it is not in
 * @group.
 */
int drm_pagemap_node_check_group(struct drm_pagemap_node *node,
				 struct drm_pagemap_group *group)
{
	struct drm_pagemap_region *region __free(topology_region) =
		drm_pagemap_topology_node_region_get(node);

	return region ? topology_region_check_group(region, group) : -ENODEV;
}
EXPORT_SYMBOL(drm_pagemap_node_check_group);

/* Under the lookup lock of the cache. */
static struct drm_pagemap *topology_region_create_pages(struct drm_pagemap_region *region,
							struct drm_pagemap_group *group)
{
	struct drm_pagemap *dpagemap;

	if (region->retry_error && time_before(jiffies, region->retry_at))
		return ERR_PTR(region->retry_error);

	dpagemap = region->info.ops->create(region->info.private,
					    drm_pagemap_group_owner(group));
	/* A signal concerns one task only. */
	if (dpagemap == ERR_PTR(-EINTR) || dpagemap == ERR_PTR(-ERESTARTSYS))
		return dpagemap;
	if (IS_ERR(dpagemap)) {
		region->retry_error = PTR_ERR(dpagemap);
		region->retry_at = jiffies + TOPOLOGY_RETRY_DELAY;
		return dpagemap;
	}

	region->retry_error = 0;
	drm_pagemap_cache_set_pagemap(region->info.cache, dpagemap);
	return dpagemap;
}

static struct drm_pagemap *topology_region_resolve(struct drm_pagemap_region *region,
						   struct drm_pagemap_group *group)
{
	struct drm_pagemap_cache *cache = region->info.cache;
	struct drm_pagemap *dpagemap;
	int err;

	/* Held by the caller, a group loses members only when they go. */
	err = topology_region_check_group(region, group);
	if (err)
		return ERR_PTR(err);

	dpagemap = drm_pagemap_get_from_cache_if_active(cache);
	/* Pairs with the release in drm_pagemap_topology_region_hold(). */
	if (dpagemap && smp_load_acquire(&region->held))
		return dpagemap;
	drm_pagemap_put(dpagemap);

	err = drm_pagemap_cache_lock_lookup(cache);
	if (err)
		return ERR_PTR(err);

	dpagemap = drm_pagemap_get_from_cache(cache);
	if (!dpagemap)
		dpagemap = topology_region_create_pages(region, group);
	if (!IS_ERR(dpagemap))
		drm_pagemap_topology_region_hold(region, group, dpagemap);
	drm_pagemap_cache_unlock_lookup(cache);

	return dpagemap;
}

/**
 * drm_pagemap_node_resolve() - The pages behind a node, for a fault or a prefetch
 * @node: A node from drm_pagemap_node_lookup().
 * @group: The group that the VM holds.
 *
 * Instantiates the pages if there are none, which may sleep and allocate. To
 * be called outside mmap_lock, reservations and notifier locks.
 *
 * Return: The &struct drm_pagemap with a reference to be dropped by
 * drm_pagemap_put() after the fault or prefetch; or an error pointer: %-ENODEV
 * if its device is gone, %-ENOLINK if it has come back into another group,
 * %-EINTR, or what creating it gave, which is remembered for a second.
 */
struct drm_pagemap *drm_pagemap_node_resolve(struct drm_pagemap_node *node,
					     struct drm_pagemap_group *group)
{
	struct drm_pagemap_region *region __free(topology_region) = NULL;
	struct drm_pagemap *dpagemap;
	int idx;

	guard(srcu)(&topology_resolve_srcu);
	region = drm_pagemap_topology_node_region_get(node);
	if (!region || !drm_dev_enter(region->initiator->drm, &idx))
		return ERR_PTR(-ENODEV);

	dpagemap = topology_region_resolve(region, group);
	drm_dev_exit(idx);

	return dpagemap;
}
EXPORT_SYMBOL(drm_pagemap_node_resolve);

/**
 * drm_pagemap_topology_resolve_barrier() - Wait for those who are looking up pages
 *
 * Who begins after an initiator was marked as dead does not get to its pages. A
 * look-up waits until pages without a reference are on the shrinker's list,
 * to which they do not come once drm_dev_unplug() has begun, while that waits
 * for the look-up. So the ones that began before must be over by then.
 */
void drm_pagemap_topology_resolve_barrier(void)
{
	synchronize_srcu(&topology_resolve_srcu);
}
