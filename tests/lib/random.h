/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* A stream of pseudo-random numbers. Each task has its own stream of the same seed. */
struct rnd {
	uint64_t state;
};

/* Returns stream number @stream of @seed. */
struct rnd rnd_stream(uint64_t seed, uint64_t stream);
uint64_t rnd_next(struct rnd *rnd);
/* Returns a number from 0 to @n - 1. */
uint64_t rnd_below(struct rnd *rnd, uint64_t n);
/* Returns true in one of @n calls. */
bool rnd_once_in(struct rnd *rnd, unsigned int n);
/* Returns true in @n of 100 calls. */
bool rnd_percent(struct rnd *rnd, unsigned int n);

/* The finaliser of SplitMix64. */
uint64_t rnd_mix(uint64_t x);

#endif
