// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench.h"

const char *const bench_verdicts[BENCH_VERDICTS] = {
	[BENCH_ERROR] = "error",
	[BENCH_SKIPPED] = "skipped",
	[BENCH_ELSEWHERE] = "elsewhere",
	[BENCH_DIFFERS] = "differs",
	[BENCH_VERIFIED] = "verified",
};

/* Prints an error and returns false if the topology is not that of a machine with GPUs */
bool bench_is_possible(const struct options *options, const char *command)
{
	struct stat st;

	if (!options->synthetic &&
	    (!options->sysroot || stat(options->sysroot, &st) || S_ISDIR(st.st_mode)))
		return true;
	say("%s has no GPUs to measure", options->synthetic ? "a synthetic topology" :
							      "an archive");
	usage_error(command);
	return false;
}

static void measure(struct bench_pair *pair, const struct options *options,
		    const struct bench_settings *settings)
{
	const char *render = gpusvm_initiator_get_render(pair->initiator);
	char *node;

	if (!pair->link || !gpusvm_link_is_direct(pair->link) ||
	    !gpusvm_link_is_usable(pair->link)) {
		pair->result.verdict = BENCH_SKIPPED;
		return;
	}
	node = text_format("%s/dev/dri/%s", options->sysroot ?: "", render ?: "");
	if (render) {
		bench_pair_measure(pair, node, settings);
	} else {
		pair->result.error = -ENODEV;
		strcpy(pair->result.step, "open the render node");
	}
	free(node);
}

/* Measures all pairs, one after the other, so that they do not share links */
void bench_measure(struct bench_pairs *pairs, const struct gpusvm_topology *topology,
		   const struct options *options, const struct bench_settings *settings)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	size_t rows = 0, columns = 0;

	gpusvm_initiator_foreach(topology, initiator)
		rows++;
	gpusvm_pagemap_foreach(topology, pagemap)
		columns++;
	*pairs = (struct bench_pairs){ .columns = columns };
	if (!rows || !columns)
		return;

	pairs->pairs = check_memory(calloc(rows * columns, sizeof(*pairs->pairs)));
	gpusvm_initiator_foreach(topology, initiator) {
		gpusvm_pagemap_foreach(topology, pagemap) {
			struct bench_pair *pair = &pairs->pairs[pairs->count++];

			pair->initiator = initiator;
			pair->pagemap = pagemap;
			pair->link = gpusvm_link_find(initiator, pagemap);
			measure(pair, options, settings);
		}
	}
}

void bench_free(struct bench_pairs *pairs)
{
	free(pairs->pairs);
	*pairs = (struct bench_pairs){ 0 };
}
