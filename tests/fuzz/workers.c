// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts the processes that run programs, and finds those that hang or die. */

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "judge.h"
#include "state.h"
#include "workers.h"

/* A program hangs if no call of it ends in this time, in milliseconds. */
#define HANG_TIME	120000

/* Some calls may take long, such as a prefetch of terabytes. A signal must end them. */
#define SIGNAL_TIME	10000

/* Time between two reports, in milliseconds. */
#define REPORT_TIME	30000

/* Time between two looks at the processes, in microseconds. */
#define LOOK_TIME	100000

static const struct workers *workers;
static pid_t pids[MAX_WORKERS];
/* The last time that a new call of the process had ended, and the number of ended calls. */
static uint64_t since[MAX_WORKERS];
static unsigned long ended[MAX_WORKERS];
static uint64_t incarnation;

static void start_worker(unsigned int worker)
{
	struct job job = workers->job;
	pid_t pid;

	job.worker = worker;
	job.seed += (incarnation++ << 8) + worker;
	since[worker] = 0;
	fflush(stdout);
	pid = fork();
	if (!pid)
		worker_run(&job);
	pids[worker] = pid;
}

bool job_goes_on(const struct job *job)
{
	if (atomic_load(&state->stop))
		return false;
	switch (job->task) {
	case TASK_FUZZ:
		return atomic_load(&state->calls) < job->calls;
	case TASK_REPLAY:
		return atomic_load(&state->next_entry) < state->num_read;
	default:
		return false;
	}
}

/* If a signal ended a worker, its memory was lost or overwritten. */
static bool judge_end(unsigned int worker, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	printf("wrong: worker %u: ended with status %#x\n", worker, status);

	return false;
}

/* Prints the kernel stack of each thread. */
static void show_stacks(pid_t pid)
{
	char command[128];

	snprintf(command, sizeof(command), "head -n 40 /proc/%d/task/*/stack", pid);
	if (system(command))
		printf("no stacks of process %d\n", pid);
	fflush(stdout);
}

/*
 * Signals each thread. The kernel delivers a signal for the process to any of its threads, and
 * this one may wait for another thread.
 */
static void interrupt(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks)))
		if (entry->d_name[0] != '.')
			syscall(SYS_tgkill, pid, atoi(entry->d_name), SIGUSR1);
	if (tasks)
		closedir(tasks);
}

static bool judge_hang(unsigned int worker)
{
	unsigned long now = atomic_load(&state->ended[worker]);

	if (!since[worker] || now != ended[worker]) {
		ended[worker] = now;
		since[worker] = now_ms();
	}
	if (now_ms() - since[worker] > SIGNAL_TIME)
		interrupt(pids[worker]);
	if (now_ms() - since[worker] < HANG_TIME)
		return true;
	printf("wrong: worker %u: a call runs for more than %u ms\n", worker, HANG_TIME);
	show_stacks(pids[worker]);

	return false;
}

/* Returns false if something is wrong with the worker. */
static bool tend(unsigned int worker)
{
	int status;

	if (!pids[worker])
		return true;
	if (waitpid(pids[worker], &status, WNOHANG) <= 0)
		return judge_hang(worker);
	pids[worker] = 0;
	if (!judge_end(worker, status))
		return false;
	if (job_goes_on(&workers->job))
		start_worker(worker);

	return true;
}

static bool any_worker(void)
{
	for (unsigned int i = 0; i < workers->num; i++)
		if (pids[i])
			return true;

	return false;
}

static void kill_workers(void)
{
	for (unsigned int i = 0; i < workers->num; i++)
		if (pids[i])
			kill(pids[i], SIGKILL);
}

static void report(void)
{
	static uint64_t reported;

	if (!reported)
		reported = now_ms();
	if (!workers->report || now_ms() - reported < REPORT_TIME)
		return;
	reported = now_ms();
	workers->report();
}

bool workers_run(const struct workers *the_workers)
{
	bool good = true;

	workers = the_workers;
	for (unsigned int i = 0; i < workers->num; i++)
		start_worker(i);
	while (good && any_worker()) {
		usleep(LOOK_TIME);
		for (unsigned int i = 0; i < workers->num; i++)
			good &= tend(i);
		good &= judge_log();
		report();
		if (workers->seconds && now_ms() - state->begin > workers->seconds * 1000ul)
			atomic_store(&state->stop, true);
	}
	if (!good)
		kill_workers();

	return good;
}

void workers_remove_config(unsigned int num)
{
	for (unsigned int i = 0; i < num; i++) {
		runtime_process = i;
		runtime_remove_config();
	}
	runtime_restore_binding();
}
