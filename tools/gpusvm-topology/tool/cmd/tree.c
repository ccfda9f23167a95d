// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "tool.h"

/* A node of the tree: one of the three is set */
struct node {
	const struct gpusvm_group *group;
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
};

static struct json_object *name(const void *object)
{
	const struct node *node = object;

	if (node->group)
		return json_text(gpusvm_group_get_name(node->group));
	if (node->initiator)
		return json_text(gpusvm_initiator_get_uid(node->initiator));
	return json_text(gpusvm_pagemap_get_uid(node->pagemap));
}

static struct json_object *kind_name(const void *object)
{
	const struct node *node = object;

	return json_text(node->group ? "group" : node->initiator ? "initiator" : "pagemap");
}

static struct json_object *id(const void *object)
{
	const struct node *node = object;

	return node->pagemap ? json_number(0, gpusvm_pagemap_get_id(node->pagemap)) : NULL;
}

typedef int (*bytes_fn)(const struct gpusvm_pagemap *pagemap, uint64_t *bytes);

/* The value of a pagemap, or the sum of known values of a group or an initiator */
static struct json_object *sum(const struct node *node, bytes_fn get)
{
	const struct gpusvm_topology *topology =
		node->group ? gpusvm_group_get_topology(node->group) :
		node->initiator ? gpusvm_initiator_get_topology(node->initiator) :
		gpusvm_pagemap_get_topology(node->pagemap);
	const struct gpusvm_pagemap *pagemap;
	uint64_t bytes, total = 0;
	bool known = false;

	gpusvm_pagemap_foreach(topology, pagemap) {
		if (node->pagemap && pagemap != node->pagemap)
			continue;
		if (node->group && gpusvm_pagemap_get_group(pagemap) != node->group)
			continue;
		if (node->initiator && gpusvm_pagemap_get_initiator(pagemap) != node->initiator)
			continue;
		if (get(pagemap, &bytes))
			continue;
		total += bytes;
		known = true;
	}
	return json_number(!known, total);
}

static struct json_object *size(const void *object)
{
	return sum(object, gpusvm_pagemap_get_size);
}

static struct json_object *free_size(const void *object)
{
	return sum(object, gpusvm_pagemap_get_free);
}

static struct json_object *state(const void *object)
{
	const struct node *node = object;

	return json_text(node->pagemap ? gpusvm_pagemap_get_state(node->pagemap) : NULL);
}

static struct json_object *render(const void *object)
{
	const struct node *node = object;

	return json_text(node->initiator ? gpusvm_initiator_get_render(node->initiator) : NULL);
}

static const char *get_rights(const void *object)
{
	const struct node *node = object;

	return node->initiator ? rights_of(node->initiator) : NULL;
}

static struct json_object *rights(const void *object)
{
	return json_text(get_rights(object));
}

static const char *rights_color(const void *object)
{
	return rights_get_color(get_rights(object));
}

static const struct column columns[] = {
	{ "NAME", "name", "name of the group, uid of the initiator or of the pagemap",
	  COLUMN_DEFAULT | COLUMN_TREE, name, NULL },
	{ "KIND", "kind", "group, initiator or pagemap",
	  0, kind_name, NULL },
	{ "ID", "id", "ID of the pagemap",
	  COLUMN_DEFAULT | COLUMN_RIGHT, id, NULL },
	{ "SIZE", "size", "size of the pagemap, or sum of all below",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, size, NULL },
	{ "FREE", "free", "free part of the size",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, free_size, NULL },
	{ "STATE", "state", "state of the pagemap: idle, active or cached",
	  COLUMN_DEFAULT, state, NULL },
	{ "RENDER", "render", "render node of the initiator",
	  COLUMN_DEFAULT, render, NULL },
	{ "RIGHTS", "rights", "whether you may use it: " RIGHTS_HELP,
	  COLUMN_DEFAULT, rights, rights_color },
	{ 0 }
};

static const struct kind node_kind = { "tree", columns, NULL, NULL };

static void add_pagemaps(struct output *output, struct output_item *parent,
			 const struct gpusvm_topology *topology,
			 const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_pagemap *pagemap;

	gpusvm_pagemap_foreach(topology, pagemap) {
		const struct node node = { .pagemap = pagemap };

		if (gpusvm_pagemap_get_initiator(pagemap) == initiator)
			output_add_child(output, parent, &node);
	}
}

static void add_initiators(struct output *output, struct output_item *parent,
			   const struct gpusvm_topology *topology,
			   const struct gpusvm_group *group)
{
	const struct gpusvm_initiator *initiator;

	gpusvm_initiator_foreach(topology, initiator) {
		const struct node node = { .initiator = initiator };

		if (gpusvm_initiator_get_group(initiator) == group)
			add_pagemaps(output, output_add_child(output, parent, &node),
				     topology, initiator);
	}
}

/* An object whose group or initiator was unreadable is a root, too */
static int print(const struct gpusvm_topology *topology, const struct options *options,
		 void *data)
{
	const struct gpusvm_group *group;
	struct output *output = data;

	(void)options;
	gpusvm_group_foreach(topology, group) {
		const struct node node = { .group = group };

		add_initiators(output, output_add_child(output, NULL, &node), topology, group);
	}
	add_initiators(output, NULL, topology, NULL);
	add_pagemaps(output, NULL, topology, NULL);
	return output_print(output, "tree", topology);
}

static int print_help(void)
{
	puts("Usage: gpusvm-topology tree [OPTIONS] [NAME...]\n"
	     "\n"
	     "Prints groups, the initiators in each group, and their own pagemaps.\n"
	     NAMES_HELP
	     "\n"
	     COLUMN_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP);
	fputs("Exit status: that of gpusvm-topology.\n", stdout);
	columns_help(&node_kind);
	return 0;
}

int command_tree(int argc, char **argv, struct options *options)
{
	struct output *output;
	int option, status;

	option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS, "",
			     NULL, options);
	if (option >= 0)
		return other_option(option, "tree", print_help);
	take_names(argc, argv, options);
	output = output_new(&node_kind, options);
	if (!output)
		return usage_error("tree");
	status = with_topology(options, print, output);
	output_free(output);
	return status;
}
