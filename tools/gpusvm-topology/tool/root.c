// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot/archive-tree.h"
#include "root.h"
#include "tool.h"

/* Returns NULL for a directory. Commands open the sysroot before, and report errors then */
static struct json_object *tree_of(const char *sysroot)
{
	struct json_object *tree;

	return root_open(sysroot, &tree) ? tree : NULL;
}

static char *path_of(const char *sysroot, const char *name)
{
	return text_format("%s/%s", sysroot ?: "", name);
}

static int get_type_in_tree(struct json_object *tree, const char *name, enum root_type *type)
{
	struct json_object *entry;
	int err = tree_find(tree, name, 0, &entry);

	if (err)
		return err;
	if (tree_link_target(entry))
		*type = ROOT_LINK;
	else
		*type = json_object_is_type(entry, json_type_object) ? ROOT_DIRECTORY : ROOT_FILE;
	return 0;
}

/* Does not follow links */
int root_get_type(const char *sysroot, const char *name, enum root_type *type)
{
	struct json_object *tree = tree_of(sysroot);
	char *path;
	struct stat st;
	int err;

	if (tree)
		return get_type_in_tree(tree, name, type);
	path = path_of(sysroot, name);
	err = lstat(path, &st) ? -errno : 0;
	free(path);
	if (err)
		return err;
	*type = S_ISREG(st.st_mode) ? ROOT_FILE : S_ISLNK(st.st_mode) ? ROOT_LINK :
		S_ISDIR(st.st_mode) ? ROOT_DIRECTORY : ROOT_OTHER;
	return 0;
}

static int read_all(int fd, size_t most, char **data, size_t *size)
{
	char *buffer = check_memory(malloc(most + 1));
	ssize_t count;

	*size = 0;
	while ((count = read(fd, buffer + *size, most - *size)) > 0)
		*size += count;
	if (count < 0) {
		free(buffer);
		return -errno;
	}
	buffer[*size] = '\0';
	*data = check_memory(realloc(buffer, *size + 1));
	return 0;
}

/* Reads up to @most bytes of a file, and adds a terminator. Does not follow links */
int root_read(const char *sysroot, const char *name, size_t most, char **data, size_t *size)
{
	struct json_object *tree = tree_of(sysroot);
	int fd, err;
	char *path;

	if (tree) {
		err = tree_files.read(tree, name, data, size);
		if (err)
			return err;
		if (*size > most)
			*size = most;
		(*data)[*size] = '\0';
		return 0;
	}
	path = path_of(sysroot, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	err = fd < 0 ? -errno : read_all(fd, most, data, size);
	if (fd >= 0)
		close(fd);
	free(path);
	return err;
}

int root_read_link(const char *sysroot, const char *name, char **target)
{
	struct json_object *tree = tree_of(sysroot);
	char buffer[PATH_MAX], *path;
	ssize_t length;

	if (tree)
		return tree_files.read_link(tree, name, target);
	path = path_of(sysroot, name);
	length = readlink(path, buffer, sizeof(buffer) - 1);
	free(path);
	if (length < 0)
		return -errno;
	buffer[length] = '\0';
	*target = text_copy(buffer);
	return 0;
}

struct listing {
	char **names;
	size_t count;
};

static int add_name(const char *name, void *data)
{
	struct listing *listing = data;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	listing->names = check_memory(reallocarray(listing->names, listing->count + 1,
						   sizeof(*listing->names)));
	listing->names[listing->count++] = text_copy(name);
	return 0;
}

static int list_directory(const char *path, struct listing *listing)
{
	const struct dirent *entry;
	DIR *stream = opendir(path);

	if (!stream)
		return -errno;
	while ((entry = readdir(stream)))
		add_name(entry->d_name, listing);
	closedir(stream);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lists a directory in sorted order, without "." and ".." */
int root_list(const char *sysroot, const char *name, char ***names, size_t *count)
{
	struct json_object *tree = tree_of(sysroot);
	struct listing listing = { 0 };
	char *path;
	int err;

	if (tree) {
		err = tree_files.list(tree, name, add_name, &listing);
	} else {
		path = path_of(sysroot, name);
		err = list_directory(path, &listing);
		free(path);
	}
	if (listing.count)
		qsort(listing.names, listing.count, sizeof(*listing.names), compare_names);
	*names = listing.names;
	*count = listing.count;
	return err;
}
