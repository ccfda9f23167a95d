// SPDX-License-Identifier: GPL-2.0-or-later
/* What all patterns have in common */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"

/* Each bit of the number changes half of the bits of the result: the mixer of SplitMix64. */
uint64_t pattern_data(unsigned int block, size_t word)
{
	uint64_t bits = ((uint64_t)block << 40) + word + 1;

	bits *= 0x9e3779b97f4a7c15u;
	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
	return bits ^ (bits >> 31);
}

size_t pattern_part(size_t number, unsigned int part, unsigned int parts)
{
	return number * part / parts;
}

int pattern_compare(const struct job *job, unsigned int member, const void *found,
		    const void *wanted, size_t length)
{
	const unsigned char *left = found, *right = wanted;
	size_t number = 0, first = 0, i;

	if (!memcmp(left, right, length))
		return 0;
	for (i = 0; i < length; i++) {
		if (left[i] != right[i] && !number++)
			first = i;
	}
	warnx("%s: %zu of %zu bytes differ, the first one at offset %zu",
	      team_uid(job->team, member), number, length, first);
	return EXIT_FAILURE;
}

static int place(const struct job *job, enum placement placement)
{
	unsigned int i;
	int status = 0;

	for (i = 0; i < job->num_blocks && !status; i++)
		status = block_place(&job->blocks[i], job->team, placement);
	return status;
}

/* The first round maps the memory on all GPUs, and is not counted. */
static int work(struct job *job, const struct pattern *pattern, unsigned int rounds)
{
	unsigned int round;
	int status;

	status = pattern->round(job, 0) ?: team_start(job->team);
	for (round = 1; round <= rounds && !status; round++)
		status = pattern->round(job, round);
	return status;
}

static int measure(const struct job *job, struct result *result)
{
	unsigned int i;
	int status;

	result->modelled_ns = job->team->modelled_ns;
	status = team_traffic(job->team, &result->traffic);
	for (i = 0; i < job->num_blocks && !status; i++)
		status = block_count(&job->blocks[i], job->team, &result->pages);
	return status;
}

static int run_with_team(const struct pattern *pattern, struct team *team,
			 enum placement placement, size_t size, unsigned int rounds,
			 struct result *result)
{
	struct job job = {
		.team = team,
		.size = size,
		.num_blocks = pattern->count(team->size),
	};
	unsigned int i;
	int status;

	job.blocks = calloc(job.num_blocks, sizeof(*job.blocks));
	if (!job.blocks) {
		warn("%u blocks", job.num_blocks);
		return EXIT_FAILURE;
	}
	/* The CPU moves pages when it compares them, so that comes last. */
	status = pattern->prepare(&job) ?: place(&job, placement) ?:
		 work(&job, pattern, rounds) ?: measure(&job, result) ?:
		 pattern->verify(&job, rounds + 1);
	for (i = 0; i < job.num_blocks; i++)
		block_free(&job.blocks[i]);
	free(job.blocks);
	return status;
}

/* Preferences belong to a VM, so each run has VMs of its own. */
int pattern_run(const struct pattern *pattern, const struct gpusvm_group *group,
		enum placement placement, size_t size, unsigned int rounds,
		struct result *result)
{
	struct team team;
	int status;

	memset(result, 0, sizeof(*result));
	status = team_open(&team, group);
	if (status)
		return status;
	status = run_with_team(pattern, &team, placement, size, rounds, result);
	team_close(&team);
	return status;
}
