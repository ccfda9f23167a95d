/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_WORKERS_H
#define FUZZ_WORKERS_H

#include "worker.h"

struct workers {
	unsigned int num;
	struct job job;			/* of each process, except its number and its seed */
	unsigned int seconds;		/* time limit since state->begin, or 0 */
	void (*report)(void);		/* called twice a minute, unless NULL */
};

/* Runs processes until the job is done. Returns false if something is wrong. */
bool workers_run(const struct workers *workers);
/* Removes directories of the processes in configfs, and binds all GPUs. */
void workers_remove_config(unsigned int num);
/* Whether a new process would have something to do. */
bool job_goes_on(const struct job *job);

#endif
