// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ring all-reduce: each GPU has a vector, and in the end each has the sum of all of them.
 *
 * Vectors are in as many parts as there are GPUs. First, the sums of parts go once around the
 * ring: in each step, each GPU adds a part of the GPU before it to its own. Then each GPU has
 * the sum of one part, and copies the others the same way.
 */
#include <err.h>
#include <stdlib.h>

#include "pattern.h"

static unsigned int count(unsigned int gpus)
{
	return gpus;
}

static size_t count_words(const struct job *job)
{
	return job->size / sizeof(uint64_t);
}

static int prepare(struct job *job)
{
	unsigned int i;
	uint64_t *vector;
	size_t word;

	for (i = 0; i < job->num_blocks; i++) {
		if (block_new(&job->blocks[i], count_words(job) * sizeof(*vector), i))
			return EXIT_FAILURE;
		vector = job->blocks[i].start;
		for (word = 0; word < count_words(job); word++)
			vector[word] = pattern_data(i, word);
	}
	return 0;
}

/* The part that @member gets in this step; the GPU before it has just completed this part. */
struct part {
	unsigned int before;
	size_t first, length;	/* in words, and in bytes */
	uint64_t *from, *to;
};

static struct part find_part(const struct job *job, unsigned int member, unsigned int number)
{
	unsigned int gpus = job->team->size;
	struct part part = { .before = (member + gpus - 1) % gpus };
	size_t words = count_words(job);

	part.first = pattern_part(words, number % gpus, gpus);
	part.length = pattern_part(words, number % gpus + 1, gpus) - part.first;
	part.length *= sizeof(uint64_t);
	part.from = (uint64_t *)job->blocks[part.before].start + part.first;
	part.to = (uint64_t *)job->blocks[member].start + part.first;
	return part;
}

/* A virtual GPU has no addition of vectors, so this is its arithmetic. */
static int add(const struct job *job, unsigned int member, const struct part *part,
	       uint64_t *left, uint64_t *right)
{
	size_t word;

	if (team_read(job->team, member, part->from, part->length, left) ||
	    team_read(job->team, member, part->to, part->length, right))
		return EXIT_FAILURE;
	for (word = 0; word < part->length / sizeof(*left); word++)
		left[word] += right[word];
	return team_write(job->team, member, part->to, part->length, left);
}

static int reduce_scatter(struct job *job, uint64_t *left, uint64_t *right)
{
	unsigned int gpus = job->team->size, step, i;
	struct part part;

	for (step = 0; step + 1 < gpus; step++) {
		for (i = 0; i < gpus; i++) {
			part = find_part(job, i, i + 2 * gpus - step - 1);
			if (add(job, i, &part, left, right))
				return EXIT_FAILURE;
		}
		if (team_step(job->team))
			return EXIT_FAILURE;
	}
	return 0;
}

static int all_gather(struct job *job)
{
	unsigned int gpus = job->team->size, step, i;
	struct part part;

	for (step = 0; step + 1 < gpus; step++) {
		for (i = 0; i < gpus; i++) {
			part = find_part(job, i, i + gpus - step);
			if (team_copy(job->team, i, part.to, part.from, part.length))
				return EXIT_FAILURE;
		}
		if (team_step(job->team))
			return EXIT_FAILURE;
	}
	return 0;
}

static int round_of(struct job *job, unsigned int round)
{
	uint64_t *left = malloc(job->size), *right = malloc(job->size);
	int status = EXIT_FAILURE;

	(void)round;
	if (left && right)
		status = reduce_scatter(job, left, right) ?: all_gather(job);
	else
		warn("%zu bytes", job->size);
	free(left);
	free(right);
	return status;
}

static void compute(const struct job *job, unsigned int rounds, uint64_t *sums)
{
	unsigned int gpus = job->team->size, i;
	size_t word;

	for (word = 0; word < count_words(job); word++) {
		sums[word] = 0;
		for (i = 0; i < gpus; i++)
			sums[word] += pattern_data(i, word);
		/* Each further round adds equal vectors. */
		for (i = 1; i < rounds; i++)
			sums[word] *= gpus;
	}
}

static int verify(const struct job *job, unsigned int rounds)
{
	uint64_t *sums = malloc(job->size);
	unsigned int i;
	int status = 0;

	if (!sums) {
		warn("%zu bytes", job->size);
		return EXIT_FAILURE;
	}
	compute(job, rounds, sums);
	for (i = 0; i < job->num_blocks; i++)
		status |= pattern_compare(job, i, job->blocks[i].start, sums,
					  job->blocks[i].length);
	free(sums);
	return status;
}

const struct pattern pattern_allreduce = {
	.name = "all-reduce",
	.count = count,
	.prepare = prepare,
	.round = round_of,
	.verify = verify,
};
