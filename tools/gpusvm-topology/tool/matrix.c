// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Something of a direct link that a matrix can show */
struct property {
	const char *name;
	const char *help;
	bool right;
	/* Whether to say why a link is not usable */
	bool mark;
	char *(*text)(const struct gpusvm_link *link);
};

static char *type(const struct gpusvm_link *link)
{
	return text_copy(gpusvm_link_get_type(link));
}

static char *access(const struct gpusvm_link *link)
{
	return text_copy(gpusvm_link_get_access(link));
}

static char *hops(const struct gpusvm_link *link)
{
	unsigned int number = 0;
	int err = gpusvm_link_get_hops(link, &number);

	return text_number(err, number);
}

static char *read_bandwidth(const struct gpusvm_link *link)
{
	uint64_t number = 0;
	int err = gpusvm_link_get_read_bandwidth(link, &number);

	return text_number(err, number);
}

static char *write_bandwidth(const struct gpusvm_link *link)
{
	uint64_t number = 0;
	int err = gpusvm_link_get_write_bandwidth(link, &number);

	return text_number(err, number);
}

static char *read_latency(const struct gpusvm_link *link)
{
	uint64_t number = 0;
	int err = gpusvm_link_get_read_latency(link, &number);

	return text_number(err, number);
}

static char *write_latency(const struct gpusvm_link *link)
{
	uint64_t number = 0;
	int err = gpusvm_link_get_write_latency(link, &number);

	return text_number(err, number);
}

/* The group that both ends are in, as far as they are in one */
static char *group(const struct gpusvm_link *link)
{
	const struct gpusvm_group *group =
		gpusvm_initiator_get_group(gpusvm_link_get_initiator(link));

	return text_copy(group ? gpusvm_group_get_name(group) : NULL);
}

static const struct property properties[] = {
	{ "type", "what the link is made of (the default)", false, true, type },
	{ "read-bandwidth", "MB/s now, for reads", true, true, read_bandwidth },
	{ "write-bandwidth", "MB/s now, for writes", true, true, write_bandwidth },
	{ "latency", "latency of a read, ns", true, true, read_latency },
	{ "write-latency", "latency of a write, ns", true, true, write_latency },
	{ "hops", "bridges or switches passed", true, true, hops },
	{ "access", "whether the hardware gives direct access", false, false, access },
	{ "group", "the group that both ends are in", false, true, group },
};

#define PROPERTIES (sizeof(properties) / sizeof(*properties))

static int print_help(void)
{
	puts("Usage: gpusvm-topology matrix [OPTIONS]\n"
	     "\n"
	     "Prints what links each initiator (rows) to each pagemap (columns).\n"
	     "\n"
	     "     --show PROPERTY  print this of the links, see below\n"
	     COMMON_OPTIONS_HELP
	     "Cells:\n"
	     "   virtual            property of a link that can be used to place memory\n"
	     "   virtual !clique    the same if it cannot now, and why\n"
	     "   x host-bridge      no direct access, and why\n"
	     "   ?                  there is a link, and the property is not known\n"
	     "   -                  no path\n"
	     "\n"
	     "Properties:");
	for (size_t i = 0; i < PROPERTIES; i++)
		printf("   %-18s %s\n", properties[i].name, properties[i].help);
	puts("\nExit status: as of gpusvm-topology, see there.");
	return 0;
}

static const struct property *find_property(const char *name)
{
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!strcmp(properties[i].name, name))
			return &properties[i];
	}
	say("cannot show \"%s\"", name);
	usage_error("matrix");
	return NULL;
}

static char *cell(const struct gpusvm_link *link, const struct property *property)
{
	char *text, *marked;

	if (!link)
		return text_copy("-");
	if (!gpusvm_link_is_direct(link))
		return text_format("x %s", gpusvm_link_get_reason(link) ?: "?");

	text = property->text(link) ?: text_copy("?");
	if (!property->mark || gpusvm_link_is_usable(link))
		return text;
	marked = text_format("%s !%s", property->text == group ? "-" : text,
			     gpusvm_link_get_usable_reason(link) ?: "?");
	free(text);
	return marked;
}

static void add_headings(struct libscols_table *table, const struct gpusvm_topology *topology,
			 const struct property *property)
{
	const struct gpusvm_pagemap *pagemap;

	table_add_column(table, "INITIATOR", false);
	gpusvm_pagemap_foreach(topology, pagemap) {
		char *name = text_format("pagemap%u", gpusvm_pagemap_get_id(pagemap));

		table_add_column(table, name, property->right);
		free(name);
	}
}

static int print_matrix(const struct gpusvm_topology *topology,
			const struct property *property, const struct options *options)
{
	struct libscols_table *table = table_new(options);
	const struct gpusvm_initiator *initiator;

	add_headings(table, topology, property);
	gpusvm_initiator_foreach(topology, initiator) {
		struct libscols_line *line = table_add_line(table);
		const struct gpusvm_pagemap *pagemap;
		size_t column = 0;

		table_set(line, column++, text_copy(gpusvm_initiator_get_uid(initiator)), options);
		gpusvm_pagemap_foreach(topology, pagemap)
			table_set(line, column++,
				  cell(gpusvm_link_find(initiator, pagemap), property), options);
	}
	return table_print(table);
}

static int matrix(const struct property *property, const struct options *options)
{
	struct gpusvm_topology *topology;
	int status, warnings;

	status = open_topology(options, &topology);
	if (status)
		return status;
	status = print_matrix(topology, property, options);
	warnings = close_topology(topology);
	return status ?: warnings;
}

int command_matrix(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "show", required_argument, NULL, 'S' },
		{ 0 }
	};
	const struct property *property = properties;
	int option;

	while ((option = next_option(argc, argv, "", long_options, options)) >= 0) {
		if (option == 'S')
			property = find_property(optarg);
		else if (option == 'h')
			return print_help();
		else if (option == 'V')
			return print_version();
		else
			return usage_error("matrix");
		if (!property)
			return EXIT_USAGE;
	}

	if (optind < argc) {
		say("too many arguments: \"%s\"", argv[optind]);
		return usage_error("matrix");
	}
	return matrix(property, options);
}
