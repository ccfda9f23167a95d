/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_WORKER_H
#define FUZZ_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"

enum task {
	TASK_FUZZ,	/* the corpus, once, and then new programs */
	TASK_REPLAY,	/* the corpus, once */
	TASK_REPEAT,	/* some calls of a history */
};

/* The job of a process that runs programs. */
struct job {
	unsigned int worker;
	enum task task;
	uint64_t seed;
	int log;		/* gets each program before it runs; or -1 */
	unsigned long calls;	/* limit for all workers together */

	/* For TASK_REPEAT */
	const struct history *history;
	const struct choice *choice;
	unsigned int times;
	bool note_calls;	/* log each call before it begins */
};

/* Does not return. */
void worker_run(const struct job *job) __attribute__((noreturn));

#endif
