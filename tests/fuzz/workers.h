/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_WORKERS_H
#define FUZZ_WORKERS_H

#include "worker.h"

struct workers {
	unsigned int num;
	struct job job;			/* of each, except its number and its seed */
	unsigned int seconds;		/* since the fuzzer began; 0 for ever */
	void (*report)(void);		/* called now and then, unless NULL */
};

/* Starts the processes anew until the job is done. False if something is wrong. */
bool workers_run(const struct workers *workers);
/* Removes what the processes left in configfs, and binds what they unbound. */
void workers_remove_config(unsigned int num);
/* Whether a process has something to do. */
bool job_goes_on(const struct job *job);

#endif
