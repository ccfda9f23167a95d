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
 * Holders of groups. The number of users is also a gate: while groups may change, a
 * group without users is frozen. So opening a VM takes one atomic operation, and
 * takes the mutex only while a change is under way.
 */

/* How often to check whether pages that hold a group have gone out of use. */
#define TOPOLOGY_CHECK_DELAY	(HZ / 2)

static struct delayed_work topology_recheck_work;

/**
 * drm_pagemap_topology_recheck() - Check now whether a pending change can be applied
 */
void drm_pagemap_topology_recheck(void)
{
	mod_delayed_work(system_dfl_wq, &topology_recheck_work, 0);
}

/**
 * drm_pagemap_topology_recheck_later() - Check soon whether a pending change can be applied
 */
void drm_pagemap_topology_recheck_later(void)
{
	queue_delayed_work(system_dfl_wq, &topology_recheck_work, TOPOLOGY_CHECK_DELAY);
}

/*
 * For a VM. Takes a reference, so that the group outlives its removal from sysfs. Pollers
 * of "users" are notified of the first VM only: pages only come into use with a VM.
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
	if (atomic_inc_return(&group->vms) == 1)
		kernfs_notify(group->users_file);

	return true;
}

/* Returns whether it was the last holder. */
static bool topology_group_drop(struct drm_pagemap_group *group)
{
	if (atomic_dec_return(&group->users)) {
		/* The remaining holders may be pages that go out of use unnoticed. */
		drm_pagemap_topology_recheck_later();
		return false;
	}
	if (READ_ONCE(group->pending))
		drm_pagemap_topology_recheck();

	return true;
}

/**
 * drm_pagemap_group_hold() - Hold the group of an initiator, for an SVM VM
 * @initiator: The GPU of the VM.
 *
 * While a group is held, no member leaves it, except a member that is unbound. The VM
 * passes the owner of the group to drm_gpusvm_get_pages(). The driver calls
 * drm_pagemap_group_release() after the last mapping of the VM is gone, and before it
 * unregisters the initiator. This function takes one atomic operation, and sleeps
 * only while groups are being changed.
 *
 * Return: The group, or an error pointer: %-ENODEV if the device is being removed.
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

	/* A regroup may have moved the initiator before the group was held. Now none can. */
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
 * drm_pagemap_group_release() - Release a group
 * @group: The group from drm_pagemap_group_hold(), or %NULL.
 *
 * A worker then applies changes that waited for the last holder.
 */
void drm_pagemap_group_release(struct drm_pagemap_group *group)
{
	if (!group)
		return;

	/* A reader of "users" that gets 0 must find no holder. */
	topology_group_drop(group);
	if (atomic_dec_and_test(&group->vms))
		kernfs_notify(group->users_file);
	put_device(&group->dev);
}
EXPORT_SYMBOL(drm_pagemap_group_release);

/**
 * drm_pagemap_group_show_fdinfo() - Print the group that a file holds, for fdinfo
 * @group: The group that a VM of the file holds.
 * @p: The printer passed to &drm_driver.show_fdinfo.
 *
 * Prints `drm-svm-group:` and the name of the group, so that an administrator can find
 * its holders. Call it once for each group that a file holds.
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
 * When the last reference to a &struct drm_pagemap is dropped, it moves to the list of
 * the shrinker and no callback runs. So the topology polls. Callable in atomic context.
 *
 * Return: %true if the region's &struct drm_pagemap is referenced.
 */
bool drm_pagemap_topology_region_active(struct drm_pagemap_region *region)
{
	struct drm_pagemap *dpagemap;
	int idx;

	/* drm_dev_unplug() waits for this section before the cache goes away. */
	if (!drm_dev_enter(region->initiator->drm, &idx))
		return false;

	dpagemap = drm_pagemap_get_from_cache_if_active(region->info.cache);
	drm_pagemap_put(dpagemap);
	drm_dev_exit(idx);

	return dpagemap;
}

/**
 * drm_pagemap_topology_region_hold() - Make the pages of a region hold a group
 * @region: The region.
 * @group: The group, held by the caller.
 * @dpagemap: The pages, referenced by the caller under the lookup lock.
 *
 * The pages get the owner of the group unless they hold it already. No page can be in
 * use with another owner: without a reference no folio existed, and each caller that
 * reactivates the pages calls this function.
 */
void drm_pagemap_topology_region_hold(struct drm_pagemap_region *region,
				      struct drm_pagemap_group *group, struct drm_pagemap *dpagemap)
{
	guard(topology_change)();
	if (region->held)
		return;

	/* The caller holds the group, so it is not frozen. */
	atomic_inc(&group->users);
	get_device(&group->dev);
	region->held_group = group;
	dpagemap->pagemap->owner = drm_pagemap_group_owner(group);
	/* Pairs with the acquire in topology_region_resolve(). */
	smp_store_release(&region->held, true);
}

/**
 * drm_pagemap_topology_region_unhold() - Release the group that the pages of a region hold
 * @region: The region.
 */
void drm_pagemap_topology_region_unhold(struct drm_pagemap_region *region)
{
	struct drm_pagemap_group *group = region->held_group;

	drm_pagemap_topology_change_assert();

	if (!region->held)
		return;

	WRITE_ONCE(region->held, false);
	region->held_group = NULL;
	if (topology_group_drop(group))
		kernfs_notify(group->users_file);
	put_device(&group->dev);
}

/* While its device is being removed, a region still has pages to migrate. */
static void topology_region_reap(struct drm_pagemap_region *region)
{
	if (region->held && !region->initiator->dead &&
	    !drm_pagemap_topology_region_active(region))
		drm_pagemap_topology_region_unhold(region);
}

/**
 * drm_pagemap_topology_groups_reap() - Release the groups of pages that are out of use
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
 * drm_pagemap_topology_groups_freeze() - Prevent new holders of groups without holders
 *
 * Sets &drm_pagemap_group.held of each group. A group that has holders can still lose
 * and gain some.
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
 * drm_pagemap_topology_group_users() - Count the holders of a group
 * @group: The group.
 *
 * Return: The number, without pagemaps whose pages have gone out of use unnoticed.
 */
int drm_pagemap_topology_group_users(struct drm_pagemap_group *group)
{
	int users = atomic_read(&group->vms);
	struct drm_pagemap_region *region;
	unsigned long id;

	guard(rcu)();
	for (id = 1; (region = drm_pagemap_topology_region_next(&id)); id++)
		if (READ_ONCE(region->held) &&
		    rcu_access_pointer(region->initiator->group) == group &&
		    drm_pagemap_topology_region_active(region))
			users++;

	return users;
}

/**
 * drm_pagemap_topology_group_to_be_watched() - Check whether a group is held by pages only
 * @group: The group.
 *
 * Such a group has to be polled, because no callback runs when pages go out of use.
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
 * drm_pagemap_topology_hold_init() - Create the worker that rechecks groups
 * @recheck: Called by the worker when a pending change may be applicable.
 */
void drm_pagemap_topology_hold_init(work_func_t recheck)
{
	INIT_DELAYED_WORK(&topology_recheck_work, recheck);
}

/**
 * drm_pagemap_topology_hold_fini() - Undo drm_pagemap_topology_hold_init(), without holders
 */
void drm_pagemap_topology_hold_fini(void)
{
	cancel_delayed_work_sync(&topology_recheck_work);
}
