// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv, struct options *options);
} commands[] = {
	{ "list", command_list },
	{ "matrix", command_matrix },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int print_help(void)
{
	puts("Usage: gpusvm-topology [--sysroot DIR] COMMAND [OPTIONS]\n"
	     "\n"
	     "Shows the GPU memories that can back the virtual memory of processes, and how\n"
	     "the GPUs reach them.\n"
	     "\n"
	     "Commands:\n"
	     "  list                pagemaps, initiators, links or groups\n"
	     "  matrix              initiators against pagemaps\n"
	     "\n"
	     "      --sysroot DIR   read DIR/sys, a copy of another machine's, instead of /sys\n"
	     "  -h, --help          print this help; COMMAND --help: that of the command\n"
	     "  -V, --version       print the version\n"
	     "\n"
	     "Exit status:\n"
	     "  0  success\n"
	     "  1  failure, such as output that cannot be written\n"
	     "  2  wrong usage\n"
	     "  3  no topology: the module drm_pagemap_topology is not loaded\n"
	     "  4  printed, but some entries could not be read, made no sense, or changed\n"
	     "     all the time; see the warnings on stderr");
	return 0;
}

static int run_command(int argc, char **argv, struct options *options)
{
	if (optind == argc) {
		say("no command");
		return usage_error("");
	}

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, argv[optind])) {
			argc -= optind;
			argv += optind;
			/* Start anew */
			optind = 0;
			return commands[i].run(argc, argv, options);
		}
	}
	say("no such command: \"%s\"", argv[optind]);
	return usage_error("");
}

static int run(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "sysroot", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	struct options options = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "+hV", long_options, NULL)) >= 0) {
		switch (option) {
		case 's':
			options.sysroot = optarg;
			break;
		case 'h':
			return print_help();
		case 'V':
			return print_version();
		default:
			return usage_error("");
		}
	}
	return run_command(argc, argv, &options);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fclose(stdout)) {
		say("cannot write the output: %s", strerror(errno));
		return EXIT_ERROR;
	}
	return status;
}
