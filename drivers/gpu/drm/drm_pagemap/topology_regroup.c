// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/err.h>

#include <kunit/visibility.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_link.h"
#include "topology_outcome.h"
#include "topology_peers.h"
#include "topology_plan.h"
#include "topology_regroup.h"
#include "topology_scope.h"
#include "topology_sysfs.h"

/* Computes, applies and publishes groups. */

/* The last regroup failed and is repeated until it succeeds. */
static bool topology_retry;

/* After a failed regroup, the caller restores the set of enabled peer groups. */
static bool topology_group_is_over(struct drm_pagemap_group *group,
				   struct topology_peer_group *peers, bool failed)
{
	if (group->staged)
		return true;

	return !peers || (!failed && !peers->enabled);
}

static void topology_retire_groups(bool failed)
{
	struct drm_pagemap_group *group, *next;
	struct topology_peer_group *peers;

	list_for_each_entry_safe(group, next, &drm_pagemap_topology_groups, entry) {
		if (!list_empty(&group->initiators))
			continue;
		peers = drm_pagemap_topology_peer_group_of(group);
		if (!topology_group_is_over(group, peers, failed))
			continue;
		if (peers)
			peers->group = NULL;
		drm_pagemap_topology_sysfs_del_group(group);
		drm_pagemap_topology_group_destroy(group);
	}
}

static int topology_regroup_frozen(void)
{
	struct topology_plan *plan __free(topology_plan) = NULL;
	int err;

	drm_pagemap_topology_scope_close();
	drm_pagemap_topology_scope_update_refusals();

	plan = drm_pagemap_topology_plan_create();
	if (IS_ERR(plan))
		return PTR_ERR(plan);

	err = drm_pagemap_topology_sysfs_stage_groups();
	if (err)
		return err;

	drm_pagemap_topology_plan_commit(plan);
	return 0;
}

static bool topology_pages_delay(void)
{
	struct drm_pagemap_group *group;

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry)
		if (group->pending && drm_pagemap_topology_group_to_be_watched(group))
			return true;

	return false;
}

/**
 * drm_pagemap_topology_regroup() - Apply the partition that the rule wants and holders permit
 *
 * Call it after each change that groups depend on, with the initiators that have changed
 * in the scope. Everything that can fail happens before the first change of a group. The
 * generation changes only if groups change.
 *
 * Return: 0 on success; or a negative error code, with no group changed. In this case
 * a worker retries soon.
 */
int drm_pagemap_topology_regroup(void)
{
	int err;

	drm_pagemap_topology_groups_freeze();
	err = topology_regroup_frozen();
	drm_pagemap_topology_sysfs_follow_groups();
	if (!err)
		drm_pagemap_topology_scope_clear();
	topology_retire_groups(err);
	drm_pagemap_topology_groups_thaw();

	topology_retry = err;
	if (err || topology_pages_delay())
		drm_pagemap_topology_recheck_later();

	return err;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_regroup);

static bool topology_scope_add_pending(void)
{
	struct drm_pagemap_group *group;
	bool any = false;

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry) {
		if (!group->pending)
			continue;
		drm_pagemap_topology_scope_add_group(group);
		any = true;
	}

	return any;
}

static void topology_scope_add_flipped(void)
{
	struct topology_peer_group *peers;

	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry)
		if (peers->wanted != peers->enabled)
			drm_pagemap_topology_scope_add_peers(peers);
}

/**
 * drm_pagemap_topology_regroup_if_pending() - Apply changes that no holder delays any more
 * @work: Not used.
 *
 * Called by the worker of drm_pagemap_topology_recheck().
 */
void drm_pagemap_topology_regroup_if_pending(struct work_struct *work)
{
	guard(topology_change)();
	drm_pagemap_topology_groups_reap();
	if (topology_scope_add_pending() || topology_retry)
		drm_pagemap_topology_regroup();
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_regroup_if_pending);

/**
 * drm_pagemap_topology_enable_wanted() - Enable exactly the wanted set of peer groups
 * @outcome: Set to the outcome.
 *
 * The caller has set &topology_peer_group.wanted of each peer group. The function
 * validates the whole final state, and applies all of it or nothing.
 *
 * Return: 0 on success; %-EINVAL, %-EBUSY, %-ENOLINK or %-ENOMEM as in @outcome.
 */
int drm_pagemap_topology_enable_wanted(struct topology_outcome *outcome)
{
	int err;

	/* No group may get a holder between the checks and the change. */
	drm_pagemap_topology_groups_freeze();
	err = drm_pagemap_topology_peers_validate(outcome);
	if (err)
		goto out;

	topology_scope_add_flipped();
	drm_pagemap_topology_peers_flip();
	err = drm_pagemap_topology_regroup();
	if (err) {
		drm_pagemap_topology_peers_flip();
		drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_NO_MEMORY, NULL, NULL);
		goto out;
	}
	drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_OK, NULL, NULL);

out:
	drm_pagemap_topology_groups_thaw();
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_enable_wanted);

/**
 * drm_pagemap_topology_change_min_bandwidth() - Set the threshold and regroup
 * @min_bandwidth: The threshold in MB/s. Held groups follow when they are released.
 *
 * Return: 0 on success; %-ENOMEM, with nothing changed.
 */
int drm_pagemap_topology_change_min_bandwidth(u32 min_bandwidth)
{
	u32 old = drm_pagemap_topology_min_bandwidth();
	int err;

	if (min_bandwidth == old)
		return 0;

	drm_pagemap_topology_set_min_bandwidth(min_bandwidth);
	drm_pagemap_topology_scope_add_all();
	err = drm_pagemap_topology_regroup();
	if (err)
		drm_pagemap_topology_set_min_bandwidth(old);

	return err;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_change_min_bandwidth);
