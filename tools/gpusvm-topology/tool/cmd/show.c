// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The output: text at once, or arrays of a document at the end */
struct report {
	const struct options *options;
	struct json_object *document;
	bool started;
};

struct request {
	char **names;
	size_t count;
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology show [OPTIONS] NAME...\n"
	     "\n"
	     "Prints all attributes of pagemaps, initiators and groups, and their links. A NAME is\n"
	     "the ID or the uid of a pagemap, the uid of an initiator, the name of a group, or the\n"
	     "name of a GPU on its bus or of its render node, which stands for all objects of this\n"
	     "GPU.\n"
	     "\n"
	     " -b, --bytes          print sizes in bytes\n"
	     JSON_OPTION_HELP
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Exit status: that of gpusvm-topology.");
	return 0;
}

static bool is_same(const char *known, const char *name)
{
	return known && !strcmp(known, name);
}

static void print_property(const struct column *column, const void *object,
			   const struct options *options)
{
	struct json_object *value = column->get(object);
	char *text = value_text(value, column->flags, options);

	printf("  %s: %s\n", column->key, text ?: "-");
	free(text);
	json_object_put(value);
}

static void report(struct report *report, const struct kind *kind, const char *title,
		   const void *object)
{
	const struct column *column;

	if (report->document) {
		json_append(json_object_object_get(report->document, kind->name),
			    object_map(kind, object));
		return;
	}

	printf("%s%s\n", report->started ? "\n" : "", title);
	report->started = true;
	for (column = kind->columns; column->name; column++)
		print_property(column, object, report->options);
}

static void report_link(struct report *to, const struct gpusvm_link *link)
{
	char *title = text_format("link from %s to pagemap %u",
				  gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)),
				  gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)));

	report(to, &link_kind, title, link);
	free(title);
}

static void report_pagemap(struct report *to, const struct gpusvm_pagemap *pagemap)
{
	char *title = text_format("pagemap %u", gpusvm_pagemap_get_id(pagemap));
	const struct gpusvm_link *link;

	report(to, &pagemap_kind, title, pagemap);
	free(title);
	gpusvm_pagemap_link_foreach(pagemap, link)
		report_link(to, link);
}

static void report_initiator(struct report *to, const struct gpusvm_initiator *initiator)
{
	char *title = text_format("initiator %s", gpusvm_initiator_get_uid(initiator));
	const struct gpusvm_link *link;

	report(to, &initiator_kind, title, initiator);
	free(title);
	gpusvm_initiator_link_foreach(initiator, link)
		report_link(to, link);
}

static void report_group(struct report *to, const struct gpusvm_group *group)
{
	char *title = text_format("group %s", gpusvm_group_get_name(group));

	report(to, &group_kind, title, group);
	free(title);
}

static const struct gpusvm_pagemap *find_pagemap(const struct gpusvm_topology *topology,
						 const char *name)
{
	char *end;
	unsigned long id = strtoul(name, &end, 10);

	if (*name >= '1' && *name <= '9' && !*end && id <= UINT32_MAX)
		return gpusvm_pagemap_find_by_id(topology, id);
	return gpusvm_pagemap_find_by_uid(topology, name);
}

static bool report_gpu(struct report *to, const struct gpusvm_topology *topology,
		       const char *name)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	bool found = false;

	gpusvm_initiator_foreach(topology, initiator) {
		if (!is_same(gpusvm_initiator_get_device(initiator), name) &&
		    !is_same(gpusvm_initiator_get_render(initiator), name))
			continue;
		report_initiator(to, initiator);
		found = true;
	}
	gpusvm_pagemap_foreach(topology, pagemap) {
		if (!is_same(gpusvm_pagemap_get_device(pagemap), name) &&
		    !is_same(gpusvm_pagemap_get_render(pagemap), name))
			continue;
		report_pagemap(to, pagemap);
		found = true;
	}
	return found;
}

static bool report_name(struct report *to, const struct gpusvm_topology *topology,
			const char *name)
{
	const struct gpusvm_pagemap *pagemap = find_pagemap(topology, name);
	const struct gpusvm_initiator *initiator = gpusvm_initiator_find_by_uid(topology, name);
	const struct gpusvm_group *group = gpusvm_group_find_by_name(topology, name);

	if (pagemap)
		report_pagemap(to, pagemap);
	if (initiator)
		report_initiator(to, initiator);
	if (group)
		report_group(to, group);
	return pagemap || initiator || group || report_gpu(to, topology, name);
}

static struct json_object *new_document(const struct gpusvm_topology *topology)
{
	struct json_object *document = document_new("show", topology);

	json_set(document, pagemap_kind.name, json_array());
	json_set(document, initiator_kind.name, json_array());
	json_set(document, group_kind.name, json_array());
	json_set(document, link_kind.name, json_array());
	return document;
}

static int show(const struct gpusvm_topology *topology, const struct options *options,
		void *data)
{
	struct report to = { .options = options };
	const struct request *request = data;
	int status = 0;

	if (options->json)
		to.document = new_document(topology);
	for (size_t i = 0; i < request->count; i++) {
		if (report_name(&to, topology, request->names[i]))
			continue;
		say("pagemap, GPU or group \"%s\" does not exist", request->names[i]);
		status = EXIT_NOT_FOUND;
	}
	if (to.document)
		document_print(to.document);
	return status;
}

int command_show(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "bytes", no_argument, NULL, 'b' },
		{ 0 }
	};
	struct request request;
	int option;

	option = next_option(argc, argv, OPTIONS_JSON, "b", long_options, options);
	if (option >= 0)
		return other_option(option, "show", print_help);
	if (optind == argc) {
		say("a NAME is required");
		return usage_error("show");
	}
	request.names = argv + optind;
	request.count = argc - optind;
	return with_topology(options, show, &request);
}
