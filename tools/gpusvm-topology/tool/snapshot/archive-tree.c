// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "archive-tree.h"
#include "tool.h"

/* Limit for the depth of directories. Snapshots are less deep */
#define DEEPEST 64
#define MOST_LINKS 40

struct json_object *tree_new_link(const char *target)
{
	struct json_object *link = json_array();

	json_append(link, json_text(target));
	return link;
}

/* Returns NULL if the entry is not a link */
const char *tree_link_target(struct json_object *entry)
{
	if (!json_object_is_type(entry, json_type_array))
		return NULL;
	return json_object_get_string(json_object_array_get_idx(entry, 0));
}

/* The state of following a path */
struct walk {
	struct json_object *entries[DEEPEST];
	size_t depth;
	char *text;	/* the rest of the path, after the targets of links */
	char *rest;
	unsigned int links;
	unsigned int flags;
};

static int go_up(struct walk *walk)
{
	if (!walk->depth)
		return walk->flags & TREE_BENEATH ? -EXDEV : 0;
	walk->depth--;
	return 0;
}

static int go_through(struct walk *walk, const char *target)
{
	char *text;

	if (++walk->links > MOST_LINKS)
		return -ELOOP;
	if (*target == '/' && walk->flags & TREE_BENEATH)
		return -EXDEV;
	if (*target == '/')
		walk->depth = 0;
	text = text_format("%s/%s", target, walk->rest ?: "");
	free(walk->text);
	walk->text = text;
	walk->rest = text;
	return 0;
}

static bool is_last(const struct walk *walk)
{
	return !walk->rest || !walk->rest[strspn(walk->rest, "/")];
}

static int go_down(struct walk *walk, const char *name)
{
	struct json_object *here = walk->entries[walk->depth], *entry;

	if (!json_object_is_type(here, json_type_object))
		return -ENOTDIR;
	if (!json_object_object_get_ex(here, name, &entry))
		return -ENOENT;
	if (tree_link_target(entry) && (walk->flags & TREE_FOLLOW || !is_last(walk)))
		return go_through(walk, tree_link_target(entry));
	if (walk->depth == DEEPEST - 1)
		return -ELOOP;
	walk->entries[++walk->depth] = entry;
	return 0;
}

static int step(struct walk *walk)
{
	const char *name = strsep(&walk->rest, "/");

	if (!*name || !strcmp(name, "."))
		return 0;
	return strcmp(name, "..") ? go_down(walk, name) : go_up(walk);
}

/* Returns 0, or a negative errno of open() */
int tree_find(struct json_object *tree, const char *path, unsigned int flags,
	      struct json_object **entry)
{
	struct walk walk = { .entries = { tree }, .text = text_copy(path), .flags = flags };
	int err = 0;

	walk.rest = walk.text;
	while (!err && walk.rest)
		err = step(&walk);
	*entry = walk.entries[walk.depth];
	free(walk.text);
	return err;
}

/*
 * Takes over @entry. Creates missing directories, and does not follow links. Keeps an existing
 * directory, and replaces other entries.
 */
int tree_add(struct json_object *tree, const char *path, struct json_object *entry)
{
	char *copy = text_copy(path), *rest = copy, *name, *last = NULL;
	struct json_object *here = tree, *next;

	while (here && (name = strsep(&rest, "/"))) {
		if (!*name || !strcmp(name, "."))
			continue;
		if (last) {
			if (!json_object_object_get_ex(here, last, &next)) {
				next = json_map();
				json_set(here, last, next);
			}
			here = json_object_is_type(next, json_type_object) ? next : NULL;
		}
		last = name;
	}
	if (!here || !last ||
	    (json_object_is_type(entry, json_type_object) &&
	     json_object_object_get_ex(here, last, &next)))
		json_object_put(entry);
	else
		json_set(here, last, entry);
	free(copy);
	return here ? 0 : -ENOTDIR;
}

static int list(void *data, const char *path, int (*fn)(const char *name, void *fn_data),
		void *fn_data)
{
	struct json_object *directory;
	int err = tree_find(data, path, TREE_FOLLOW, &directory);

	if (err)
		return err;
	if (!json_object_is_type(directory, json_type_object))
		return -ENOTDIR;
	if (!fn)
		return 0;
	json_object_object_foreach(directory, name, value) {
		(void)value;
		err = fn(name, fn_data);
		if (err)
			return err;
	}
	return 0;
}

static int read_file(void *data, const char *path, char **text, size_t *length)
{
	struct json_object *file;
	int err = tree_find(data, path, 0, &file);

	if (err)
		return err;
	if (tree_link_target(file))
		return -ELOOP;
	if (!json_object_is_type(file, json_type_string))
		return -EBADF;
	*length = json_object_get_string_len(file);
	*text = malloc(*length + 1);
	if (!*text)
		return -ENOMEM;
	memcpy(*text, json_object_get_string(file), *length);
	return 0;
}

static int read_link(void *data, const char *path, char **target)
{
	struct json_object *link;
	int err = tree_find(data, path, 0, &link);

	if (err)
		return err;
	if (!tree_link_target(link))
		return -EINVAL;
	*target = strdup(tree_link_target(link));
	return *target ? 0 : -ENOMEM;
}

const struct gpusvm_files tree_files = {
	.list = list,
	.read = read_file,
	.read_link = read_link,
};
