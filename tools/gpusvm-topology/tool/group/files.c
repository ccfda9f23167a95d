// SPDX-License-Identifier: GPL-2.0-or-later
/* Peer groups to and from files */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group.h"

/* A file, or all of a directory. Returns what the library does */
int peers_read(struct gpusvm_peers *peers, const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return gpusvm_peers_read_directory(peers, path);
	return gpusvm_peers_read_file(peers, path);
}

static bool same_members(const struct gpusvm_peer_group *a, const struct gpusvm_peer_group *b)
{
	const char *uid;
	size_t count = 0;

	for (; (uid = gpusvm_peer_group_get_member(a, count)); count++) {
		if (!gpusvm_peer_group_has_member(b, uid))
			return false;
	}
	return !gpusvm_peer_group_get_member(b, count);
}

static int write_text(const char *path, const char *text)
{
	FILE *stream = fopen(path, "we");
	int bad;

	if (!stream)
		return -errno;
	bad = fputs(text, stream) < 0 || fflush(stream) || fsync(fileno(stream));
	return fclose(stream) || bad ? -EIO : 0;
}

/* A file is replaced as a whole, so that no reader ever sees half of it */
static int replace_file(const char *path, const char *text)
{
	char *fresh = text_format("%s.tmp", path);
	int err;

	err = write_text(fresh, text);
	if (!err && rename(fresh, path))
		err = -errno;
	if (err) {
		say("%s: %s", path, strerror(-err));
		unlink(fresh);
	}
	free(fresh);
	return err ? EXIT_ERROR : 0;
}

/* What the kernel does not know is kept: comments, and "require" */
static int save_group(struct gpusvm_peer_group *group, const struct gpusvm_peer_group *former,
		      const char *path)
{
	char *text;
	int status;

	if (former && same_members(group, former))
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

/* Files of groups that are not in force would put them in force again */
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

/* Writes the groups in force. Returns what to exit with */
int peers_save(struct peer_change *change, const char *directory)
{
	struct gpusvm_peers *former;
	int err, status, others;

	if (gpusvm_peers_new(change->ctx, &former))
		check_memory(NULL);
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
