// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "topology_node.h"

/*
 * All nodes that ever existed, by ID. A node stays until the module is unloaded, so
 * that an ID never names another region and look-ups need no lock.
 */
static DEFINE_XARRAY_ALLOC1(topology_nodes);

static void topology_node_release(struct kref *ref)
{
	struct drm_pagemap_node *node =
		container_of(ref, struct drm_pagemap_node, ref);

	kfree(node->uid);
	kfree(node->identity);
	kfree(node);
	drm_pagemap_topology_object_put();
}

/**
 * drm_pagemap_node_get() - Take another reference to a node
 * @node: A node that the caller has a reference to.
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
 * drm_pagemap_node_put() - Drop a reference to a node
 * @node: The node, or %NULL. May be called from any context.
 */
void drm_pagemap_node_put(struct drm_pagemap_node *node)
{
	if (node)
		kref_put(&node->ref, topology_node_release);
}
EXPORT_SYMBOL(drm_pagemap_node_put);

/**
 * drm_pagemap_node_id() - Get the ID of a node
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

	drm_pagemap_topology_object_get();
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
 * drm_pagemap_topology_node_obtain() - Get the node of a slot and the card in it
 * @uid: The uid of the pagemap, which names the slot.
 * @identity: The identity of the card.
 *
 * A card that is new in a slot gets a new ID. A card that returns to its slot gets
 * its old ID again.
 *
 * Return: The node, without a reference of its own; or an error pointer.
 */
struct drm_pagemap_node *drm_pagemap_topology_node_obtain(const char *uid, const char *identity)
{
	struct drm_pagemap_node *node;
	unsigned long id;

	drm_pagemap_topology_change_assert();

	xa_for_each(&topology_nodes, id, node)
		if (!strcmp(node->uid, uid) && !strcmp(node->identity, identity))
			return node;

	return topology_node_create(uid, identity);
}

/**
 * drm_pagemap_topology_node_find() - Find the node with an ID
 * @id: The ID.
 *
 * Return: The node, without a reference; %NULL if no region ever had this ID.
 */
struct drm_pagemap_node *drm_pagemap_topology_node_find(u32 id)
{
	return xa_load(&topology_nodes, id);
}

/**
 * drm_pagemap_topology_node_region() - Get the region behind a node, within a change
 * @node: The node.
 *
 * Return: The region; %NULL if its device is gone.
 */
struct drm_pagemap_region *drm_pagemap_topology_node_region(struct drm_pagemap_node *node)
{
	drm_pagemap_topology_change_assert();

	return rcu_dereference_protected(node->region, true);
}

/**
 * drm_pagemap_topology_region_next() - Iterate over the regions by ID
 * @id: The lowest ID to return; set to the ID of the returned region.
 *
 * Call it in an RCU section. Outside of a change, the regions of an iteration may never
 * have existed at the same time.
 *
 * Return: The region with the lowest ID from @id on; %NULL after the last one.
 */
struct drm_pagemap_region *drm_pagemap_topology_region_next(unsigned long *id)
{
	struct drm_pagemap_region *region;
	struct drm_pagemap_node *node;

	for (node = xa_find(&topology_nodes, id, U32_MAX, XA_PRESENT); node;
	     node = xa_find_after(&topology_nodes, id, U32_MAX, XA_PRESENT)) {
		region = rcu_dereference(node->region);
		if (region)
			return region;
	}

	return NULL;
}

/**
 * drm_pagemap_topology_nodes_fini() - Drop all nodes, when the module is unloaded
 */
void drm_pagemap_topology_nodes_fini(void)
{
	struct drm_pagemap_node *node;
	unsigned long id;

	xa_for_each(&topology_nodes, id, node)
		drm_pagemap_node_put(node);
	xa_destroy(&topology_nodes);
}

/**
 * drm_pagemap_node_private() - Get the driver's private pointer of a pagemap
 * @node: The argument of a callback in &struct drm_pagemap_initiator_ops.
 *
 * Return: &drm_pagemap_region_info.private, which only the driver of
 * drm_pagemap_node_drm() can interpret.
 */
void *drm_pagemap_node_private(struct drm_pagemap_node *node)
{
	return rcu_dereference_protected(node->region, true)->info.private;
}
EXPORT_SYMBOL(drm_pagemap_node_private);
