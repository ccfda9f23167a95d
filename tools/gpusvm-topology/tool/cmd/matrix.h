/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_MATRIX_H
#define GPUSVM_TOOL_MATRIX_H

#include "tool.h"

/* A property of a direct link that a matrix can show */
struct property {
	const char *name;
	const char *key;
	const char *help;
	unsigned int flags;
	/* Whether to show why a link is not usable */
	bool mark;
	/* NULL for all properties */
	struct json_object *(*get)(const void *link);
};

/* matrix.c: returns allocated text. @link may be NULL */
char *matrix_cell(const struct gpusvm_link *link, const struct property *property,
		  const struct options *options);

/* matrix-code.c: a short word for all links with the same attributes */
struct code {
	const struct gpusvm_link *link;		/* one of these links */
	char *key;				/* all attributes */
	char *text;
	size_t links;
};

struct codes {
	struct code *codes;
	size_t count;
};

void codes_init(struct codes *codes, const struct gpusvm_topology *topology);
void codes_free(struct codes *codes);
const char *codes_find(const struct codes *codes, const struct gpusvm_link *link);
int codes_print(const struct codes *codes, const struct options *options);

/* matrix-short.c: for many GPUs, with short names and a legend */
int matrix_print_short(const struct gpusvm_topology *topology, const struct property *property,
		       const struct options *options);

#endif
