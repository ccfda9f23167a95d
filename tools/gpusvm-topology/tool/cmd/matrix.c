// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "matrix.h"

/* With more pagemaps, uids and words in cells would not fit on a screen */
#define MOST_LONG 8

/* The group of both ends, or NULL */
static struct json_object *common_group(const void *link)
{
	const struct gpusvm_group *group =
		gpusvm_initiator_get_group(gpusvm_link_get_initiator(link));

	if (!group || !gpusvm_link_is_usable(link))
		return NULL;
	return json_text(gpusvm_group_get_name(group));
}

static const struct property properties[] = {
	{ "type", "type", "type of the link (the default)", 0, true, link_type },
	{ "read-bandwidth", "read_bandwidth", "current read bandwidth, MB/s", COLUMN_RIGHT, true,
	  link_read_bandwidth },
	{ "write-bandwidth", "write_bandwidth", "current write bandwidth, MB/s", COLUMN_RIGHT, true,
	  link_write_bandwidth },
	{ "latency", "read_latency", "read latency, ns", COLUMN_RIGHT, true,
	  link_read_latency },
	{ "write-latency", "write_latency", "write latency, ns", COLUMN_RIGHT, true,
	  link_write_latency },
	{ "hops", "hops", "number of bridges or switches", COLUMN_RIGHT, true, link_hops },
	{ "access", "access", "whether access is direct", 0, false,
	  link_access },
	{ "group", "group", "group of both ends", 0, true, common_group },
};

#define PROPERTIES (sizeof(properties) / sizeof(*properties))

static const struct property all_properties = {
	"all", "all", "all of these, as a code with a legend", 0, true, NULL
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology matrix [OPTIONS] [NAME...]\n"
	     "\n"
	     "Prints the link from each initiator (row) to each pagemap (column).\n"
	     NAMES_HELP
	     "\n"
	     "     --show PROPERTY  print this property of links, see below, or its key in JSON\n"
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Cells:\n"
	     "   virtual            property of a usable link\n"
	     "   virtual !clique    property of a link that groups make unusable, and the reason\n"
	     "   x host-bridge      no direct access, and the reason\n"
	     "   ?                  link with an unknown property\n"
	     "   -                  no path\n"
	     "\n"
	     "Properties:");
	for (size_t i = 0; i < PROPERTIES; i++)
		printf("   %-18s %s\n", properties[i].name, properties[i].help);
	printf("   %-18s %s\n", all_properties.name, all_properties.help);
	puts("\n"
	     "With more than 8 pagemaps, and with --show all, GPUs have short names with a legend.\n"
	     "Column G3 is the memory of GPU G3. Its pagemaps have columns G3.0 and G3.1 if they\n"
	     "differ. CPUS and NODE are close to the GPU. With -r, -P and -J, names are long.");
	puts("\nExit status: that of gpusvm-topology.");
	return 0;
}

static const struct property *find_property(const char *name)
{
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!strcmp(properties[i].name, name) || !strcmp(properties[i].key, name))
			return &properties[i];
	}
	if (!strcmp(all_properties.name, name))
		return &all_properties;
	say("unknown property \"%s\"", name);
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

char *matrix_cell(const struct gpusvm_link *link, const struct property *property,
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

		table_set(line, ++column, matrix_cell(link, property, options), options);
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

/* Without a link, the object has all keys, too */
static struct json_object *cell_map(const struct gpusvm_link *link,
				    const struct gpusvm_pagemap *pagemap,
				    const struct property *property)
{
	const struct gpusvm_initiator *owner = gpusvm_pagemap_get_initiator(pagemap);
	struct json_object *cell = json_map();

	json_set(cell, "pagemap_id", json_number(0, gpusvm_pagemap_get_id(pagemap)));
	json_set(cell, "owner_uid", json_text(owner ? gpusvm_initiator_get_uid(owner) : NULL));
	json_set(cell, "linked", json_boolean(0, link));
	json_set(cell, "access", link ? link_access(link) : NULL);
	json_set(cell, "reason", link ? link_reason(link) : NULL);
	json_set(cell, "usable", link ? link_usable(link) : NULL);
	json_set(cell, "usable_reason", link ? link_usable_reason(link) : NULL);
	for (size_t i = 0; i < PROPERTIES; i++) {
		const struct property *other = &properties[i];

		if (other->get != link_access && (other == property || !property->get))
			json_set(cell, other->key, link ? other->get(link) : NULL);
	}
	return cell;
}

static struct json_object *row_map(const struct gpusvm_initiator *initiator,
				   const struct property *property,
				   const struct options *options)
{
	struct json_object *row = json_map(), *cells = json_array();
	int node = machine_node_of(options, initiator);
	char *cpus = machine_cpus_of_node(options, node);
	const struct gpusvm_pagemap *pagemap;

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(initiator), pagemap)
		json_append(cells, cell_map(gpusvm_link_find(initiator, pagemap), pagemap,
					    property));
	json_set(row, "initiator_uid", json_text(gpusvm_initiator_get_uid(initiator)));
	json_set(row, "numa_node", json_integer(node < 0, node));
	json_set(row, "cpus", json_text(cpus));
	json_set(row, "cells", cells);
	free(cpus);
	return row;
}

static int print_json(const struct gpusvm_topology *topology, const struct property *property,
		      const struct options *options)
{
	struct json_object *document = document_new("matrix", topology), *rows = json_array();
	const struct gpusvm_initiator *initiator;

	gpusvm_initiator_foreach(topology, initiator)
		json_append(rows, row_map(initiator, property, options));
	json_set(document, "property", json_text(property->key));
	json_set(document, "rows", rows);
	return document_print(document);
}

static bool is_short(const struct gpusvm_topology *topology, const struct property *property,
		     const struct options *options)
{
	const struct gpusvm_pagemap *pagemap;
	size_t count = 0;

	gpusvm_pagemap_foreach(topology, pagemap)
		count++;
	return !property->get || (count > MOST_LONG && !options->raw && !options->pairs);
}

static int print_matrix(const struct gpusvm_topology *topology, const struct options *options,
			void *data)
{
	const struct property *property = data;

	if (options->json)
		return print_json(topology, property ?: properties, options);
	if (!property)
		property = is_short(topology, properties, options) ? &all_properties : properties;
	if (is_short(topology, property, options))
		return matrix_print_short(topology, property, options);
	return print_table(topology, property, options);
}

int command_matrix(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "show", required_argument, NULL, 'S' },
		{ 0 }
	};
	const struct property *property = NULL;
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE, "",
				     long_options, options)) >= 0) {
		if (option != 'S')
			return other_option(option, "matrix", print_help);
		property = find_property(optarg);
		if (!property)
			return EXIT_USAGE;
	}

	if (property == &all_properties && (options->raw || options->pairs)) {
		say("-r and -P need a single property; \"list links -O\" prints all");
		return usage_error("matrix");
	}
	take_names(argc, argv, options);
	return with_topology(options, print_matrix, (void *)property);
}
