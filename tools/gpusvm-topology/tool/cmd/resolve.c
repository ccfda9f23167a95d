// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

/* A pagemap with the GPU that owns it. Either may be NULL */
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
	{ "ID", "id", "ID, which programs pass to ioctls", COLUMN_DEFAULT | COLUMN_RIGHT,
	  id, NULL },
	{ "UID", "uid", "uid of the pagemap", COLUMN_DEFAULT, uid, NULL },
	{ "INITIATOR", "initiator", "uid of the GPU", COLUMN_DEFAULT, initiator, NULL },
	{ "DEVICE", "device", "name of the GPU on its bus", COLUMN_DEFAULT, device, NULL },
	{ "RENDER", "render", "render node of the GPU", COLUMN_DEFAULT, render, NULL },
	{ "CARD", "card", "card node of the GPU", COLUMN_DEFAULT, card, NULL },
	{ 0 }
};

static const struct kind name_kind = { .name = "names", .columns = columns };

static int print_help(void)
{
	puts("Usage: gpusvm-topology resolve [OPTIONS] NAME...\n"
	     "\n"
	     "Prints all names of a pagemap or a GPU, one line for each pagemap. NAME is the ID or\n"
	     "uid of a pagemap, or a GPU with all its pagemaps: its uid, its name on the bus such\n"
	     "as 0000:03:00.0, or its render or card node such as renderD128. The name on the bus\n"
	     "stands for all partitions of the GPU.\n"
	     "\n"
	     " -t, --to COLUMN      print only this column, one value a line, for scripts\n"
	     COLUMN_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "Exit status: 5 if a NAME does not exist or lacks the value of --to, while all others\n"
	     "are printed; otherwise that of gpusvm-topology.");
	columns_help(&name_kind);
	return 0;
}

struct resolution {
	char **names;
	/* One of these is set */
	const struct column *to;
	struct output *output;
};

/* Returns whether the name has a value to print */
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

/* Returns 0; or prints an error and returns the exit status */
static int resolve(const struct resolution *resolution,
		   const struct gpusvm_topology *topology, const char *text)
{
	const struct gpusvm_initiator *gpu = gpusvm_initiator_find(topology, text);
	struct name name = { .pagemap = gpusvm_pagemap_find(topology, text) };
	bool any;

	if (!name.pagemap && !gpu) {
		say("pagemap or GPU \"%s\" does not exist", text);
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
		say("a NAME is required");
		return usage_error("resolve");
	}
	resolution.names = argv + optind;
	return run(&resolution, options);
}
