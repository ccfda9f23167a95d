/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_RANDOM_H_
#define _TOPOLOGY_RANDOM_H_

#include <linux/prandom.h>

#include <kunit/test.h>

void topology_random_seed(struct kunit *test, struct rnd_state *rnd);

#endif
