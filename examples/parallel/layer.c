// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tensor-parallel layer: the output is a square matrix of weights times the input. Each GPU
 * has a slice of the rows, and a copy of the whole input. It computes its slice of the
 * output, then copies the slices of the other GPUs. The output is the next input.
 *
 * Input and output are BATCH vectors, word by word beside each other.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"

#define BATCH 4

/* The GPU reads this many bytes of weights at once. */
#define TILE ((size_t)256 << 10)

/* Of each GPU: weights, and two states, which are input and output in turn */
static unsigned int count(unsigned int gpus)
{
	return 2 * gpus;
}

/* Rows of a slice, so that its weights are nearly as large as the job asks for */
static size_t count_rows(const struct job *job)
{
	size_t words = job->size / sizeof(uint32_t), rows = 1;

	while ((rows + 1) * (rows + 1) * job->team->size <= words)
		rows++;
	return rows;
}

static size_t count_columns(const struct job *job)
{
	return count_rows(job) * job->team->size;
}

static size_t state_words(const struct job *job)
{
	return count_columns(job) * BATCH;
}

static uint32_t *weights_of(const struct job *job, unsigned int member)
{
	return job->blocks[2 * member].start;
}

static uint32_t *state_of(const struct job *job, unsigned int member, unsigned int round)
{
	return (uint32_t *)job->blocks[2 * member + 1].start + round % 2 * state_words(job);
}

static void fill_weights(const struct job *job, unsigned int member, uint32_t *weights)
{
	size_t number = count_rows(job) * count_columns(job), word;

	for (word = 0; word < number; word++)
		weights[word] = pattern_data(member, word);
}

static void fill_state(const struct job *job, uint32_t *state)
{
	size_t number = state_words(job), word;

	for (word = 0; word < number; word++)
		state[word] = pattern_data(job->team->size, word);
}

static int prepare(struct job *job)
{
	size_t weights = count_rows(job) * count_columns(job) * sizeof(uint32_t);
	size_t states = 2 * state_words(job) * sizeof(uint32_t);
	unsigned int i;

	for (i = 0; i < job->team->size; i++) {
		if (block_new(&job->blocks[2 * i], weights, i) ||
		    block_new(&job->blocks[2 * i + 1], states, i))
			return EXIT_FAILURE;
		fill_weights(job, i, weights_of(job, i));
		memset(state_of(job, i, 1), 0, states / 2);
		fill_state(job, state_of(job, i, 0));
	}
	return 0;
}

/* @rows rows of the weights times the input */
static void multiply(const uint32_t *weights, size_t rows, size_t columns,
		     const uint32_t *input, uint32_t *output)
{
	size_t row, column, i;
	uint32_t sums[BATCH];

	for (row = 0; row < rows; row++) {
		memset(sums, 0, sizeof(sums));
		for (column = 0; column < columns; column++)
			for (i = 0; i < BATCH; i++)
				sums[i] += weights[row * columns + column] *
					   input[column * BATCH + i];
		memcpy(output + row * BATCH, sums, sizeof(sums));
	}
}

/* What a GPU has in its registers and caches */
struct cache {
	uint32_t *weights, *input, *output;
};

/* A virtual GPU has no multiplication, so this is its arithmetic. */
static int compute_slice(const struct job *job, unsigned int member, unsigned int round,
			 const struct cache *cache)
{
	size_t rows = count_rows(job), columns = count_columns(job), row, number;
	size_t row_size = columns * sizeof(uint32_t);
	size_t tile = row_size < TILE ? TILE / row_size : 1;
	uint32_t *output = state_of(job, member, round + 1) + member * rows * BATCH;

	if (team_read(job->team, member, state_of(job, member, round),
		      state_words(job) * sizeof(uint32_t), cache->input))
		return EXIT_FAILURE;
	for (row = 0; row < rows; row += number) {
		number = tile < rows - row ? tile : rows - row;
		if (team_read(job->team, member, weights_of(job, member) + row * columns,
			      number * row_size, cache->weights))
			return EXIT_FAILURE;
		multiply(cache->weights, number, columns, cache->input,
			 cache->output + row * BATCH);
	}
	return team_write(job->team, member, output, rows * BATCH * sizeof(uint32_t),
			  cache->output);
}

/* Each GPU starts with the slice of the next one, so that no GPU is read by all others. */
static int gather(const struct job *job, unsigned int member, unsigned int round)
{
	size_t words = count_rows(job) * BATCH;
	unsigned int gpus = job->team->size, i, other;

	for (i = 1; i < gpus; i++) {
		other = (member + i) % gpus;
		if (team_copy(job->team, member, state_of(job, member, round + 1) + other * words,
			      state_of(job, other, round + 1) + other * words,
			      words * sizeof(uint32_t)))
			return EXIT_FAILURE;
	}
	return 0;
}

static int for_all(struct job *job, unsigned int round, const struct cache *cache)
{
	unsigned int i;

	for (i = 0; i < job->team->size; i++) {
		if (compute_slice(job, i, round, cache))
			return EXIT_FAILURE;
	}
	if (team_step(job->team))
		return EXIT_FAILURE;
	for (i = 0; i < job->team->size; i++) {
		if (gather(job, i, round))
			return EXIT_FAILURE;
	}
	return team_step(job->team);
}

static int cache_new(const struct job *job, struct cache *cache)
{
	cache->weights = malloc(job->size);
	cache->input = malloc(state_words(job) * sizeof(uint32_t));
	cache->output = malloc(state_words(job) * sizeof(uint32_t));
	if (cache->weights && cache->input && cache->output)
		return 0;
	warn("%zu bytes", job->size);
	return EXIT_FAILURE;
}

static void cache_free(struct cache *cache)
{
	free(cache->weights);
	free(cache->input);
	free(cache->output);
}

static int round_of(struct job *job, unsigned int round)
{
	struct cache cache;
	int status;

	status = cache_new(job, &cache) ?: for_all(job, round, &cache);
	cache_free(&cache);
	return status;
}

/* The same on one CPU: the input of the first round becomes the output of the last one. */
static void compute(const struct job *job, unsigned int rounds, struct cache *cache)
{
	size_t rows = count_rows(job), columns = count_columns(job);
	unsigned int round, i;

	fill_state(job, cache->output);
	for (round = 0; round < rounds; round++) {
		memcpy(cache->input, cache->output, state_words(job) * sizeof(uint32_t));
		for (i = 0; i < job->team->size; i++) {
			fill_weights(job, i, cache->weights);
			multiply(cache->weights, rows, columns, cache->input,
				 cache->output + i * rows * BATCH);
		}
	}
}

static int verify(const struct job *job, unsigned int rounds)
{
	struct cache cache;
	int status = cache_new(job, &cache);
	unsigned int i;

	if (!status) {
		compute(job, rounds, &cache);
		for (i = 0; i < job->team->size; i++)
			status |= pattern_compare(job, i, state_of(job, i, rounds), cache.output,
						  state_words(job) * sizeof(uint32_t));
	}
	cache_free(&cache);
	return status;
}

const struct pattern pattern_layer = {
	.name = "layer",
	.count = count,
	.prepare = prepare,
	.round = round_of,
	.verify = verify,
};
