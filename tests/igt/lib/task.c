// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "task.h"

static void *run_task(void *arg)
{
	struct task *task = arg;

	__atomic_store_n(&task->tid, gettid(), __ATOMIC_RELEASE);
	task->err = task->run(task->arg);
	__atomic_store_n(&task->ended, true, __ATOMIC_RELEASE);

	return NULL;
}

void start_task(struct task *task, int (*run)(void *arg), void *arg)
{
	*task = (struct task) { .run = run, .arg = arg };
	igt_assert(!pthread_create(&task->thread, NULL, run_task, task));
	igt_assert(!pthread_detach(task->thread));
}

bool task_ends(struct task *task)
{
	return eventually(__atomic_load_n(&task->ended, __ATOMIC_ACQUIRE));
}

/* The state in /proc: R if it runs. */
static char state_of(const struct task *task)
{
	int tid = __atomic_load_n(&task->tid, __ATOMIC_ACQUIRE);
	const char *text, *end;

	if (!tid)
		return 'R';

	text = file_text("/proc/self/task/%d/stat", tid);
	end = strrchr(text, ')');

	return end ? end[2] : 'R';
}

bool task_sleeps(struct task *task)
{
	return eventually(state_of(task) == 'S' || state_of(task) == 'D');
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1000000000ull + now.tv_nsec;
}
