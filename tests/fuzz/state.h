/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "cover.h"
#include "program.h"

/* What the processes of the fuzzer share. */

#define MAX_WORKERS	8
#define MAX_ENTRIES	3000

enum program_kind {
	PROGRAM_FAST,
	PROGRAM_SLOW,
	PROGRAM_AGAIN,	/* replayed, or run again to shorten it */
	PROGRAM_KINDS,
};

/* A program of the corpus, and the signal that it reached. */
struct entry {
	struct program program;
	struct signal signal;
	uint64_t time;		/* duration in microseconds */
};

struct state {
	pthread_mutex_t lock;		/* of the corpus */
	atomic_bool stop;
	uint64_t begin;			/* of the run, as now_ms() */
	atomic_ulong calls;		/* only those that count */
	atomic_ulong all_calls;
	atomic_ulong programs[PROGRAM_KINDS];
	atomic_ulong calls_in[PROGRAM_KINDS];
	atomic_ulong time_in[PROGRAM_KINDS];	/* in microseconds */
	atomic_uint next_entry;		/* to be replayed */
	unsigned int num_read;		/* entries that were read from files */
	atomic_ulong ended[MAX_WORKERS];	/* calls and programs of a worker */
	atomic_ulong calls_of[MAX_TYPES];
	atomic_ulong timed_of[MAX_TYPES];
	atomic_ulong time_of[MAX_TYPES];	/* of those, in microseconds */
	atomic_ulong time_of_ends;		/* to undo the effects of programs */
	struct signal signal;
	unsigned int num_entries;
	struct entry entries[MAX_ENTRIES];
};

extern struct state *state;

void state_start(void);
void state_lock(void);
void state_unlock(void);

unsigned int corpus_read(const char *path);
void corpus_add(const struct program *program, const struct signal *signal, uint64_t time);
/* Writes few and short programs that together reach the whole signal. */
void corpus_write(FILE *out);

uint64_t now_us(void);
uint64_t now_ms(void);

#endif
