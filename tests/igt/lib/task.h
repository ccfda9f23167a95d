/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef TASK_H
#define TASK_H

#include <pthread.h>
#include <stdbool.h>

/*
 * A thread beside the test for a call that may wait. It has to live as long as the
 * program: a test that fails leaves it behind.
 */
struct task {
	int (*run)(void *arg);
	void *arg;
	int err;
	bool ended;
	int tid;
	pthread_t thread;
};

void start_task(struct task *task, int (*run)(void *arg), void *arg);
/* It ends within a minute; what it returned is in @err then. */
bool task_ends(struct task *task);
/* It comes to wait for something. */
bool task_sleeps(struct task *task);

#endif
