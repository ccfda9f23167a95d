/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef TASK_H
#define TASK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A thread for a call that may wait. The struct has to live as long as the program, because
 * a test that fails leaves the thread behind.
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
/* Wait up to a minute for its end. @err has what it returned then. */
bool task_ends(struct task *task);
/* Wait up to a minute until it sleeps. */
bool task_sleeps(struct task *task);

/* A clock that never goes back. */
uint64_t now_ns(void);

#endif
