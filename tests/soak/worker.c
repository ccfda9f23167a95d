// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A worker: it does random actions with memory of all kinds and some GPUs.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

static void act_cpu_write(struct worker *w)
{
	struct buffer *b = pick_buffer(w, 0);
	struct range r;

	if (!b)
		return;
	r = pick_bytes(&w->rnd, b, rnd_once_in(&w->rnd, 4) ? 1 : 8, b->size);
	buffer_new_words(b, r.offset, r.length, w->aligned);
	memcpy(b->p + r.offset, w->aligned, r.length);
	model_store(b, r.offset, r.length, w->aligned);
	buffer_note(b, "the CPU writes 0x%zx bytes at 0x%zx", r.length, r.offset);
}

static void act_cpu_check(struct worker *w)
{
	struct buffer *b = pick_buffer(w, 0);
	struct range r;

	if (!b)
		return;
	r = pick_bytes(&w->rnd, b, 1, b->size);
	buffer_check(b, r.offset, r.length, "the CPU");
}

/* Set a preference. Before, the CPU reads pages that GPUs will write. */
static void act_advise(struct worker *w)
{
	struct gpu *gpu = pick_gpu(w);
	struct buffer *b = pick_buffer(w, CAN_GPU);
	struct range r;
	uint32_t id;
	int err;

	if (!gpu || !b)
		return;
	r = pick_pages(&w->rnd, b);
	id = pick_id(&w->rnd);
	err = gpu_madvise(gpu, b->p + r.offset, r.length, id);
	buffer_note(b, "GPU %u prefers pagemap %u for 0x%zx bytes at 0x%zx: %d", gpu->number,
		    id, r.length, r.offset, err);
	if (!gpu_may_fail(err))
		fail(w->report, "MADVISE of GPU %u, pagemap %u: %d", gpu->number, id, err);
}

static void act_prefetch(struct worker *w)
{
	struct gpu *gpu = pick_gpu(w);
	struct buffer *b = pick_buffer(w, rnd_once_in(&w->rnd, 16) ? 0 : CAN_GPU);
	bool system = rnd_once_in(&w->rnd, 4);
	struct range r;
	int err;

	if (!gpu || !b)
		return;
	r = pick_pages(&w->rnd, b);
	err = gpu_prefetch(gpu, b->p + r.offset, r.length, system);
	buffer_note(b, "GPU %u prefetches 0x%zx bytes at 0x%zx%s: %d", gpu->number, r.length,
		    r.offset, system ? " to system memory" : "", err);
	if (!gpu_may_fail(err) && !(err == -EFAULT && !(b->flags & CAN_GPU)))
		fail(w->report, "PREFETCH of GPU %u, buffer %u (%s): %d", gpu->number,
		     b->kind, kind_names[b->kind], err);
}

static void act_evict(struct worker *w)
{
	struct gpu *gpu = pick_gpu(w);
	struct buffer *b = pick_buffer(w, CAN_GPU);
	uint32_t id;
	int err;

	if (!gpu || !b)
		return;
	if (rnd_once_in(&w->rnd, 3)) {
		err = gpu_pagemap_id(gpu, &id);
		if (!err)
			err = gpu_evict_region(gpu, id);
	} else {
		struct range r = pick_pages(&w->rnd, b);

		err = gpu_evict(gpu, b->p + r.offset, r.length);
	}
	if (!gpu_may_fail(err))
		fail(w->report, "EVICT of GPU %u: %d", gpu->number, err);
}

static void act_pageout(struct worker *w)
{
	struct buffer *b = pick_buffer(w, 0);
	struct range r;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	madvise(b->p + r.offset, r.length, MADV_PAGEOUT);
	buffer_note(b, "MADV_PAGEOUT of 0x%zx bytes at 0x%zx", r.length, r.offset);
}

/* Open another GPU, or the same GPU with a new VM. */
static void act_open(struct worker *w)
{
	struct gpu *gpu = &w->gpus[rnd_below(&w->rnd, SLOTS)];

	if (gpu->fd >= 0 && rnd_once_in(&w->rnd, 3))
		gpu_vm_destroy(gpu);
	gpu_close(gpu);
	open_and_prefer(w, gpu);
}

static void act_close_all(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		gpu_close(&w->gpus[i]);
}

/* Close all VMs, so that groups can change. */
static void stand_back(struct worker *w)
{
	act_close_all(w);
	child_wait(w);
	while (atomic_load(&shared->quiet) && !atomic_load(&shared->stop))
		usleep(20000);
}

static const struct {
	const char *name;
	unsigned int weight;
	void (*act)(struct worker *w);
} actions[] = {
	{ "cpu write", 10, act_cpu_write },
	{ "cpu check", 6, act_cpu_check },
	{ "exec", 20, run_sync },
	{ "asynchronous exec", 12, run_async },
	{ "madvise", 10, act_advise },
	{ "prefetch", 8, act_prefetch },
	{ "evict", 3, act_evict },
	{ "MADV_PAGEOUT", 4, act_pageout },
	{ "MADV_DONTNEED", 2, act_drop },
	{ "mmap over", 1, act_replace },
	{ "mremap", 2, act_move },
	{ "mremap of a part", 1, act_move_part },
	{ "MADV_FREE", 4, act_lazy_free },
	{ "mapping again", 2, act_reopen },
	{ "mprotect", 2, act_protect },
	{ "vmsplice", 2, act_splice },
	{ "longterm pin", 2, act_longterm },
	{ "direct I/O", 2, act_direct_io },
	{ "/proc/self/mem", 2, act_proc_mem },
	{ "reclaim", 10, act_reclaim },
	{ "fork", 2, act_fork },
	{ "open", 4, act_open },
	{ "close all", 1, act_close_all },
};

#define NUM_ACTIONS	(sizeof(actions) / sizeof(actions[0]))

_Static_assert(NUM_ACTIONS <= MAX_ACTIONS, "MAX_ACTIONS is too small");
const unsigned int num_actions = NUM_ACTIONS;

const char *action_name(unsigned int action)
{
	return actions[action].name;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/* Let the neighbour do one thing during each action. */
static void give_turn(struct worker *w)
{
	int value;

	if (!sem_getvalue(&w->turn, &value) && value < 1)
		sem_post(&w->turn);
}

static void act(struct worker *w)
{
	unsigned int i, total = 0, left;
	uint64_t begin = now_us();

	for (i = 0; i < NUM_ACTIONS; i++)
		total += actions[i].weight;
	left = rnd_below(&w->rnd, total);
	for (i = 0; left >= actions[i].weight; i++)
		left -= actions[i].weight;

	snprintf(w->report->doing, sizeof(w->report->doing), "%s", actions[i].name);
	give_turn(w);
	actions[i].act(w);
	w->report->actions++;
	shared->totals.done[i]++;
	shared->totals.us[i] += now_us() - begin;
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* SIGALRM interrupts calls of this thread only. */
static void catch_alarms(void)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
}

static struct worker_report *own_report;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	(void)context;
	fail(own_report, "%s at %p, code %d", signal == SIGBUS ? "SIGBUS" : "SIGSEGV",
	     info->si_addr, info->si_code);
}

/* Report SIGSEGV and SIGBUS as failures with an address. */
static void catch_faults(struct worker_report *report)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	own_report = report;
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static pthread_t start_neighbour(struct worker *w)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, neighbour_run, w))
		fail(w->report, "pthread_create() failed");
	return thread;
}

static void join_cgroup(unsigned int number)
{
	int err;

	if (!shared->options.cgroup)
		return;
	err = put_number(getpid(), "%s/cgroup.procs", shared->options.cgroup);
	if (err)
		fail(&shared->workers[number], "the cgroup can't be joined: %s", strerror(-err));
}

static int open_direct(unsigned int number)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/direct%u", shared->options.dir, number);
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0600);
}

static void init(struct worker *w, unsigned int number)
{
	unsigned int i;

	*w = (struct worker) {
		.number = number,
		.rnd = rnd_stream(shared->options.seed + shared->round, number),
		.report = &shared->workers[number],
		.gup_test = open("/sys/kernel/debug/gup_test", O_RDWR | O_CLOEXEC),
		.direct = open_direct(number),
	};
	pthread_rwlock_init(&w->space, NULL);
	sem_init(&w->turn, 0, 0);
	w->aligned = model_memory(LARGEST);
	if (pipe2(w->pipe, O_CLOEXEC | O_NONBLOCK))
		fail(w->report, "pipe() failed");
	for (i = 0; i < SLOTS; i++)
		w->gpus[i].fd = -1;
	for (i = 0; i < BUFFERS; i++)
		buffer_init(&w->buffers[i], i, number);
	jobs_init(w);
}

/* Check every byte, as a GPU and as the CPU sees it. */
static void check_everything(struct worker *w)
{
	struct buffer *b;

	for (b = w->buffers; b < w->buffers + BUFFERS; b++) {
		if (!buffer_exists(b))
			continue;
		if (b->flags & CAN_GPU)
			run_read(w, (struct range) { b, 0, b->size });
		buffer_check(b, 0, b->size, "at the end");
	}
}

static void close_everything(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		gpu_close(&w->gpus[i]);
	for (i = 0; i < BUFFERS; i++)
		buffer_destroy(&w->buffers[i]);
}

void worker_run(unsigned int number)
{
	static struct worker w;
	sigset_t alarms;
	pthread_t neighbour;

	join_cgroup(number);
	catch_faults(&shared->workers[number]);
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	init(&w, number);
	neighbour = start_neighbour(&w);
	catch_alarms();
	pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);

	shared->ready++;
	while (!atomic_load(&shared->stop)) {
		if (atomic_load(&shared->quiet))
			stand_back(&w);
		act(&w);
		jobs_reap(&w);
	}

	snprintf(w.report->doing, sizeof(w.report->doing), "ending");
	atomic_store(&w.stop, true);
	sem_post(&w.turn);
	pthread_join(neighbour, NULL);
	jobs_wait(&w);
	child_wait(&w);
	check_everything(&w);
	close_everything(&w);
	exit(0);
}
