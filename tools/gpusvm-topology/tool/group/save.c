// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of the peer groups that are in force */
#include <errno.h>
#include <stdlib.h>

#include "group.h"

/* Keeps comments and "require", which the kernel does not know */
static int save_group(struct gpusvm_peer_group *group, const struct gpusvm_peer_group *former,
		      const char *path)
{
	char *text;
	int status;

	if (former && gpusvm_peer_group_has_same_members(group, former))
		return 0;
	if (former)
		gpusvm_peer_group_set_require(group, gpusvm_peer_group_get_require(former));
	switch (gpusvm_peer_group_format(group, &text)) {
	case 0:
		break;
	case -EINVAL:
		say("%s: no file can describe this group", gpusvm_peer_group_get_name(group));
		return EXIT_ERROR;
	default:
		check_memory(NULL);
	}
	status = replace_file(path, text);
	free(text);
	return status;
}

static int save_groups(struct peer_change *change, const struct gpusvm_peers *former,
		       const char *directory)
{
	struct gpusvm_peer_group *group;
	int status = 0;

	for (size_t i = 0; (group = gpusvm_peers_get_group(change->current, i)); i++) {
		const char *name = gpusvm_peer_group_get_name(group);
		char *path;

		if (!gpusvm_peer_group_is_enabled(group))
			continue;
		path = text_format("%s/%s.conf", directory, name);
		status = save_group(group, gpusvm_peers_find_group(former, name), path) ?: status;
		free(path);
	}
	return status;
}

/* A file of a group that is not in force puts it in force again at the next boot */
static int say_others(const struct peer_change *change, const struct gpusvm_peers *former,
		      const char *directory)
{
	const struct gpusvm_peer_group *file, *group;
	int status = 0;

	for (size_t i = 0; (file = gpusvm_peers_get_group(former, i)); i++) {
		const char *name = gpusvm_peer_group_get_name(file);

		group = gpusvm_peers_find_group(change->current, name);
		if (group && gpusvm_peer_group_is_enabled(group))
			continue;
		say("warning: %s/%s.conf: left as it is, and the group is not in force",
		    directory, name);
		status = EXIT_WARNINGS;
	}
	return status;
}

/* Writes files of the groups in force. Returns what to exit with */
int peers_save(struct peer_change *change, const struct arguments *arguments)
{
	const char *directory = *arguments->words ?: GROUPS_DIRECTORY;
	struct gpusvm_peers *former = peers_new(change);
	int err, status, others;

	err = gpusvm_peers_read_directory(former, directory);
	if (err) {
		status = peers_error(former, err);
	} else {
		status = save_groups(change, former, directory);
		others = say_others(change, former, directory);
		status = status ?: others;
	}
	gpusvm_peers_free(former);
	return status;
}
