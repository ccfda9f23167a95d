// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "topology_node.h"

/*
 * All nodes there ever were, by ID. An entry stays until the module goes, so
 * that no ID comes to mean another region and a look-up needs no lock.
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
 * @uid: The slot.
 * @identity: The card.
 *
 * The first time a card is seen in a slot it gets a new ID there. It has that ID
 * again whenever it comes back.
 *
 * Return: The node, which the registry keeps, or an error pointer.
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
 * drm_pagemap_topology_node_find() - Look up an ID
 * @id: The ID.
 *
 * Return: The node, without a reference; %NULL if there never was such an ID.
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
 * drm_pagemap_topology_region_next() - Walk the regions by ID
 * @id: The first ID to look at; set to the ID of the region.
 *
 * To be called in an RCU section. During a change the result belongs to no
 * particular moment.
 *
 * Return: The region with the next ID, @id included; %NULL after the last.
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
 * drm_pagemap_topology_nodes_fini() - Forget all IDs, when the module goes
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
 * drm_pagemap_node_private() - Get what the driver registered for a pagemap
 * @node: The argument of a callback in &struct drm_pagemap_initiator_ops.
 *
 * Return: &drm_pagemap_region_info.private, which only the driver of
 * drm_pagemap_node_drm() understands.
 */
void *drm_pagemap_node_private(struct drm_pagemap_node *node)
{
	return rcu_dereference_protected(node->region, true)->info.private;
}
EXPORT_SYMBOL(drm_pagemap_node_private);
