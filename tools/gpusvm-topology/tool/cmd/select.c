// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The conditions; 0 or NULL for any */
struct wish {
	const char *near;
	const char *group;
	uint64_t size;
	uint64_t free;
	unsigned long count;
	bool one_each;
	bool all;
	bool uids;
	const char *delimiter;
};

/* The matching pagemaps, in the order of the output */
struct selection {
	const struct gpusvm_pagemap **pagemaps;
	size_t count;
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology select [OPTIONS]\n"
	     "\n"
	     "Prints the IDs of matching pagemaps in ascending order, for scripts. With --near, the\n"
	     "nearest come first. With --count alone, prints those with the best links between\n"
	     "each other.\n"
	     "\n"
	     "     --near NAME      near to the GPU NAME (uid, name on the bus, render or card\n"
	     "                      node), to the GPU of the pagemap NAME (ID or uid), to the NUMA\n"
	     "                      node of node:N, or to the CPU of cpu:N\n"
	     " -a, --all            with --near a GPU: include links that groups make unusable\n"
	     " -g, --group NAME     only pagemaps in this group\n"
	     "     --size BYTES     only pagemaps of at least this size, for instance 64M\n"
	     "     --free BYTES     only pagemaps with at least so much free memory\n"
	     " -c, --count N        exactly N pagemaps\n"
	     " -1, --one-each       at most one pagemap of each GPU\n"
	     " -u, --uid            print uids instead of IDs\n"
	     " -d, --delimiter TEXT print TEXT between pagemaps instead of a newline\n"
	     JSON_OPTION_HELP
	     COMMON_OPTIONS_HELP
	     "Exit status: 5 without output if no pagemap matches or fewer than N do, if NAME or\n"
	     "the group does not exist, or if NAME has several partitions; otherwise that of\n"
	     "gpusvm-topology.\n"
	     "\n"
	     "  GPUSVM_PAGEMAP=$(gpusvm-topology select --near renderD128 -d ,) program");
	return 0;
}

static bool fits(void *data, const struct gpusvm_pagemap *pagemap)
{
	const struct gpusvm_group *group = gpusvm_pagemap_get_group(pagemap);
	const struct wish *wish = data;
	uint64_t bytes;

	if (wish->group && (!group || strcmp(gpusvm_group_get_name(group), wish->group)))
		return false;
	if (wish->size && (gpusvm_pagemap_get_size(pagemap, &bytes) || bytes < wish->size))
		return false;
	return !wish->free ||
	       (!gpusvm_pagemap_get_free(pagemap, &bytes) && bytes >= wish->free);
}

static bool has_one_of(const struct selection *selection,
		       const struct gpusvm_initiator *initiator)
{
	for (size_t i = 0; initiator && i < selection->count; i++) {
		if (gpusvm_pagemap_get_initiator(selection->pagemaps[i]) == initiator)
			return true;
	}
	return false;
}

static void add(struct selection *selection, const struct gpusvm_pagemap *pagemap)
{
	selection->pagemaps = check_memory(reallocarray(selection->pagemaps,
							selection->count + 1,
							sizeof(*selection->pagemaps)));
	selection->pagemaps[selection->count++] = pagemap;
}

/* Adds a pagemap if it matches and more are required */
static void offer(struct selection *selection, struct wish *wish,
		  const struct gpusvm_pagemap *pagemap)
{
	if (wish->count && selection->count == wish->count)
		return;
	if (!fits(wish, pagemap))
		return;
	if (wish->one_each && has_one_of(selection, gpusvm_pagemap_get_initiator(pagemap)))
		return;
	add(selection, pagemap);
}

static int select_by_id(const struct gpusvm_topology *topology, struct wish *wish,
			struct selection *selection)
{
	const struct gpusvm_pagemap *pagemap;

	gpusvm_pagemap_foreach(topology, pagemap)
		offer(selection, wish, pagemap);
	return 0;
}

static int take_ranking(int err, struct gpusvm_ranking *ranking, struct wish *wish,
			struct selection *selection)
{
	const struct gpusvm_pagemap *pagemap;

	if (err == -ENOMEM)
		check_memory(NULL);
	if (err)
		return EXIT_NOT_FOUND;
	while ((pagemap = gpusvm_ranking_next(ranking)))
		offer(selection, wish, pagemap);
	gpusvm_ranking_free(ranking);
	return 0;
}

static int select_connected(const struct gpusvm_topology *topology, struct wish *wish,
			    struct selection *selection)
{
	struct gpusvm_ranking *ranking = NULL;
	int err;

	err = gpusvm_ranking_connected(topology, wish->count,
				       wish->one_each ? GPUSVM_CONNECTED_ONE_EACH : 0,
				       fits, wish, &ranking);
	err = take_ranking(err, ranking, wish, selection);
	if (err)
		say("no %lu matching pagemaps have links between all of their GPUs", wish->count);
	return err;
}

static int select_near_initiator(const struct gpusvm_initiator *initiator,
				 struct wish *wish, struct selection *selection)
{
	const struct gpusvm_link *link;
	struct gpusvm_nearest *nearest;

	if (gpusvm_nearest_new(initiator, wish->all ? GPUSVM_NEAR_UNUSABLE : 0, &nearest))
		check_memory(NULL);
	while ((link = gpusvm_nearest_next(nearest)))
		offer(selection, wish, gpusvm_link_get_pagemap(link));
	gpusvm_nearest_free(nearest);
	return 0;
}

/* Whether @text consists of @prefix and a number */
static bool is_numbered(const char *text, const char *prefix, unsigned int *number)
{
	char *end;
	unsigned long value;

	if (strncmp(text, prefix, strlen(prefix)))
		return false;
	text += strlen(prefix);
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	*number = value;
	return !errno && !*end && value <= INT_MAX;
}

static int select_near(const struct gpusvm_topology *topology, struct wish *wish,
		       struct selection *selection)
{
	const struct gpusvm_initiator *initiator = NULL;
	struct gpusvm_ranking *ranking = NULL;
	unsigned int number;
	int err = -ENOENT;

	if (is_numbered(wish->near, "node:", &number))
		err = gpusvm_ranking_by_node(topology, number, &ranking);
	else if (is_numbered(wish->near, "cpu:", &number))
		err = gpusvm_ranking_by_cpu(topology, number, &ranking);
	else
		initiator = initiator_of(topology, wish->near);

	if (initiator && next_initiator_of(initiator, wish->near)) {
		say("\"%s\" has several partitions: name one of them, such as %s", wish->near,
		    gpusvm_initiator_get_uid(initiator));
		return EXIT_NOT_FOUND;
	}
	if (initiator)
		return select_near_initiator(initiator, wish, selection);
	err = take_ranking(err, ranking, wish, selection);
	if (err)
		say("GPU, pagemap, node or CPU \"%s\" does not exist", wish->near);
	return err;
}

static int do_select(const struct gpusvm_topology *topology, struct wish *wish,
		     struct selection *selection)
{
	int status;

	if (wish->group && !gpusvm_group_find_by_name(topology, wish->group)) {
		say("group \"%s\" does not exist", wish->group);
		return EXIT_NOT_FOUND;
	}
	if (wish->near)
		status = select_near(topology, wish, selection);
	else if (wish->count)
		status = select_connected(topology, wish, selection);
	else
		status = select_by_id(topology, wish, selection);
	if (status || (selection->count && selection->count >= wish->count))
		return status;

	if (wish->count)
		say("%zu pagemaps match, and --count requires %lu", selection->count, wish->count);
	else
		say("no pagemap matches");
	return EXIT_NOT_FOUND;
}

/* Prints the pagemaps with all columns */
static int print_json(const struct gpusvm_topology *topology,
		      const struct selection *selection)
{
	struct json_object *document = document_new("select", topology);
	struct json_object *array = json_array();

	for (size_t i = 0; i < selection->count; i++)
		json_append(array, object_map(&pagemap_kind, selection->pagemaps[i]));
	json_set(document, pagemap_kind.name, array);
	return document_print(document);
}

static void print(const struct selection *selection, const struct wish *wish)
{
	for (size_t i = 0; i < selection->count; i++) {
		const struct gpusvm_pagemap *pagemap = selection->pagemaps[i];

		if (i)
			fputs(wish->delimiter, stdout);
		if (wish->uids)
			fputs(gpusvm_pagemap_get_uid(pagemap) ?: "-", stdout);
		else
			printf("%u", gpusvm_pagemap_get_id(pagemap));
	}
	putchar('\n');
}

static int run(const struct gpusvm_topology *topology, const struct options *options,
	       void *data)
{
	struct selection selection = { 0 };
	struct wish *wish = data;
	int status;

	status = do_select(topology, wish, &selection);
	if (!status && options->json)
		status = print_json(topology, &selection);
	else if (!status)
		print(&selection, wish);
	free(selection.pagemaps);
	return status;
}

static bool parse_count(const char *text, unsigned long *count)
{
	unsigned int number;

	if (is_numbered(text, "", &number) && number) {
		*count = number;
		return true;
	}
	say("--count takes a number from 1 on, not \"%s\"", text);
	return false;
}

static bool take_option(int option, struct wish *wish)
{
	switch (option) {
	case 'N':
		wish->near = optarg;
		return true;
	case 'a':
		wish->all = true;
		return true;
	case 'g':
		wish->group = optarg;
		return true;
	case 'S':
		return parse_size(optarg, &wish->size);
	case 'F':
		return parse_size(optarg, &wish->free);
	case 'c':
		return parse_count(optarg, &wish->count);
	case '1':
		wish->one_each = true;
		return true;
	case 'u':
		wish->uids = true;
		return true;
	case 'd':
		wish->delimiter = optarg;
		return true;
	default:
		return false;
	}
}

int command_select(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "near", required_argument, NULL, 'N' },
		{ "all", no_argument, NULL, 'a' },
		{ "group", required_argument, NULL, 'g' },
		{ "size", required_argument, NULL, 'S' },
		{ "free", required_argument, NULL, 'F' },
		{ "count", required_argument, NULL, 'c' },
		{ "one-each", no_argument, NULL, '1' },
		{ "uid", no_argument, NULL, 'u' },
		{ "delimiter", required_argument, NULL, 'd' },
		{ 0 }
	};
	struct wish wish = { .delimiter = "\n" };
	int option, status;

	while ((option = next_option(argc, argv, OPTIONS_JSON, "ag:c:1ud:", long_options,
				     options)) >= 0) {
		if (option == 'h' || option == 'V')
			return other_option(option, "select", print_help);
		if (!take_option(option, &wish))
			return usage_error("select");
	}
	status = no_arguments(argc, argv, "select");
	return status ?: with_topology(options, run, &wish);
}
