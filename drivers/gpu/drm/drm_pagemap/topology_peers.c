// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "topology_group.h"
#include "topology_link.h"
#include "topology_peers.h"

struct list_head drm_pagemap_topology_peer_groups =
	LIST_HEAD_INIT(drm_pagemap_topology_peer_groups);
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_groups);

/**
 * drm_pagemap_topology_peer_group_find() - Find a peer group by its name
 * @name: The name, not necessarily terminated.
 * @len: Length of @name.
 *
 * Return: The group, or %NULL.
 */
struct topology_peer_group *drm_pagemap_topology_peer_group_find(const char *name, size_t len)
{
	struct topology_peer_group *group;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		if (strlen(group->name) == len && !memcmp(group->name, name, len))
			return group;

	return NULL;
}

/**
 * drm_pagemap_topology_peer_group_of() - Get the peer group that a group implements
 * @group: The group, or %NULL.
 *
 * Return: The peer group; %NULL for a hardware group.
 */
struct topology_peer_group *drm_pagemap_topology_peer_group_of(struct drm_pagemap_group *group)
{
	struct topology_peer_group *peers;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry)
		if (group && peers->group == group)
			return peers;

	return NULL;
}

/**
 * drm_pagemap_topology_peer_group_has() - Check whether an initiator is in a peer group
 * @group: The peer group.
 * @uid: uid of the initiator.
 *
 * Return: %true if it is a member, joined or not.
 */
bool drm_pagemap_topology_peer_group_has(struct topology_peer_group *group, const char *uid)
{
	struct topology_peer_member *member;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(member, &group->members, entry)
		if (!strcmp(member->uid, uid))
			return true;

	return false;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_group_has);

static void topology_peer_group_insert(struct topology_peer_group *group)
{
	struct topology_peer_group *next;

	list_for_each_entry(next, &drm_pagemap_topology_peer_groups, entry)
		if (strcmp(next->name, group->name) > 0)
			break;
	list_add_tail(&group->entry, &next->entry);
}

/**
 * drm_pagemap_topology_peer_group_create() - Create a disabled peer group without members
 * @name: A valid name that no other group has.
 *
 * Return: The peer group, or an error pointer.
 */
struct topology_peer_group *drm_pagemap_topology_peer_group_create(const char *name)
{
	struct topology_peer_group *group;

	drm_pagemap_topology_change_assert();

	group = kzalloc_obj(*group);
	if (!group)
		return ERR_PTR(-ENOMEM);

	group->name = kstrdup(name, GFP_KERNEL);
	if (!group->name) {
		kfree(group);
		return ERR_PTR(-ENOMEM);
	}

	INIT_LIST_HEAD(&group->members);
	drm_pagemap_topology_outcome_set(&group->outcome, TOPOLOGY_OUTCOME_OK, NULL, NULL);
	topology_peer_group_insert(group);

	return group;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_group_create);

/**
 * drm_pagemap_topology_peer_group_destroy() - Remove a disabled peer group
 * @group: The peer group, without members.
 */
void drm_pagemap_topology_peer_group_destroy(struct topology_peer_group *group)
{
	drm_pagemap_topology_change_assert();
	WARN_ON(group->enabled || !list_empty(&group->members));

	list_del(&group->entry);
	kfree(group->name);
	kfree(group);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_group_destroy);

static void topology_peer_member_insert(struct topology_peer_member *member)
{
	struct topology_peer_member *next;

	list_for_each_entry(next, &member->owner->members, entry)
		if (strcmp(next->uid, member->uid) > 0)
			break;
	list_add_tail(&member->entry, &next->entry);
}

/**
 * drm_pagemap_topology_peer_member_create() - Add an initiator to a peer group
 * @group: The peer group, which is not enabled.
 * @uid: A valid uid that is not yet in the group. The initiator may be absent.
 *
 * Return: The member, or an error pointer: %-EBUSY if the group is enabled, %-ENOMEM.
 */
struct topology_peer_member *
drm_pagemap_topology_peer_member_create(struct topology_peer_group *group, const char *uid)
{
	struct topology_peer_member *member;

	drm_pagemap_topology_change_assert();

	if (group->enabled)
		return ERR_PTR(-EBUSY);

	member = kzalloc_obj(*member);
	if (!member)
		return ERR_PTR(-ENOMEM);

	member->uid = kstrdup(uid, GFP_KERNEL);
	if (!member->uid) {
		kfree(member);
		return ERR_PTR(-ENOMEM);
	}

	member->owner = group;
	drm_pagemap_topology_outcome_set(&member->reason, TOPOLOGY_OUTCOME_OK, NULL, NULL);
	topology_peer_member_insert(member);
	group->num_members++;

	return member;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_member_create);

/**
 * drm_pagemap_topology_peer_member_destroy() - Remove an initiator from a peer group
 * @member: A member of a peer group that is not enabled.
 */
void drm_pagemap_topology_peer_member_destroy(struct topology_peer_member *member)
{
	drm_pagemap_topology_change_assert();
	WARN_ON(member->owner->enabled);

	list_del(&member->entry);
	member->owner->num_members--;
	kfree(member->uid);
	kfree(member);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_peer_member_destroy);

/* An initiator whose device is being removed counts as absent. */
static struct drm_pagemap_initiator *
topology_peer_member_initiator(struct topology_peer_member *member)
{
	struct drm_pagemap_initiator *initiator = drm_pagemap_topology_initiator_find(member->uid);

	return initiator && !initiator->dead ? initiator : NULL;
}

/* Checks that a member is present and linked both ways with all members chosen before. */
static bool topology_peer_member_fits(struct topology_peer_member *member)
{
	struct drm_pagemap_initiator *initiator, *other, *from;
	struct topology_peer_member *peer;
	struct drm_pagemap_region *to;

	initiator = topology_peer_member_initiator(member);
	if (!initiator)
		return false;

	list_for_each_entry(peer, &member->owner->members, entry) {
		if (!peer->chosen)
			continue;
		other = drm_pagemap_topology_initiator_find(peer->uid);
		if (drm_pagemap_topology_links_mutual(initiator, other, &from, &to))
			continue;
		member->blocked_from = from;
		member->blocked_to = to;
		return false;
	}

	return true;
}

static void topology_peer_group_choose(struct topology_peer_group *group)
{
	struct topology_peer_member *member;

	list_for_each_entry(member, &group->members, entry)
		member->chosen = false;

	/* Joined members keep their place. The others follow in uid order. */
	list_for_each_entry(member, &group->members, entry)
		if (member->state == TOPOLOGY_PEER_JOINED)
			member->chosen = topology_peer_member_fits(member);

	list_for_each_entry(member, &group->members, entry)
		if (!member->chosen)
			member->chosen = topology_peer_member_fits(member);
}

/**
 * drm_pagemap_topology_peers_choose() - Choose the members of the peer groups in the scope
 * @numbers: For each initiator by its index, set to the number of its peer group, or 0.
 *
 * The chosen members of each group are a clique.
 */
void drm_pagemap_topology_peers_choose(u32 *numbers)
{
	struct topology_peer_member *member;
	struct topology_peer_group *group;
	u32 number = 0;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry) {
		group->number = 0;
		if (!group->enabled || !group->in_scope)
			continue;

		group->number = ++number;
		topology_peer_group_choose(group);
		list_for_each_entry(member, &group->members, entry)
			if (member->chosen)
				numbers[drm_pagemap_topology_initiator_find(member->uid)->index] =
					number;
	}
}

static void topology_peer_member_settle(struct topology_peer_member *member)
{
	struct drm_pagemap_initiator *initiator = topology_peer_member_initiator(member);
	enum topology_peer_state state = TOPOLOGY_PEER_REFUSED;

	if (!member->owner->enabled)
		state = TOPOLOGY_PEER_CONFIGURED;
	else if (!initiator)
		state = TOPOLOGY_PEER_ABSENT;
	else if (rcu_access_pointer(initiator->group) == member->owner->group)
		state = TOPOLOGY_PEER_JOINED;
	else if (member->chosen)
		drm_pagemap_topology_outcome_set(&member->reason, TOPOLOGY_OUTCOME_HELD,
						 member->uid, NULL);
	else
		drm_pagemap_topology_outcome_no_link(&member->reason, member->blocked_from,
						     member->blocked_to);

	if (state != TOPOLOGY_PEER_REFUSED)
		drm_pagemap_topology_outcome_set(&member->reason, TOPOLOGY_OUTCOME_OK, NULL, NULL);
	member->state = state;
}

static void topology_peer_group_settle(struct topology_peer_group *group)
{
	struct topology_peer_member *member;
	unsigned int joined = 0;

	list_for_each_entry(member, &group->members, entry) {
		topology_peer_member_settle(member);
		joined += member->state == TOPOLOGY_PEER_JOINED;
	}

	if (group->group)
		drm_pagemap_topology_group_set_joined(group->group, joined);
}

/**
 * drm_pagemap_topology_peers_settle() - Update the states of members after a regroup
 */
void drm_pagemap_topology_peers_settle(void)
{
	struct topology_peer_group *group;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		if (group->in_scope)
			topology_peer_group_settle(group);
}

/* The checks that do not depend on which GPUs are present. */
static int topology_peer_check_members(struct topology_peer_group *group,
				       struct topology_outcome *outcome)
{
	struct topology_peer_member *member, *twin;
	struct topology_peer_group *other;

	if (list_empty(&group->members))
		return drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_NO_MEMBERS, NULL,
							group->name);

	list_for_each_entry(other, &drm_pagemap_topology_peer_groups, entry) {
		if (other == group || !other->wanted)
			continue;

		list_for_each_entry(member, &group->members, entry) {
			list_for_each_entry(twin, &other->members, entry) {
				if (strcmp(member->uid, twin->uid))
					continue;
				return drm_pagemap_topology_outcome_set(outcome,
									TOPOLOGY_OUTCOME_TAKEN,
									member->uid, other->name);
			}
		}
	}

	return 0;
}

/* A holder must keep its owner, so no member that would move may be in a held group. */
static int topology_peer_check_free(struct topology_peer_group *group,
				    struct topology_outcome *outcome)
{
	struct drm_pagemap_initiator *initiator;
	struct topology_peer_member *member;

	list_for_each_entry(member, &group->members, entry) {
		struct drm_pagemap_group *present;

		initiator = drm_pagemap_topology_initiator_find(member->uid);
		if (!initiator)
			continue;

		present = drm_pagemap_topology_group_of(initiator);
		/* A refused member is in another group and stays there. */
		if (group->enabled && present != group->group)
			continue;
		if (present && present->held)
			return drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_HELD,
								member->uid, NULL);
	}

	return 0;
}

static int topology_peer_check_links(struct topology_peer_group *group,
				     struct topology_outcome *outcome)
{
	struct drm_pagemap_initiator *a, *b, *from;
	struct topology_peer_member *member, *peer;
	struct drm_pagemap_region *to;

	list_for_each_entry(member, &group->members, entry) {
		a = topology_peer_member_initiator(member);
		if (!a)
			continue;

		peer = member;
		list_for_each_entry_continue(peer, &group->members, entry) {
			b = topology_peer_member_initiator(peer);
			if (!b || drm_pagemap_topology_links_mutual(a, b, &from, &to))
				continue;
			return drm_pagemap_topology_outcome_no_link(outcome, from, to);
		}
	}

	return 0;
}

typedef int (*topology_peer_check)(struct topology_peer_group *group,
			      struct topology_outcome *outcome);

/**
 * drm_pagemap_topology_peers_validate() - Check whether the wanted set can be enabled
 * @outcome: Set on failure.
 *
 * Call it between drm_pagemap_topology_groups_freeze() and drm_pagemap_topology_groups_thaw().
 *
 * Return: 0 if so; %-EINVAL, %-EBUSY or %-ENOLINK, as in @outcome.
 */
int drm_pagemap_topology_peers_validate(struct topology_outcome *outcome)
{
	static const topology_peer_check checks[] = {
		topology_peer_check_members, topology_peer_check_free, topology_peer_check_links,
	};
	struct topology_peer_group *group;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry) {
			if (group->wanted == group->enabled)
				continue;
			/* Disabling a group requires only that nobody holds it. */
			if (!group->wanted && checks[i] != topology_peer_check_free)
				continue;
			err = checks[i](group, outcome);
			if (err)
				return err;
		}
	}

	return 0;
}

/**
 * drm_pagemap_topology_peers_flip() - Swap the wanted and the enabled set of peer groups
 */
void drm_pagemap_topology_peers_flip(void)
{
	struct topology_peer_group *group;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		swap(group->wanted, group->enabled);
}
