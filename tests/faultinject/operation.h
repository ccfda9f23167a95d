/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_OPERATION_H
#define FAULTINJECT_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places of pages, and preferred places. */
enum place { NOWHERE, IN_SYSTEM, ON_OWN, ON_PEER };

/*
 * An operation under test. Each function gets the operation itself.
 *
 * prepare() makes the initial state. run() executes the operation, by one system call if
 * possible, and returns 0 or a negative errno. check() compares the state with the
 * documented result of @err. When run() has succeeded, finish() checks the rest, which an
 * earlier check would change, and undoes the operation.
 */
struct operation {
	const char *name;
	void (*prepare)(const struct operation *op);
	int (*run)(const struct operation *op);
	bool (*check)(const struct operation *op, int err);
	bool (*finish)(const struct operation *op);
	/* Repeats the operation after a failure, if run() can't. */
	int (*again)(const struct operation *op);
	/* A documented errno other than ENOMEM, or 0. */
	int other_errno;
	/* The operation must not fail, because its caller gets no error. */
	bool never_fails;
	/* After a failure, sysfs and configfs must be as before. */
	bool shown;

	/*
	 * For operations on files: the path, the value to write, the value before it, and
	 * the value that other operations expect, if that is not @old.
	 */
	const char *path, *value, *old, *rest;
	/* For operations on memory: its place, and its preferred place. */
	enum place from, prefers;
	/* Struct pages of device memory do not exist yet. */
	bool cold;
};

extern const struct operation config_operations[];
extern const size_t num_config_operations;
extern const struct operation memory_operations[];
extern const size_t num_memory_operations;

/* Make, and remove, the GPUs and groups that operations use. */
void stage_build(void);
void stage_strike(void);

/* Free all memory that memory operations have on GPUs, and restore render nodes. */
void memory_close(void);

#define VGPUSVM		"/sys/kernel/config/vgpusvm/"
#define PEERS		"/sys/kernel/config/drm_pagemap/"
#define DRIVER		"/sys/bus/platform/drivers/vgpusvm/"
#define INITIATORS	"/sys/class/drm_pagemap_initiator/"

#endif
