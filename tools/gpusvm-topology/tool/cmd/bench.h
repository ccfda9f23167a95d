/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_BENCH_H
#define GPUSVM_TOOL_BENCH_H

#include "tool.h"

#define BENCH_DEFAULT_SIZE (4ull << 20)
#define BENCH_DEFAULT_ROUNDS 3

/* What happened to a pair. Only a verified pair passes */
enum bench_verdict {
	BENCH_ERROR,		/* not measured, because a call failed */
	BENCH_SKIPPED,		/* no direct or no usable access */
	BENCH_ELSEWHERE,	/* the pages were not on the pagemap */
	BENCH_DIFFERS,		/* another process found wrong bytes */
	BENCH_VERIFIED,
	BENCH_VERDICTS,
};

enum bench_amount {
	BENCH_WRITE_BANDWIDTH,
	BENCH_READ_BANDWIDTH,
	BENCH_WRITE_LATENCY,
	BENCH_READ_LATENCY,
	BENCH_AMOUNTS,
};

/* MB/s or ns; 0 if unknown */
struct bench_result {
	enum bench_verdict verdict;
	/* What could not be done, and the negative errno */
	int error;
	char step[32];
	/* Whether the amounts come from the model of a virtual GPU instead of a clock */
	bool modelled;
	/* Whether the driver reported the places of the pages */
	bool located;
	/* What the verifying process compared, and the offset of the first difference */
	bool compared;
	uint64_t bytes;
	uint64_t different;
	uint64_t first;
	double amounts[BENCH_AMOUNTS];
};

struct bench_pair {
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;		/* NULL without a path */
	struct bench_result result;
};

/* All pairs of a topology, by initiator and then by pagemap */
struct bench_pairs {
	struct bench_pair *pairs;
	size_t count;
	size_t columns;
};

struct bench_settings {
	uint64_t size;
	uint64_t rounds;
};

/* bench-measure.c */
extern const char *const bench_verdicts[BENCH_VERDICTS];
bool bench_is_possible(const struct options *options, const char *command);
void bench_measure(struct bench_pairs *pairs, const struct gpusvm_topology *topology,
		   const struct options *options, const struct bench_settings *settings);
void bench_free(struct bench_pairs *pairs);

/* bench-pair.c: processes that measure and verify one pair */
void bench_pair_measure(struct bench_pair *pair, const char *node,
			const struct bench_settings *settings);

/* bench-output.c */
struct bench_property;

extern const struct kind bench_kind;
const struct bench_property *bench_find_property(const char *name);
void bench_properties_help(void);
int bench_print_matrix(const struct bench_pairs *pairs, const struct bench_property *property,
		       const struct options *options);
int bench_print_json(const struct bench_pairs *pairs, const struct gpusvm_topology *topology,
		     const struct bench_settings *settings);

#endif
