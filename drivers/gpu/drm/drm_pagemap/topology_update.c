// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"
#include "topology_regroup.h"
#include "topology_scope.h"
#include "topology_sysfs.h"

/* Changes of links that drivers report: all changes of a call take effect, or none. */

/**
 * struct topology_update - A change of a link that is being applied
 * @change: The driver's report.
 * @region: The pagemap at the end of the link.
 * @link: The link, once it exists.
 * @old: The description of the link before the change.
 * @created: The change created the link.
 */
struct topology_update {
	const struct drm_pagemap_link_change *change;
	struct drm_pagemap_region *region;
	struct topology_link *link;
	struct drm_pagemap_link_info old;
	bool created;
};

/* Checks whether the change would remove a path inside a held group. */
static bool topology_update_in_use(const struct topology_update *update)
{
	const struct drm_pagemap_link_info *info = update->change->info;
	struct topology_link *link = update->link;
	struct drm_pagemap_group *group;

	if (info && info->refusal == DRM_PAGEMAP_DIRECT)
		return false;
	if (!link || link->refusal != DRM_PAGEMAP_DIRECT)
		return false;

	group = drm_pagemap_topology_group_of(link->initiator);
	return group && group->held &&
	       group == drm_pagemap_topology_group_of(link->region->initiator);
}

static int topology_update_check(struct topology_update *update)
{
	const struct drm_pagemap_link_change *change = update->change;
	struct drm_pagemap_initiator *initiator = change->initiator;
	bool own;

	update->region = drm_pagemap_topology_node_region(change->target);
	if (!update->region || initiator->dead)
		return -ENODEV;

	own = update->region->initiator == initiator;
	if (change->info ? !drm_pagemap_topology_link_info_valid(change->info, initiator,
								 own) : own)
		return -EINVAL;

	update->link = drm_pagemap_topology_link_find(initiator, update->region);
	return topology_update_in_use(update) ? -EBUSY : 0;
}

static bool topology_update_is_needed(const struct topology_update *update)
{
	const struct drm_pagemap_link_info *info = update->change->info;

	if (!update->link)
		return info;

	return !info || memcmp(&update->link->info, info, sizeof(*info));
}

/* Groups and the reasons of refused members may depend on the link. */
static void topology_update_touch(const struct topology_update *update)
{
	drm_pagemap_topology_touch();
	drm_pagemap_topology_scope_add(update->change->initiator);
	drm_pagemap_topology_scope_add(update->region->initiator);
}

/* A link that is to be removed is refused first, so that no group relies on it. */
static void topology_update_apply(struct topology_update *update)
{
	struct drm_pagemap_link_info gone = update->link->info;

	gone.refusal = DRM_PAGEMAP_REFUSED_LINK_DOWN;
	update->old = update->link->info;
	update->link->withdrawn = !update->change->info;
	if (drm_pagemap_topology_link_set(update->link, update->change->info ?: &gone) ||
	    update->link->withdrawn)
		topology_update_touch(update);
}

static int topology_update_create(struct topology_update *update)
{
	struct topology_link *link;

	link = drm_pagemap_topology_link_create(update->change->initiator, update->region,
						update->change->info);
	if (IS_ERR(link))
		return PTR_ERR(link);

	update->link = link;
	update->created = true;
	topology_update_touch(update);

	return drm_pagemap_topology_sysfs_add_link(link);
}

static int topology_update_begin(struct topology_update *update)
{
	if (!topology_update_is_needed(update)) {
		update->link = NULL;
		return 0;
	}
	if (!update->link)
		return topology_update_create(update);

	topology_update_apply(update);
	return 0;
}

static void topology_update_remove(struct topology_update *update)
{
	drm_pagemap_topology_sysfs_del_link(update->link);
	drm_pagemap_topology_link_destroy(update->link);
}

static void topology_update_undo(struct topology_update *update)
{
	if (!update->link)
		return;
	if (update->created) {
		topology_update_remove(update);
		return;
	}

	update->link->withdrawn = false;
	drm_pagemap_topology_link_set(update->link, &update->old);
}

static void topology_update_finish(struct topology_update *update)
{
	if (update->link && update->link->withdrawn)
		topology_update_remove(update);
}

static int topology_updates_check(struct topology_update *updates, unsigned int num)
{
	unsigned int i;
	int err;

	for (i = 0; i < num; i++) {
		err = topology_update_check(&updates[i]);
		if (err)
			return err;
	}

	return 0;
}

static int topology_updates_apply(struct topology_update *updates, unsigned int num)
{
	unsigned int i, begun;
	int err = 0;

	for (begun = 0; begun < num && !err; begun++)
		err = topology_update_begin(&updates[begun]);

	/* The generation is odd if an update has changed anything. */
	if (!err && drm_pagemap_topology_generation() & 1)
		err = drm_pagemap_topology_regroup();
	if (!err) {
		for (i = 0; i < num; i++)
			topology_update_finish(&updates[i]);
		return 0;
	}

	while (begun--)
		topology_update_undo(&updates[begun]);
	drm_pagemap_topology_scope_update_refusals();

	return err;
}

/**
 * drm_pagemap_update_links() - Report changes of links
 * @changes: The changes, at most one for each pair of initiator and pagemap.
 * @num: Number of entries in @changes.
 *
 * Publishes the links and computes the groups that depend on them, as one change with
 * one step of the generation. A link inside a held group cannot be withdrawn. The driver
 * has to unbind the device instead. May sleep.
 *
 * Return: 0 on success; or a negative error code, with nothing changed: %-EBUSY if a
 * link inside a held group would be withdrawn, %-ENODEV if the device at one end is
 * gone, %-EINVAL if a description is invalid or withdraws an initiator's own memory,
 * %-ENOMEM.
 */
int drm_pagemap_update_links(const struct drm_pagemap_link_change *changes,
			     unsigned int num)
{
	struct topology_update *updates __free(kvfree) =
		kvcalloc(num, sizeof(*updates), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!updates)
		return -ENOMEM;

	for (i = 0; i < num; i++)
		updates[i].change = &changes[i];

	guard(topology_change)();

	/* No group may get a holder between the check and the change. */
	drm_pagemap_topology_groups_freeze();
	err = topology_updates_check(updates, num);
	if (!err)
		err = topology_updates_apply(updates, num);
	drm_pagemap_topology_groups_thaw();

	return err;
}
EXPORT_SYMBOL(drm_pagemap_update_links);
