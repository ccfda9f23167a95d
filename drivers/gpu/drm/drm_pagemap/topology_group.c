// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <kunit/visibility.h>

#include "topology_group.h"
#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"

LIST_HEAD(drm_pagemap_topology_groups);

/**
 * drm_pagemap_topology_group_of() - Get the group of an initiator, within a change
 * @initiator: The initiator.
 *
 * Return: The group; %NULL if the initiator is in none.
 */
struct drm_pagemap_group *drm_pagemap_topology_group_of(struct drm_pagemap_initiator *initiator)
{
	drm_pagemap_topology_change_assert();

	return rcu_dereference_protected(initiator->group, true);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_group_of);

/**
 * drm_pagemap_topology_group_get() - Get the group of an initiator
 * @initiator: The initiator.
 *
 * Return: The group, with a reference to be dropped by put_device(); %NULL if the
 * initiator is in none.
 */
struct drm_pagemap_group *
drm_pagemap_topology_group_get(const struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_group *group;

	guard(rcu)();
	group = rcu_dereference(initiator->group);

	/* The reference count may have dropped to 0 within the grace period. */
	return group && kobject_get_unless_zero(&group->dev.kobj) ? group : NULL;
}

/**
 * drm_pagemap_topology_group_find() - Find a group by its name
 * @name: The name.
 *
 * Return: The group, or %NULL.
 */
struct drm_pagemap_group *drm_pagemap_topology_group_find(const char *name)
{
	struct drm_pagemap_group *group;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry)
		if (!strcmp(dev_name(&group->dev), name))
			return group;

	return NULL;
}

/**
 * drm_pagemap_topology_group_named_after() - Check whether an initiator gave a group its name
 * @group: The group.
 * @uid: uid of the initiator.
 *
 * Return: %true if the name is `auto-<uid>`, or has another `~<number>` behind it.
 */
bool drm_pagemap_topology_group_named_after(struct drm_pagemap_group *group, const char *uid)
{
	const char *name = dev_name(&group->dev);
	size_t len;

	len = str_has_prefix(name, TOPOLOGY_AUTO_PREFIX);
	if (!len || strncmp(name + len, uid, strlen(uid)))
		return false;

	len += strlen(uid);
	return !name[len] || name[len] == '~';
}

static void topology_group_release(struct device *dev)
{
	struct drm_pagemap_group *group = to_group(dev);

	/* Holders may notify these files until the group is released. */
	sysfs_put(group->users_file);
	sysfs_put(group->pending_file);
	sysfs_put(group->complete_file);
	kfree_rcu(group, rcu);
	drm_pagemap_topology_object_put();
}

/**
 * drm_pagemap_topology_group_create() - Create a group without members for a plan
 * @name: Its name, which never changes.
 * @admin: %true for a peer group.
 *
 * Return: The group, which is not yet in sysfs; or an error pointer.
 */
struct drm_pagemap_group *drm_pagemap_topology_group_create(const char *name, bool admin)
{
	struct drm_pagemap_group *group;
	int err;

	group = kzalloc_obj(*group);
	if (!group)
		return ERR_PTR(-ENOMEM);

	device_initialize(&group->dev);
	device_set_pm_not_required(&group->dev);
	group->dev.release = topology_group_release;
	drm_pagemap_topology_object_get();
	drm_pagemap_topology_event_init(&group->event, &group->dev);
	INIT_LIST_HEAD(&group->initiators);
	group->admin = admin;
	group->staged = true;
	atomic_set(&group->users, TOPOLOGY_FROZEN);

	err = dev_set_name(&group->dev, "%s", name);
	if (err) {
		put_device(&group->dev);
		return ERR_PTR(err);
	}

	list_add_tail(&group->entry, &drm_pagemap_topology_groups);
	return group;
}

/**
 * drm_pagemap_topology_group_destroy() - Remove a group that is no longer in sysfs
 * @group: The group, without members. Its memory stays until the last holder releases it.
 */
void drm_pagemap_topology_group_destroy(struct drm_pagemap_group *group)
{
	drm_pagemap_topology_change_assert();

	list_del(&group->entry);
	put_device(&group->dev);
}

/**
 * drm_pagemap_topology_group_move() - Move an initiator into another group
 * @initiator: The initiator.
 * @group: The group, or %NULL for none.
 */
void drm_pagemap_topology_group_move(struct drm_pagemap_initiator *initiator,
				     struct drm_pagemap_group *group)
{
	struct drm_pagemap_group *old = drm_pagemap_topology_group_of(initiator);

	if (old == group)
		return;

	if (old) {
		list_del_init(&initiator->at_group);
		drm_pagemap_topology_event_queue(&old->event, KOBJ_CHANGE);
	}
	if (group) {
		list_add_tail(&initiator->at_group, &group->initiators);
		drm_pagemap_topology_event_queue(&group->event, KOBJ_CHANGE);
	}
	rcu_assign_pointer(initiator->group, group);
}

/**
 * drm_pagemap_topology_group_set_pending() - Set whether holders delay a change of a group
 * @group: The group.
 * @pending: The new value.
 */
void drm_pagemap_topology_group_set_pending(struct drm_pagemap_group *group, bool pending)
{
	if (group->pending == pending)
		return;

	drm_pagemap_topology_touch();
	WRITE_ONCE(group->pending, pending);
	kernfs_notify(group->pending_file);
}

/**
 * drm_pagemap_topology_group_set_joined() - Set the number of joined members of a peer group
 * @group: The group.
 * @joined: Number of members that are in the group.
 */
void drm_pagemap_topology_group_set_joined(struct drm_pagemap_group *group, unsigned int joined)
{
	bool was = group->members_joined == group->members_expected;
	bool is = joined == group->members_expected;

	if (group->members_joined == joined)
		return;

	drm_pagemap_topology_touch();
	WRITE_ONCE(group->members_joined, joined);
	if (was != is)
		kernfs_notify(group->complete_file);
}

/**
 * drm_pagemap_topology_group_update_bandwidth() - Update the minimum bandwidth of a group
 * @group: The group.
 */
void drm_pagemap_topology_group_update_bandwidth(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *initiator;
	u32 slowest_read = U32_MAX, slowest_write = U32_MAX;
	struct topology_link *link;

	list_for_each_entry(initiator, &group->initiators, at_group) {
		list_for_each_entry(link, &initiator->links, at_initiator) {
			if (drm_pagemap_topology_group_of(link->region->initiator) != group)
				continue;
			/* One unknown bandwidth, 0, makes the minimum unknown. */
			slowest_read = min(slowest_read, link->info.max_read_bandwidth);
			slowest_write = min(slowest_write, link->info.max_write_bandwidth);
		}
	}

	if (slowest_read == U32_MAX)
		slowest_read = 0;
	if (slowest_write == U32_MAX)
		slowest_write = 0;
	if (slowest_read == group->min_read_bandwidth &&
	    slowest_write == group->min_write_bandwidth)
		return;

	drm_pagemap_topology_touch();
	WRITE_ONCE(group->min_read_bandwidth, slowest_read);
	WRITE_ONCE(group->min_write_bandwidth, slowest_write);
}
