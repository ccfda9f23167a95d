/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers that depend on the seed alone. */
struct random {
	uint64_t state;
};

void random_start(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
/* 0 to @n - 1 */
unsigned int below(struct random *random, unsigned int n);
/* True in so many cases of a hundred */
bool percent(struct random *random, unsigned int n);

#endif
