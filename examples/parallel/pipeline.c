// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pipeline: GPU i is stage i. It adds a number to the output of the stage before it, part after
 * part, so that all stages are busy as soon as the first part has reached the last one.
 */
#include <err.h>
#include <stdlib.h>

#include "pattern.h"

#define PARTS 16

/* The input, and the output of each stage */
static unsigned int count(unsigned int gpus)
{
	return gpus + 1;
}

static size_t count_words(const struct job *job)
{
	return job->size / sizeof(uint64_t);
}

/* A different one in each round, so that no round leaves the memory as it was */
static uint64_t number_of(unsigned int stage, unsigned int round)
{
	return pattern_data(stage, round);
}

static int prepare(struct job *job)
{
	uint64_t *vector;
	unsigned int i;
	size_t word;

	for (i = 0; i < job->num_blocks; i++) {
		/* The first stage reads the input; each output belongs to the stage that writes. */
		if (block_new(&job->blocks[i], count_words(job) * sizeof(*vector), i ? i - 1 : 0))
			return EXIT_FAILURE;
		vector = job->blocks[i].start;
		for (word = 0; word < count_words(job); word++)
			vector[word] = i ? 0 : pattern_data(0, word);
	}
	return 0;
}

static int stage(const struct job *job, unsigned int member, unsigned int part,
		 unsigned int round)
{
	size_t first = pattern_part(count_words(job), part, PARTS);
	size_t words = pattern_part(count_words(job), part + 1, PARTS) - first;
	const uint64_t *from = job->blocks[member].start;
	uint64_t *to = job->blocks[member + 1].start;

	return team_add(job->team, member, to + first, from + first, words * sizeof(*to),
			number_of(member, round));
}

static int round_of(struct job *job, unsigned int round)
{
	unsigned int gpus = job->team->size, step, i;

	for (step = 0; step < PARTS + gpus - 1; step++) {
		for (i = 0; i < gpus; i++) {
			if (step >= i && step - i < PARTS && stage(job, i, step - i, round))
				return EXIT_FAILURE;
		}
		if (team_step(job->team))
			return EXIT_FAILURE;
	}
	return 0;
}

static int verify(const struct job *job, unsigned int rounds)
{
	uint64_t *wanted = malloc(job->size);
	unsigned int i;
	int status = 0;
	size_t word;

	if (!wanted) {
		warn("%zu bytes", job->size);
		return EXIT_FAILURE;
	}
	for (word = 0; word < count_words(job); word++)
		wanted[word] = pattern_data(0, word);
	for (i = 0; i < job->team->size; i++) {
		for (word = 0; word < count_words(job); word++)
			wanted[word] += number_of(i, rounds - 1);
		status |= pattern_compare(job, i, job->blocks[i + 1].start, wanted,
					  job->blocks[i + 1].length);
	}
	free(wanted);
	return status;
}

const struct pattern pattern_pipeline = {
	.name = "pipeline",
	.count = count,
	.prepare = prepare,
	.round = round_of,
	.verify = verify,
};
