// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/jiffies.h>
#include <linux/memremap.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/xarray.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_util.h>

#include "topology_access.h"
#include "topology_internal.h"

/*
 * All nodes there ever were, by ID. An entry stays until the module goes, so
 * that no ID comes to mean another memory and a look-up needs no lock.
 */
static DEFINE_XARRAY_ALLOC1(topology_nodes);

/* Held while pages are looked up or made; see topology_resolve_barrier() */
DEFINE_STATIC_SRCU(topology_resolve_srcu);

/* After a failed attempt to create pages, faults do not try again at once. */
#define TOPOLOGY_RETRY_DELAY	HZ

static void topology_node_release(struct kref *ref)
{
	struct drm_pagemap_node *node =
		container_of(ref, struct drm_pagemap_node, ref);

	kfree(node->uid);
	kfree(node->identity);
	kfree(node);
	topology_object_put();
}

/**
 * drm_pagemap_node_get() - Take another reference to a node
 * @node: A node to which the caller has one.
 *
 * Return: @node.
 */
struct drm_pagemap_node *drm_pagemap_node_get(struct drm_pagemap_node *node)
{
	kref_get(&node->ref);
	return node;
}
EXPORT_SYMBOL(drm_pagemap_node_get);

/**
 * drm_pagemap_node_put() - Give back a reference to a node
 * @node: The node, or %NULL. May be called from any context.
 */
void drm_pagemap_node_put(struct drm_pagemap_node *node)
{
	if (node)
		kref_put(&node->ref, topology_node_release);
}
EXPORT_SYMBOL(drm_pagemap_node_put);

/**
 * drm_pagemap_node_id() - The ID of a node
 * @node: The node.
 *
 * Return: The ID; at least 1.
 */
u32 drm_pagemap_node_id(const struct drm_pagemap_node *node)
{
	return node->id;
}
EXPORT_SYMBOL(drm_pagemap_node_id);

static struct drm_pagemap_node *topology_node_create(const char *uid,
						     const char *identity)
{
	struct drm_pagemap_node *node;
	int err;

	node = kzalloc_obj(*node);
	if (!node)
		return ERR_PTR(-ENOMEM);

	topology_object_get();
	kref_init(&node->ref);
	node->uid = kstrdup(uid, GFP_KERNEL);
	node->identity = kstrdup(identity, GFP_KERNEL);
	if (!node->uid || !node->identity) {
		err = -ENOMEM;
		goto err_put;
	}

	err = xa_alloc(&topology_nodes, &node->id, node, xa_limit_32b, GFP_KERNEL);
	if (err)
		goto err_put;

	return node;

err_put:
	drm_pagemap_node_put(node);
	return ERR_PTR(err);
}

/**
 * topology_node_obtain() - The node of a slot and the card in it
 * @uid: The slot.
 * @identity: The card.
 *
 * The first time a card is seen in a slot it gets a new ID there, and has it
 * again whenever it comes back. The registry's reference keeps the node.
 *
 * Return: The node, or an error pointer.
 */
struct drm_pagemap_node *topology_node_obtain(const char *uid, const char *identity)
{
	struct drm_pagemap_node *node;
	unsigned long id;

	lockdep_assert_held(&topology_lock);

	xa_for_each(&topology_nodes, id, node)
		if (!strcmp(node->uid, uid) && !strcmp(node->identity, identity))
			return node;

	return topology_node_create(uid, identity);
}

/**
 * topology_node_find() - Look up an ID
 * @id: The ID.
 *
 * Return: The node, without a reference; %NULL if there never was such an ID.
 */
struct drm_pagemap_node *topology_node_find(u32 id)
{
	return xa_load(&topology_nodes, id);
}

/**
 * topology_node_region_get() - The region behind a node
 * @node: The node.
 *
 * Return: The region with a reference to be dropped by put_device(); %NULL if
 * its device is gone or going.
 */
struct drm_pagemap_region *topology_node_region_get(struct drm_pagemap_node *node)
{
	struct drm_pagemap_region *region;

	guard(rcu)();
	region = rcu_dereference(node->region);
	if (!region || READ_ONCE(region->initiator->dead))
		return NULL;

	/* The reference count may have dropped to 0 within the grace period. */
	return kobject_get_unless_zero(&region->dev.kobj) ? region : NULL;
}

static void topology_region_put(struct drm_pagemap_region *region)
{
	if (region)
		put_device(&region->dev);
}

DEFINE_FREE(topology_region, struct drm_pagemap_region *, topology_region_put(_T))

/**
 * topology_nodes_fini() - Forget all IDs, when the module goes
 */
void topology_nodes_fini(void)
{
	struct drm_pagemap_node *node;
	unsigned long id;

	xa_for_each(&topology_nodes, id, node)
		drm_pagemap_node_put(node);
	xa_destroy(&topology_nodes);
}

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
		topology_access_describe(node, region->initiator->drm);
	drm_dev_exit(idx);

	return region->initiator->drm != drm;
}

static struct drm_pagemap_node *topology_node_lookup(struct drm_device *drm, u32 id,
						     bool audit)
{
	struct drm_pagemap_region *region __free(topology_region) = NULL;
	struct drm_pagemap_node *node = topology_node_find(id);
	struct topology_render_node render;
	int foreign;

	if (!node)
		return ERR_PTR(-ENOENT);

	region = topology_node_region_get(node);
	if (!region)
		return ERR_PTR(-ENODEV);

	foreign = topology_region_describe(region, drm, &render);
	if (foreign < 0)
		return ERR_PTR(foreign);
	if (foreign && !topology_access_allowed(&render, audit))
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
		topology_node_region_get(node);

	return region ? topology_region_check_group(region, group) : -ENODEV;
}
EXPORT_SYMBOL(drm_pagemap_node_check_group);

/**
 * topology_region_active() - Are pages of a region in use, or could they be
 * @region: The region.
 *
 * There is no call when the last reference to a &struct drm_pagemap goes: it
 * is put on a list for the shrinker. So this looks. Callable in atomic context.
 *
 * Return: %true if the region's &struct drm_pagemap is referenced.
 */
bool topology_region_active(struct drm_pagemap_region *region)
{
	struct drm_pagemap *dpagemap;
	int idx;

	/* The cache is there until drm_dev_unplug() has waited for us. */
	if (!drm_dev_enter(region->initiator->drm, &idx))
		return false;

	dpagemap = drm_pagemap_get_from_cache_if_active(region->info.cache);
	drm_pagemap_put(dpagemap);
	drm_dev_exit(idx);

	return dpagemap;
}

/**
 * topology_region_unhold() - The pages of a region hold its group no more
 * @region: The region.
 */
void topology_region_unhold(struct drm_pagemap_region *region)
{
	lockdep_assert_held(&topology_lock);

	if (!region->held)
		return;

	WRITE_ONCE(region->held, false);
	drm_pagemap_group_release(region->held_group);
	region->held_group = NULL;
}

/**
 * topology_region_reap() - Notice that the pages of a region are out of use
 * @region: The region.
 */
void topology_region_reap(struct drm_pagemap_region *region)
{
	/* While a device goes, its pages are still to be moved out. */
	if (region->initiator->dead || topology_region_active(region))
		return;

	topology_region_unhold(region);
}

/*
 * The pages get the owner that the VM has, unless they have it already. Nobody
 * can have used them with another one: with a reference count of 0 there was no
 * folio, and all who reactivate come through here.
 */
static void topology_region_hold(struct drm_pagemap_region *region,
				 struct drm_pagemap_group *group,
				 struct drm_pagemap *dpagemap)
{
	guard(mutex)(&topology_lock);
	if (region->held)
		return;

	/* The caller holds the group, so that it is not frozen. */
	atomic_inc(&group->users);
	get_device(&group->dev);
	region->held_group = group;
	dpagemap->pagemap->owner = drm_pagemap_group_owner(group);
	/* Pairs with the acquire in topology_region_resolve(). */
	smp_store_release(&region->held, true);
}

/* Under the lookup lock of the cache. */
static struct drm_pagemap *topology_region_create(struct drm_pagemap_region *region,
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
	/* Pairs with the release in topology_region_hold(). */
	if (dpagemap && smp_load_acquire(&region->held))
		return dpagemap;
	drm_pagemap_put(dpagemap);

	err = drm_pagemap_cache_lock_lookup(cache);
	if (err)
		return ERR_PTR(err);

	dpagemap = drm_pagemap_get_from_cache(cache);
	if (!dpagemap)
		dpagemap = topology_region_create(region, group);
	if (!IS_ERR(dpagemap))
		topology_region_hold(region, group, dpagemap);
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
	region = topology_node_region_get(node);
	if (!region || !drm_dev_enter(region->initiator->drm, &idx))
		return ERR_PTR(-ENODEV);

	dpagemap = topology_region_resolve(region, group);
	drm_dev_exit(idx);

	return dpagemap;
}
EXPORT_SYMBOL(drm_pagemap_node_resolve);

/**
 * topology_resolve_barrier() - Wait for those who are looking up pages
 *
 * Who begins after an initiator was marked as dead does not get to its pages. A
 * look-up waits until pages without a reference are on the shrinker's list,
 * to which they do not come once drm_dev_unplug() has begun, while that waits
 * for the look-up. So the ones that began before must be over by then.
 */
void topology_resolve_barrier(void)
{
	synchronize_srcu(&topology_resolve_srcu);
}

/**
 * drm_pagemap_node_drm() - The DRM device of a pagemap
 * @node: The argument of &drm_pagemap_initiator_ops.probe_link.
 *
 * Return: The device.
 */
struct drm_device *drm_pagemap_node_drm(struct drm_pagemap_node *node)
{
	return rcu_dereference_protected(node->region,
					 lockdep_is_held(&topology_lock))->initiator->drm;
}
EXPORT_SYMBOL(drm_pagemap_node_drm);

/**
 * drm_pagemap_node_private() - What the driver registered for a pagemap
 * @node: The argument of &drm_pagemap_initiator_ops.probe_link.
 *
 * Return: &drm_pagemap_region_info.private. It means something to the driver of
 * drm_pagemap_node_drm() only.
 */
void *drm_pagemap_node_private(struct drm_pagemap_node *node)
{
	return rcu_dereference_protected(node->region,
					 lockdep_is_held(&topology_lock))->info.private;
}
EXPORT_SYMBOL(drm_pagemap_node_private);

/**
 * topology_next_in_group() - Walk the pagemaps of a group by ID
 * @group: The group.
 * @id: The first ID to look at.
 *
 * Without the lock; during a change the result is of no moment in particular.
 *
 * Return: The next ID, @id included, of a pagemap in the group; 0 if none.
 */
u32 topology_next_in_group(struct drm_pagemap_group *group, u32 id)
{
	struct drm_pagemap_region *region;
	struct drm_pagemap_node *node;
	unsigned long index = id;

	guard(rcu)();
	for (node = xa_find(&topology_nodes, &index, U32_MAX, XA_PRESENT); node;
	     node = xa_find_after(&topology_nodes, &index, U32_MAX, XA_PRESENT)) {
		region = rcu_dereference(node->region);
		if (region && rcu_access_pointer(region->initiator->group) == group)
			return index;
	}

	return 0;
}

/**
 * topology_idle_holders() - Pagemaps that are counted as users and are not
 * @group: The group.
 *
 * Return: How many pagemaps hold the group although their pages have gone out of
 * use, which has not been noticed yet.
 */
unsigned int topology_idle_holders(struct drm_pagemap_group *group)
{
	struct drm_pagemap_region *region;
	struct drm_pagemap_node *node;
	unsigned int idle = 0;
	unsigned long id;

	guard(rcu)();
	xa_for_each(&topology_nodes, id, node) {
		region = rcu_dereference(node->region);
		if (region && READ_ONCE(region->held) &&
		    rcu_access_pointer(region->initiator->group) == group)
			idle += !topology_region_active(region);
	}

	return idle;
}
