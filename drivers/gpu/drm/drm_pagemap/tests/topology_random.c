// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>
#include <linux/random.h>

#include "topology_random.h"

static uint seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Seed of the random tests; 0: a new one for each");

/**
 * topology_random_seed() - Seed the random generator of a test, and print the seed
 * @test: The test.
 * @rnd: State of the random generator.
 */
void topology_random_seed(struct kunit *test, struct rnd_state *rnd)
{
	u32 value = seed ?: get_random_u32();

	kunit_info(test, "seed=%u\n", value);
	prandom_seed_state(rnd, value);
}
