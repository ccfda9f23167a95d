// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The first argument for getopt_long(), whose messages begin with it */
#define PROGRAM ((char *)"gpusvm-topology")

static int command_help(int argc, char **argv, struct options *options);

static const struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv, struct options *options);
} commands[] = {
	{ "list", "pagemaps, initiators, links or groups", command_list },
	{ "matrix", "initiators against pagemaps", command_matrix },
	{ "tree", "groups, the initiators in them, and their pagemaps", command_tree },
	{ "groups", "which GPUs share memory with each other", command_groups },
	{ "show", "all that is known of some of them", command_show },
	{ "check", "whether links are missing, degraded, asymmetric or new", command_check },
	{ "group", "show and change peer groups", command_group },
	{ "explain", "why a GPU can use a pagemap, or why not", command_explain },
	{ "run", "a program with a default placement", command_run },
	{ "resolve", "what else a pagemap or a GPU is called", command_resolve },
	{ "select", "IDs of pagemaps that fit, for scripts", command_select },
	{ "monitor", "what changes", command_monitor },
	{ "snapshot", "an archive of what there is, for --sysroot", command_snapshot },
	{ "export", "for Graphviz, browsers, Prometheus, Slurm and others", command_export },
	{ "help", "this help, or that of a command", command_help },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int print_help(void)
{
	puts("Usage: gpusvm-topology [--sysroot DIR|--synthetic DESC] COMMAND [OPTIONS]\n"
	     "\n"
	     "Shows the GPU memories that can back the virtual memory of processes, and how\n"
	     "the GPUs reach them.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-19s %s\n", commands[i].name, commands[i].help);
	puts("\n"
	     "      --sysroot DIR   read DIR/sys, a copy of another machine's, instead of /sys;\n"
	     "                      DIR may be an archive that \"snapshot\" has made\n"
	     "      --synthetic DESC\n"
	     "                      make up a topology, as in \"gpu:8 full bw=64000\"\n"
	     "  -h, --help          print this help; COMMAND --help: that of the command\n"
	     "  -V, --version       print the version\n"
	     "\n"
	     "Exit status:\n"
	     "  0  success\n"
	     "  1  failure, such as output that cannot be written\n"
	     "  2  wrong usage\n"
	     "  3  no topology: the module drm_pagemap_topology is not loaded\n"
	     "  4  printed, but some entries could not be read, made no sense, or changed\n"
	     "     all the time; see the warnings on stderr\n"
	     "  5  there is no pagemap, initiator or group of a name that was given,\n"
	     "     or there is too little that fits\n"
	     "  6 to 8, 14 and 15 are of \"group\", 9 of \"explain\", 10 to 13 of \"check\",\n"
	     "  125 to 127 of \"run\", see there");
	return 0;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	say("no such command: \"%s\"", name);
	return NULL;
}

static int command_help(int argc, char **argv, struct options *options)
{
	char *arguments[3] = { PROGRAM, "--help", NULL };
	const struct command *command;
	int option, status;

	option = next_option(argc, argv, 0, "", NULL, options);
	if (option >= 0)
		return other_option(option, "help", print_help);
	if (optind == argc)
		return print_help();
	command = find_command(argv[optind++]);
	if (!command)
		return usage_error("");
	status = no_arguments(argc, argv, "help");
	if (status)
		return status;
	optind = 0;
	return command->run(2, arguments, options);
}

static int run_command(int argc, char **argv, struct options *options)
{
	const struct command *command;

	if (optind == argc) {
		say("no command");
		return usage_error("");
	}

	command = find_command(argv[optind]);
	if (!command)
		return usage_error("");
	argc -= optind;
	argv += optind;
	argv[0] = PROGRAM;
	/* Start anew */
	optind = 0;
	return command->run(argc, argv, options);
}

static int run(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "sysroot", required_argument, NULL, 's' },
		{ "synthetic", required_argument, NULL, 'S' },
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
		case 'S':
			options.synthetic = optarg;
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
	int status;

	if (argc)
		argv[0] = PROGRAM;
	status = run(argc, argv);
	if (fclose(stdout)) {
		say("cannot write the output: %s", strerror(errno));
		return EXIT_ERROR;
	}
	return status;
}
