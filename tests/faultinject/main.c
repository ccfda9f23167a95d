// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultinject [-s] [-e STEP -r SEED] [-n N] [NAME]...
 *
 * For each operation, let its first allocation fail, then its second, and so on, until none
 * is left to fail. Each time, the operation either fails with an errno and leaves the state
 * unchanged, or succeeds with the right state. Then it succeeds when it is repeated. Prints
 * TAP. NAME selects operations by the beginning of their names. With -n, only the N-th
 * allocation fails; with -e, only one in STEP, which depends on SEED. With -s, the kernel
 * logs the stack of each allocation that fails. SPLATS and NO_SPLAT in the environment are
 * regular expressions for complaints in the kernel log, and for exceptions.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "inject.h"
#include "operation.h"
#include "snapshot.h"
#include "tap.h"
#include "topology.h"

/* Far more allocations than any operation has. */
#define MOST_ALLOCATIONS	20000
/* An operation that fails the check at one allocation usually fails at the next ones. */
#define MOST_FAULTS		3
/* Ten seconds, for changes that the kernel retries later. */
#define SETTLE_TRIES		100
#define SETTLE_DELAY_US		100000

static char **wanted;
static unsigned int only_allocation, step = 1, seed;
static unsigned int total, operations;

/* One operation under test: snapshots from before it, and after its success. */
struct course {
	const struct operation *op;
	char *before, *after;
	unsigned int errors, successes;
};

/* The generation is odd while a change is published; a worker may publish one now. */
static bool generation_gets_even(void)
{
	unsigned int tries;
	char value[32];
	int err;

	for (tries = SETTLE_TRIES; tries; tries--) {
		err = file_read("/sys/class/drm_pagemap/topology/generation", value,
				sizeof(value));
		if (!err && strtoull(value, NULL, 10) % 2 == 0)
			return true;
		usleep(SETTLE_DELAY_US);
	}

	diag("the generation stays at %s", err ? strerror(-err) : value);
	return false;
}

/* Wait for a regroup that failed with ENOMEM: the kernel retries it soon. */
static bool shows(const struct course *course, const char *wanted)
{
	unsigned int tries = SETTLE_TRIES;
	bool same = !course->op->shown;
	char *now;

	while (!same && tries--) {
		now = snapshot();
		same = tries ? !strcmp(wanted, now) : snapshots_same(wanted, now);
		free(now);
		if (!same && tries)
			usleep(SETTLE_DELAY_US);
	}

	return same;
}

/* Check whether the documents permit @err, with or without a failed allocation. */
static bool may_return(const struct operation *op, int err, bool injected)
{
	if (!err)
		return true;
	if (injected && !op->never_fails && (err == -ENOMEM || err == -op->other_errno))
		return true;

	diag("fails with %s%s", strerrorname_np(-err),
	     injected ? "" : " without a failed allocation");
	return false;
}

static bool state_is_right(const struct operation *op, int err)
{
	return (!op->check || op->check(op, err)) && generation_gets_even();
}

static bool again(const struct operation *op)
{
	int err = op->again ? op->again(op) : op->run(op);

	if (!err)
		return state_is_right(op, 0);

	diag("fails with %s when repeated", strerrorname_np(-err));
	return false;
}

/* Run an operation whose @n-th allocation fails, if it has that many. */
static bool attempt(struct course *course, unsigned int n, bool *injected)
{
	const struct operation *op = course->op;
	bool good;
	int err;

	op->prepare(op);
	inject_arm(n);
	err = op->run(op);
	*injected = inject_disarm();
	course->errors += !!err;
	course->successes += !err && *injected;

	good = may_return(op, err, *injected);
	good = state_is_right(op, err) && good;
	good = shows(course, err ? course->before : course->after) && good;
	if (err)
		good = again(op) && good;
	good = op->finish(op) && good;
	good = !kernel_complained() && good;
	if (!good)
		diag("failed check: operation \"%s\", allocation %u", op->name, n);

	return good;
}

/* Check that what stays open shows the same as what is opened now. */
static bool is_up_to_date(const char *text)
{
	char *now;
	bool same;

	snapshot_end();
	now = snapshot();
	same = snapshots_same(text, now);
	free(now);

	return same;
}

/* Run an operation without failing allocations. */
static bool course_begin(struct course *course)
{
	const struct operation *op = course->op;
	bool good;

	op->prepare(op);
	if (op->shown)
		course->before = snapshot();
	good = !op->run(op) && state_is_right(op, 0);
	if (op->shown) {
		course->after = snapshot();
		good = is_up_to_date(course->after) && good;
	}

	return op->finish(op) && good;
}

static bool run_all(struct course *course)
{
	unsigned int n = 1 + seed % step, faults = 0;
	bool injected = true;

	for (; injected && faults < MOST_FAULTS && n < MOST_ALLOCATIONS; n += step) {
		faults += !attempt(course, n, &injected);
		total += injected;
	}

	return !faults && !injected;
}

static bool is_wanted(const struct operation *op)
{
	char **name;

	for (name = wanted; *name; name++)
		if (!strncmp(*name, op->name, strlen(*name)))
			return true;

	return !*wanted;
}

static void run_operation(const struct operation *op)
{
	struct course course = { .op = op };
	uint64_t start = now_ms();
	unsigned int before = total;
	bool good, injected;

	if (!is_wanted(op))
		return;

	good = course_begin(&course);
	if (good && only_allocation) {
		good = attempt(&course, only_allocation, &injected);
		total += injected;
	} else if (good) {
		good = run_all(&course);
	}
	ok(good, "%s: all or nothing, whichever allocation fails", op->name);
	diag("%u allocations failed: the operation failed %u times, succeeded %u times; %u s",
	     total - before, course.errors, course.successes,
	     (unsigned int)((now_ms() - start) / 1000));
	operations++;
	free(course.before);
	free(course.after);
}

static void run_operations(void)
{
	char *before, *after;
	size_t i;

	stage_build();
	before = snapshot();
	for (i = 0; i < num_config_operations; i++)
		run_operation(&config_operations[i]);
	for (i = 0; i < num_memory_operations; i++)
		run_operation(&memory_operations[i]);
	memory_close();
	after = snapshot();
	ok(snapshots_same(before, after), "sysfs and configfs are as before all operations");
	free(before);
	free(after);
	snapshot_end();
	stage_strike();
}

static bool parse(int argc, char **argv, bool *stacks)
{
	int option;

	while ((option = getopt(argc, argv, "se:r:n:")) != -1) {
		if (option == 's')
			*stacks = true;
		else if (option == 'e')
			step = atoi(optarg);
		else if (option == 'r')
			seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			only_allocation = atoi(optarg);
		else
			return false;
	}
	wanted = argv + optind;

	return step;
}

int main(int argc, char **argv)
{
	bool stacks = false;
	int err;

	if (!parse(argc, argv, &stacks)) {
		fprintf(stderr, "usage: faultinject [-s] [-e STEP -r SEED] [-n N] [NAME]...\n");
		return 2;
	}
	err = inject_setup(stacks);
	if (err) {
		printf("1..0 # SKIP the kernel has no fault injection: %s\n", strerror(-err));
		return 0;
	}
	if (step > 1)
		diag("seed %u", seed);

	run_operations();
	diag("%u allocations failed in %u operations", total, operations);

	return tap_end();
}
