/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_WORKER_H
#define FUZZ_WORKER_H

#include <stdbool.h>
#include <stdint.h>

/* What a process does that runs programs. */
struct job {
	unsigned int worker;
	uint64_t seed;
	bool replay;		/* the corpus, once, instead of new programs */
	int log;		/* where each program is written before it runs, or -1 */
	unsigned long calls;	/* until there were so many of all workers */
};

/* Does not return. */
void worker_run(const struct job *job) __attribute__((noreturn));

#endif
