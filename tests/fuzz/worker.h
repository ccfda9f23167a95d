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

/* What a process does that runs programs. */
struct job {
	unsigned int worker;
	enum task task;
	uint64_t seed;
	int log;		/* where each program is written before it runs, or -1 */
	unsigned long calls;	/* until there were so many of all workers */

	/* For TASK_REPEAT */
	const struct history *history;
	const struct choice *choice;
	unsigned int times;
	bool note_calls;	/* in the log, before each begins */
};

/* Does not return. */
void worker_run(const struct job *job) __attribute__((noreturn));

#endif
