/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_TRIALS_H
#define FUZZ_TRIALS_H

#include <stdio.h>

/*
 * Runs trials to shorten the programs of a history, and logs them. Returns an exit status. If
 * the log does not end with "done", another VM has to go on.
 */
int trials_run(FILE *history, int log);
/* Prints the smallest choice of calls that failed. Fails if no trial did. */
int trials_result(FILE *history, FILE *out);
/* Prints the first program of a history as C. */
int trials_to_c(FILE *history, FILE *out);

#endif
