// SPDX-License-Identifier: LGPL-2.1-or-later
/* The changes of configfs that a plan consists of, in their order */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Leaves room for ".swap-" and a number in the name of a stand-in */
#define BASE_LENGTH 50

void operation_free(void *item)
{
	struct operation *operation = item;

	free(operation->argument);
	free(operation);
}

static int __printf(3, 4) add(struct gpusvm_peer_plan *plan, enum operation_kind kind,
			      const char *format, ...)
{
	struct operation operation = { .kind = kind };
	va_list args;

	va_start(args, format);
	operation.argument = format_text(format, args);
	va_end(args);
	if (!operation.argument)
		return -ENOMEM;
	if (list_add_copy(&plan->operations, &operation, sizeof(operation))) {
		free(operation.argument);
		return -ENOMEM;
	}
	return 0;
}

/* The members of one group that @without, which may be NULL, does not have */
static int change_members(struct gpusvm_peer_plan *plan, enum operation_kind kind,
			  const char *name, const struct gpusvm_peer_group *of,
			  const struct gpusvm_peer_group *without)
{
	int err = 0;

	for (size_t i = 0; !err && i < of->members.count; i++) {
		const struct peer_member *member = of->members.items[i];

		if (!without || !peer_group_find(without, member->uid))
			err = add(plan, kind, "groups/%s/members/%s", name, member->uid);
	}
	return err;
}

static int make_group(struct gpusvm_peer_plan *plan, const char *name,
		      const struct gpusvm_peer_group *like)
{
	int err;

	err = add(plan, OPERATION_MKDIR, "groups/%s", name);
	return err ? err : change_members(plan, OPERATION_MKDIR, name, like, NULL);
}

static int remove_group(struct gpusvm_peer_plan *plan, const char *name,
			const struct gpusvm_peer_group *like)
{
	int err;

	err = change_members(plan, OPERATION_RMDIR, name, like, NULL);
	return err ? err : add(plan, OPERATION_RMDIR, "groups/%s", name);
}

static int swap_members(struct gpusvm_peer_plan *plan, const struct gpusvm_peer_group *current,
			const struct gpusvm_peer_group *wanted)
{
	int err;

	err = change_members(plan, OPERATION_MKDIR, wanted->name, wanted, current);
	return err ? err : change_members(plan, OPERATION_RMDIR, wanted->name, current, wanted);
}

static bool is_taken(const struct gpusvm_peer_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->stand_ins.count; i++) {
		const struct stand_in *stand_in = plan->stand_ins.items[i];

		if (!strcmp(stand_in->name, name))
			return true;
	}
	return gpusvm_peers_find_group(plan->current, name) ||
	       gpusvm_peers_find_group(plan->wanted, name);
}

static int add_stand_in(struct gpusvm_peer_plan *plan, const struct gpusvm_peer_group *group)
{
	struct stand_in stand_in = { .group = group };
	unsigned int number = 1;

	do {
		snprintf(stand_in.name, sizeof(stand_in.name), "%.*s.swap-%u", BASE_LENGTH,
			 group->name, number++);
	} while (is_taken(plan, stand_in.name));
	if (list_add_copy(&plan->stand_ins, &stand_in, sizeof(stand_in)))
		return -ENOMEM;
	return make_group(plan, stand_in.name, group);
}

/* Changes nothing that is enabled */
static int prepare(struct gpusvm_peer_plan *plan, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;

	current = gpusvm_peers_find_group(plan->current, wanted->name);
	if (!current)
		return make_group(plan, wanted->name, wanted);
	if (gpusvm_peer_group_has_same_members(current, wanted))
		return 0;
	if (!current->enabled)
		return swap_members(plan, current, wanted);
	return wanted->enabled ? add_stand_in(plan, wanted) : 0;
}

/* The groups that could not change before, because they were enabled */
static int finish(struct gpusvm_peer_plan *plan, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;

	current = gpusvm_peers_find_group(plan->current, wanted->name);
	if (!current || !current->enabled)
		return 0;
	return swap_members(plan, current, wanted);
}

static int for_wanted(struct gpusvm_peer_plan *plan,
		      int (*fn)(struct gpusvm_peer_plan *plan,
				const struct gpusvm_peer_group *wanted))
{
	const struct list *groups = &plan->wanted->groups;
	int err = 0;

	for (size_t i = 0; !err && i < groups->count; i++)
		err = fn(plan, groups->items[i]);
	return err;
}

static const char *name_or_stand_in(const struct gpusvm_peer_plan *plan,
				    const struct gpusvm_peer_group *group)
{
	for (size_t i = 0; i < plan->stand_ins.count; i++) {
		const struct stand_in *stand_in = plan->stand_ins.items[i];

		if (stand_in->group == group)
			return stand_in->name;
	}
	return group->name;
}

/* Enables all groups that are wanted, by their own names or those of their stand-ins */
static int enable(struct gpusvm_peer_plan *plan, bool own_names)
{
	const struct list *groups = &plan->wanted->groups;
	const char *separator = "";
	char *names = NULL;
	size_t length;
	FILE *stream;
	int err;

	stream = open_memstream(&names, &length);
	if (!stream)
		return -ENOMEM;
	for (size_t i = 0; i < groups->count; i++) {
		const struct gpusvm_peer_group *group = groups->items[i];

		if (!group->enabled)
			continue;
		fprintf(stream, "%s%s", separator,
			own_names ? group->name : name_or_stand_in(plan, group));
		separator = " ";
	}
	err = fclose(stream) ? -ENOMEM : add(plan, OPERATION_ENABLE, "%s", names);
	free(names);
	return err;
}

static bool switches(const struct gpusvm_peer_plan *plan)
{
	if (plan->stand_ins.count)
		return true;
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct gpusvm_peer_step *step = plan->steps.items[i];

		if (step->action == GPUSVM_PEER_ENABLE || step->action == GPUSVM_PEER_DISABLE)
			return true;
	}
	return false;
}

/* By now, the groups that the stand-ins replaced have their new members */
static int replace_stand_ins(struct gpusvm_peer_plan *plan)
{
	int err;

	if (!plan->stand_ins.count)
		return 0;
	plan->rename = plan->operations.count;
	err = enable(plan, true);
	for (size_t i = 0; !err && i < plan->stand_ins.count; i++) {
		const struct stand_in *stand_in = plan->stand_ins.items[i];

		err = remove_group(plan, stand_in->name, stand_in->group);
	}
	return err;
}

static int remove_unwanted(struct gpusvm_peer_plan *plan)
{
	const struct list *groups = &plan->current->groups;
	int err = 0;

	for (size_t i = 0; !err && i < groups->count; i++) {
		const struct gpusvm_peer_group *group = groups->items[i];

		if (!gpusvm_peers_find_group(plan->wanted, group->name))
			err = remove_group(plan, group->name, group);
	}
	return err;
}

/* Needs the steps of the plan */
int plan_operations(struct gpusvm_peer_plan *plan)
{
	int err;

	err = for_wanted(plan, prepare);
	plan->commit = plan->operations.count;
	if (!err && switches(plan))
		err = enable(plan, false);
	if (!err)
		err = for_wanted(plan, finish);
	if (!err)
		err = replace_stand_ins(plan);
	return err ? err : remove_unwanted(plan);
}
