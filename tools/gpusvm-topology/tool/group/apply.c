// SPDX-License-Identifier: GPL-2.0-or-later
/* Carries out a change of peer groups, or prints how */
#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

static const char *const actions[] = {
	[GPUSVM_PEER_CREATE] = "create",
	[GPUSVM_PEER_ADD] = "add",
	[GPUSVM_PEER_REMOVE] = "remove",
	[GPUSVM_PEER_DISABLE] = "disable",
	[GPUSVM_PEER_ENABLE] = "enable",
	[GPUSVM_PEER_DELETE] = "delete",
};

static void print_steps(const struct gpusvm_peer_plan *plan)
{
	const struct gpusvm_peer_step *step;

	for (size_t i = 0; (step = gpusvm_peer_plan_get_step(plan, i)); i++)
		printf("%s %s%s%s\n", actions[step->action], step->group,
		       step->member ? " " : "", step->member ?: "");
}

static struct json_object *steps_array(const struct gpusvm_peer_plan *plan)
{
	struct json_object *array = json_array();
	const struct gpusvm_peer_step *step;

	for (size_t i = 0; (step = gpusvm_peer_plan_get_step(plan, i)); i++) {
		struct json_object *map = json_map();

		json_set(map, "action", json_text(actions[step->action]));
		json_set(map, "group", json_text(step->group));
		json_set(map, "initiator", json_text(step->member));
		json_append(array, map);
	}
	return array;
}

static void print_commands(const struct gpusvm_peer_plan *plan)
{
	char *text = NULL;

	if (gpusvm_peer_plan_format(plan, &text))
		check_memory(NULL);
	fputs(text, stdout);
	free(text);
}

static int print_document(const struct peer_change *change, const struct gpusvm_peer_plan *plan)
{
	struct json_object *document, *problems;
	const char *problem;

	problems = json_array();
	for (size_t i = 0; (problem = gpusvm_peer_plan_get_problem(plan, i)); i++)
		json_append(problems, json_text(problem));
	document = document_new("group", change->topology);
	json_set(document, "steps", steps_array(plan));
	json_set(document, "problems", problems);
	return document_print(document);
}

static int print_plan(const struct peer_change *change, const struct gpusvm_peer_plan *plan)
{
	if (change->options->json)
		return print_document(change, plan);
	if (change->preview == PREVIEW_SHELL)
		print_commands(plan);
	else
		print_steps(plan);
	return 0;
}

static int refusal(int err)
{
	return err == -EBUSY ? EXIT_BUSY : EXIT_REFUSED;
}

/* Without a topology, nothing can be predicted */
static int predict(const struct peer_change *change, struct gpusvm_peer_plan *plan)
{
	const char *problem;
	int err, status;

	err = change->topology ? gpusvm_peer_plan_check(plan, change->topology) : 0;
	if (err == -ENOMEM)
		check_memory(NULL);
	for (size_t i = 0; (problem = gpusvm_peer_plan_get_problem(plan, i)); i++)
		say("would be refused: %s", problem);
	status = print_plan(change, plan);
	if (status)
		return status;
	return err ? refusal(err) : 0;
}

/* Scans once more, because the group that was in the way may have changed since */
static void say_who(struct peer_change *change, const char *uid)
{
	const struct gpusvm_initiator *initiator;
	struct gpusvm_topology *now;

	if (!uid || gpusvm_topology_new(change->ctx, &now))
		return;
	initiator = gpusvm_initiator_find_by_uid(now, uid);
	if (initiator && gpusvm_initiator_get_group(initiator))
		say_holders(gpusvm_initiator_get_group(initiator));
	gpusvm_topology_unref(now);
}

static int say_refusal(struct peer_change *change, const struct gpusvm_peer_plan *plan, int err)
{
	const char *reason = gpusvm_peer_plan_get_error(plan);

	switch (err) {
	case -EBUSY:
		say("the kernel refuses the change: %s", reason);
		say_who(change, gpusvm_peer_plan_get_busy(plan));
		return EXIT_BUSY;
	case -ENOLINK:
	case -EINVAL:
		say("the kernel refuses the change: %s", reason);
		return EXIT_REFUSED;
	case -ENOMEM:
		check_memory(NULL);
		return EXIT_ERROR;
	default:
		say("%s", reason);
		return EXIT_ERROR;
	}
}

static void say_members(const struct gpusvm_peer_group *group,
			const struct gpusvm_topology *topology)
{
	const char *uid;

	for (size_t i = 0; (uid = gpusvm_peer_group_get_member(group, i)); i++) {
		switch (gpusvm_peer_group_get_state(group, uid, topology)) {
		case GPUSVM_PEER_ABSENT:
			say("%s: %s is absent", gpusvm_peer_group_get_name(group), uid);
			break;
		case GPUSVM_PEER_REFUSED:
			say("%s: %s is in another group",
			    gpusvm_peer_group_get_name(group), uid);
			break;
		default:
			break;
		}
	}
}

/* Only files require members. GPUs that an administrator names may be absent */
static int verify_group(const struct peer_change *change, struct gpusvm_peer_group *group,
			const struct gpusvm_topology *topology)
{
	int err;

	if (!change->required && gpusvm_peer_group_set_require(group, "none"))
		check_memory(NULL);
	err = gpusvm_peer_group_verify(group, topology);
	if (!err)
		return 0;
	if (err == -ENOENT)
		say("%s: missing in sysfs", gpusvm_peer_group_get_name(group));
	else if (err == -EEXIST)
		say("%s: has GPUs that are not members", gpusvm_peer_group_get_name(group));
	say_members(group, topology);
	return EXIT_NOT_AS_REQUIRED;
}

/* By sysfs, which shows what is in force */
static int verify(const struct peer_change *change)
{
	struct gpusvm_peer_group *group;
	struct gpusvm_topology *now;
	int err, status = 0;

	err = gpusvm_topology_new(change->ctx, &now);
	if (err) {
		say("cannot verify it in sysfs: %s", strerror(-err));
		return EXIT_ERROR;
	}
	for (size_t i = 0; (group = gpusvm_peers_get_group(change->wanted, i)); i++) {
		if (gpusvm_peer_group_is_enabled(group))
			status = verify_group(change, group, now) ?: status;
	}
	gpusvm_topology_unref(now);
	return status;
}

/*
 * A signal until the groups are enabled undoes the change and ends the program. Later
 * ones are ignored, since the change is complete.
 */
static int apply(struct gpusvm_peer_plan *plan)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	sigset_t blocked, before;
	int err;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	err = gpusvm_peer_plan_apply(plan);
	for (size_t i = 0; err != -EINTR && i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_IGN);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* Members may appear after "start", so it does not verify them */
static int carry_out(struct peer_change *change, struct gpusvm_peer_plan *plan)
{
	int err, status;

	if (change->preview)
		return predict(change, plan);
	status = change->started ? write_started(change, plan) : 0;
	if (status)
		return status;
	err = apply(plan);
	if (err)
		return say_refusal(change, plan, err);
	return change->started ? write_started(change, NULL) : verify(change);
}

/* Makes the groups that are wanted, or prints how. Returns what to exit with */
int change_carry_out(struct peer_change *change)
{
	struct gpusvm_peer_plan *plan;
	int status;

	if (gpusvm_peer_plan_new(change->current, change->wanted, &plan))
		check_memory(NULL);
	status = carry_out(change, plan);
	gpusvm_peer_plan_free(plan);
	return status;
}
