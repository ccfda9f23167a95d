/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_H
#define REPORT_H

#include "pattern.h"

/* All results of a run: of each pattern, with each placement */
struct report {
	const struct gpusvm_group *group;
	size_t size;
	unsigned int rounds;
	const struct pattern *const *patterns;	/* NULL-terminated */
	struct result (*results)[PLACEMENTS];
};

const char *report_placement(enum placement placement);
void report_text(const struct report *report);
void report_json(const struct report *report);

#endif
