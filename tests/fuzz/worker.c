// SPDX-License-Identifier: GPL-2.0-or-later
/* A process that makes programs and runs them. */

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "generate.h"
#include "state.h"
#include "worker.h"

/*
 * After so many a process ends, with all that it has open, and a new one goes on. What
 * they made in configfs stays until then: to remove GPUs takes longer than all else.
 */
#define PROGRAMS	100
#define PERCENT_NEW	20

static const struct job *job;
static struct rnd random_numbers;

/* What the two lanes run at the moment. */
static const struct program *running;
static unsigned int common;
static struct signal lane_signals[LANES];
static sem_t lane1_begin, lane1_end;

static void run_call(const struct call *call, struct signal *signal)
{
	unsigned int index = call_index(call->type);
	uint64_t began = now_us();
	long outcome;

	cover_begin();
	outcome = call_run(call);
	cover_end(signal);
	signal_outcome(signal, call->type, outcome);
	atomic_fetch_add(&state->calls, 1);
	atomic_fetch_add(&state->calls_of[index], 1);
	atomic_fetch_add(&state->time_of[index], now_us() - began);
}

static void run_calls(unsigned int lane, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++)
		if (running->calls[i].lane == lane)
			run_call(&running->calls[i], &lane_signals[lane]);
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

static void *lane1(void *arg)
{
	cover_start();
	for (;;) {
		wait_for(&lane1_begin);
		runtime_lane(1);
		run_calls(1, common, running->num);
		runtime_lane_end();
		sem_post(&lane1_end);
	}

	return arg;
}

static void run_parts(void)
{
	const bool two = common < running->num;

	runtime_lane(0);
	run_calls(0, 0, common);
	if (two)
		sem_post(&lane1_begin);
	run_calls(0, common, running->num);
	runtime_lane_end();
	if (two)
		wait_for(&lane1_end);
}

/* In one write, so that programs of two workers don't mix */
static void announce(const struct program *program)
{
	char text[16384];
	size_t length;

	if (job->log < 0)
		return;
	length = sprintf(text, "# worker %u\n", job->worker);
	length += program_print(program, text + length, sizeof(text) - length);
	if (write(job->log, text, length) < 0)
		perror("gpusvm-fuzz: log");
}

static void remove_config(struct signal *signal)
{
	cover_begin();
	runtime_remove_config();
	cover_end(signal);
}

static void end_program(void)
{
	uint64_t began = now_us();

	cover_begin();
	runtime_end();
	cover_end(&lane_signals[0]);
	atomic_fetch_add(&state->time_of_ends, now_us() - began);
}

/* Returns how long it took */
static uint64_t run_program(const struct program *program, struct signal *signal)
{
	uint64_t begin = now_us();

	announce(program);
	memset(lane_signals, 0, sizeof(lane_signals));
	running = program;
	common = program_common(program);
	atomic_store(&state->began[job->worker], now_ms());
	run_parts();
	end_program();
	atomic_store(&state->began[job->worker], 0);
	atomic_fetch_add(&state->programs, 1);
	*signal = lane_signals[0];
	signal_add(signal, &lane_signals[1]);

	return now_us() - begin;
}

/* Whether @program still has the signal, when nothing is left of those before it */
static bool still_has(const struct program *program, const struct signal *wanted,
		      struct signal *signal)
{
	remove_config(&state->signal);
	run_program(program, signal);
	signal_add(&state->signal, signal);

	return signal_has(signal, wanted);
}

/* Takes out @num calls at @at, if the wanted part of @signal does not need them */
static bool shorten(struct program *program, unsigned int at, unsigned int num,
		    const struct signal *wanted, struct signal *signal)
{
	struct program shorter = *program;
	struct signal less;

	program_remove(&shorter, at, num);
	if (!still_has(&shorter, wanted, &less))
		return false;
	*program = shorter;
	*signal = less;

	return true;
}

/* Many calls at once first, as most are not needed */
static void minimise(struct program *program, const struct signal *wanted,
		     struct signal *signal)
{
	for (unsigned int num = program->num / 2; num; num /= 2)
		for (unsigned int at = program->num; at >= num && program->num > num; at -= num)
			shorten(program, at - num, num, wanted, signal);
}

/* Keeps a program that did something new and does it again */
static void consider(struct program *program, const struct signal *signal, uint64_t time)
{
	struct signal news = *signal, again;

	if (!signal_news(&news, &state->signal))
		return;
	signal_add(&state->signal, signal);
	if (!still_has(program, &news, &again))
		return;
	minimise(program, &news, &again);
	corpus_add(program, &again, time);
}

/* Mostly the faster one of two: those that make GPUs would take all the time */
static const struct program *some_entry(void)
{
	const struct entry *a = &state->entries[rnd_below(&random_numbers, state->num_entries)];
	const struct entry *b = &state->entries[rnd_below(&random_numbers, state->num_entries)];

	if (b->time < a->time && rnd_percent(&random_numbers, 85))
		a = b;

	return &a->program;
}

/* Several of the corpus one after the other: to undo a program takes longer than to run it */
static void make_program(struct program *program)
{
	unsigned int wanted = 6 + rnd_below(&random_numbers, MAX_CALLS - 6);

	if (!state->num_entries || rnd_percent(&random_numbers, PERCENT_NEW)) {
		program_generate(&random_numbers, program);
		return;
	}
	*program = *some_entry();
	program_mutate(&random_numbers, program, some_entry());
	while (program->num < wanted)
		program_append(program, some_entry());
}

static bool wanted(void)
{
	return !atomic_load(&state->stop) && atomic_load(&state->calls) < job->calls;
}

static void fuzz(void)
{
	for (unsigned int i = 0; i < PROGRAMS && wanted(); i++) {
		struct program program;
		struct signal signal;
		uint64_t time;

		make_program(&program);
		time = run_program(&program, &signal);
		consider(&program, &signal, time);
	}
}

/* Workers share out what was read, and learn what it reaches */
static void replay(void)
{
	for (unsigned int i = 0; i < PROGRAMS && !atomic_load(&state->stop); i++) {
		unsigned int n = atomic_fetch_add(&state->next_entry, 1);
		struct entry *entry = &state->entries[n];

		if (n >= state->num_read)
			return;
		entry->time = run_program(&entry->program, &entry->signal);
		signal_add(&state->signal, &entry->signal);
	}
}

void worker_run(const struct job *the_job)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	job = the_job;
	random_numbers = rnd_stream(job->seed, 0);
	runtime_process = job->worker;
	runtime_start();
	cover_start();
	sem_init(&lane1_begin, 0, 0);
	sem_init(&lane1_end, 0, 0);
	pthread_create(&thread, NULL, lane1, NULL);
	remove_config(&state->signal);
	replay();
	if (!job->replay)
		fuzz();
	_exit(0);
}
