// SPDX-License-Identifier: GPL-2.0-or-later
/* Peer groups from files */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group.h"

static int write_text(const char *path, const char *text)
{
	FILE *stream = fopen(path, "we");
	int bad;

	if (!stream)
		return -errno;
	bad = fputs(text, stream) < 0 || fflush(stream) || fsync(fileno(stream));
	return fclose(stream) || bad ? -EIO : 0;
}

/* Replaces a file as a whole: no reader sees half of it. Returns what to exit with */
int replace_file(const char *path, const char *text)
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

static int read_path(struct gpusvm_peers *peers, const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return gpusvm_peers_read_directory(peers, path);
	return gpusvm_peers_read_file(peers, path);
}

/* Files or directories. Returns 0, or what to exit with */
int read_files(struct peer_change *change, char **paths)
{
	int err = 0;

	change->files = peers_new(change);
	if (!*paths)
		err = read_path(change->files, GROUPS_DIRECTORY);
	for (; *paths && !err; paths++)
		err = read_path(change->files, *paths);
	if (!err)
		return 0;
	peers_error(change->files, err);
	return EXIT_BAD_FILE;
}

int peers_apply(struct peer_change *change, const struct arguments *arguments)
{
	int status = read_files(change, arguments->words);

	if (status)
		return status;
	if (gpusvm_peers_merge(change->wanted, change->files))
		check_memory(NULL);
	change->required = true;
	return 0;
}

int peers_restore(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group;

	for (size_t i = 0; (group = gpusvm_peers_get_group(change->wanted, i)); i++)
		gpusvm_peer_group_set_enabled(group, false);
	return peers_apply(change, arguments);
}
