// SPDX-License-Identifier: GPL-2.0-or-later
/* Snapshots in archives. The process reads each archive once. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive.h"
#include "root.h"
#include "tool.h"

/* One for --sysroot, one for the baseline of check */
static struct archive {
	const char *name;
	struct json_object *tree;
} archives[2];
static size_t archive_count;

static void close_all(void)
{
	while (archive_count)
		json_object_put(archives[--archive_count].tree);
}

static struct json_object *read_archive(const char *name)
{
	struct json_object *tree;
	struct stream stream;

	if (!stream_open(&stream, name))
		return NULL;
	tree = tar_read(stream.file, name);
	if (stream_close(&stream, !tree))
		return tree;
	json_object_put(tree);
	return NULL;
}

/* Returns false if @name does not exist: opening it as a directory reports the error */
bool root_is_archive(const char *name)
{
	struct stat st;

	return name && !stat(name, &st) && !S_ISDIR(st.st_mode);
}

/* Sets @tree to NULL for a directory. Prints an error and returns false on failure */
bool root_open(const char *name, struct json_object **tree)
{
	*tree = NULL;
	if (!root_is_archive(name))
		return true;
	for (size_t i = 0; i < archive_count; i++) {
		if (!strcmp(archives[i].name, name)) {
			*tree = archives[i].tree;
			return true;
		}
	}
	*tree = read_archive(name);
	if (!*tree)
		return false;
	if (!archive_count)
		atexit(close_all);
	archives[archive_count++] = (struct archive){ name, *tree };
	return true;
}
