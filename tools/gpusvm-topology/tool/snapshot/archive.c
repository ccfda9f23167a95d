// SPDX-License-Identifier: GPL-2.0-or-later
/* Snapshots in archives. The process reads each archive once. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive-tree.h"
#include "root.h"
#include "tool.h"

/* One for --sysroot, one for the baseline of check */
static struct opened {
	const char *name;
	struct json_object *tree;
} opened[2];
static size_t opened_count;

static void close_all(void)
{
	while (opened_count)
		json_object_put(opened[--opened_count].tree);
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
	for (size_t i = 0; i < opened_count; i++) {
		if (!strcmp(opened[i].name, name)) {
			*tree = opened[i].tree;
			return true;
		}
	}
	*tree = tree_read(name);
	if (!*tree)
		return false;
	if (!opened_count)
		atexit(close_all);
	opened[opened_count++] = (struct opened){ name, *tree };
	return true;
}
