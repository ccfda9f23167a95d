// SPDX-License-Identifier: GPL-2.0-or-later
/* Trials of programs that failed, and their results. */

#include <stdlib.h>
#include <unistd.h>

#include "judge.h"
#include "shorten.h"
#include "state.h"
#include "trials.h"
#include "workers.h"

/* Number of times that the programs of a trial run, because a race may cause the failure. */
#define TIMES		3

/* Time for RCU callbacks and work items, which may fail, in microseconds. */
#define SETTLE_TIME	300000

/* Trials of more programs are slow, so they run once and don't log their calls. */
#define MAX_NOTED	4

static struct history history;
static struct choice best;
static int log_fd = -1;

/*
 * Removes the leftovers of the programs and loads the modules anew. So no trial depends on the
 * trials before it, not even in the numbers of render nodes.
 */
static void begin_anew(void)
{
	workers_remove_config(history_workers(&history));
	if (!judge_rest() || !modules_unload())
		exit(1);
	if (history.at_rest)
		judge_leaks();
	CALL(write_value, S("/sys/kernel/debug/clear_warn_once"), 0, 0, 0, S("1"));
	if (!modules_load(history.gpus))
		exit(1);
}

static bool survives(const struct choice *choice)
{
	const bool few = choice_programs(&history, choice) <= MAX_NOTED;
	const struct workers workers = {
		.num = history_workers(&history),
		.job = {
			.task = TASK_REPEAT,
			.log = log_fd,
			.history = &history,
			.choice = choice,
			.times = few ? TIMES : 1,
			.note_calls = few && !history.at_rest && log_fd >= 0,
		},
	};
	bool good = workers_run(&workers);

	usleep(SETTLE_TIME);
	begin_anew();

	return judge_log() && good;
}

/* If the kernel dies, the log has no result of the trial, and another VM goes on. */
static enum outcome try_here(const struct choice *choice, unsigned int trial)
{
	bool only_once;

	printf("trial %u: %u calls\n", trial, choice_calls(&history, choice));
	fflush(stdout);
	dprintf(log_fd, "# trial %u\n", trial);
	if (survives(choice)) {
		dprintf(log_fd, "# survives\n");
		return SURVIVES;
	}
	only_once = survives(choice);
	dprintf(log_fd, "# fails\n");
	/* This kernel does not report it again. For example, lockdep reports only once. */
	if (only_once)
		exit(1);

	return FAILS;
}

static enum outcome try_elsewhere(const struct choice *choice, unsigned int trial)
{
	(void)choice;
	(void)trial;

	return UNKNOWN;
}

int trials_run(FILE *file, int log)
{
	log_fd = log;
	history_read(file, &history);
	if (!history.num || !modules_load(history.gpus))
		return 2;
	shorten(&history, try_here, &best);
	dprintf(log_fd, "# done\n");

	return 0;
}

int trials_result(FILE *file, FILE *out)
{
	bool good;

	history_read(file, &history);
	good = shorten(&history, try_elsewhere, &best);
	if (!good)
		choice_last(&history, &best);
	fprintf(out, "# %u calls by %u trials\n", choice_calls(&history, &best),
		history.num_trials);
	choice_print(&history, &best, out);

	return !good;
}

int trials_to_c(FILE *file, FILE *out)
{
	history_read(file, &history);
	if (!history.num)
		return 1;
	runtime_process = history.records[0].worker;
	program_to_c(&history.records[0].program, history.gpus, out);

	return 0;
}
