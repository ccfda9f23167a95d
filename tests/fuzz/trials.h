/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_TRIALS_H
#define FUZZ_TRIALS_H

#include <stdio.h>

/*
 * Shortens what failed by trials, which go to the log. Returns an exit status: after a failure,
 * the next trials need another VM.
 */
int trials_run(FILE *history, int log);
/* Prints the smallest choice of calls that failed in the trials; fails if none did. */
int trials_result(FILE *history, FILE *out);
/* Prints the first program of a history as C. */
int trials_to_c(FILE *history, FILE *out);

#endif
