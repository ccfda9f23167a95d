// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology explain: why a GPU can use a pagemap, or why not. */
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

static int print_help(void)
{
	puts("Usage: gpusvm-topology explain [OPTIONS] GPU NAME\n"
	     "\n"
	     "Prints whether a GPU can use a pagemap, the reason, and what would change it. NAME\n"
	     "is the ID or uid of a pagemap, or a GPU for all its pagemaps. The name of a GPU is\n"
	     "its uid, its name on the bus, its render or card node, or one of its own\n"
	     "pagemaps.\n"
	     "\n"
	     JSON_OPTION_HELP
	     COMMON_OPTIONS_HELP
	     "Exit status: 5 if a name does not exist; 9 if the GPU cannot use one of the\n"
	     "pagemaps; otherwise that of gpusvm-topology.");
	return 0;
}

struct question {
	const char *from;
	const char *to;
};

static struct json_object *text_or_null(char *text)
{
	struct json_object *value = json_text(text);

	free(text);
	return value;
}

static struct json_object *explanation_map(const struct explanation *explanation)
{
	struct json_object *map = json_map(), *remedies = json_array();

	json_set(map, "initiator_uid",
		 json_text(gpusvm_initiator_get_uid(explanation->initiator)));
	json_set(map, "id", json_number(0, gpusvm_pagemap_get_id(explanation->pagemap)));
	json_set(map, "uid", json_text(gpusvm_pagemap_get_uid(explanation->pagemap)));
	json_set(map, "usable", json_boolean(0, explanation->usable));
	json_set(map, "reason", json_text(explanation->reason));
	json_set(map, "explanation", text_or_null(explain_why(explanation)));
	for (size_t i = 0; i < EXPLAIN_REMEDIES; i++) {
		char *remedy = explain_remedy(explanation, i);

		if (remedy)
			json_append(remedies, text_or_null(remedy));
	}
	json_set(map, "remedies", remedies);
	return map;
}

static void print_text(const struct explanation *explanation)
{
	char *why = explain_why(explanation), *remedy;

	printf("%s %s pagemap %u (%s).\n%s\n",
	       gpusvm_initiator_get_uid(explanation->initiator),
	       explanation->usable ? "can use" : "cannot use",
	       gpusvm_pagemap_get_id(explanation->pagemap),
	       gpusvm_pagemap_get_uid(explanation->pagemap) ?: "-", why);
	free(why);
	for (size_t i = 0; i < EXPLAIN_REMEDIES; i++) {
		remedy = explain_remedy(explanation, i);
		if (remedy)
			printf("  %s\n", remedy);
		free(remedy);
	}
}

struct answer {
	struct json_object *array;
	bool usable;
};

static void add(struct answer *answer, const struct gpusvm_initiator *initiator,
		const struct gpusvm_pagemap *pagemap)
{
	const struct explanation explanation = explain(initiator, pagemap);

	if (answer->array)
		json_append(answer->array, explanation_map(&explanation));
	else
		print_text(&explanation);
	answer->usable = answer->usable && explanation.usable;
}

static const struct gpusvm_initiator *find_gpu(const struct gpusvm_topology *topology,
					       const char *name)
{
	const struct gpusvm_initiator *initiator = initiator_of(topology, name);

	if (!initiator)
		say("pagemap or GPU \"%s\" does not exist", name);
	return initiator;
}

/* Explains the access of a GPU to a pagemap, or to all pagemaps of a GPU */
static void explain_from(const struct gpusvm_initiator *from, const struct question *question,
			 struct answer *answer)
{
	const struct gpusvm_topology *topology = gpusvm_initiator_get_topology(from);
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find(topology, question->to);
	const struct gpusvm_initiator *to;

	if (pagemap) {
		add(answer, from, pagemap);
		return;
	}
	gpusvm_initiator_find_foreach(topology, question->to, to) {
		gpusvm_initiator_pagemap_foreach(to, pagemap)
			add(answer, from, pagemap);
	}
}

static bool has_memory(const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_initiator *gpu;

	gpusvm_initiator_find_foreach(topology, name, gpu) {
		if (gpusvm_initiator_get_first_pagemap(gpu))
			return true;
	}
	return gpusvm_pagemap_find(topology, name);
}

static int explain_all(const struct gpusvm_topology *topology, const struct question *question,
		       struct answer *answer)
{
	const struct gpusvm_initiator *from = find_gpu(topology, question->from), *to = NULL;

	if (!from)
		return EXIT_NOT_FOUND;
	if (!has_memory(topology, question->to)) {
		to = find_gpu(topology, question->to);
		if (to)
			say("%s has no memory", gpusvm_initiator_get_uid(to));
		return EXIT_NOT_FOUND;
	}
	for (; from; from = next_initiator_of(from, question->from))
		explain_from(from, question, answer);
	return 0;
}

static int run(const struct gpusvm_topology *topology, const struct options *options, void *data)
{
	struct answer answer = { .usable = true };
	struct json_object *document;
	int status;

	answer.array = options->json ? json_array() : NULL;
	status = explain_all(topology, data, &answer);
	if (status) {
		json_object_put(answer.array);
		return status;
	}
	if (answer.array) {
		document = document_new("explain", topology);
		json_set(document, "explanations", answer.array);
		status = document_print(document);
	}
	return status ?: answer.usable ? 0 : EXIT_NOT_USABLE;
}

int command_explain(int argc, char **argv, struct options *options)
{
	struct question question;
	int option, status;

	option = next_option(argc, argv, OPTIONS_JSON, "", NULL, options);
	if (option >= 0)
		return other_option(option, "explain", print_help);
	if (argc - optind < 2) {
		say("two names are required");
		return usage_error("explain");
	}
	question.from = argv[optind++];
	question.to = argv[optind++];
	status = no_arguments(argc, argv, "explain");
	return status ?: with_topology(options, run, &question);
}
