// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three ways in which GPUs compute together, each without a placement and with each buffer
 * on the pagemap nearest to the GPU that uses it most.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "report.h"

enum {
	EXIT_USAGE = 2,
};

#define SMALLEST	((uint64_t)4 << 10)
#define LARGEST		((uint64_t)1 << 30)
#define MOST_ROUNDS	1000

static const struct pattern *const patterns[] = {
	&pattern_allreduce, &pattern_layer, &pattern_pipeline, NULL,
};

#define NUM_PATTERNS (sizeof(patterns) / sizeof(*patterns) - 1)

struct options {
	const char *group;	/* or NULL */
	uint64_t size;
	unsigned int rounds;
	bool json;
};

static int help(void)
{
	puts("Usage: gpusvm-parallel [OPTION]...\n"
	     "\n"
	     "Has all virtual GPUs of a group compute together: a ring all-reduce, a\n"
	     "tensor-parallel layer and a pipeline. Each runs with the default placement, where\n"
	     "memory stays where the CPU has made it, and with near placement: each buffer on the\n"
	     "pagemap nearest to the GPU that uses it most. Compares the results with those of\n"
	     "the CPU, and prints the modelled time and the bytes by place.\n"
	     "\n"
	     "  -g, --group NAME   the group, by default the one with the most GPUs\n"
	     "  -s, --size SIZE    memory of each buffer, by default 4M\n"
	     "  -r, --rounds N     rounds that count, after one that does not; by default 1\n"
	     "  -J, --json         print JSON\n"
	     "  -h, --help         print this help\n"
	     "\n"
	     "Exit status:\n"
	     "  0  success\n"
	     "  1  failure, also if one byte of a result is wrong\n"
	     "  2  wrong usage");
	return EXIT_SUCCESS;
}

static bool parse_size(const char *text, uint64_t *size)
{
	if (!gpusvm_parse_size(text, size) && *size >= SMALLEST && *size <= LARGEST)
		return true;
	warnx("--size wants 4K to 1G, not \"%s\"", text);
	return false;
}

static bool parse_rounds(const char *text, unsigned int *rounds)
{
	unsigned long number;
	char *end;

	number = strtoul(text, &end, 10);
	*rounds = number;
	if (*text >= '0' && *text <= '9' && !*end && number && number <= MOST_ROUNDS)
		return true;
	warnx("--rounds wants a number from 1 to %d, not \"%s\"", MOST_ROUNDS, text);
	return false;
}

static const struct gpusvm_group *find_largest(const struct gpusvm_topology *topology)
{
	const struct gpusvm_group *group, *largest = NULL;

	for (group = gpusvm_group_get_first(topology); group;
	     group = gpusvm_group_get_next(group)) {
		if (!largest || team_count(group) > team_count(largest))
			largest = group;
	}
	return largest;
}

static const struct gpusvm_group *find_group(const struct gpusvm_topology *topology,
					     const char *name)
{
	const struct gpusvm_group *group;

	group = name ? gpusvm_group_find_by_name(topology, name) : find_largest(topology);
	if (!group && name)
		warnx("no group has the name \"%s\"; see: gpusvm-topology groups", name);
	else if (!group)
		warnx("there is no GPU");
	else if (team_count(group) < 2)
		warnx("the group %s has fewer than two GPUs", gpusvm_group_get_name(group));
	else
		return group;
	return NULL;
}

static int run_pattern(const struct gpusvm_group *group, const struct options *options,
		       const struct pattern *pattern, struct result *results)
{
	unsigned int placement;

	for (placement = 0; placement < PLACEMENTS; placement++) {
		if (!pattern_run(pattern, group, placement, options->size, options->rounds,
				 &results[placement]))
			continue;
		warnx("%s with %s placement has failed", pattern->name,
		      report_placement(placement));
		return EXIT_FAILURE;
	}
	return 0;
}

static int run_in_topology(const struct gpusvm_topology *topology,
			   const struct options *options)
{
	struct result results[NUM_PATTERNS][PLACEMENTS];
	struct report report = {
		.group = find_group(topology, options->group),
		.size = options->size,
		.rounds = options->rounds,
		.patterns = patterns,
		.results = results,
	};
	unsigned int i;

	if (!report.group)
		return EXIT_FAILURE;
	for (i = 0; patterns[i]; i++) {
		if (run_pattern(report.group, options, patterns[i], results[i]))
			return EXIT_FAILURE;
	}
	if (options->json)
		report_json(&report);
	else
		report_text(&report);
	return EXIT_SUCCESS;
}

static int run(const struct options *options)
{
	struct gpusvm_topology *topology = NULL;
	struct gpusvm_ctx *ctx = NULL;
	int err, status;

	err = gpusvm_new(&ctx) ?: gpusvm_topology_new(ctx, &topology);
	if (err)
		warnx("cannot read the topology: %s", err == -ENOENT ?
		      "is the module drm_pagemap_topology loaded?" : strerror(-err));
	status = err ? EXIT_FAILURE : run_in_topology(topology, options);
	gpusvm_topology_unref(topology);
	gpusvm_unref(ctx);
	return status;
}

static int usage(void)
{
	fputs("Try: gpusvm-parallel --help\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "group", required_argument, NULL, 'g' },
		{ "size", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'J' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct options options = { .size = (uint64_t)4 << 20, .rounds = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "g:s:r:Jh", long_options, NULL)) >= 0) {
		if (option == 'g')
			options.group = optarg;
		else if (option == 'J')
			options.json = true;
		else if (option == 'h')
			return help();
		else if (option == 's' ? !parse_size(optarg, &options.size) :
			 option != 'r' || !parse_rounds(optarg, &options.rounds))
			return usage();
	}
	if (optind < argc) {
		warnx("too many arguments");
		return usage();
	}
	return run(&options);
}
