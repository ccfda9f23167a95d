/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PATTERN_H
#define PATTERN_H

#include <stddef.h>
#include <stdint.h>

#include "memory.h"
#include "team.h"

/* A pattern at work, on @size bytes for each GPU */
struct job {
	struct team *team;
	size_t size;
	struct block *blocks;
	unsigned int num_blocks;
};

/* How GPUs compute together. The functions return 0 or, with the user informed, EXIT_FAILURE. */
struct pattern {
	const char *name;
	/* Number of blocks for a team of @gpus */
	unsigned int (*count)(unsigned int gpus);
	/* Allocate the blocks, and have the CPU fill them. */
	int (*prepare)(struct job *job);
	/* Let the GPUs compute. A round starts from the result of the round before. */
	int (*round)(struct job *job, unsigned int round);
	/* Compare the result with that of the CPU, bit by bit. */
	int (*verify)(const struct job *job, unsigned int rounds);
};

extern const struct pattern pattern_allreduce;
extern const struct pattern pattern_layer;
extern const struct pattern pattern_pipeline;

/* What pattern_run() has found in @rounds rounds, after one that did not count */
struct result {
	uint64_t modelled_ns;
	struct traffic traffic;
	struct pages pages;
};

/* Runs and verifies a pattern. Returns 0 or, with the user informed, EXIT_FAILURE. */
int pattern_run(const struct pattern *pattern, const struct gpusvm_group *group,
		enum placement placement, size_t size, unsigned int rounds,
		struct result *result);

/* For patterns: data that differs from word to word, and the start of part @part of @parts of
 * @number words
 */
uint64_t pattern_data(unsigned int block, size_t word);
size_t pattern_part(size_t number, unsigned int part, unsigned int parts);

/* For patterns: compares the bytes of @member, and tells the user about a difference. */
int pattern_compare(const struct job *job, unsigned int member, const void *found,
		    const void *wanted, size_t length);

#endif
