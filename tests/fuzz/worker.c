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
 * Number of programs after which a new process goes on. Until then, GPUs and groups in configfs
 * stay, because removing GPUs takes longer than all other calls.
 */
#define PROGRAMS	500
#define PERCENT_NEW	20

/* One of so many programs may make and remove GPUs and groups. */
#define SLOW_ONE_OF	40

/* Number of runs to shorten a program. */
#define MAX_RUNS	16

/* Cost limits of a fast program, before and after its calls are repeated. */
#define FIRST_COST	100
#define FAST_COST	160

/* One of so many calls is timed, because reading the clock takes as long as a fast call. */
#define TIMED_ONE_OF	16

static const struct job *job;
static struct rnd random_numbers;

/* The program that both lanes run. */
static const struct program *running;
static unsigned int common;
static struct signal lane_signals[LANES];
/* The signal of each call, while call_signals_wanted. */
static struct signal call_signals[MAX_CALLS];
static bool call_signals_wanted;
static enum program_kind kind = PROGRAM_AGAIN;
static unsigned long lane_counts[LANES];

/* Whether this process may have directories in configfs. */
static bool has_config = true;
static sem_t lane1_begin, lane1_end;

/* The record of the history that runs, and the index of each call in it. */
static unsigned int repeated;
static unsigned int repeated_calls[MAX_CALLS];

static void run_call(const struct call *call, unsigned int lane, struct signal *signal)
{
	unsigned int index = call_index(call->type);
	bool timed = atomic_fetch_add(&state->calls_of[index], 1) % TIMED_ONE_OF == 0;
	uint64_t began = timed ? now_us() : 0;
	long outcome;

	cover_begin();
	outcome = call_run(call);
	cover_end(signal);
	signal_outcome(signal, call->type, outcome);
	lane_counts[lane] += call_counts(call, outcome);
	atomic_fetch_add(&state->ended[job->worker], 1);
	if (timed) {
		atomic_fetch_add(&state->timed_of[index], 1);
		atomic_fetch_add(&state->time_of[index], now_us() - began);
	}
}

static void run_calls(unsigned int lane, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		struct signal *signal = &lane_signals[lane];

		if (running->calls[i].lane != lane)
			continue;
		if (running->calls[i].type->run == make_dir)
			has_config = true;
		if (call_signals_wanted)
			signal = &call_signals[i];
		if (job->note_calls)
			dprintf(job->log, "# call %u %u\n", repeated, repeated_calls[i]);
		run_call(&running->calls[i], lane, signal);
		if (call_signals_wanted)
			signal_add(&lane_signals[lane], signal);
	}
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

/* Uses one write, so that programs of two workers don't mix. */
static void announce(const struct program *program)
{
	char text[128 + PROGRAM_TEXT];
	size_t length;

	if (job->log < 0 || job->task == TASK_REPEAT)
		return;
	length = sprintf(text, "# worker %u, after %lu calls and %lu s\n", job->worker,
			 atomic_load(&state->calls), (now_ms() - state->begin) / 1000);
	length += program_print(program, text + length, sizeof(text) - length);
	if (write(job->log, text, length) < 0)
		perror("gpusvm-fuzz: log");
}

static void remove_config(struct signal *signal)
{
	if (!has_config)
		return;
	cover_begin();
	runtime_remove_config();
	cover_end(signal);
	has_config = false;
}

static void end_program(void)
{
	uint64_t began = now_us();

	cover_begin();
	runtime_end();
	cover_end(&lane_signals[0]);
	atomic_fetch_add(&state->time_of_ends, now_us() - began);
}

/* Returns the duration in microseconds. */
static uint64_t run_program(const struct program *program, struct signal *signal)
{
	uint64_t begin = now_us(), time;
	unsigned long counts;

	announce(program);
	memset(lane_signals, 0, sizeof(lane_signals));
	memset(lane_counts, 0, sizeof(lane_counts));
	if (call_signals_wanted)
		memset(call_signals, 0, program->num * sizeof(call_signals[0]));
	running = program;
	common = program_common(program);
	run_parts();
	end_program();
	atomic_fetch_add(&state->ended[job->worker], 1);
	time = now_us() - begin;
	counts = lane_counts[0] + lane_counts[1];
	atomic_fetch_add(&state->programs[kind], 1);
	atomic_fetch_add(&state->calls_in[kind], counts);
	atomic_fetch_add(&state->time_in[kind], time);
	atomic_fetch_add(&state->calls, counts);
	atomic_fetch_add(&state->all_calls, program->num);
	*signal = lane_signals[0];
	signal_add(signal, &lane_signals[1]);

	return time;
}

/* Whether @program reaches the wanted signal without the leftovers of other programs. */
static bool still_has(const struct program *program, const struct signal *wanted,
		      struct signal *signal)
{
	remove_config(&state->signal);
	run_program(program, signal);
	signal_add(&state->signal, signal);

	return signal_has(signal, wanted);
}

/* Removes @num calls at @at, if the program then still reaches the wanted signal. */
static bool shorten(struct program *program, unsigned int at, unsigned int num,
		    const struct signal *wanted, struct signal *signal)
{
	struct program shorter;
	struct signal less;

	program_copy(&shorter, program);
	program_remove(&shorter, at, num);
	if (!still_has(&shorter, wanted, &less))
		return false;
	program_copy(program, &shorter);
	*signal = less;

	return true;
}

/* Returns the end of the last call that reaches a part of the wanted signal. */
static unsigned int last_wanted(const struct program *program, const struct signal *wanted)
{
	unsigned int num = program->num;

	while (num && !signal_meets(&call_signals[num - 1], wanted))
		num--;

	return num ?: program->num;
}

/* Tries to remove many calls at once first, because most are not needed. */
static void minimise(struct program *program, const struct signal *wanted,
		     struct signal *signal)
{
	unsigned int last = last_wanted(program, wanted), runs = 0;

	if (last < program->num)
		shorten(program, last, program->num - last, wanted, signal);
	for (unsigned int num = program->num / 2; num && runs < MAX_RUNS; num /= 2)
		for (unsigned int at = program->num;
		     at >= num && program->num > num && runs < MAX_RUNS; at -= num, runs++)
			shorten(program, at - num, num, wanted, signal);
}

/* Keeps a program that reaches something new twice. */
static void consider(struct program *program, const struct signal *signal, uint64_t time)
{
	struct signal news = *signal, again;
	bool same;

	if (!signal_news(&news, &state->signal))
		return;
	signal_add(&state->signal, signal);
	/* With KCOV, a new errno alone is not worth the time. */
	if (cover_sites() && !signal_has_any_site(&news))
		return;
	call_signals_wanted = true;
	same = still_has(program, &news, &again);
	call_signals_wanted = false;
	if (!same)
		return;
	minimise(program, &news, &again);
	corpus_add(program, &again, time);
}

/* Prefers the faster one of two. Else programs that make GPUs would take all the time. */
static const struct program *some_entry(void)
{
	const struct entry *a = &state->entries[rnd_below(&random_numbers, state->num_entries)];
	const struct entry *b = &state->entries[rnd_below(&random_numbers, state->num_entries)];

	if (b->time < a->time && rnd_percent(&random_numbers, 85))
		a = b;

	return &a->program;
}

/* Joins several of the corpus, because undoing a program takes longer than running it. */
static void make_program(struct program *program)
{
	unsigned int wanted = 6 + rnd_below(&random_numbers, SHORT_CALLS - 6);

	if (!state->num_entries || rnd_percent(&random_numbers, PERCENT_NEW)) {
		program_generate(&random_numbers, program);
		return;
	}
	program_copy(program, some_entry());
	program_mutate(&random_numbers, program, some_entry());
	while (program->num < wanted)
		program_append(program, some_entry());
}

/* Slow programs are short. Fast programs repeat calls with other arguments. */
static void next_program(struct program *program)
{
	make_program(program);
	kind = PROGRAM_SLOW;
	if (!rnd_below(&random_numbers, SLOW_ONE_OF))
		return;
	kind = PROGRAM_FAST;

	program_hasten(program, FIRST_COST);
	program_repeat(&random_numbers, program);
	program_hasten(program, FAST_COST);
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

		next_program(&program);
		if (!program.num)
			continue;
		time = run_program(&program, &signal);
		kind = PROGRAM_AGAIN;
		consider(&program, &signal, time);
	}
}

/* Each entry runs in one of the workers. */
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

/* Runs the programs of this worker in their order. */
static void repeat_once(void)
{
	const struct history *history = job->history;

	for (unsigned int i = 0; i < history->num; i++) {
		struct program program;
		struct signal signal;

		if (history->records[i].worker != job->worker)
			continue;
		choice_program(history, job->choice, i, &program, repeated_calls);
		repeated = i;
		if (program.num)
			run_program(&program, &signal);
	}
}

static void do_task(void)
{
	if (job->task == TASK_REPEAT) {
		for (unsigned int i = 0; i < job->times; i++)
			repeat_once();
		return;
	}
	replay();
	if (job->task == TASK_FUZZ)
		fuzz();
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
	do_task();
	_exit(0);
}
