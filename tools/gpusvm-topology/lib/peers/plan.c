// SPDX-License-Identifier: LGPL-2.1-or-later
/* What has to be done so that one set of groups becomes another */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static bool has_all(const struct gpusvm_peer_group *group, const struct gpusvm_peer_group *of)
{
	for (size_t i = 0; i < of->members.count; i++) {
		const struct peer_member *member = of->members.items[i];

		if (!peer_group_find(group, member->uid))
			return false;
	}
	return true;
}

bool same_members(const struct gpusvm_peer_group *a, const struct gpusvm_peer_group *b)
{
	return has_all(a, b) && has_all(b, a);
}

static int add_step(struct gpusvm_peer_plan *plan, enum gpusvm_peer_action action,
		    const struct gpusvm_peer_group *group, const char *member)
{
	struct gpusvm_peer_step *step = malloc(sizeof(*step));

	if (!step)
		return -ENOMEM;
	*step = (struct gpusvm_peer_step){ action, group->name, member };
	if (list_add(&plan->steps, step)) {
		free(step);
		return -ENOMEM;
	}
	return 0;
}

/* The members of one group that another one, or none at all, has not */
static int add_members(struct gpusvm_peer_plan *plan, enum gpusvm_peer_action action,
		       const struct gpusvm_peer_group *of,
		       const struct gpusvm_peer_group *without)
{
	int err = 0;

	for (size_t i = 0; !err && i < of->members.count; i++) {
		const struct peer_member *member = of->members.items[i];

		if (!without || !peer_group_find(without, member->uid))
			err = add_step(plan, action, of, member->uid);
	}
	return err;
}

static int plan_group(struct gpusvm_peer_plan *plan, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;
	bool was_enabled;
	int err = 0;

	current = gpusvm_peers_find_group(plan->current, wanted->name);
	if (!current)
		err = add_step(plan, GPUSVM_PEER_CREATE, wanted, NULL);
	if (!err && current)
		err = add_members(plan, GPUSVM_PEER_REMOVE, current, wanted);
	if (!err)
		err = add_members(plan, GPUSVM_PEER_ADD, wanted, current);
	was_enabled = current && current->enabled;
	if (!err && was_enabled != wanted->enabled)
		err = add_step(plan, wanted->enabled ? GPUSVM_PEER_ENABLE : GPUSVM_PEER_DISABLE,
			       wanted, NULL);
	return err;
}

static int plan_deletion(struct gpusvm_peer_plan *plan,
			 const struct gpusvm_peer_group *current)
{
	int err = 0;

	if (gpusvm_peers_find_group(plan->wanted, current->name))
		return 0;
	if (current->enabled)
		err = add_step(plan, GPUSVM_PEER_DISABLE, current, NULL);
	return err ? err : add_step(plan, GPUSVM_PEER_DELETE, current, NULL);
}

static int make_steps(struct gpusvm_peer_plan *plan)
{
	int err = 0;

	for (size_t i = 0; !err && i < plan->wanted->groups.count; i++)
		err = plan_group(plan, plan->wanted->groups.items[i]);
	for (size_t i = 0; !err && i < plan->current->groups.count; i++)
		err = plan_deletion(plan, plan->current->groups.items[i]);
	return err;
}

GPUSVM_EXPORT int gpusvm_peer_plan_new(const struct gpusvm_peers *current,
				       const struct gpusvm_peers *wanted,
				       struct gpusvm_peer_plan **plan)
{
	struct gpusvm_peer_plan *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return -ENOMEM;
	err = peers_copy(current, &new->current);
	if (!err)
		err = peers_copy(wanted, &new->wanted);
	if (!err)
		err = make_steps(new);
	if (err)
		gpusvm_peer_plan_free(new);
	else
		*plan = new;
	return err;
}

GPUSVM_EXPORT void gpusvm_peer_plan_free(struct gpusvm_peer_plan *plan)
{
	if (!plan)
		return;
	list_free(&plan->steps, free);
	list_free(&plan->problems, free);
	gpusvm_peers_free(plan->current);
	gpusvm_peers_free(plan->wanted);
	free(plan->error);
	free(plan->busy);
	free(plan);
}

GPUSVM_EXPORT const struct gpusvm_peer_step *
gpusvm_peer_plan_get_step(const struct gpusvm_peer_plan *plan, size_t index)
{
	return list_get(&plan->steps, index);
}

GPUSVM_EXPORT const char *
gpusvm_peer_plan_get_problem(const struct gpusvm_peer_plan *plan, size_t index)
{
	return list_get(&plan->problems, index);
}

GPUSVM_EXPORT const char *gpusvm_peer_plan_get_error(const struct gpusvm_peer_plan *plan)
{
	return plan->error ? plan->error : "";
}

GPUSVM_EXPORT const char *gpusvm_peer_plan_get_busy(const struct gpusvm_peer_plan *plan)
{
	return plan->busy;
}
