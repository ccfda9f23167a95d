/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef SUBTESTS_H
#define SUBTESTS_H

#include "igt.h"

struct subtest {
	const char *name;
	const char *description;
	void (*run)(void);
};

/* A subtest for each entry of an array of &struct subtest; @prepare comes before each. */
#define run_subtests(tests, prepare) do { \
	for (size_t __i = 0; __i < ARRAY_SIZE(tests); __i++) { \
		igt_describe((tests)[__i].description); \
		igt_subtest((tests)[__i].name) { \
			prepare; \
			(tests)[__i].run(); \
		} \
	} \
} while (0)

#endif
