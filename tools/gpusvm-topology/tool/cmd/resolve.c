// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

/* A pagemap with the GPU that it belongs to; either may be NULL */
struct name {
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
};

static struct json_object *id(const void *object)
{
	const struct name *name = object;

	return name->pagemap ? json_number(0, gpusvm_pagemap_get_id(name->pagemap)) : NULL;
}

static struct json_object *uid(const void *object)
{
	const struct name *name = object;

	return name->pagemap ? json_text(gpusvm_pagemap_get_uid(name->pagemap)) : NULL;
}

static struct json_object *initiator(const void *object)
{
	const struct name *name = object;

	return name->initiator ? json_text(gpusvm_initiator_get_uid(name->initiator)) : NULL;
}

static struct json_object *device(const void *object)
{
	const struct name *name = object;

	return json_text(name->pagemap ? gpusvm_pagemap_get_device(name->pagemap) :
					 gpusvm_initiator_get_device(name->initiator));
}

static struct json_object *render(const void *object)
{
	const struct name *name = object;

	return json_text(name->pagemap ? gpusvm_pagemap_get_render(name->pagemap) :
					 gpusvm_initiator_get_render(name->initiator));
}

static struct json_object *card(const void *object)
{
	const struct name *name = object;

	return name->initiator ? json_text(gpusvm_initiator_get_card(name->initiator)) : NULL;
}

static const struct column columns[] = {
	{ "ID", "id", "number that programs pass to ioctls", COLUMN_DEFAULT | COLUMN_RIGHT,
	  id, NULL },
	{ "UID", "uid", "uid of the pagemap", COLUMN_DEFAULT, uid, NULL },
	{ "INITIATOR", "initiator", "uid of the GPU", COLUMN_DEFAULT, initiator, NULL },
	{ "DEVICE", "device", "name of the GPU on its bus", COLUMN_DEFAULT, device, NULL },
	{ "RENDER", "render", "its render node", COLUMN_DEFAULT, render, NULL },
	{ "CARD", "card", "its card node", COLUMN_DEFAULT, card, NULL },
	{ 0 }
};

static const struct kind name_kind = { .name = "names", .columns = columns };

static int print_help(void)
{
	puts("Usage: gpusvm-topology resolve [OPTIONS] NAME...\n"
	     "\n"
	     "Prints what else a pagemap or a GPU is called, one line for each pagemap. NAME is\n"
	     "the ID or uid of a pagemap; or stands for a GPU with all its pagemaps: its uid,\n"
	     "its name on the bus as 0000:03:00.0, or its render or card node as renderD128.\n"
	     "The name on the bus stands for all partitions of the GPU.\n"
	     "\n"
	     " -t, --to COLUMN      print only this of each, one to a line, for scripts\n"
	     COLUMN_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "Exit status: 5 if a NAME is not known, or has not what --to asks for; all others\n"
	     "are printed. Else as of gpusvm-topology, see there.");
	columns_help(&name_kind);
	return 0;
}

struct resolution {
	char **names;
	/* One of these */
	const struct column *to;
	struct output *output;
};

/* Returns whether there is anything to be printed */
static bool print_name(const struct resolution *resolution, const struct name *name)
{
	struct json_object *value;
	char *text;

	if (!resolution->to) {
		output_add(resolution->output, name);
		return true;
	}
	value = resolution->to->get(name);
	text = value_text(value, 0, &(const struct options){ 0 });
	json_object_put(value);
	if (text)
		puts(text);
	free(text);
	return text;
}

static bool print_gpu(const struct resolution *resolution,
		      const struct gpusvm_initiator *initiator)
{
	struct name name = { .initiator = initiator };
	bool any = false;

	name.pagemap = gpusvm_initiator_get_first_pagemap(initiator);
	do {
		any = print_name(resolution, &name) || any;
		if (name.pagemap)
			name.pagemap = gpusvm_initiator_get_next_pagemap(name.pagemap);
	} while (name.pagemap);
	return any;
}

/* Returns 0, or what to exit with after it has said why */
static int resolve(const struct resolution *resolution,
		   const struct gpusvm_topology *topology, const char *text)
{
	const struct gpusvm_initiator *gpu = gpusvm_initiator_find(topology, text);
	struct name name = { .pagemap = gpusvm_pagemap_find(topology, text) };
	bool any;

	if (!name.pagemap && !gpu) {
		say("no pagemap and no GPU is called \"%s\"", text);
		return EXIT_NOT_FOUND;
	}
	if (name.pagemap) {
		name.initiator = gpusvm_pagemap_get_initiator(name.pagemap);
		any = print_name(resolution, &name);
	} else {
		for (any = false; gpu; gpu = gpusvm_initiator_find_next(topology, text, gpu))
			any = print_gpu(resolution, gpu) || any;
	}
	if (any)
		return 0;
	say("\"%s\" has no %s", text, resolution->to->name);
	return EXIT_NOT_FOUND;
}

static int resolve_all(const struct gpusvm_topology *topology, const struct options *options,
		       void *data)
{
	const struct resolution *resolution = data;
	int status = 0, printed = 0;

	(void)options;
	for (char **name = resolution->names; *name; name++)
		status = resolve(resolution, topology, *name) ?: status;
	if (resolution->output)
		printed = output_print(resolution->output, "resolve", topology);
	return printed ?: status;
}

static int run(struct resolution *resolution, const struct options *options)
{
	int status;

	if (!resolution->to)
		resolution->output = output_new(&name_kind, options);
	if (!resolution->to && !resolution->output)
		return usage_error("resolve");
	status = with_topology(options, resolve_all, resolution);
	if (resolution->output)
		output_free(resolution->output);
	return status;
}

int command_resolve(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "to", required_argument, NULL, 't' },
		{ 0 }
	};
	struct resolution resolution = { 0 };
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS,
				     "t:", long_options, options)) >= 0) {
		if (option != 't')
			return other_option(option, "resolve", print_help);
		resolution.to = column_find(&name_kind, optarg);
		if (!resolution.to)
			return usage_error("resolve");
	}
	if (optind == argc) {
		say("no NAME");
		return usage_error("resolve");
	}
	resolution.names = argv + optind;
	return run(&resolution, options);
}
