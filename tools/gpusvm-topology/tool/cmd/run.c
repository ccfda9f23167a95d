// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology run: a program with a default placement */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* As env(1) and others have it, so that other statuses are those of the program */
enum {
	EXIT_RUN_FAILED = 125,
	EXIT_CANNOT_RUN = 126,
	EXIT_NO_PROGRAM = 127,
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology run -p NAME[,NAME]... [OPTIONS] -- PROGRAM [ARGUMENT]...\n"
	     "\n"
	     "Runs a program with a default placement: if it uses libgpusvm-topology for that, its\n"
	     "memory goes to the first of these pagemaps that will do, through the GPU that it\n"
	     "computes on. The environment variable GPUSVM_PAGEMAP says so, also to its children.\n"
	     "\n"
	     " -p, --pagemap NAMES  the pagemaps in the order in which they are tried: IDs or uids;\n"
	     "                      the name of a GPU stands for all of its own\n"
	     "     --strict         the program shall fail if none of them will do, instead of\n"
	     "                      leaving its memory where it is (GPUSVM_PAGEMAP_STRICT)\n"
	     COMMON_OPTIONS_HELP
	     "Exit status: that of PROGRAM; 125 if it was not run because of a wrong option, or as\n"
	     "there is no such pagemap; 126 if it cannot be run; 127 if there is none.");
	return 0;
}

struct default_placement {
	const char *names;
	bool strict;
	/* The IDs with commas between them */
	char *ids;
};

static void add_id(struct default_placement *placement, const struct gpusvm_pagemap *pagemap)
{
	char *longer = text_format("%s%s%u", placement->ids ?: "", placement->ids ? "," : "",
				   gpusvm_pagemap_get_id(pagemap));

	free(placement->ids);
	placement->ids = longer;
}

/* All pagemaps of a GPU, and of each of its partitions if it is called by its device */
static bool add_gpus(struct default_placement *placement,
		     const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_initiator *gpu;
	bool any = false;

	gpusvm_initiator_find_foreach(topology, name, gpu) {
		gpusvm_initiator_pagemap_foreach(gpu, pagemap) {
			add_id(placement, pagemap);
			any = true;
		}
	}
	if (!any)
		say(gpusvm_initiator_find(topology, name) ?
		    "\"%s\" has no pagemap" : "no pagemap and no GPU is called \"%s\"", name);
	return any;
}

static bool add_name(struct default_placement *placement,
		     const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find(topology, name);

	if (pagemap) {
		add_id(placement, pagemap);
		return true;
	}
	return add_gpus(placement, topology, name);
}

static int choose(const struct gpusvm_topology *topology, const struct options *options,
		  void *data)
{
	struct default_placement *placement = data;
	char *copy = text_copy(placement->names), *rest = copy, *name;
	bool good = true;

	(void)options;
	while (good && (name = strsep(&rest, ",")))
		good = add_name(placement, topology, name);
	free(copy);
	return good ? 0 : EXIT_NOT_FOUND;
}

static int run_program(const struct default_placement *placement, char **program)
{
	if (setenv("GPUSVM_PAGEMAP", placement->ids, 1) ||
	    (placement->strict ? setenv("GPUSVM_PAGEMAP_STRICT", "1", 1) :
				 unsetenv("GPUSVM_PAGEMAP_STRICT")))
		check_memory(NULL);
	execvp(*program, program);
	say("cannot run %s: %s", *program, strerror(errno));
	return errno == ENOENT ? EXIT_NO_PROGRAM : EXIT_CANNOT_RUN;
}

static int wrong_usage(void)
{
	usage_error("run");
	return EXIT_RUN_FAILED;
}

int command_run(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "pagemap", required_argument, NULL, 'p' },
		{ "strict", no_argument, NULL, 'S' },
		{ 0 }
	};
	struct default_placement placement = { 0 };
	int option, status;

	while ((option = next_option(argc, argv, 0, "p:", long_options, options)) >= 0) {
		if (option == 'h' || option == 'V')
			return other_option(option, "run", print_help);
		if (option == 'p')
			placement.names = optarg;
		else if (option == 'S')
			placement.strict = true;
		else
			return wrong_usage();
	}
	if (!placement.names || optind == argc) {
		say(placement.names ? "no PROGRAM" : "no --pagemap");
		return wrong_usage();
	}

	status = with_topology(options, choose, &placement);
	/* What is wrong with other entries has been said, and does not matter here */
	if (status == EXIT_WARNINGS)
		status = 0;
	status = status ? EXIT_RUN_FAILED : run_program(&placement, argv + optind);
	free(placement.ids);
	return status;
}
