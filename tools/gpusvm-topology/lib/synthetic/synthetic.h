/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_SYNTHETIC_H
#define GPUSVM_SYNTHETIC_H

#include "internal.h"

enum synthetic_shape {
	SYNTHETIC_FULL,
	SYNTHETIC_RING,
	SYNTHETIC_LINE,
	SYNTHETIC_ISLANDS,
	SYNTHETIC_SWITCHES,
	SYNTHETIC_NONE,
};

/* A parsed description. A latency of 0 is unknown */
struct synthetic {
	enum synthetic_shape shape;
	bool has_shape;
	unsigned int keys;	/* bits of keys in the description */
	unsigned int gpus;
	unsigned int parts;	/* islands or switches */
	unsigned int regions;
	unsigned int memless;
	unsigned int nodes;
	uint64_t memory;
	uint64_t bandwidth;
	uint64_t far_bandwidth;
	uint64_t local_bandwidth;
	uint64_t latency;
	uint64_t far_latency;
	uint64_t local_latency;
	const char *type;	/* of paths between GPUs; a part of @text */
	const char *reason;	/* of refused links, a part of @text; NULL without links */
	char *text;		/* a copy of the description */
};

/* parse.c */
int synthetic_parse(struct gpusvm_ctx *ctx, const char *description,
		    struct synthetic *synthetic);

#endif
