// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/err.h>

#include <drm/drm_device.h>

#include "topology_change.h"
#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_lookup.h"
#include "topology_node.h"
#include "topology_regroup.h"
#include "topology_scope.h"
#include "topology_sysfs.h"

/* Registration of a GPU with its regions, and its removal. */

static int topology_regions_check(const struct drm_pagemap_initiator_info *info)
{
	unsigned int i, j;

	for (i = 0; i < info->num_regions; i++) {
		const struct drm_pagemap_region_info *region = &info->regions[i];

		if (!region->size || !region->cache || !region->ops || !region->ops->create)
			return -EINVAL;

		for (j = 0; j < i; j++)
			if (info->regions[j].instance == region->instance)
				return -EINVAL;
	}

	return 0;
}

/* Probes the paths from the new initiator to all regions, and from all others to its regions. */
static int topology_initiator_probe_links(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_initiator *other;
	unsigned int i;
	int err;

	list_for_each_entry(other, &drm_pagemap_topology_initiators, entry) {
		for (i = 0; i < other->num_regions; i++) {
			err = drm_pagemap_topology_link_probe(initiator, other->regions[i]);
			if (err)
				return err;
		}

		if (other == initiator)
			continue;

		for (i = 0; i < initiator->num_regions; i++) {
			err = drm_pagemap_topology_link_probe(other, initiator->regions[i]);
			if (err)
				return err;
		}
	}

	return 0;
}

/* Each new link has the new initiator at one end. */
static int topology_publish_links(struct drm_pagemap_initiator *initiator)
{
	struct topology_link *link;
	unsigned int i;
	int err;

	list_for_each_entry(link, &initiator->links, at_initiator) {
		err = drm_pagemap_topology_sysfs_add_link(link);
		if (err)
			return err;
	}

	for (i = 0; i < initiator->num_regions; i++) {
		list_for_each_entry(link, &initiator->regions[i]->links, at_region) {
			if (link->initiator == initiator)
				continue;
			err = drm_pagemap_topology_sysfs_add_link(link);
			if (err)
				return err;
		}
	}

	return 0;
}

static int topology_initiator_add(struct drm_pagemap_initiator *initiator)
{
	drm_pagemap_topology_touch();
	drm_pagemap_topology_initiator_insert(initiator);
	drm_pagemap_topology_scope_add(initiator);

	return topology_initiator_probe_links(initiator) ?:
	       drm_pagemap_topology_sysfs_add_initiator(initiator) ?:
	       topology_publish_links(initiator) ?:
	       drm_pagemap_topology_regroup();
}

static void topology_link_remove(struct topology_link *link)
{
	drm_pagemap_topology_sysfs_del_link(link);
	drm_pagemap_topology_link_destroy(link);
}

static void topology_initiator_remove_links(struct drm_pagemap_initiator *initiator)
{
	struct topology_link *link, *next;
	unsigned int i;

	list_for_each_entry_safe(link, next, &initiator->links, at_initiator)
		topology_link_remove(link);

	for (i = 0; i < initiator->num_regions; i++)
		list_for_each_entry_safe(link, next, &initiator->regions[i]->links, at_region)
			topology_link_remove(link);
}

/* Works in any state of the initiator: removes only what exists. */
static void topology_initiator_remove(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	/* If the initiator was never killed, this stops look-ups that are under way. */
	WRITE_ONCE(initiator->dead, true);
	drm_pagemap_topology_scope_remove(initiator);
	drm_pagemap_topology_group_move(initiator, NULL);
	drm_pagemap_topology_sysfs_leave_group(initiator);
	list_del_init(&initiator->entry);

	topology_initiator_remove_links(initiator);
	drm_pagemap_topology_sysfs_del_initiator(initiator);
	for (i = 0; i < initiator->num_regions; i++) {
		drm_pagemap_topology_region_unhold(initiator->regions[i]);
		RCU_INIT_POINTER(initiator->regions[i]->node->region, NULL);
	}
}

/**
 * drm_pagemap_initiator_register() - Register a GPU with its memory regions
 * @info: Description of the GPU. The function copies it, except where @info says that
 *	  an object must stay valid.
 *
 * Publishes the GPU, its pagemaps, and all links from and to them as one change, and
 * puts the GPU into a group. The uid of the GPU names its slot: `<bus>-<device name>`,
 * with the partition as a suffix. The uid of a pagemap has `-vram<instance>` added.
 * If the same card was in the same slot before, its pagemaps keep their IDs.
 *
 * The DRM device must be registered and must not be unplugged yet. The function may
 * sleep. Do not call it from &drm_pagemap_initiator_ops.probe_link.
 *
 * Return: The initiator, to be passed to drm_pagemap_initiator_unregister(); or an
 * error pointer: %-EEXIST if this uid is registered, %-EINVAL if the description is
 * invalid, %-ENAMETOOLONG if the uid is too long, %-ENOMEM. After an error, only IDs
 * stay.
 */
struct drm_pagemap_initiator *
drm_pagemap_initiator_register(const struct drm_pagemap_initiator_info *info)
{
	struct drm_pagemap_initiator *initiator;
	int err;

	if (!info->drm || !info->ops || !info->ops->probe_link)
		return ERR_PTR(-EINVAL);

	err = topology_regions_check(info);
	if (err)
		return ERR_PTR(err);

	scoped_guard(topology_change) {
		initiator = drm_pagemap_topology_initiator_create(info);
		if (IS_ERR(initiator))
			return initiator;

		err = -EEXIST;
		if (!drm_pagemap_topology_initiator_find(initiator->uid))
			err = drm_pagemap_topology_initiator_add_regions(initiator, info) ?:
			      topology_initiator_add(initiator);
		if (err)
			topology_initiator_remove(initiator);
	}
	if (!err)
		return initiator;

	drm_pagemap_topology_resolve_barrier();
	drm_pagemap_topology_initiator_free(initiator);
	return ERR_PTR(err);
}
EXPORT_SYMBOL(drm_pagemap_initiator_register);

static void topology_initiator_mark_dead(struct drm_pagemap_initiator *initiator)
{
	guard(topology_change)();
	if (initiator->dead)
		return;

	WRITE_ONCE(initiator->dead, true);
	/* The render node goes away before the other files. */
	drm_pagemap_topology_sysfs_del_render(initiator);
	/* Nobody can join a group with a device that is being removed. */
	drm_pagemap_topology_scope_add(initiator);
	drm_pagemap_topology_regroup();
}

/**
 * drm_pagemap_initiator_kill() - Begin the removal of a GPU
 * @initiator: The initiator.
 *
 * From now on, placements on its pagemaps fail with %-ENODEV, it cannot hold a group,
 * and its links are not usable. Call it before drm_dev_unplug(). The function waits
 * for running calls of drm_pagemap_node_resolve(), so do not hold anything that these
 * may wait for. The driver then migrates all pages to system memory, releases the
 * groups of its VMs, and unregisters the initiator.
 */
void drm_pagemap_initiator_kill(struct drm_pagemap_initiator *initiator)
{
	topology_initiator_mark_dead(initiator);
	drm_pagemap_topology_resolve_barrier();
}
EXPORT_SYMBOL(drm_pagemap_initiator_kill);

/**
 * drm_pagemap_initiator_unregister() - Unregister a GPU and its regions
 * @initiator: The initiator, %NULL, or an error pointer.
 *
 * No page of its regions may be in use. If the driver has not called
 * drm_pagemap_initiator_kill(), as in a probe that fails late, this function does it.
 * After it has returned, the topology calls no function of the driver and does not
 * access the DRM device. VMs of other devices keep their nodes. If the device returns,
 * the nodes lead to its regions again.
 */
void drm_pagemap_initiator_unregister(struct drm_pagemap_initiator *initiator)
{
	if (IS_ERR_OR_NULL(initiator))
		return;

	drm_pagemap_initiator_kill(initiator);
	scoped_guard(topology_change) {
		/* Its links still lead to all those that its removal affects. */
		drm_pagemap_topology_scope_add(initiator);
		drm_pagemap_topology_scope_close();
		topology_initiator_remove(initiator);
		drm_pagemap_topology_regroup();
	}
	drm_pagemap_topology_initiator_free(initiator);
}
EXPORT_SYMBOL(drm_pagemap_initiator_unregister);

/**
 * drm_pagemap_initiator_node() - Get the node of one of an initiator's own pagemaps
 * @initiator: The initiator.
 * @instance: &drm_pagemap_region_info.instance.
 *
 * Return: The node, with a reference to be dropped by drm_pagemap_node_put(); %NULL if
 * the initiator has no such region.
 */
struct drm_pagemap_node *
drm_pagemap_initiator_node(struct drm_pagemap_initiator *initiator, u16 instance)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		if (initiator->regions[i]->info.instance == instance)
			return drm_pagemap_node_get(initiator->regions[i]->node);

	return NULL;
}
EXPORT_SYMBOL(drm_pagemap_initiator_node);
