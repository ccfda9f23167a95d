/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_SNAPSHOT_H
#define GPUSVM_TOOL_SNAPSHOT_H

#include <archive_entry.h>
#include <stdio.h>

#include "tool.h"

enum entry_type {
	ENTRY_FILE = AE_IFREG,
	ENTRY_LINK = AE_IFLNK,
	ENTRY_DIRECTORY = AE_IFDIR,
};

struct entry {
	char *name;	/* below the sysroot, without a leading slash */
	enum entry_type type;
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
void snapshot_add(struct snapshot *snapshot, const char *name, enum entry_type type,
		  char *data, size_t size);
void snapshot_clear(struct snapshot *snapshot);

/* synthetic.c */
void snapshot_make(struct snapshot *snapshot, const struct gpusvm_topology *topology);

/* archive-write.c */
void snapshot_write(const struct snapshot *snapshot, FILE *out);

#endif
