/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TESTS_TAP_H
#define GPUSVM_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

/* Prints points of TAP. tests/run numbers them */
static int tap_failures;

static inline void tap_check(bool good, const char *what, const char *file, int line)
{
	printf("%s - %s\n", good ? "ok" : "not ok", what);
	if (good)
		return;
	printf("# %s:%d\n", file, line);
	tap_failures++;
}

/* Prints one point */
#define check(condition, what) tap_check(condition, what, __FILE__, __LINE__)

/* The return value of main() */
static inline int tap_status(void)
{
	return tap_failures != 0;
}

#endif
