/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_OPERATION_H
#define FAULTINJECT_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where pages are, or what a range prefers. */
enum place { NOWHERE, IN_SYSTEM, ON_OWN, ON_PEER };

/*
 * Something that the kernel is asked to do. The functions get the operation itself.
 *
 * prepare() makes the state in which it starts, run() does it, by one system call where
 * that is possible, and returns 0 or a negative errno. check() compares the state
 * with what @err, the result, promises. finish() looks at what was not to be touched
 * before, when run() has succeeded at last, and undoes it.
 */
struct operation {
	const char *name;
	void (*prepare)(const struct operation *op);
	int (*run)(const struct operation *op);
	bool (*check)(const struct operation *op, int err);
	bool (*finish)(const struct operation *op);
	/* How to do it again after it failed, if that is not by run(). */
	int (*again)(const struct operation *op);
	/* An errno, besides ENOMEM, that documents promise, or 0. */
	int other_errno;
	/* A failure must not show: there is no one to tell of it. */
	bool never_fails;
	/* What sysfs and configfs show has to be the same after a failure. */
	bool shown;

	/*
	 * For those on files: the path, the value to write, the one before it, and the
	 * one that others expect, if that is not @old.
	 */
	const char *path, *value, *old, *rest;
	/* For those on memory: where it is, and what it prefers. */
	enum place from, prefers;
	/* No struct pages of device memory are there yet. */
	bool cold;
};

extern const struct operation config_operations[];
extern const size_t num_config_operations;
extern const struct operation memory_operations[];
extern const size_t num_memory_operations;

/* Makes the GPUs and groups that operations use, and removes them. */
void stage_build(void);
void stage_strike(void);

/* All of the memory that memory operations have on GPUs is freed. */
void memory_close(void);

#define VGPUSVM		"/sys/kernel/config/vgpusvm/"
#define PEERS		"/sys/kernel/config/drm_pagemap/"
#define DRIVER		"/sys/bus/platform/drivers/vgpusvm/"
#define INITIATORS	"/sys/class/drm_pagemap_initiator/"

#endif
