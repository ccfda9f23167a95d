// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "topology_admin.h"

struct list_head topology_admin_groups = LIST_HEAD_INIT(topology_admin_groups);
EXPORT_SYMBOL_IF_KUNIT(topology_admin_groups);

static u32 topology_min_bandwidth;

/**
 * topology_outcome_set() - Note what became of a write
 * @outcome: Where.
 * @format: As for printf().
 */
void topology_outcome_set(struct topology_outcome *outcome, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(outcome->text, sizeof(outcome->text), format, args);
	va_end(args);
}

/**
 * topology_admin_group_find() - A group by its name
 * @name: Not necessarily terminated.
 * @len: Its length.
 *
 * Return: The group, or %NULL.
 */
struct topology_admin_group *topology_admin_group_find(const char *name, size_t len)
{
	struct topology_admin_group *group;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(group, &topology_admin_groups, entry)
		if (strlen(group->name) == len && !memcmp(group->name, name, len))
			return group;

	return NULL;
}

static void topology_admin_group_insert(struct topology_admin_group *group)
{
	struct topology_admin_group *next;

	list_for_each_entry(next, &topology_admin_groups, entry)
		if (strcmp(next->name, group->name) > 0)
			break;
	list_add_tail(&group->entry, &next->entry);
}

/**
 * topology_admin_group_create() - A new group, not enabled and with no members
 * @name: A valid name that no other group has.
 *
 * Return: The group, or an error pointer.
 */
struct topology_admin_group *topology_admin_group_create(const char *name)
{
	struct topology_admin_group *group;

	lockdep_assert_held(&topology_lock);

	group = kzalloc_obj(*group);
	if (!group)
		return ERR_PTR(-ENOMEM);

	group->name = kstrdup(name, GFP_KERNEL);
	if (!group->name) {
		kfree(group);
		return ERR_PTR(-ENOMEM);
	}

	INIT_LIST_HEAD(&group->members);
	topology_outcome_set(&group->outcome, "ok");
	topology_admin_group_insert(group);

	return group;
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_group_create);

/**
 * topology_admin_group_destroy() - Remove a group that is not enabled
 * @group: The group, without members.
 */
void topology_admin_group_destroy(struct topology_admin_group *group)
{
	lockdep_assert_held(&topology_lock);
	WARN_ON(group->enabled || !list_empty(&group->members));

	list_del(&group->entry);
	kfree(group->name);
	kfree(group);
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_group_destroy);

static void topology_admin_member_insert(struct topology_admin_member *member)
{
	struct topology_admin_member *next;

	list_for_each_entry(next, &member->owner->members, entry)
		if (strcmp(next->uid, member->uid) > 0)
			break;
	list_add_tail(&member->entry, &next->entry);
}

/**
 * topology_admin_member_create() - Add an initiator to a group
 * @group: The group; not enabled.
 * @uid: A valid uid that is not yet in it. The initiator need not be there.
 *
 * Return: The member, or an error pointer: %-EBUSY, %-ENOMEM.
 */
struct topology_admin_member *
topology_admin_member_create(struct topology_admin_group *group, const char *uid)
{
	struct topology_admin_member *member;

	lockdep_assert_held(&topology_lock);

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
	topology_outcome_set(&member->reason, "ok");
	topology_admin_member_insert(member);
	group->num_members++;

	return member;
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_member_create);

/**
 * topology_admin_member_destroy() - Remove an initiator from a group
 * @member: The member of a group that is not enabled.
 */
void topology_admin_member_destroy(struct topology_admin_member *member)
{
	lockdep_assert_held(&topology_lock);
	WARN_ON(member->owner->enabled);

	list_del(&member->entry);
	member->owner->num_members--;
	kfree(member->uid);
	kfree(member);
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_member_destroy);

/**
 * topology_admin_min_bandwidth() - What a link needs to make an automatic group
 *
 * Return: MB/s; 0 if any link will do.
 */
u32 topology_admin_min_bandwidth(void)
{
	return READ_ONCE(topology_min_bandwidth);
}

/**
 * topology_admin_set_min_bandwidth() - Set the threshold, and group anew
 * @min_bandwidth: In MB/s. Groups that are held follow when they are free.
 *
 * Return: 0 on success; %-ENOMEM, with nothing changed.
 */
int topology_admin_set_min_bandwidth(u32 min_bandwidth)
{
	u32 old = topology_min_bandwidth;
	int err;

	lockdep_assert_held(&topology_lock);

	if (min_bandwidth == old)
		return 0;

	WRITE_ONCE(topology_min_bandwidth, min_bandwidth);
	err = topology_regroup();
	if (err)
		WRITE_ONCE(topology_min_bandwidth, old);
	topology_change_end();

	return err;
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_set_min_bandwidth);

static void topology_outcome_no_link(struct topology_outcome *outcome,
				     struct drm_pagemap_initiator *from,
				     struct drm_pagemap_region *to)
{
	struct topology_link *link = topology_link_find(from, to);

	topology_outcome_set(outcome, "ENOLINK %s %s %s", from->uid, to->node->uid,
			     link ? topology_refusal_names[link->refusal] : "no-path");
}

/* What is about to go is as good as absent. */
static struct drm_pagemap_initiator *
topology_member_initiator(struct topology_admin_member *member)
{
	struct drm_pagemap_initiator *initiator = topology_initiator_find(member->uid);

	return initiator && !initiator->dead ? initiator : NULL;
}

/* Is a member present and linked both ways with those chosen before it? */
static bool topology_member_fits(struct topology_admin_member *member)
{
	struct drm_pagemap_initiator *initiator, *other, *from;
	struct topology_admin_member *peer;
	struct drm_pagemap_region *to;

	initiator = topology_member_initiator(member);
	if (!initiator)
		return false;

	list_for_each_entry(peer, &member->owner->members, entry) {
		if (!peer->chosen)
			continue;
		other = topology_initiator_find(peer->uid);
		if (topology_links_mutual(initiator, other, &from, &to))
			continue;
		member->blocked_from = from;
		member->blocked_to = to;
		return false;
	}

	return true;
}

static void topology_group_choose(struct topology_admin_group *group)
{
	struct topology_admin_member *member;

	list_for_each_entry(member, &group->members, entry)
		member->chosen = false;

	/* Who is in stays in; then the others, in uid order. */
	list_for_each_entry(member, &group->members, entry)
		if (member->state == TOPOLOGY_MEMBER_JOINED)
			member->chosen = topology_member_fits(member);

	list_for_each_entry(member, &group->members, entry)
		if (!member->chosen)
			member->chosen = topology_member_fits(member);
}

/**
 * topology_admin_choose() - Which initiators the enabled groups are to have
 * @admin_block: For each initiator, by its index: set to the number of the group,
 *		 or 0.
 *
 * Each group so chosen is a clique.
 */
void topology_admin_choose(u32 *admin_block)
{
	struct topology_admin_member *member;
	struct topology_admin_group *group;
	u32 number = 0;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(group, &topology_admin_groups, entry) {
		group->number = 0;
		if (!group->enabled)
			continue;

		group->number = ++number;
		topology_group_choose(group);
		list_for_each_entry(member, &group->members, entry)
			if (member->chosen)
				admin_block[topology_initiator_find(member->uid)->index] =
					number;
	}
}

static void topology_member_settle(struct topology_admin_member *member)
{
	struct drm_pagemap_initiator *initiator = topology_member_initiator(member);
	enum topology_member_state state = TOPOLOGY_MEMBER_REFUSED;

	if (!member->owner->enabled)
		state = TOPOLOGY_MEMBER_CONFIGURED;
	else if (!initiator)
		state = TOPOLOGY_MEMBER_ABSENT;
	else if (rcu_access_pointer(initiator->group) == member->owner->group)
		state = TOPOLOGY_MEMBER_JOINED;
	else if (member->chosen)
		topology_outcome_set(&member->reason, "EBUSY %s held", member->uid);
	else
		topology_outcome_no_link(&member->reason, member->blocked_from,
					 member->blocked_to);

	if (state != TOPOLOGY_MEMBER_REFUSED)
		topology_outcome_set(&member->reason, "ok");
	WRITE_ONCE(member->state, state);
}

static void topology_group_settle(struct topology_admin_group *group)
{
	struct topology_admin_member *member;
	unsigned int joined = 0;
	bool was, is;

	list_for_each_entry(member, &group->members, entry) {
		topology_member_settle(member);
		joined += member->state == TOPOLOGY_MEMBER_JOINED;
	}

	if (!group->group || group->group->members_joined == joined)
		return;

	topology_touch();
	was = group->group->members_joined == group->num_members;
	is = joined == group->num_members;
	WRITE_ONCE(group->group->members_joined, joined);
	if (was != is && group->group->complete_file)
		kernfs_notify(group->group->complete_file);
}

/**
 * topology_admin_settle() - Note what became of the members, after a regrouping
 */
void topology_admin_settle(void)
{
	struct topology_admin_group *group;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(group, &topology_admin_groups, entry)
		topology_group_settle(group);
}

/* The rules that do not depend on which GPUs are there. */
static int topology_check_members(struct topology_admin_group *group,
				  struct topology_outcome *outcome)
{
	struct topology_admin_member *member, *twin;
	struct topology_admin_group *other;

	if (list_empty(&group->members)) {
		topology_outcome_set(outcome, "EINVAL no-members:%s", group->name);
		return -EINVAL;
	}

	list_for_each_entry(other, &topology_admin_groups, entry) {
		if (other == group || !other->wanted)
			continue;

		list_for_each_entry(member, &group->members, entry) {
			list_for_each_entry(twin, &other->members, entry) {
				if (strcmp(member->uid, twin->uid))
					continue;
				topology_outcome_set(outcome, "EBUSY %s group:%s",
						     member->uid, other->name);
				return -EBUSY;
			}
		}
	}

	return 0;
}

/* Nobody's owner may change, be it that of a present or of a future group. */
static int topology_check_free(struct topology_admin_group *group,
			       struct topology_outcome *outcome)
{
	struct drm_pagemap_initiator *initiator;
	struct topology_admin_member *member;

	list_for_each_entry(member, &group->members, entry) {
		struct drm_pagemap_group *present;

		initiator = topology_initiator_find(member->uid);
		if (!initiator)
			continue;

		present = rcu_dereference_protected(initiator->group,
						    lockdep_is_held(&topology_lock));
		/* Refused by this group, it is in another one that is no concern. */
		if (group->enabled && present != group->group)
			continue;
		if (present && topology_group_held(present)) {
			topology_outcome_set(outcome, "EBUSY %s held", member->uid);
			return -EBUSY;
		}
	}

	return 0;
}

static int topology_check_links(struct topology_admin_group *group,
				struct topology_outcome *outcome)
{
	struct drm_pagemap_initiator *a, *b, *from;
	struct topology_admin_member *member, *peer;
	struct drm_pagemap_region *to;

	list_for_each_entry(member, &group->members, entry) {
		a = topology_member_initiator(member);
		if (!a)
			continue;

		peer = member;
		list_for_each_entry_continue(peer, &group->members, entry) {
			b = topology_member_initiator(peer);
			if (!b || topology_links_mutual(a, b, &from, &to))
				continue;
			topology_outcome_no_link(outcome, from, to);
			return -ENOLINK;
		}
	}

	return 0;
}

typedef int (*topology_check)(struct topology_admin_group *group,
			      struct topology_outcome *outcome);

static int topology_admin_validate(struct topology_outcome *outcome)
{
	static const topology_check checks[] = {
		topology_check_members, topology_check_free, topology_check_links,
	};
	struct topology_admin_group *group;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		list_for_each_entry(group, &topology_admin_groups, entry) {
			if (group->wanted == group->enabled)
				continue;
			/* What is to be disabled has only to be free. */
			if (!group->wanted && checks[i] != topology_check_free)
				continue;
			err = checks[i](group, outcome);
			if (err)
				return err;
		}
	}

	return 0;
}

static void topology_admin_flip(void)
{
	struct topology_admin_group *group;

	list_for_each_entry(group, &topology_admin_groups, entry)
		swap(group->wanted, group->enabled);
}

/**
 * topology_admin_enable_wanted() - Make exactly the wanted set of groups enabled
 * @outcome: What became of it.
 *
 * The caller has set &topology_admin_group.wanted of each group. The final state
 * is checked whole; then all of it is applied, or nothing.
 *
 * Return: 0 on success; %-EINVAL, %-EBUSY, %-ENOLINK as @outcome says; %-ENOMEM.
 */
int topology_admin_enable_wanted(struct topology_outcome *outcome)
{
	int err;

	lockdep_assert_held(&topology_lock);

	/* Nobody comes in between the checks and the change. */
	topology_groups_freeze();

	err = topology_admin_validate(outcome);
	if (err)
		goto out;

	topology_admin_flip();
	err = topology_regroup();
	if (err) {
		topology_admin_flip();
		topology_outcome_set(outcome, "ENOMEM");
		goto out;
	}
	topology_outcome_set(outcome, "ok");

out:
	topology_groups_thaw();
	topology_change_end();
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(topology_admin_enable_wanted);
