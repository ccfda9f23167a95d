// SPDX-License-Identifier: GPL-2.0-or-later
/* Peer groups as they are configured, and what has become of them */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "group.h"

/* A group with what is in force of it */
struct peer {
	const struct gpusvm_peer_group *group;
	const struct gpusvm_topology *topology;
};

static struct json_object *name(const void *object)
{
	const struct peer *peer = object;

	return json_text(gpusvm_peer_group_get_name(peer->group));
}

static struct json_object *enabled(const void *object)
{
	const struct peer *peer = object;

	return json_boolean(0, gpusvm_peer_group_is_enabled(peer->group));
}

static struct json_object *members(const void *object)
{
	struct json_object *array = json_array();
	const struct peer *peer = object;
	const char *uid;

	for (size_t i = 0; (uid = gpusvm_peer_group_get_member(peer->group, i)); i++)
		json_append(array, json_text(uid));
	return array;
}

/* NULL if it is not known, or does not apply as the group is not in force */
static struct json_object *in_state(const struct peer *peer, enum gpusvm_peer_state state)
{
	struct json_object *array;
	const char *uid;

	if (!peer->topology || !gpusvm_peer_group_is_enabled(peer->group))
		return NULL;
	array = json_array();
	for (size_t i = 0; (uid = gpusvm_peer_group_get_member(peer->group, i)); i++) {
		if (gpusvm_peer_group_get_state(peer->group, uid, peer->topology) == state)
			json_append(array, json_text(uid));
	}
	return array;
}

static struct json_object *joined(const void *object)
{
	return in_state(object, GPUSVM_PEER_JOINED);
}

static struct json_object *absent(const void *object)
{
	return in_state(object, GPUSVM_PEER_ABSENT);
}

static struct json_object *refused(const void *object)
{
	return in_state(object, GPUSVM_PEER_REFUSED);
}

static const struct gpusvm_group *in_force(const struct peer *peer)
{
	if (!peer->topology || !gpusvm_peer_group_is_enabled(peer->group))
		return NULL;
	return gpusvm_group_find_by_name(peer->topology,
					 gpusvm_peer_group_get_name(peer->group));
}

static struct json_object *users(const void *object)
{
	const struct gpusvm_group *group = in_force(object);
	uint64_t number = 0;
	int err;

	if (!group)
		return NULL;
	err = gpusvm_group_get_users(group, &number);
	return json_number(err, number);
}

static struct json_object *holders(const void *object)
{
	const struct gpusvm_group *group = in_force(object);
	const struct gpusvm_holder *holder;
	struct gpusvm_holders *found;
	struct json_object *array;

	if (!group || gpusvm_holders_new(group, &found))
		return NULL;
	array = json_array();
	for (size_t i = 0; (holder = gpusvm_holders_get(found, i)); i++) {
		char *text = text_format("%d:%s:%s", holder->pid, holder->name, holder->node);

		json_append(array, json_text(text));
		free(text);
	}
	gpusvm_holders_free(found);
	return array;
}

static const struct column columns[] = {
	{ "NAME", "name", "name of the group", COLUMN_DEFAULT, name, NULL },
	{ "ENABLED", "enabled", "1 if it is in force", COLUMN_DEFAULT | COLUMN_RIGHT, enabled,
	  NULL },
	{ "MEMBERS", "members", "uids of its members", COLUMN_DEFAULT, members, NULL },
	{ "JOINED", "joined", "those that are in the group", 0, joined, NULL },
	{ "ABSENT", "absent", "those that are not there", COLUMN_DEFAULT, absent, NULL },
	{ "REFUSED", "refused", "those that are in another group", COLUMN_DEFAULT, refused,
	  NULL },
	{ "USERS", "users", "open SVM VMs plus pagemaps in use", COLUMN_DEFAULT | COLUMN_RIGHT,
	  users, NULL },
	{ "HOLDERS", "holders", "processes that have its GPUs open, PID:NAME:NODE", 0, holders,
	  NULL },
	{ 0 }
};

static const struct kind peer_kind = { .name = "peer_groups", .columns = columns };

void peers_show_help(void)
{
	columns_help(&peer_kind);
}

static void add(struct output *output, const struct peer_change *change,
		const struct gpusvm_peer_group *group)
{
	const struct peer peer = { group, change->topology };

	output_add(output, &peer);
}

static int add_named(struct output *output, const struct peer_change *change, char **names)
{
	int status = 0;

	for (; *names; names++) {
		const struct gpusvm_peer_group *group;

		group = gpusvm_peers_find_group(change->current, *names);
		if (group) {
			add(output, change, group);
			continue;
		}
		say("no peer group is called \"%s\"", *names);
		status = EXIT_NOT_FOUND;
	}
	return status;
}

int peers_show(struct peer_change *change, char **names)
{
	struct output *output = output_new(&peer_kind, change->options);
	const struct gpusvm_peer_group *group;
	int status = 0, printed;

	if (!output)
		return usage_error("group");
	if (*names)
		status = add_named(output, change, names);
	else
		for (size_t i = 0; (group = gpusvm_peers_get_group(change->current, i)); i++)
			add(output, change, group);
	printed = output_print(output, "group", change->topology);
	output_free(output);
	return printed ?: status;
}

static void say_pagemaps(const struct gpusvm_group *group)
{
	const struct gpusvm_pagemap *pagemap;

	gpusvm_group_pagemap_foreach(group, pagemap) {
		const char *state = gpusvm_pagemap_get_state(pagemap);

		if (state && !strcmp(state, "active"))
			say("  pagemap %u is in use", gpusvm_pagemap_get_id(pagemap));
	}
}

/* Who is in the way of a change, as far as that can be found out */
void say_holders(const struct gpusvm_group *group)
{
	const struct gpusvm_holder *holder;
	struct gpusvm_holders *holders;
	uint64_t users = 0;

	gpusvm_group_get_users(group, &users);
	say("%s has %llu users:", gpusvm_group_get_name(group), (unsigned long long)users);
	say_pagemaps(group);
	if (gpusvm_holders_new(group, &holders))
		return;
	for (size_t i = 0; (holder = gpusvm_holders_get(holders, i)); i++)
		say("  process %d (%s) has %s open", holder->pid, holder->name, holder->node);
	if (!gpusvm_holders_are_all(holders))
		say("  only root sees all processes");
	gpusvm_holders_free(holders);
}
