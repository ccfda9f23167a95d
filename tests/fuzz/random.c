// SPDX-License-Identifier: GPL-2.0-or-later

#include "random.h"

/* splitmix64: any seed will do, also the next number */
uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;

	return z ^ z >> 31;
}

void random_start(struct random *random, uint64_t seed)
{
	random->state = seed;
	random->state = random_next(random);
}

unsigned int below(struct random *random, unsigned int n)
{
	return random_next(random) % n;
}

bool percent(struct random *random, unsigned int n)
{
	return below(random, 100) < n;
}
