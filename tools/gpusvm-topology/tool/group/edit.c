// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of single peer groups */
#include <errno.h>

#include "group.h"

/* NULL after a message */
static struct gpusvm_peer_group *find_group(const struct peer_change *change, const char *name)
{
	struct gpusvm_peer_group *group = gpusvm_peers_find_group(change->wanted, name);

	if (!group)
		say("no peer group is called \"%s\"", name);
	return group;
}

typedef int (*member_fn)(struct gpusvm_peer_group *group, const char *uid);

/*
 * Calls @fn with the uid of each GPU of this name until one call fails, and returns its
 * error. A GPU that is absent is named by its uid.
 */
static int each_uid(const struct peer_change *change, struct gpusvm_peer_group *group,
		    const char *name, member_fn fn)
{
	const struct gpusvm_initiator *initiator = NULL;
	int err = 0;

	if (change->topology)
		initiator = gpusvm_initiator_find(change->topology, name);
	if (!initiator)
		return fn(group, name);
	while (initiator && !err) {
		err = fn(group, gpusvm_initiator_get_uid(initiator));
		initiator = gpusvm_initiator_find_next(change->topology, name, initiator);
	}
	return err;
}

static int add_member(struct gpusvm_peer_group *group, const char *uid)
{
	int err = gpusvm_peer_group_add_member(group, uid);

	return err == -EEXIST ? 0 : err;
}

static int add_members(const struct peer_change *change, struct gpusvm_peer_group *group,
		       char **names)
{
	for (; *names; names++) {
		switch (each_uid(change, group, *names, add_member)) {
		case 0:
			break;
		case -EINVAL:
			say("no GPU is called \"%s\", and it is not the uid of an initiator",
			    *names);
			return EXIT_NOT_FOUND;
		default:
			check_memory(NULL);
		}
	}
	return 0;
}

int peers_create(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = NULL;
	int err;

	err = gpusvm_peers_add_group(change->wanted, *arguments->words, &group);
	if (err)
		return peers_error(change->wanted, err);
	gpusvm_peer_group_set_enabled(group, arguments->enable);
	return add_members(change, group, arguments->words + 1);
}

int peers_add(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = find_group(change, *arguments->words);

	return group ? add_members(change, group, arguments->words + 1) : EXIT_NOT_FOUND;
}

int peers_remove(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = find_group(change, *arguments->words);

	if (!group)
		return EXIT_NOT_FOUND;
	for (char **name = arguments->words + 1; *name; name++) {
		if (!each_uid(change, group, *name, gpusvm_peer_group_remove_member))
			continue;
		say("\"%s\" is not a member of %s", *name, *arguments->words);
		return EXIT_NOT_FOUND;
	}
	return 0;
}

static int switch_groups(struct peer_change *change, char **names, bool enabled)
{
	for (; *names; names++) {
		struct gpusvm_peer_group *group = find_group(change, *names);

		if (!group)
			return EXIT_NOT_FOUND;
		gpusvm_peer_group_set_enabled(group, enabled);
	}
	return 0;
}

int peers_enable(struct peer_change *change, const struct arguments *arguments)
{
	return switch_groups(change, arguments->words, true);
}

int peers_disable(struct peer_change *change, const struct arguments *arguments)
{
	return switch_groups(change, arguments->words, false);
}

int peers_delete(struct peer_change *change, const struct arguments *arguments)
{
	for (char **name = arguments->words; *name; name++) {
		struct gpusvm_peer_group *group = find_group(change, *name);

		if (!group)
			return EXIT_NOT_FOUND;
		gpusvm_peers_remove_group(change->wanted, group);
	}
	return 0;
}
