/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_ARCHIVE_TREE_H
#define GPUSVM_TOOL_ARCHIVE_TREE_H

#include <gpusvm-topology.h>

struct json_object;

/*
 * archive-tree.c: the files of an archive, in memory. A directory is a JSON object with its
 * entries, a file a string, and a link an array with its target.
 */
struct json_object *tree_new_link(const char *target);
const char *tree_link_target(struct json_object *entry);

/* How to follow a path */
enum {
	TREE_FOLLOW = 1 << 0,	/* also follow a link at its end */
	TREE_BENEATH = 1 << 1,	/* fail with -EXDEV if it leads out of the tree */
};

int tree_find(struct json_object *tree, const char *path, unsigned int flags,
	      struct json_object **entry);
int tree_add(struct json_object *tree, const char *path, struct json_object *entry);
extern const struct gpusvm_files tree_files;

/* archive-read.c */
struct json_object *tree_read(const char *name);

#endif
