/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_GENERATE_H
#define FUZZ_GENERATE_H

#include "program.h"
#include "random.h"

void program_generate(struct rnd *random, struct program *program);
/* Mutates @program, possibly with a part of @other. */
void program_mutate(struct rnd *random, struct program *program,
		    const struct program *other);
/* Repeats calls with other arguments, until the program is full. */
void program_repeat(struct rnd *random, struct program *program);
/* Removes calls until the cost of the rest is at most @cost. */
void program_hasten(struct program *program, unsigned int cost);

#endif
