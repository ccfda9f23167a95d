/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_JUDGE_H
#define FUZZ_JUDGE_H

#include <stdbool.h>

/* What is wrong with the kernel, of what can be seen from outside. All print it. */

extern const char * const modules[];
extern const unsigned int num_modules;

/* Loads both modules, the GPUs by these parameters. */
bool modules_load(const char *parameters);
bool modules_unload(void);

/* Nobody uses anything any more: is all of it as it has to be at rest? */
bool judge_rest(void);

/* Looks for leaked memory by the program $LEAKS; judge_log() sees what it finds. */
void judge_leaks(void);

/* From now on; @splats is a regular expression. */
void judge_log_start(const char *splats);
/* Has the kernel complained? */
bool judge_log(void);

#endif
