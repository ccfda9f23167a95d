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

/* Placement by ID: from the ID to the node, and from the node to its pages. */

/* Read-locked while pages are looked up or created. */
DEFINE_STATIC_SRCU(topology_resolve_srcu);

/* After a failure to create pages, faults do not retry at once. */
#define TOPOLOGY_RETRY_DELAY	HZ

/*
 * Finds the render node that guards a region. A region of @drm itself needs none,
 * because the caller has this GPU open.
 */
static int topology_region_describe(struct drm_pagemap_region *region,
				    struct drm_device *drm,
				    struct topology_render_node *node)
{
	int idx;

	/* Unregistering waits for this section, so the DRM device stays. */
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
	int foreign, err;

	if (!node)
		return ERR_PTR(-ENOENT);

	region = drm_pagemap_topology_node_region_get(node);
	if (!region)
		return ERR_PTR(-ENODEV);

	foreign = topology_region_describe(region, drm, &render);
	if (foreign < 0)
		return ERR_PTR(foreign);
	err = foreign ? drm_pagemap_topology_access_check(&render, audit) : 0;
	/* Its render node goes at that time, too. */
	if (err == -EACCES && READ_ONCE(region->initiator->dead))
		err = -ENODEV;
	if (err)
		return ERR_PTR(err);

	return drm_pagemap_node_get(node);
}

/**
 * drm_pagemap_node_lookup() - Look up the node of an ID that a program passes
 * @drm: The GPU that is to use the memory. The task has it open.
 * @id: The ID.
 *
 * Call it in the ioctl, because the result depends on the calling task. The returned
 * node carries the permission. No pages are created. The function looks up the render
 * node of a foreign GPU as the calling task, which a file system in user space can
 * delay. So hold no lock that others need. drm_pagemap_node_check_group() then
 * checks whether a VM can use the node.
 *
 * Return: The node, with a reference to be dropped by drm_pagemap_node_put(); or an
 * error pointer: %-ENOENT if no region ever had this ID, %-ENODEV if its device is
 * gone, %-EACCES if this task may not use the memory of that GPU; %-ENOMEM or %-EINTR.
 */
struct drm_pagemap_node *drm_pagemap_node_lookup(struct drm_device *drm, u32 id)
{
	return topology_node_lookup(drm, id, true);
}
EXPORT_SYMBOL(drm_pagemap_node_lookup);

/**
 * drm_pagemap_node_query() - Look up the node of an ID without placing memory
 * @drm: The GPU that would use the memory.
 * @id: The ID.
 *
 * Like drm_pagemap_node_lookup(), but a denial does not appear in an audit log.
 *
 * Return: As for drm_pagemap_node_lookup().
 */
struct drm_pagemap_node *drm_pagemap_node_query(struct drm_device *drm, u32 id)
{
	return topology_node_lookup(drm, id, false);
}
EXPORT_SYMBOL(drm_pagemap_node_query);

/* While its device is being added or removed, a region is in no group: -ENODEV, not -ENOLINK. */
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
 * Return: 0 if so; %-ENODEV if the device of the node is gone, %-ENOLINK if the node is
 * not in @group.
 */
int drm_pagemap_node_check_group(struct drm_pagemap_node *node,
				 struct drm_pagemap_group *group)
{
	struct drm_pagemap_region *region __free(topology_region) =
		drm_pagemap_topology_node_region_get(node);

	return region ? topology_region_check_group(region, group) : -ENODEV;
}
EXPORT_SYMBOL(drm_pagemap_node_check_group);

/* The caller has the lookup lock of the cache. */
static struct drm_pagemap *topology_region_create_pages(struct drm_pagemap_region *region,
							struct drm_pagemap_group *group)
{
	struct drm_pagemap *dpagemap;

	if (region->retry_error && time_before(jiffies, region->retry_at))
		return ERR_PTR(region->retry_error);

	dpagemap = region->info.ops->create(region->info.private,
					    drm_pagemap_group_owner(group));
	/* A signal concerns one task only, so do not delay the others. */
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

	/* The caller holds the group, so members leave it only by being removed. */
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
 * drm_pagemap_node_resolve() - Get the pages of a node, for a fault or a prefetch
 * @node: The node from drm_pagemap_node_lookup().
 * @group: The group that the VM holds.
 *
 * Creates the pages if they do not exist, which may sleep and allocate. Call it
 * without mmap_lock, reservations or notifier locks.
 *
 * Return: The &struct drm_pagemap, with a reference to be dropped by
 * drm_pagemap_put() after the fault or the prefetch; or an error pointer: %-ENODEV
 * if the device is gone, %-ENOLINK if it is in another group now, %-EINTR, or the
 * error of creating the pages. That error is returned again for a second, without
 * another attempt.
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
 * drm_pagemap_topology_resolve_barrier() - Wait for running look-ups of pages
 *
 * A look-up that begins after its initiator was marked as dead fails. A look-up that
 * began before waits until unreferenced pages are on the list of the shrinker. They
 * do not get there after drm_dev_unplug() has begun, and drm_dev_unplug() waits for the
 * look-up. So call this function between the two.
 */
void drm_pagemap_topology_resolve_barrier(void)
{
	synchronize_srcu(&topology_resolve_srcu);
}
