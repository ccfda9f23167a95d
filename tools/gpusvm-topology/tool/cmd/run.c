// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology run: run a program with a default placement. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* The statuses of env(1) and others. All other statuses are those of the program */
enum {
	EXIT_RUN_FAILED = 125,
	EXIT_CANNOT_RUN = 126,
	EXIT_NO_PROGRAM = 127,
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology run -p NAME[,NAME]... [OPTIONS] -- PROGRAM [ARGUMENT]...\n"
	     "\n"
	     "Runs a program with a default placement. If it uses libgpusvm-topology, its memory\n"
	     "goes to the first possible one of these pagemaps, through the GPU that it computes\n"
	     "on. The environment variable GPUSVM_PAGEMAP passes the list, also to its children.\n"
	     "\n"
	     " -p, --pagemap NAMES  try these pagemaps in this order: IDs or uids; the name of a GPU\n"
	     "                      stands for all its own pagemaps\n"
	     "     --strict         let the program fail if none of them is possible, instead of\n"
	     "                      leaving its memory in place (GPUSVM_PAGEMAP_STRICT)\n"
	     COMMON_OPTIONS_HELP
	     "Exit status: that of PROGRAM; 125 if it was not run, because an option is wrong or a\n"
	     "pagemap does not exist; 126 if it cannot be run; 127 if it does not exist.");
	return 0;
}

struct default_placement {
	const char *names;
	bool strict;
	/* The IDs, separated by commas */
	char *ids;
};

static void add_id(struct default_placement *placement, const struct gpusvm_pagemap *pagemap)
{
	char *longer = text_format("%s%s%u", placement->ids ?: "", placement->ids ? "," : "",
				   gpusvm_pagemap_get_id(pagemap));

	free(placement->ids);
	placement->ids = longer;
}

/* Adds all pagemaps of a GPU. The name of a device stands for all its partitions */
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
		    "GPU \"%s\" has no pagemap" : "pagemap or GPU \"%s\" does not exist", name);
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
		say(placement.names ? "a PROGRAM is required" : "--pagemap is required");
		return wrong_usage();
	}

	status = with_topology(options, choose, &placement);
	/* Warnings about other entries do not matter here */
	if (status == EXIT_WARNINGS)
		status = 0;
	status = status ? EXIT_RUN_FAILED : run_program(&placement, argv + optind);
	free(placement.ids);
	return status;
}
