/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_MONITOR_H
#define GPUSVM_TOOL_MONITOR_H

#include "tool.h"

/* A change of an object. Texts have the format of tables, or are NULL */
struct change {
	const char *what;	/* "added", "removed" or "changed" */
	const char *object;	/* "pagemap", ... */
	const char *name;
	const char *key;
	char *before;
	char *after;
};

typedef void (*change_fn)(const struct change *change, void *data);

/* monitor-compare.c: returns the facts of a topology to compare; none for NULL */
struct json_object *facts_new(const struct gpusvm_topology *topology);
void facts_compare(struct json_object *before, struct json_object *after, change_fn fn,
		   void *data);

#endif
