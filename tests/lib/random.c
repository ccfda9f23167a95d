// SPDX-License-Identifier: GPL-2.0-or-later

#include "random.h"

#define GAMMA	0x9e3779b97f4a7c15ull

uint64_t rnd_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

struct rnd rnd_stream(uint64_t seed, uint64_t stream)
{
	return (struct rnd) { .state = rnd_mix(rnd_mix(seed + GAMMA) + stream * GAMMA) };
}

uint64_t rnd_next(struct rnd *rnd)
{
	rnd->state += GAMMA;
	return rnd_mix(rnd->state);
}

uint64_t rnd_below(struct rnd *rnd, uint64_t n)
{
	return rnd_next(rnd) % n;
}

bool rnd_once_in(struct rnd *rnd, unsigned int n)
{
	return !rnd_below(rnd, n);
}

bool rnd_percent(struct rnd *rnd, unsigned int n)
{
	return rnd_below(rnd, 100) < n;
}
