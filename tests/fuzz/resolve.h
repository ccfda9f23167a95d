/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_RESOLVE_H
#define FUZZ_RESOLVE_H

#include "program.h"

/* The arguments of a call in the form that the runtime takes. */
struct resolved {
	uint64_t args[MAX_ARGS];
	char path[512];
	char value[256];
};

void resolve(const struct call *call, struct resolved *r);

#endif
