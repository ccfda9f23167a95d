/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_SNAPSHOT_H
#define GPUSVM_TOOL_SNAPSHOT_H

#include <stdio.h>

#include "tool.h"

/* Types of tar entries */
enum {
	ENTRY_FILE = '0',
	ENTRY_LINK = '2',
	ENTRY_DIRECTORY = '5',
};

struct entry {
	char *name;	/* below the sysroot, without a leading slash */
	char type;
	char *data;	/* the bytes of a file, or the target of a link */
	size_t size;
};

struct snapshot {
	const struct options *options;
	struct entry *entries;
	size_t count;
	unsigned int warnings;
};

/* collect.c */
void snapshot_collect(struct snapshot *snapshot);
void snapshot_add(struct snapshot *snapshot, const char *name, char type, char *data,
		  size_t size);
void snapshot_clear(struct snapshot *snapshot);

/* synthetic.c */
void snapshot_make(struct snapshot *snapshot, const struct gpusvm_topology *topology);

/* tar.c */
void snapshot_write(const struct snapshot *snapshot, FILE *out);

#endif
