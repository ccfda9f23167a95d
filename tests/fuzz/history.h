/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_HISTORY_H
#define FUZZ_HISTORY_H

#include <stdbool.h>
#include <stdio.h>

#include "program.h"

/*
 * The log of a run that failed: the programs since the modules were loaded, and the trials of
 * fewer calls after the failure. A log is text, which can be cut and joined.
 */

#define MAX_RECORDS	1024
#define MAX_TRIALS	4096
#define MAX_GPUS_TEXT	256

struct record {
	unsigned int worker;
	struct program program;
};

/* Some of the calls of all records. */
struct choice {
	bool one_lane;		/* run all calls of a program one after the other */
	bool has[MAX_RECORDS][MAX_CALLS];
};

struct trial {
	bool fails;
	struct choice *begun;	/* calls that began before the VM died, or NULL for all */
};

struct history {
	char gpus[MAX_GPUS_TEXT];	/* parameters of vgpusvm */
	bool at_rest;			/* the run failed after all programs had ended */
	unsigned int num;
	struct record *records;
	unsigned int num_trials;
	struct trial trials[MAX_TRIALS];
};

void history_read(FILE *file, struct history *history);
unsigned int history_workers(const struct history *history);

/* Gets the chosen calls of a record, and the index of each in the record. */
void choice_program(const struct history *history, const struct choice *choice,
		    unsigned int record, struct program *program, unsigned int *indices);
unsigned int choice_programs(const struct history *history, const struct choice *choice);
unsigned int choice_calls(const struct history *history, const struct choice *choice);
void choice_all(const struct history *history, unsigned int record, struct choice *choice);
/* Chooses the last program of each worker. */
void choice_last(const struct history *history, struct choice *choice);
/* Prints the chosen calls in the form that history_read() reads. */
void choice_print(const struct history *history, const struct choice *choice, FILE *out);

#endif
