/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_ARCHIVE_H
#define GPUSVM_TOOL_ARCHIVE_H

#include <stdbool.h>
#include <stdio.h>

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

/* archive-stream.c: the decompressed content of an archive */
struct stream {
	const char *name;
	FILE *file;
	const char *program;	/* that decompresses it, or NULL */
	int pid;
};

bool stream_open(struct stream *stream, const char *name);
bool stream_close(struct stream *stream, bool quiet);

/* archive-tar.c */
struct json_object *tar_read(FILE *file, const char *name);

#endif
