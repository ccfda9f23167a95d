// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/memremap.h>
#include <linux/rcupdate.h>
#include <linux/sysfs.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_util.h>
#include <drm/drm_print.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_node.h"

/*
 * Holders of groups. The number of users doubles as a gate: a group with none is
 * frozen while it may change. So opening a VM takes one atomic operation, and the
 * mutex only while a change is under way.
 */

/* How often to look whether pages that hold a group have gone out of use. */
#define TOPOLOGY_CHECK_DELAY	(HZ / 2)

static struct delayed_work topology_recheck_work;

/**
 * drm_pagemap_topology_recheck() - Check now whether something pending can be applied
 */
void drm_pagemap_topology_recheck(void)
{
	mod_delayed_work(system_dfl_wq, &topology_recheck_work, 0);
}

/**
 * drm_pagemap_topology_recheck_later() - Check soon whether something pending can be applied
 */
void drm_pagemap_topology_recheck_later(void)
{
	queue_delayed_work(system_dfl_wq, &topology_recheck_work, TOPOLOGY_CHECK_DELAY);
}

/*
 * With a reference, so that the group outlives its removal from sysfs. Only the
 * first holder is news to those who poll "users".
 */
static bool topology_group_try_hold(struct drm_pagemap_group *group)
{
	int users = atomic_read(&group->users);

	do {
		if (users < 0)
			return false;
	} while (!atomic_try_cmpxchg(&group->users, &users, users + 1));

	if (!kobject_get_unless_zero(&group->dev.kobj)) {
		atomic_dec(&group->users);
		return false;
	}
	if (!users)
		kernfs_notify(group->users_file);

	return true;
}

/**
 * drm_pagemap_group_hold() - Take the group of an initiator, for an SVM VM
 * @initiator: The GPU of the VM.
 *
 * While a group is held no member leaves it, except by being unbound. The VM
 * passes the owner of the group to drm_gpusvm_get_pages(). It gives the group back
 * by drm_pagemap_group_release() when it has no mappings any more, and before the
 * initiator is unregistered. This takes one atomic operation, and sleeps only
 * while groups are being changed.
 *
 * Return: The group, or an error pointer: %-ENODEV if the device is going.
 */
struct drm_pagemap_group *
drm_pagemap_group_hold(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_group *group;

	scoped_guard(rcu) {
		group = rcu_dereference(initiator->group);
		if (group && (READ_ONCE(initiator->dead) || !topology_group_try_hold(group)))
			group = NULL;
	}

	/* A whole regroup may have passed before it was held; now none can. */
	if (group && rcu_access_pointer(initiator->group) == group)
		return group;
	drm_pagemap_group_release(group);

	guard(topology_change)();
	group = drm_pagemap_topology_group_of(initiator);
	if (!group || initiator->dead || WARN_ON(!topology_group_try_hold(group)))
		return ERR_PTR(-ENODEV);

	return group;
}
EXPORT_SYMBOL(drm_pagemap_group_hold);

/**
 * drm_pagemap_group_release() - Give back a group
 * @group: From drm_pagemap_group_hold(), or %NULL.
 *
 * A worker soon applies what waited for the last holder.
 */
void drm_pagemap_group_release(struct drm_pagemap_group *group)
{
	if (!group)
		return;

	if (atomic_dec_return(&group->users)) {
		/* Those left may be pages that go out of use just now. */
		drm_pagemap_topology_recheck_later();
	} else {
		kernfs_notify(group->users_file);
		if (READ_ONCE(group->pending))
			drm_pagemap_topology_recheck();
	}
	put_device(&group->dev);
}
EXPORT_SYMBOL(drm_pagemap_group_release);

/**
 * drm_pagemap_group_show_fdinfo() - Print the group that a file holds, for fdinfo
 * @group: The group that a VM of the file holds.
 * @p: The printer that &drm_driver.show_fdinfo gets.
 *
 * Prints `drm-svm-group:` and the name, so that the process that holds a group can
 * be found. To be called once for each group that a file holds.
 */
void drm_pagemap_group_show_fdinfo(struct drm_pagemap_group *group, struct drm_printer *p)
{
	drm_printf(p, "drm-svm-group:\t%s\n", dev_name(&group->dev));
}
EXPORT_SYMBOL(drm_pagemap_group_show_fdinfo);

/**
 * drm_pagemap_topology_region_active() - Check whether pages of a region may be in use
 * @region: The region.
 *
 * Nothing is called when the last reference to a &struct drm_pagemap goes: it
 * is put on a list for the shrinker. So this looks. Callable in atomic context.
 *
 * Return: %true if the region's &struct drm_pagemap is referenced.
 */
bool drm_pagemap_topology_region_active(struct drm_pagemap_region *region)
{
	struct drm_pagemap *dpagemap;
	int idx;

	/* drm_dev_unplug() waits for us before the cache goes. */
	if (!drm_dev_enter(region->initiator->drm, &idx))
		return false;

	dpagemap = drm_pagemap_get_from_cache_if_active(region->info.cache);
	drm_pagemap_put(dpagemap);
	drm_dev_exit(idx);

	return dpagemap;
}

/**
 * drm_pagemap_topology_region_hold() - Let the pages of a region hold a group
 * @region: The region.
 * @group: The group, held by the caller.
 * @dpagemap: The pages, referenced by the caller under the lookup lock.
 *
 * The pages get the owner of the group unless they hold it already. Nobody can have
 * used them with another owner: with a reference count of 0 there was no folio, and
 * whoever reactivates the pages comes through here.
 */
void drm_pagemap_topology_region_hold(struct drm_pagemap_region *region,
				      struct drm_pagemap_group *group, struct drm_pagemap *dpagemap)
{
	guard(topology_change)();
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

/**
 * drm_pagemap_topology_region_unhold() - Let the pages of a region hold no group
 * @region: The region.
 */
void drm_pagemap_topology_region_unhold(struct drm_pagemap_region *region)
{
	drm_pagemap_topology_change_assert();

	if (!region->held)
		return;

	WRITE_ONCE(region->held, false);
	drm_pagemap_group_release(region->held_group);
	region->held_group = NULL;
}

/* While a device goes, its pages are still to be moved out. */
static void topology_region_reap(struct drm_pagemap_region *region)
{
	if (!region->initiator->dead && !drm_pagemap_topology_region_active(region))
		drm_pagemap_topology_region_unhold(region);
}

/**
 * drm_pagemap_topology_groups_reap() - Release the groups of all pages that are out of use
 */
void drm_pagemap_topology_groups_reap(void)
{
	struct drm_pagemap_initiator *initiator;
	unsigned int i;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(initiator, &drm_pagemap_topology_initiators, entry)
		for (i = 0; i < initiator->num_regions; i++)
			topology_region_reap(initiator->regions[i]);
}

/**
 * drm_pagemap_topology_groups_freeze() - Let nobody hold a group that has no holders
 *
 * Sets &drm_pagemap_group.held of each group. Holders of a held group may go at
 * any time, and others may come.
 */
void drm_pagemap_topology_groups_freeze(void)
{
	struct drm_pagemap_group *group;
	int users;

	drm_pagemap_topology_groups_reap();
	list_for_each_entry(group, &drm_pagemap_topology_groups, entry) {
		users = atomic_cmpxchg(&group->users, 0, TOPOLOGY_FROZEN);
		group->held = users > 0;
	}
}

/**
 * drm_pagemap_topology_groups_thaw() - Undo drm_pagemap_topology_groups_freeze()
 */
void drm_pagemap_topology_groups_thaw(void)
{
	struct drm_pagemap_group *group;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry)
		atomic_cmpxchg(&group->users, TOPOLOGY_FROZEN, 0);
}

/**
 * drm_pagemap_topology_group_users() - Count the holders of a group, for a reader
 * @group: The group.
 *
 * Return: The number, without pagemaps that have gone out of use unnoticed.
 */
int drm_pagemap_topology_group_users(struct drm_pagemap_group *group)
{
	int users = atomic_read(&group->users);
	struct drm_pagemap_region *region;
	unsigned long id;

	guard(rcu)();
	for (id = 1; (region = drm_pagemap_topology_region_next(&id)); id++)
		if (READ_ONCE(region->held) &&
		    rcu_access_pointer(region->initiator->group) == group &&
		    !drm_pagemap_topology_region_active(region))
			users--;

	return max(users, 0);
}

/**
 * drm_pagemap_topology_group_to_be_watched() - Check whether only pages hold a group
 * @group: The group.
 *
 * Nobody reports that pages go out of use.
 *
 * Return: %true if so.
 */
bool drm_pagemap_topology_group_to_be_watched(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *initiator;
	int pagemaps = 0;
	unsigned int i;

	list_for_each_entry(initiator, &group->initiators, at_group)
		for (i = 0; i < initiator->num_regions; i++)
			pagemaps += initiator->regions[i]->held;

	return pagemaps && pagemaps == atomic_read(&group->users);
}

/**
 * drm_pagemap_topology_hold_init() - Prepare for holders
 * @recheck: What a worker calls when something pending may be applicable.
 */
void drm_pagemap_topology_hold_init(work_func_t recheck)
{
	INIT_DELAYED_WORK(&topology_recheck_work, recheck);
}

/**
 * drm_pagemap_topology_hold_fini() - Undo drm_pagemap_topology_hold_init(), with no holder left
 */
void drm_pagemap_topology_hold_fini(void)
{
	cancel_delayed_work_sync(&topology_recheck_work);
}
