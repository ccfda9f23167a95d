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
#include "topology_sysfs.h"

/* How drivers register a GPU with its regions, and how it goes again. */

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

/* Both ways: from the newcomer to all that is there, and from all to it. */
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

/* All new links have the newcomer at one end. */
static int topology_publish_links(struct drm_pagemap_initiator *initiator)
{
	struct topology_link *link;
	unsigned long id;
	unsigned int i;
	int err;

	xa_for_each(&initiator->links, id, link) {
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
	unsigned long id;
	unsigned int i;

	xa_for_each(&initiator->links, id, link)
		topology_link_remove(link);

	for (i = 0; i < initiator->num_regions; i++)
		list_for_each_entry_safe(link, next, &initiator->regions[i]->links, at_region)
			topology_link_remove(link);
}

/* From whatever state: only what is there is removed. */
static void topology_initiator_remove(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	/* If it was never killed: look-ups that are under way come no further. */
	WRITE_ONCE(initiator->dead, true);
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
 * drm_pagemap_initiator_register() - Make a GPU and its memories known
 * @info: The GPU. Nothing of it has to stay but what says so.
 *
 * Publishes the GPU, its pagemaps, and all links from and to them as one change,
 * and puts it into a group. Its uid is that of its slot, `<bus>-<device name>`,
 * with the partition as a suffix; that of a pagemap has `-vram<instance>` added.
 * A pagemap has the ID that the same card had before in the same slot, or a new
 * one.
 *
 * The DRM device has to be registered and must not yet have been unplugged.
 * May sleep; not to be called from &drm_pagemap_initiator_ops.probe_link.
 *
 * Return: The initiator, to be given back by drm_pagemap_initiator_unregister();
 * or an error pointer, with nothing left behind but IDs: %-EEXIST if there is
 * one with that uid, %-EINVAL if the description makes no sense, %-ENAMETOOLONG,
 * %-ENOMEM.
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
	/* The render node goes before the rest. */
	drm_pagemap_topology_sysfs_del_render(initiator);
	/* Nobody comes into a group with what is about to go. */
	drm_pagemap_topology_regroup();
}

/**
 * drm_pagemap_initiator_kill() - The device is about to go
 * @initiator: The initiator.
 *
 * From here on placement on its pagemaps gives %-ENODEV, it can hold no group,
 * and its links are not usable. To be called before drm_dev_unplug(), and outside
 * of everything that drm_pagemap_node_resolve() may wait for, because this waits
 * for those that are under way. The driver then moves all pages out, releases the
 * groups that its VMs hold, and unregisters the initiator.
 */
void drm_pagemap_initiator_kill(struct drm_pagemap_initiator *initiator)
{
	topology_initiator_mark_dead(initiator);
	drm_pagemap_topology_resolve_barrier();
}
EXPORT_SYMBOL(drm_pagemap_initiator_kill);

/**
 * drm_pagemap_initiator_unregister() - A GPU and its memories are gone
 * @initiator: The initiator.
 *
 * No page of its memories may be in use any more. Kills the initiator if that is
 * still to be done, as for a probe that fails late. When this returns, nothing of
 * the driver is called any more, and the DRM device is not used any more. VMs of
 * other devices keep their nodes, and find the memories again if the device comes
 * back.
 */
void drm_pagemap_initiator_unregister(struct drm_pagemap_initiator *initiator)
{
	if (IS_ERR_OR_NULL(initiator))
		return;

	drm_pagemap_initiator_kill(initiator);
	scoped_guard(topology_change) {
		topology_initiator_remove(initiator);
		drm_pagemap_topology_regroup();
	}
	drm_pagemap_topology_initiator_free(initiator);
}
EXPORT_SYMBOL(drm_pagemap_initiator_unregister);

/**
 * drm_pagemap_initiator_node() - One of an initiator's own pagemaps
 * @initiator: The initiator.
 * @instance: &drm_pagemap_region_info.instance.
 *
 * Return: The node with a reference to be dropped by drm_pagemap_node_put(),
 * or %NULL.
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
