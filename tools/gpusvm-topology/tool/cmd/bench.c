// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology bench: verify and measure access of each GPU to each pagemap. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum {
	EXIT_DIFFERS = 16,
	EXIT_NOT_MEASURED = 17,
};

#define MOST_ROUNDS 1000000
#define MOST_SIZE 1099511627776ull

struct bench {
	struct bench_settings settings;
	const struct bench_property *property;
	bool list;
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology bench [OPTIONS] [NAME...]\n"
	     "\n"
	     "Has each GPU write and read memory on each pagemap that it can use, and measures\n"
	     "that. Another process verifies each byte.\n"
	     NAMES_HELP
	     "\n"
	     " -l, --list           print a line for each pair instead of a matrix, as -o does\n"
	     "     --rounds N       take the best of N rounds (3)\n"
	     "     --show PROPERTY  print this property, see below, or its key in JSON\n"
	     "     --size SIZE      access this much memory, such as 512K or 64M (4M)\n"
	     COLUMN_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Cells:\n"
	     "   64000 61234 ok     declared value, measured value, and the bytes are correct\n"
	     "   64000 ~61234 ok    the value comes from the model of a virtual GPU\n"
	     "   64000 61234 DIFFERS    some bytes are wrong, so the value means nothing\n"
	     "   64000 ? ELSEWHERE  the pages were not on the pagemap, for instance it is full\n"
	     "   64000 ? ERROR      a call failed, see the messages\n"
	     "   64000 !clique      not measured: groups make the link unusable\n"
	     "   x host-bridge      no direct access, and the reason\n"
	     "   -                  no path");
	bench_properties_help();
	puts("\nThe memory is released at the end, and nothing else changes.\n"
	     "\n"
	     "Exit status: that of gpusvm-topology, or\n"
	     "  16  a byte differs\n"
	     "  17  a pair that should work was not measured, or there is no such pair");
	columns_help(&bench_kind);
	return 0;
}

static void explain(const struct bench_pair *pair)
{
	const char *uid = gpusvm_initiator_get_uid(pair->initiator);
	uint32_t id = gpusvm_pagemap_get_id(pair->pagemap);
	const struct bench_result *result = &pair->result;

	if (result->verdict == BENCH_DIFFERS)
		say("%s on pagemap %u: %llu of %llu bytes differ, the first one at offset %llu",
		    uid, id, (unsigned long long)result->different,
		    (unsigned long long)result->bytes, (unsigned long long)result->first);
	else if (result->verdict == BENCH_ELSEWHERE)
		say("%s on pagemap %u: pages are not on the pagemap; is it full?", uid, id);
	else if (result->verdict == BENCH_ERROR)
		say("%s on pagemap %u: cannot %s: %s", uid, id, result->step,
		    strerror(-result->error));
}

/* Wrong bytes are worse than a pair that was not measured */
static int status_of(const struct bench_pairs *pairs)
{
	bool measured = false, failed = false, differs = false;

	for (size_t i = 0; i < pairs->count; i++) {
		enum bench_verdict verdict = pairs->pairs[i].result.verdict;

		explain(&pairs->pairs[i]);
		measured |= verdict == BENCH_VERIFIED;
		differs |= verdict == BENCH_DIFFERS;
		failed |= verdict == BENCH_ERROR || verdict == BENCH_ELSEWHERE;
	}
	if (!measured && !differs && !failed)
		say("no GPU can use a pagemap");
	if (differs)
		return EXIT_DIFFERS;
	return failed || !measured ? EXIT_NOT_MEASURED : 0;
}

static int print_list(const struct bench_pairs *pairs, const struct gpusvm_topology *topology,
		      const struct options *options)
{
	struct output *output = output_new(&bench_kind, options);
	int status;

	for (size_t i = 0; i < pairs->count; i++)
		output_add(output, &pairs->pairs[i]);
	status = output_print(output, "bench", topology);
	output_free(output);
	return status;
}

static int print(const struct bench *bench, const struct bench_pairs *pairs,
		 const struct gpusvm_topology *topology, const struct options *options)
{
	bool list = bench->list || options->all_columns;

	/* JSON has the list and the matrices, unless columns were chosen */
	if (options->columns || (list && !options->json))
		return print_list(pairs, topology, options);
	if (options->json)
		return bench_print_json(pairs, topology, &bench->settings);
	return bench_print_matrix(pairs, bench->property, options);
}

static int run(const struct gpusvm_topology *topology, const struct options *options, void *data)
{
	const struct bench *bench = data;
	struct bench_pairs pairs;
	int status, result;

	bench_measure(&pairs, topology, options, &bench->settings);
	status = print(bench, &pairs, topology, options);
	fflush(stdout);
	result = status_of(&pairs);
	bench_free(&pairs);
	return status ?: result;
}

static bool parse_rounds(const char *text, uint64_t *rounds)
{
	char *end;

	errno = 0;
	*rounds = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *rounds && *rounds <= MOST_ROUNDS)
		return true;
	say("--rounds takes a number from 1 to %d, not \"%s\"", MOST_ROUNDS, text);
	return false;
}

/* Placement works on whole pages */
static bool parse_bench_size(const char *text, uint64_t *size)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	if (!parse_size(text, size))
		return false;
	if (!*size || *size > MOST_SIZE) {
		say("--size takes 1 byte to 1T, not \"%s\"", text);
		return false;
	}
	*size = (*size + page - 1) / page * page;
	return true;
}

static bool check_columns(const struct options *options)
{
	const struct column **columns = columns_choose(&bench_kind, options);

	free(columns);
	return columns;
}

int command_bench(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "rounds", required_argument, NULL, 1 },
		{ "show", required_argument, NULL, 2 },
		{ "size", required_argument, NULL, 3 },
		{ 0 }
	};
	struct bench bench = {
		.settings = { BENCH_DEFAULT_SIZE, BENCH_DEFAULT_ROUNDS },
		.property = bench_find_property(NULL),
	};
	bool good = true;
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS,
				     "l", long_options, options)) >= 0) {
		if (option == 'l') {
			bench.list = true;
		} else if (option == 1) {
			good = parse_rounds(optarg, &bench.settings.rounds);
		} else if (option == 2) {
			bench.property = bench_find_property(optarg);
			if (!bench.property)
				return EXIT_USAGE;
		} else if (option == 3) {
			good = parse_bench_size(optarg, &bench.settings.size);
		} else {
			return other_option(option, "bench", print_help);
		}
		if (!good)
			return usage_error("bench");
	}
	if (!check_columns(options))
		return usage_error("bench");
	if (!bench_is_possible(options, "bench"))
		return EXIT_USAGE;
	take_names(argc, argv, options);
	return with_topology(options, run, &bench);
}
