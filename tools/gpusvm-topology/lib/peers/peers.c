// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define NAME_LENGTH_MAX 63
#define UID_LENGTH_MAX 128

static const char *const requirements[] = { "all", "any", "none" };

/* The rule of the kernel */
bool is_group_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= NAME_LENGTH_MAX && strncmp(name, "auto-", 5) &&
	       !strchr("_.-", *name) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == length;
}

/* That of the kernel, too: <bus>-<device name>, and the name of a directory */
bool is_initiator_uid(const char *uid)
{
	const char *dash = strchr(uid, '-');

	return dash && dash != uid && dash[1] && strlen(uid) <= UID_LENGTH_MAX &&
	       is_word(uid) && !strchr(uid, '/');
}

/* Replaces the text of an error, and returns @err, or -ENOMEM */
int set_error(char **error, int err, const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return -ENOMEM;

	make_printable(text);
	free(*error);
	*error = text;
	return err;
}

static void member_free(void *item)
{
	struct peer_member *member = item;

	free(member->uid);
	free(member);
}

void peer_group_free(void *item)
{
	struct gpusvm_peer_group *group = item;

	list_free(&group->members, member_free);
	free(group->name);
	free(group->file);
	free(group);
}

struct gpusvm_peer_group *peer_group_new(const char *name)
{
	struct gpusvm_peer_group *group = calloc(1, sizeof(*group));

	if (!group)
		return NULL;
	group->require = requirements[0];
	group->name = strdup(name);
	if (!group->name) {
		peer_group_free(group);
		return NULL;
	}
	return group;
}

struct peer_member *peer_group_find(const struct gpusvm_peer_group *group, const char *uid)
{
	for (size_t i = 0; i < group->members.count; i++) {
		struct peer_member *member = group->members.items[i];

		if (!strcmp(member->uid, uid))
			return member;
	}
	return NULL;
}

int peer_group_add(struct gpusvm_peer_group *group, const char *uid, unsigned int line)
{
	struct peer_member *member = calloc(1, sizeof(*member));

	if (!member)
		return -ENOMEM;
	member->line = line;
	member->uid = strdup(uid);
	if (!member->uid || list_add(&group->members, member)) {
		member_free(member);
		return -ENOMEM;
	}
	return 0;
}

static int compare_groups(const void *a, const void *b)
{
	const struct gpusvm_peer_group *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

/* Takes @group over, also if it fails */
int peers_take(struct gpusvm_peers *peers, struct gpusvm_peer_group *group)
{
	if (!group)
		return -ENOMEM;
	if (list_add(&peers->groups, group)) {
		peer_group_free(group);
		return -ENOMEM;
	}
	list_sort(&peers->groups, compare_groups);
	return 0;
}

static struct gpusvm_peer_group *group_copy(const struct gpusvm_peer_group *group)
{
	struct gpusvm_peer_group *copy = peer_group_new(group->name);
	int err = 0;

	if (!copy)
		return NULL;
	copy->enabled = group->enabled;
	copy->require = group->require;
	for (size_t i = 0; !err && i < group->members.count; i++) {
		const struct peer_member *member = group->members.items[i];

		err = peer_group_add(copy, member->uid, member->line);
	}
	if (!err && group->file) {
		copy->file = strdup(group->file);
		err = copy->file ? 0 : -ENOMEM;
	}
	if (err) {
		peer_group_free(copy);
		return NULL;
	}
	return copy;
}

GPUSVM_EXPORT int gpusvm_peers_new(struct gpusvm_ctx *ctx, struct gpusvm_peers **peers)
{
	struct gpusvm_peers *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->ctx = gpusvm_ref(ctx);
	*peers = new;
	return 0;
}

GPUSVM_EXPORT void gpusvm_peers_free(struct gpusvm_peers *peers)
{
	if (!peers)
		return;
	list_free(&peers->groups, peer_group_free);
	gpusvm_unref(peers->ctx);
	free(peers->error);
	free(peers);
}

int peers_copy(const struct gpusvm_peers *peers, struct gpusvm_peers **copy)
{
	int err;

	err = gpusvm_peers_new(peers->ctx, copy);
	if (err)
		return err;
	err = gpusvm_peers_merge(*copy, peers);
	if (err)
		gpusvm_peers_free(*copy);
	return err;
}

GPUSVM_EXPORT const char *gpusvm_peers_get_error(const struct gpusvm_peers *peers)
{
	return peers->error ? peers->error : "";
}

GPUSVM_EXPORT int gpusvm_peers_merge(struct gpusvm_peers *peers,
				     const struct gpusvm_peers *from)
{
	for (size_t i = 0; i < from->groups.count; i++) {
		const struct gpusvm_peer_group *group = from->groups.items[i];
		struct gpusvm_peer_group *copy = group_copy(group);
		struct gpusvm_peer_group *former;

		if (!copy)
			return -ENOMEM;
		former = gpusvm_peers_find_group(peers, group->name);
		if (former)
			gpusvm_peers_remove_group(peers, former);
		if (peers_take(peers, copy))
			return -ENOMEM;
	}
	return 0;
}

GPUSVM_EXPORT int gpusvm_peers_add_group(struct gpusvm_peers *peers, const char *name,
					 struct gpusvm_peer_group **group)
{
	struct gpusvm_peer_group *new;

	if (!is_group_name(name))
		return set_error(&peers->error, -EINVAL,
				 "\"%s\" is not the name of a group", name);
	if (gpusvm_peers_find_group(peers, name))
		return set_error(&peers->error, -EEXIST,
				 "there is a group \"%s\" already", name);
	new = peer_group_new(name);
	if (peers_take(peers, new))
		return -ENOMEM;
	*group = new;
	return 0;
}

GPUSVM_EXPORT void gpusvm_peers_remove_group(struct gpusvm_peers *peers,
					     struct gpusvm_peer_group *group)
{
	list_remove(&peers->groups, group);
	peer_group_free(group);
}

GPUSVM_EXPORT struct gpusvm_peer_group *
gpusvm_peers_find_group(const struct gpusvm_peers *peers, const char *name)
{
	const struct gpusvm_peer_group key = { .name = (char *)name };

	return list_find(&peers->groups, &key, compare_groups);
}

GPUSVM_EXPORT struct gpusvm_peer_group *
gpusvm_peers_get_group(const struct gpusvm_peers *peers, size_t index)
{
	return list_get(&peers->groups, index);
}

GPUSVM_EXPORT const char *
gpusvm_peer_group_get_name(const struct gpusvm_peer_group *group)
{
	return group->name;
}

GPUSVM_EXPORT bool gpusvm_peer_group_is_enabled(const struct gpusvm_peer_group *group)
{
	return group->enabled;
}

GPUSVM_EXPORT void gpusvm_peer_group_set_enabled(struct gpusvm_peer_group *group,
						 bool enabled)
{
	group->enabled = enabled;
}

GPUSVM_EXPORT const char *
gpusvm_peer_group_get_require(const struct gpusvm_peer_group *group)
{
	return group->require;
}

GPUSVM_EXPORT int gpusvm_peer_group_set_require(struct gpusvm_peer_group *group,
						const char *require)
{
	for (size_t i = 0; i < sizeof(requirements) / sizeof(*requirements); i++) {
		if (!strcmp(requirements[i], require)) {
			group->require = requirements[i];
			return 0;
		}
	}
	return -EINVAL;
}

GPUSVM_EXPORT const char *
gpusvm_peer_group_get_member(const struct gpusvm_peer_group *group, size_t index)
{
	const struct peer_member *member = list_get(&group->members, index);

	return member ? member->uid : NULL;
}

GPUSVM_EXPORT bool gpusvm_peer_group_has_member(const struct gpusvm_peer_group *group,
						const char *uid)
{
	return peer_group_find(group, uid);
}

GPUSVM_EXPORT int gpusvm_peer_group_add_member(struct gpusvm_peer_group *group,
					       const char *uid)
{
	if (!is_initiator_uid(uid))
		return -EINVAL;
	return peer_group_find(group, uid) ? -EEXIST : peer_group_add(group, uid, 0);
}

GPUSVM_EXPORT int gpusvm_peer_group_remove_member(struct gpusvm_peer_group *group,
						  const char *uid)
{
	struct peer_member *member = peer_group_find(group, uid);

	if (!member)
		return -ENOENT;
	list_remove(&group->members, member);
	member_free(member);
	return 0;
}
