// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Something of a direct link that a matrix can show */
struct property {
	const char *name;
	const char *key;
	const char *help;
	unsigned int flags;
	/* Whether to say why a link is not usable */
	bool mark;
	struct json_object *(*get)(const void *link);
};

/* The group that both ends are in, as far as they are in one */
static struct json_object *common_group(const void *link)
{
	const struct gpusvm_group *group =
		gpusvm_initiator_get_group(gpusvm_link_get_initiator(link));

	if (!group || !gpusvm_link_is_usable(link))
		return NULL;
	return json_text(gpusvm_group_get_name(group));
}

static const struct property properties[] = {
	{ "type", "type", "what the link is made of (the default)", 0, true, link_type },
	{ "read-bandwidth", "read_bandwidth", "MB/s now, for reads", COLUMN_RIGHT, true,
	  link_read_bandwidth },
	{ "write-bandwidth", "write_bandwidth", "MB/s now, for writes", COLUMN_RIGHT, true,
	  link_write_bandwidth },
	{ "latency", "read_latency", "latency of a read, ns", COLUMN_RIGHT, true,
	  link_read_latency },
	{ "write-latency", "write_latency", "latency of a write, ns", COLUMN_RIGHT, true,
	  link_write_latency },
	{ "hops", "hops", "bridges or switches passed", COLUMN_RIGHT, true, link_hops },
	{ "access", "access", "whether the hardware gives direct access", 0, false,
	  link_access },
	{ "group", "group", "the group that both ends are in", 0, true, common_group },
};

#define PROPERTIES (sizeof(properties) / sizeof(*properties))

static int print_help(void)
{
	puts("Usage: gpusvm-topology matrix [OPTIONS] [NAME...]\n"
	     "\n"
	     "Prints what links each initiator (rows) to each pagemap (columns).\n"
	     NAMES_HELP
	     "\n"
	     "     --show PROPERTY  print this of the links, see below; also its key in JSON\n"
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "\n"
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
		if (!strcmp(properties[i].name, name) || !strcmp(properties[i].key, name))
			return &properties[i];
	}
	say("cannot show \"%s\"", name);
	usage_error("matrix");
	return NULL;
}

static char *property_text(const struct gpusvm_link *link, const struct property *property,
			   const struct options *options)
{
	struct json_object *value = property->get(link);
	char *text = value_text(value, property->flags, options);

	json_object_put(value);
	return text;
}

static char *cell_text(const struct gpusvm_link *link, const struct property *property,
		       const struct options *options)
{
	char *text, *marked;

	if (!link)
		return text_copy("-");
	if (!gpusvm_link_is_direct(link))
		return text_format("x %s", gpusvm_link_get_reason(link) ?: "?");

	text = property_text(link, property, options);
	if (!property->mark || gpusvm_link_is_usable(link))
		return text ?: text_copy("?");
	marked = text_format("%s !%s", text ?: property->get == common_group ? "-" : "?",
			     gpusvm_link_get_usable_reason(link) ?: "?");
	free(text);
	return marked;
}

static void add_headings(struct libscols_table *table, const struct gpusvm_topology *topology,
			 const struct property *property)
{
	const struct gpusvm_pagemap *pagemap;

	table_add_column(table, "INITIATOR", 0);
	gpusvm_pagemap_foreach(topology, pagemap) {
		char *name = text_format("pagemap%u", gpusvm_pagemap_get_id(pagemap));

		table_add_column(table, name, property->flags);
		free(name);
	}
}

static void add_line(struct libscols_table *table, const struct gpusvm_initiator *initiator,
		     const struct property *property, const struct options *options)
{
	struct libscols_line *line = table_add_line(table, NULL);
	const struct gpusvm_pagemap *pagemap;
	size_t column = 0;

	table_set(line, column, text_copy(gpusvm_initiator_get_uid(initiator)), options);
	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(initiator), pagemap) {
		const struct gpusvm_link *link = gpusvm_link_find(initiator, pagemap);

		table_set(line, ++column, cell_text(link, property, options), options);
		if (link)
			table_set_color(line, column, link_color(link));
	}
}

static int print_table(const struct gpusvm_topology *topology,
		       const struct property *property, const struct options *options)
{
	struct libscols_table *table = table_new(options);
	const struct gpusvm_initiator *initiator;
	int status;

	add_headings(table, topology, property);
	gpusvm_initiator_foreach(topology, initiator)
		add_line(table, initiator, property, options);
	status = table_print(table);
	table_free(table);
	return status;
}

/* All keys are there if there is no link, too */
static struct json_object *cell_map(const struct gpusvm_link *link, uint32_t id,
				    const struct property *property)
{
	struct json_object *cell = json_map();

	json_set(cell, "pagemap_id", json_number(0, id));
	json_set(cell, "linked", json_boolean(0, link));
	json_set(cell, "access", link ? link_access(link) : NULL);
	json_set(cell, "reason", link ? link_reason(link) : NULL);
	json_set(cell, "usable", link ? link_usable(link) : NULL);
	json_set(cell, "usable_reason", link ? link_usable_reason(link) : NULL);
	if (property->get != link_access)
		json_set(cell, property->key, link ? property->get(link) : NULL);
	return cell;
}

static struct json_object *row_map(const struct gpusvm_initiator *initiator,
				   const struct property *property)
{
	struct json_object *row = json_map(), *cells = json_array();
	const struct gpusvm_pagemap *pagemap;

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(initiator), pagemap)
		json_append(cells, cell_map(gpusvm_link_find(initiator, pagemap),
					    gpusvm_pagemap_get_id(pagemap), property));
	json_set(row, "initiator_uid", json_text(gpusvm_initiator_get_uid(initiator)));
	json_set(row, "cells", cells);
	return row;
}

static int print_json(const struct gpusvm_topology *topology, const struct property *property)
{
	struct json_object *document = document_new("matrix", topology), *rows = json_array();
	const struct gpusvm_initiator *initiator;

	gpusvm_initiator_foreach(topology, initiator)
		json_append(rows, row_map(initiator, property));
	json_set(document, "property", json_text(property->key));
	json_set(document, "rows", rows);
	return document_print(document);
}

static int print_matrix(const struct gpusvm_topology *topology, const struct options *options,
			void *data)
{
	if (options->json)
		return print_json(topology, data);
	return print_table(topology, data, options);
}

int command_matrix(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "show", required_argument, NULL, 'S' },
		{ 0 }
	};
	const struct property *property = properties;
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE, "",
				     long_options, options)) >= 0) {
		if (option != 'S')
			return other_option(option, "matrix", print_help);
		property = find_property(optarg);
		if (!property)
			return EXIT_USAGE;
	}

	take_names(argc, argv, options);
	return with_topology(options, print_matrix, (void *)property);
}
