// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"
#include "topology_peers.h"
#include "topology_plan.h"
#include "topology_reconcile.h"
#include "topology_rule.h"
#include "topology_scope.h"

/*
 * Which group each initiator in the scope is to be in. Creating a plan does everything
 * that can fail, including new groups. The plan is then committed or dropped. It does
 * not publish groups.
 */

/**
 * struct topology_plan - The groups that are to be
 * @n: Number of initiators in the scope, and of entries in each array except @links.
 * @initiators: The initiators, in uid order.
 * @groups: Group of each block, at the number of the block.
 * @wanted: Block that the rule wants for each initiator.
 * @wanted_peers: Number of the peer group of that block; 0 if it is none.
 * @held: Number of the held group of each initiator, or %TOPOLOGY_NOT_HELD.
 * @held_peers: Number of the peer group that the held group implements; 0 if none.
 * @block: Block of each initiator that holders permit now.
 * @num_pagemaps: Number of regions of each initiator.
 * @pending: Whether holders delay a change of a block, at the number of the block.
 * @links: Direct links between the initiators.
 */
struct topology_plan {
	unsigned int n;
	struct drm_pagemap_initiator **initiators;
	struct drm_pagemap_group **groups;
	u32 *wanted;
	u32 *wanted_peers;
	u32 *held;
	u32 *held_peers;
	u32 *block;
	u16 *num_pagemaps;
	bool *pending;
	struct topology_rule_link *links;
};

/* Written only within a change. */
static u32 topology_threshold;

/**
 * drm_pagemap_topology_min_bandwidth() - Get the threshold of hardware groups
 *
 * Return: The threshold in MB/s; 0 if links of any bandwidth make an edge.
 */
u32 drm_pagemap_topology_min_bandwidth(void)
{
	return READ_ONCE(topology_threshold);
}

/**
 * drm_pagemap_topology_set_min_bandwidth() - Set the threshold of hardware groups
 * @min_bandwidth: The threshold in MB/s. The next plan uses it, so its scope has to have
 *		   all initiators.
 */
void drm_pagemap_topology_set_min_bandwidth(u32 min_bandwidth)
{
	drm_pagemap_topology_change_assert();

	WRITE_ONCE(topology_threshold, min_bandwidth);
}

static unsigned int topology_number_initiators(void)
{
	struct drm_pagemap_initiator *initiator;
	unsigned int n = 0;

	list_for_each_entry(initiator, &drm_pagemap_topology_initiators, entry)
		if (drm_pagemap_topology_scope_has(initiator))
			initiator->index = n++;

	return n;
}

static struct topology_plan *topology_plan_alloc(void)
{
	unsigned int n = topology_number_initiators();
	struct drm_pagemap_initiator *initiator;
	struct topology_plan *plan;
	size_t each = sizeof(*plan->initiators) + sizeof(*plan->groups) +
		      5 * sizeof(u32) + sizeof(u16) + sizeof(bool);

	plan = kvzalloc(sizeof(*plan) + n * each, GFP_KERNEL);
	if (!plan)
		return NULL;

	plan->n = n;
	/* In order of alignment, largest first. */
	plan->initiators = (void *)(plan + 1);
	plan->groups = (void *)(plan->initiators + n);
	plan->wanted = (void *)(plan->groups + n);
	plan->wanted_peers = plan->wanted + n;
	plan->held = plan->wanted_peers + n;
	plan->held_peers = plan->held + n;
	plan->block = plan->held_peers + n;
	plan->num_pagemaps = (void *)(plan->block + n);
	plan->pending = (void *)(plan->num_pagemaps + n);

	list_for_each_entry(initiator, &drm_pagemap_topology_scope, at_scope) {
		plan->initiators[initiator->index] = initiator;
		plan->num_pagemaps[initiator->index] = initiator->num_regions;
		initiator->next = drm_pagemap_topology_group_of(initiator);
	}

	return plan;
}

/**
 * drm_pagemap_topology_plan_destroy() - Free a plan
 * @plan: The plan, %NULL, or an error pointer. If it was not committed, its new
 *	  groups stay in drm_pagemap_topology_groups, marked as staged.
 */
void drm_pagemap_topology_plan_destroy(struct topology_plan *plan)
{
	if (IS_ERR_OR_NULL(plan))
		return;

	kvfree(plan->links);
	kvfree(plan);
}

/* The rule ignores the links of a device that is being removed. */
static bool topology_link_counts(struct topology_link *link)
{
	return link->refusal == DRM_PAGEMAP_DIRECT && !drm_pagemap_topology_link_going(link);
}

static int topology_plan_links(struct topology_plan *plan, unsigned int *num_links)
{
	struct topology_link *link;
	unsigned int i, count = 0;

	for (i = 0; i < plan->n; i++)
		list_for_each_entry(link, &plan->initiators[i]->links, at_initiator)
			count += topology_link_counts(link);

	plan->links = kvcalloc(count, sizeof(*plan->links), GFP_KERNEL);
	if (!plan->links)
		return -ENOMEM;

	*num_links = 0;
	for (i = 0; i < plan->n; i++) {
		list_for_each_entry(link, &plan->initiators[i]->links, at_initiator) {
			if (!topology_link_counts(link))
				continue;
			plan->links[(*num_links)++] = (struct topology_rule_link) {
				.from = i,
				.to = link->region->initiator->index,
				.read_bandwidth = link->info.max_read_bandwidth,
				.write_bandwidth = link->info.max_write_bandwidth,
			};
		}
	}

	return 0;
}

/* Otherwise a GPU without memory that is being removed would stay in its block. */
static void topology_plan_isolate(struct topology_plan *plan, unsigned int dead)
{
	unsigned int i, first = dead;

	for (i = dead + 1; i < plan->n; i++) {
		if (plan->wanted[i] != dead)
			continue;
		if (first == dead)
			first = i;
		plan->wanted[i] = first;
	}

	plan->wanted[dead] = dead;
}

static int topology_plan_want(struct topology_plan *plan)
{
	struct topology_rule_input in = {
		.num_initiators = plan->n,
		.num_pagemaps = plan->num_pagemaps,
		.min_bandwidth = drm_pagemap_topology_min_bandwidth(),
		.admin_block = plan->wanted_peers,
	};
	unsigned int i;
	int err;

	drm_pagemap_topology_peers_choose(plan->wanted_peers);

	err = topology_plan_links(plan, &in.num_links);
	if (err)
		return err;

	in.links = plan->links;
	err = drm_pagemap_topology_rule_compute(&in, plan->wanted);
	if (err)
		return err;

	for (i = 0; i < plan->n; i++)
		if (plan->initiators[i]->dead)
			topology_plan_isolate(plan, i);

	return 0;
}

static void topology_plan_held(struct topology_plan *plan)
{
	struct topology_peer_group *peers;
	struct drm_pagemap_group *group;
	unsigned int i, j;

	for (i = 0; i < plan->n; i++) {
		group = drm_pagemap_topology_group_of(plan->initiators[i]);
		plan->held[i] = TOPOLOGY_NOT_HELD;
		if (!group || !group->held)
			continue;

		for (j = 0; drm_pagemap_topology_group_of(plan->initiators[j]) != group; j++)
			;
		plan->held[i] = j;
		peers = drm_pagemap_topology_peer_group_of(group);
		plan->held_peers[i] = peers ? peers->number : 0;
	}
}

static int topology_plan_divide(struct topology_plan *plan)
{
	struct topology_reconcile_input in = {
		.num_initiators = plan->n,
		.wanted = plan->wanted,
		.wanted_admin = plan->wanted_peers,
		.held = plan->held,
		.held_admin = plan->held_peers,
	};
	int err;

	err = topology_plan_want(plan);
	if (err)
		return err;

	topology_plan_held(plan);
	return drm_pagemap_topology_reconcile(&in, plan->block, plan->pending);
}

/*
 * The group for a block without holders: the existing group of that name, or a new
 * one. A held group keeps its name, even if its first member is in another block.
 */
static struct drm_pagemap_group *topology_plan_auto_group(const char *uid)
{
	char name[sizeof(TOPOLOGY_AUTO_PREFIX "~4294967295") + TOPOLOGY_UID_MAX];
	struct drm_pagemap_group *group;
	unsigned int i = 1;

	snprintf(name, sizeof(name), TOPOLOGY_AUTO_PREFIX "%s", uid);
	while ((group = drm_pagemap_topology_group_find(name))) {
		if (!group->held)
			return group;
		snprintf(name, sizeof(name), TOPOLOGY_AUTO_PREFIX "%s~%u", uid, ++i);
	}

	return drm_pagemap_topology_group_create(name, false);
}

static struct drm_pagemap_group *topology_plan_peer_group(u32 number)
{
	struct topology_peer_group *peers;

	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry)
		if (peers->enabled && peers->number == number)
			return peers->group;

	return NULL;
}

/* An enabled peer group exists even if all its members are absent. */
static int topology_plan_enabled_groups(void)
{
	struct topology_peer_group *peers;
	struct drm_pagemap_group *group;

	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry) {
		if (!peers->enabled || peers->group)
			continue;
		group = drm_pagemap_topology_group_create(peers->name, true);
		if (IS_ERR(group))
			return PTR_ERR(group);
		group->members_expected = peers->num_members;
		peers->group = group;
	}

	return 0;
}

static struct drm_pagemap_group *topology_plan_group_of_block(struct topology_plan *plan,
							      unsigned int block)
{
	struct drm_pagemap_group *group = NULL;
	unsigned int i;

	for (i = block; i < plan->n; i++)
		if (plan->block[i] == block && plan->held[i] != TOPOLOGY_NOT_HELD)
			return drm_pagemap_topology_group_of(plan->initiators[i]);

	if (plan->wanted_peers[block])
		group = topology_plan_peer_group(plan->wanted_peers[block]);
	if (group && (!group->held || list_empty(&group->initiators)))
		return group;

	/* A held peer group keeps its present members, so this block needs another group. */
	return topology_plan_auto_group(plan->initiators[block]->uid);
}

/* An initiator that is being removed needs no group, unless its group is held. */
static bool topology_plan_leaves(struct topology_plan *plan, unsigned int i)
{
	return plan->initiators[i]->dead && plan->held[i] == TOPOLOGY_NOT_HELD;
}

static int topology_plan_groups(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;
	int err;

	err = topology_plan_enabled_groups();
	if (err)
		return err;

	for (i = 0; i < plan->n; i++) {
		if (plan->block[i] != i || topology_plan_leaves(plan, i))
			continue;
		group = topology_plan_group_of_block(plan, i);
		if (IS_ERR(group))
			return PTR_ERR(group);
		plan->groups[i] = group;
	}

	for (i = 0; i < plan->n; i++)
		plan->initiators[i]->next =
			topology_plan_leaves(plan, i) ? NULL : plan->groups[plan->block[i]];

	return 0;
}

/**
 * drm_pagemap_topology_plan_create() - Plan the groups that the rule wants and holders permit
 *
 * Sets &drm_pagemap_initiator.next of the initiators in the closed scope. Call it between
 * drm_pagemap_topology_groups_freeze() and drm_pagemap_topology_groups_thaw().
 *
 * Return: The plan, or an error pointer. In both cases, new groups may be in
 * drm_pagemap_topology_groups, marked as staged.
 */
struct topology_plan *drm_pagemap_topology_plan_create(void)
{
	struct topology_plan *plan __free(topology_plan) = topology_plan_alloc();
	int err;

	if (!plan)
		return ERR_PTR(-ENOMEM);

	err = topology_plan_divide(plan) ?: topology_plan_groups(plan);
	if (err)
		return ERR_PTR(err);

	return no_free_ptr(plan);
}

static bool topology_links_meet(struct drm_pagemap_initiator *from,
				struct drm_pagemap_initiator *to, u32 threshold)
{
	const struct drm_pagemap_link_info *info;
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = drm_pagemap_topology_link_find(from, to->regions[i]);
		if (!link || link->refusal != DRM_PAGEMAP_DIRECT)
			continue;
		info = &link->info;
		if (min(info->max_read_bandwidth, info->max_write_bandwidth) < threshold)
			return false;
	}

	return true;
}

/* One slow link between the two, in either direction, is enough to miss the threshold. */
static bool topology_pair_meets(struct drm_pagemap_initiator *a,
				struct drm_pagemap_initiator *b)
{
	u32 threshold = drm_pagemap_topology_min_bandwidth();

	return topology_links_meet(a, b, threshold) && topology_links_meet(b, a, threshold);
}

static enum topology_usable topology_plan_usable(struct topology_plan *plan,
						 struct topology_link *link)
{
	unsigned int from = link->initiator->index;
	struct drm_pagemap_initiator *owner = link->region->initiator;
	unsigned int to = owner->index;

	/* The owner is in the scope, too, unless the link is refused. */
	if (link->refusal != DRM_PAGEMAP_DIRECT)
		return TOPOLOGY_UNUSABLE_NO_ACCESS;
	if (drm_pagemap_topology_link_going(link))
		return TOPOLOGY_UNUSABLE_GOING;
	if (plan->block[from] == plan->block[to])
		return TOPOLOGY_USABLE;
	if (plan->wanted[from] == plan->wanted[to])
		return TOPOLOGY_UNUSABLE_HELD;
	if (plan->wanted_peers[from] || plan->wanted_peers[to])
		return TOPOLOGY_UNUSABLE_ADMIN_GROUP;
	if (!topology_pair_meets(link->initiator, owner))
		return TOPOLOGY_UNUSABLE_THRESHOLD;

	return TOPOLOGY_UNUSABLE_CLIQUE;
}

static void topology_plan_commit_links(struct topology_plan *plan)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < plan->n; i++)
		list_for_each_entry(link, &plan->initiators[i]->links, at_initiator)
			drm_pagemap_topology_link_set_usable(link,
							     topology_plan_usable(plan, link));
}

/* A group without members waits for no holder. */
static bool topology_plan_is_pending(struct topology_plan *plan,
				     struct drm_pagemap_group *group)
{
	unsigned int i;

	for (i = 0; i < plan->n; i++)
		if (plan->groups[i] == group)
			return plan->pending[i];

	return false;
}

/* A holder that left after the freeze may not have seen that the group is pending. */
static void topology_plan_recheck(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;

	/* Pairs with the decrement in drm_pagemap_group_release(). */
	smp_mb();

	for (i = 0; i < plan->n; i++) {
		group = plan->groups[plan->block[i]];
		if (plan->held[i] == TOPOLOGY_NOT_HELD || !group->pending ||
		    atomic_read(&group->users))
			continue;
		drm_pagemap_topology_recheck();
		return;
	}
}

/**
 * drm_pagemap_topology_plan_commit() - Apply a plan
 * @plan: The plan.
 *
 * Cannot fail. Touches the generation only if something changes.
 */
void drm_pagemap_topology_plan_commit(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;

	for (i = 0; i < plan->n; i++)
		drm_pagemap_topology_group_move(plan->initiators[i], plan->initiators[i]->next);

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry) {
		if (!drm_pagemap_topology_scope_has_group(group))
			continue;
		group->staged = false;
		drm_pagemap_topology_group_update_bandwidth(group);
		drm_pagemap_topology_group_set_pending(group,
						       topology_plan_is_pending(plan, group));
	}

	topology_plan_commit_links(plan);
	drm_pagemap_topology_peers_settle();
	topology_plan_recheck(plan);
}
