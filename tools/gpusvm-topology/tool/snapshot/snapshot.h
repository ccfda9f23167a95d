/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_SNAPSHOT_H
#define GPUSVM_TOOL_SNAPSHOT_H

#include <stdio.h>

#include "tool.h"

/* Types as tar has them */
enum {
	ENTRY_FILE = '0',
	ENTRY_LINK = '2',
	ENTRY_DIRECTORY = '5',
};

struct entry {
	char *name;	/* below the sysroot, without a slash before it */
	char type;
	char *data;	/* of a file its bytes, of a link its target */
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
