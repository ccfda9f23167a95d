// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel would say of a plan, as far as sysfs tells */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* The first problem decides what the whole is worth */
struct check {
	struct gpusvm_peer_plan *plan;
	const struct gpusvm_topology *topology;
	int err;
};

/* A member of two groups that change would be told of twice */
static bool is_known(const struct gpusvm_peer_plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->problems.count; i++) {
		if (!strcmp(plan->problems.items[i], text))
			return true;
	}
	return false;
}

static void __printf(3, 4) add_problem(struct check *check, int err, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		check->err = -ENOMEM;
		return;
	}

	if (is_known(check->plan, text)) {
		free(text);
		return;
	}
	if (list_add(&check->plan->problems, text)) {
		free(text);
		err = -ENOMEM;
	}
	if (!check->err || err == -ENOMEM)
		check->err = err;
}

static const struct gpusvm_initiator *present(const struct check *check,
					      const struct peer_member *member)
{
	return gpusvm_initiator_find_by_uid(check->topology, member->uid);
}

/* Whether the kernel would look at a group: what it has to do with does change */
static bool changes(const struct check *check, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;

	current = gpusvm_peers_find_group(check->plan->current, wanted->name);
	return !current || !current->enabled || !same_members(current, wanted);
}

static void check_members(struct check *check, const struct gpusvm_peer_group *group)
{
	const struct gpusvm_peers *wanted = check->plan->wanted;

	if (!group->members.count)
		add_problem(check, -EINVAL, "EINVAL no-members:%s", group->name);

	/* Each pair once, of which one at least changes */
	for (size_t i = 0; i < wanted->groups.count; i++) {
		const struct gpusvm_peer_group *other = wanted->groups.items[i];

		if (!other->enabled || other == group)
			continue;
		if (changes(check, other) && strcmp(other->name, group->name) < 0)
			continue;
		for (size_t m = 0; m < group->members.count; m++) {
			const struct peer_member *member = group->members.items[m];

			if (peer_group_find(other, member->uid))
				add_problem(check, -EBUSY, "EBUSY %s group:%s", member->uid,
					    other->name);
		}
	}
}

static void check_link(struct check *check, const struct gpusvm_initiator *from,
		       const struct gpusvm_initiator *to)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	const char *reason;

	gpusvm_initiator_pagemap_foreach(to, pagemap) {
		link = gpusvm_link_find(from, pagemap);
		if (link && gpusvm_link_is_direct(link))
			continue;
		reason = link ? gpusvm_link_get_reason(link) : "no-path";
		add_problem(check, -ENOLINK, "ENOLINK %s %s %s", from->uid,
			    pagemap->uid ? pagemap->uid : "?", reason ? reason : "?");
	}
}

static void check_links(struct check *check, const struct gpusvm_peer_group *group)
{
	for (size_t a = 0; a < group->members.count; a++) {
		const struct gpusvm_initiator *from = present(check, group->members.items[a]);

		for (size_t b = 0; from && b < group->members.count; b++) {
			const struct gpusvm_initiator *to;

			to = present(check, group->members.items[b]);
			if (to && to != from)
				check_link(check, from, to);
		}
	}
}

static bool is_held(const struct gpusvm_initiator *initiator)
{
	return initiator->group && initiator->group->users.known &&
	       initiator->group->users.value;
}

static bool is_in(const struct gpusvm_initiator *initiator, const char *name)
{
	return initiator->group && !strcmp(initiator->group->name, name);
}

/*
 * Who is to join, leave or be confirmed in a group that changes must not be in one
 * that is in use; but who was refused by the group is in another that does not matter.
 */
static void check_users(struct check *check, const struct gpusvm_peer_group *group,
			bool was_enabled)
{
	for (size_t i = 0; i < group->members.count; i++) {
		const struct peer_member *member = group->members.items[i];
		const struct gpusvm_initiator *initiator = present(check, member);

		if (!initiator || !is_held(initiator))
			continue;
		if (!was_enabled || is_in(initiator, group->name))
			add_problem(check, -EBUSY, "EBUSY %s held", member->uid);
	}
}

static void check_wanted(struct check *check, const struct gpusvm_peer_group *group)
{
	if (!group->enabled || !changes(check, group))
		return;
	check_members(check, group);
	check_users(check, group, false);
	check_links(check, group);
}

/* A group that was in force and will not be, or not with these members */
static void check_current(struct check *check, const struct gpusvm_peer_group *group)
{
	const struct gpusvm_peer_group *wanted;

	wanted = gpusvm_peers_find_group(check->plan->wanted, group->name);
	if (!group->enabled)
		return;
	if (!wanted || !wanted->enabled || !same_members(group, wanted))
		check_users(check, group, true);
}

GPUSVM_EXPORT int gpusvm_peer_plan_check(struct gpusvm_peer_plan *plan,
					 const struct gpusvm_topology *topology)
{
	struct check check = { .plan = plan, .topology = topology };

	list_free(&plan->problems, free);
	for (size_t i = 0; i < plan->wanted->groups.count; i++)
		check_wanted(&check, plan->wanted->groups.items[i]);
	for (size_t i = 0; i < plan->current->groups.count; i++)
		check_current(&check, plan->current->groups.items[i]);
	return check.err;
}
