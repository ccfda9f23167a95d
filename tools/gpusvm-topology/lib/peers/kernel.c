// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the peer groups that are configured */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

/* Copies of configfs may lack the file */
static int read_text(const struct dir *dir, const char *name, char **text)
{
	int err;

	err = dir_read(dir, name, text);
	if (!err)
		make_printable(*text);
	return err == -ENOMEM ? err : 0;
}

/* A member may be removed while it is read */
static int read_member(const struct dir *members, struct peer_member *member)
{
	struct dir dir;
	int err;

	err = dir_open_child(&dir, members, member->uid);
	if (err)
		return err == -ENOMEM ? err : 0;
	err = read_text(&dir, "state", &member->state);
	if (!err)
		err = read_text(&dir, "reason", &member->reason);
	dir_close(&dir);
	return err;
}

static int add_member(const struct dir *dir, const char *name, void *data)
{
	struct gpusvm_peer_group *group = data;
	int err;

	if (!is_initiator_uid(name))
		return 0;
	err = peer_group_add(group, name, 0);
	return err ? err : read_member(dir, peer_group_find(group, name));
}

/* In the order of the initiators of a topology */
static int compare_members(const void *a, const void *b)
{
	const struct peer_member *const *left = a, *const *right = b;

	return strverscmp((*left)->uid, (*right)->uid);
}

static int read_members(const struct dir *dir, struct gpusvm_peer_group *group)
{
	struct dir members;
	int err;

	err = dir_open_child(&members, dir, "members");
	if (err)
		return dir_warn_error(dir, "members", err);
	err = dir_scan(&members, add_member, group);
	dir_close(&members);
	list_sort(&group->members, compare_members);
	return err;
}

static int read_group(const struct dir *dir, struct gpusvm_peer_group *group)
{
	char *text;
	int err;

	err = dir_read(dir, "enabled", &text);
	if (!err) {
		group->enabled = !strcmp(text, "1");
		free(text);
	} else {
		err = dir_warn_error(dir, "enabled", err);
	}
	return err ? err : read_members(dir, group);
}

/* A group may be removed while it is read */
static int add_group(const struct dir *groups, const char *name, void *data)
{
	struct gpusvm_peers *peers = data;
	struct gpusvm_peer_group *group;
	struct dir dir;
	int err;

	if (!is_group_name(name))
		return 0;
	err = dir_open_child(&dir, groups, name);
	if (err)
		return err == -ENOENT ? 0 : dir_warn_error(groups, name, err);

	group = peer_group_new(name);
	err = group ? read_group(&dir, group) : -ENOMEM;
	dir_close(&dir);
	if (!err)
		return peers_take(peers, group);
	if (group)
		peer_group_free(group);
	return err;
}

static int read_config(struct gpusvm_peers *peers, struct gpusvm_topology *here)
{
	struct dir groups;
	int err;

	err = dir_open(&groups, here, CONFIG_DIR "/groups");
	if (err)
		return err;
	err = dir_scan(&groups, add_group, peers);
	dir_close(&groups);
	return err;
}

/* What belongs together in configfs changes together with the generation, which a copy may lack */
static int attempt(void *data, bool last, bool *retry)
{
	struct gpusvm_peers *peers = data;
	struct gpusvm_topology here = { .ctx = peers->ctx };
	struct figure before, after;
	int err;

	list_free(&peers->groups, peer_group_free);
	if (topology_read_generation(&here, &before) == -ENOMEM)
		return -ENOMEM;
	*retry = before.known && before.value % 2;
	if (*retry && !last)
		return 0;

	err = read_config(peers, &here);
	if (!err && before.known) {
		if (topology_read_generation(&here, &after) == -ENOMEM)
			err = -ENOMEM;
		*retry |= !after.known || after.value != before.value;
	}
	if (!err && *retry && last)
		err = topology_warn_changing(&here);
	if (*retry && !last)
		topology_drop_messages(&here);
	topology_emit(&here);
	return err;
}

/* Moves all groups, in which no other one has the same name */
static int move_groups(struct gpusvm_peers *from, struct gpusvm_peers *to)
{
	int err = 0;

	while (!err && from->groups.count) {
		struct gpusvm_peer_group *group = from->groups.items[from->groups.count - 1];

		if (gpusvm_peers_find_group(to, group->name))
			return set_error(&to->error, -EEXIST,
					 "group \"%s\" exists already", group->name);
		from->groups.count--;
		err = peers_take(to, group);
	}
	return err;
}

static int read_configfs(struct gpusvm_peers *peers)
{
	struct gpusvm_peers *configured;
	bool retry;
	int err;

	err = gpusvm_peers_new(peers->ctx, &configured);
	if (err)
		return err;
	err = retry_attempts(attempt, configured, &retry);
	if (!err)
		err = move_groups(configured, peers);
	gpusvm_peers_free(configured);
	return err;
}

static int add_from_sysfs(struct gpusvm_peers *peers, const struct gpusvm_group *group)
{
	const struct gpusvm_initiator *initiator;
	struct gpusvm_peer_group *peer;
	int err;

	err = gpusvm_peers_add_group(peers, group->name, &peer);
	if (err)
		return err;
	peer->enabled = true;
	gpusvm_group_initiator_foreach(group, initiator) {
		if (!err && is_initiator_uid(initiator->uid))
			err = peer_group_add(peer, initiator->uid, 0);
	}
	return err;
}

static int read_sysfs(struct gpusvm_peers *peers)
{
	struct gpusvm_topology *topology;
	const struct gpusvm_group *group;
	int err;

	err = gpusvm_topology_new(peers->ctx, &topology);
	if (err)
		return err;
	gpusvm_group_foreach(topology, group) {
		if (!err && group->origin && !strcmp(group->origin, "admin") &&
		    is_group_name(group->name))
			err = add_from_sysfs(peers, group);
	}
	gpusvm_topology_unref(topology);
	return err;
}

GPUSVM_EXPORT int gpusvm_peers_read_kernel(struct gpusvm_peers *peers)
{
	int err;

	err = read_configfs(peers);
	if (err == -ENOENT || err == -EACCES)
		err = read_sysfs(peers);
	if (err == -ENOMEM || err == -EEXIST || !err)
		return err;
	return set_error(&peers->error, err, "%s%s: %s", peers->ctx->sysroot, CONFIG_DIR,
			 strerrordesc_np(-err));
}
