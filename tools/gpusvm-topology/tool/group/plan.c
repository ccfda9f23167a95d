// SPDX-License-Identifier: GPL-2.0-or-later
/* From what the peer groups are to what they shall be */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "group.h"

static const char *const actions[] = {
	[GPUSVM_PEER_CREATE] = "create",
	[GPUSVM_PEER_ADD] = "add",
	[GPUSVM_PEER_REMOVE] = "remove",
	[GPUSVM_PEER_DISABLE] = "disable",
	[GPUSVM_PEER_ENABLE] = "enable",
	[GPUSVM_PEER_DELETE] = "delete",
};

/* Says what a set has to say of an error, and returns what to exit with */
int peers_error(const struct gpusvm_peers *peers, int err)
{
	const char *text = gpusvm_peers_get_error(peers);

	if (err == -ENOMEM)
		check_memory(NULL);
	say("%s", *text ? text : strerror(-err));
	return EXIT_ERROR;
}

/* Sets the topology if there is one: groups can be set up before any GPU is there */
static int scan(struct peer_change *change)
{
	int err = gpusvm_topology_new(change->ctx, &change->topology);

	if (!err)
		return 0;
	change->topology = NULL;
	if (err == -ENOENT)
		return 0;
	say("cannot read the topology: %s", strerror(-err));
	return EXIT_ERROR;
}

static int read_current(struct peer_change *change)
{
	int err;

	if (gpusvm_peers_new(change->ctx, &change->current) ||
	    gpusvm_peers_new(change->ctx, &change->wanted))
		check_memory(NULL);
	err = gpusvm_peers_read_kernel(change->current);
	if (err == -ENOENT) {
		say("no peer groups in %s/sys: neither configfs nor a topology is there",
		    change->options->sysroot ?: "");
		return EXIT_NO_TOPOLOGY;
	}
	if (err)
		return peers_error(change->current, err);
	if (gpusvm_peers_merge(change->wanted, change->current))
		check_memory(NULL);
	return 0;
}

/* From before it is read how groups are until they are changed */
static int lock_groups(struct peer_change *change)
{
	int err = gpusvm_peers_lock(change->ctx, false, &change->lock);

	if (err == -EAGAIN) {
		say("waiting for somebody else who changes the groups");
		err = gpusvm_peers_lock(change->ctx, true, &change->lock);
	}
	if (!err)
		return 0;
	say("cannot lock the groups: /run/gpusvm-peer-groups/lock: %s", strerror(-err));
	return EXIT_ERROR;
}

/* Returns 0, or what to exit with; peers_end() has to be called in any case */
int peers_begin(struct peer_change *change, bool lock)
{
	int status;

	change->lock = -1;

	if (change->options->synthetic) {
		say("nobody has made peer groups of a topology that is made up");
		return EXIT_USAGE;
	}
	status = open_context(change->options, &change->ctx);
	if (!status && lock)
		status = lock_groups(change);
	if (!status)
		status = scan(change);
	return status ?: read_current(change);
}

void peers_end(struct peer_change *change)
{
	gpusvm_peers_free(change->current);
	gpusvm_peers_free(change->wanted);
	gpusvm_topology_unref(change->topology);
	gpusvm_unref(change->ctx);
	if (change->lock >= 0)
		close(change->lock);
}

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

static int print_plan(const struct peer_change *change, const struct gpusvm_peer_plan *plan)
{
	struct json_object *document, *problems;
	const char *problem;

	if (!change->options->json) {
		print_steps(plan);
		return 0;
	}

	problems = json_array();
	for (size_t i = 0; (problem = gpusvm_peer_plan_get_problem(plan, i)); i++)
		json_append(problems, json_text(problem));
	document = document_new("group", change->topology);
	json_set(document, "steps", steps_array(plan));
	json_set(document, "problems", problems);
	return document_print(document);
}

static int refusal(int err)
{
	return err == -EBUSY ? EXIT_BUSY : EXIT_REFUSED;
}

/* Without a topology, nothing can be foretold */
static int foretell(const struct peer_change *change, struct gpusvm_peer_plan *plan)
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

/* A group that was in the way may have changed since: it is looked at once more */
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
	if (err == -ENOMEM)
		check_memory(NULL);
	say("%s", gpusvm_peer_plan_get_error(plan));
	switch (err) {
	case -EBUSY:
		say_who(change, gpusvm_peer_plan_get_busy(plan));
		return EXIT_BUSY;
	case -ENOLINK:
	case -EINVAL:
		return EXIT_REFUSED;
	default:
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

/* Who makes groups by hand knows what is there, and what is not can appear */
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
		say("%s: not in sysfs", gpusvm_peer_group_get_name(group));
	else if (err == -EEXIST)
		say("%s: has others in it than its members", gpusvm_peer_group_get_name(group));
	say_members(group, topology);
	return EXIT_NOT_AS_REQUIRED;
}

/* By sysfs, which says what is in force, and not by what was written */
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

static int carry_out(struct peer_change *change, struct gpusvm_peer_plan *plan)
{
	int err;

	if (change->dry_run)
		return foretell(change, plan);
	err = gpusvm_peer_plan_apply(plan);
	return err ? say_refusal(change, plan, err) : verify(change);
}

/* Makes what is wanted, or prints how. Returns what to exit with */
int peers_carry_out(struct peer_change *change)
{
	struct gpusvm_peer_plan *plan;
	int status;

	if (gpusvm_peer_plan_new(change->current, change->wanted, &plan))
		check_memory(NULL);
	status = carry_out(change, plan);
	gpusvm_peer_plan_free(plan);
	return status;
}
