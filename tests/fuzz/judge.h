/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_JUDGE_H
#define FUZZ_JUDGE_H

#include <stdbool.h>

/* Find faults of the kernel from user space, and print them. */

extern const char * const modules[];
extern const unsigned int num_modules;

/* Loads both modules. @parameters are those of vgpusvm. */
bool modules_load(const char *parameters);
bool modules_unload(void);

/* Whether sysfs is consistent and nothing is in use, after all programs have ended. */
bool judge_rest(void);

/* Runs the program $LEAKS, which logs leaks for judge_log(). */
void judge_leaks(void);

/* Starts to read the kernel log. @splats is a regular expression of complaints. */
void judge_log_start(const char *splats);
/* Returns false if the kernel has complained since the last call. */
bool judge_log(void);

#endif
