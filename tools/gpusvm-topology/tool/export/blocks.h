/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_EXPORT_BLOCKS_H
#define GPUSVM_TOOL_EXPORT_BLOCKS_H

#include "export.h"

/* A GPU, or a set of parts with equal paths between each two, as behind a switch */
struct block {
	struct block *parent;		/* NULL for a root */
	size_t *gpus;			/* all GPUs in it, by index */
	size_t count;
	size_t parts;			/* 0 for a GPU */
	bool is_of_blocks;		/* its parts are blocks, not GPUs */
	size_t group;			/* NO_GROUP if the GPUs are in several groups */
	const struct path *path;	/* between its parts; NULL if these differ */
};

#define NO_GROUP SIZE_MAX

struct blocks {
	const struct model *model;
	struct block **all;
	size_t count;
	bool is_reduced;		/* because of too many lines */
};

/* The links from one root to another that are drawn as one line */
struct bundle {
	const struct path *path;	/* one of them; NULL without links */
	size_t count;
	uint64_t least_bandwidth;
	uint64_t most_bandwidth;
};

struct blocks *blocks_new(const struct model *model);
void blocks_free(struct blocks *blocks);
struct bundle blocks_bundle(const struct blocks *blocks, const struct block *from,
			    const struct block *to, enum path_state state);
bool bundle_is_same(const struct bundle *a, const struct bundle *b);
struct bundle block_inside(const struct blocks *blocks, const struct block *block);

#endif
