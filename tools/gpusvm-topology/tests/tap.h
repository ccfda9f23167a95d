/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TESTS_TAP_H
#define GPUSVM_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

/* Lines of TAP, which tests/run numbers */
static int tap_failures;

static inline void tap_check(bool good, const char *what, const char *file, int line)
{
	printf("%s - %s\n", good ? "ok" : "not ok", what);
	if (good)
		return;
	printf("# %s:%d\n", file, line);
	tap_failures++;
}

/* One test of its own */
#define check(condition, what) tap_check(condition, what, __FILE__, __LINE__)

/* To be returned from main() */
static inline int tap_status(void)
{
	return tap_failures != 0;
}

#endif
