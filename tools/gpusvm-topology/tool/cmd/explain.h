/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_EXPLAIN_H
#define GPUSVM_TOOL_EXPLAIN_H

#include "tool.h"

/* The maximum number of remedies */
#define EXPLAIN_REMEDIES 2

enum {
	EXIT_NOT_USABLE = 9,
};

/* Whether a GPU can use a pagemap. If not, @reason is a word */
struct explanation {
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	bool usable;
	const char *reason;
};

struct explanation explain(const struct gpusvm_initiator *initiator,
			   const struct gpusvm_pagemap *pagemap);
/* Returns allocated text */
char *explain_why(const struct explanation *explanation);
/* Returns allocated text, or NULL after the last remedy */
char *explain_remedy(const struct explanation *explanation, size_t index);

#endif
