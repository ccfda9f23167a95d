// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* First argument of getopt_long(). Its messages begin with it */
#define PROGRAM ((char *)"gpusvm-topology")

static int command_help(int argc, char **argv, struct options *options);

static const struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv, struct options *options);
} commands[] = {
	{ "list", "list pagemaps, initiators, links or groups", command_list },
	{ "matrix", "show links as a matrix of initiators and pagemaps", command_matrix },
	{ "tree", "show groups, their initiators and pagemaps as a tree", command_tree },
	{ "groups", "list groups of GPUs that share memory", command_groups },
	{ "show", "show all attributes of some objects", command_show },
	{ "check", "find links that are missing, degraded, asymmetric or new", command_check },
	{ "bench", "verify and measure access of GPUs to pagemaps", command_bench },
	{ "group", "show and change peer groups", command_group },
	{ "explain", "show why a GPU can use a pagemap, or why not", command_explain },
	{ "run", "run a program with a default placement", command_run },
	{ "resolve", "show all names of a pagemap or a GPU", command_resolve },
	{ "select", "print IDs of matching pagemaps, for scripts", command_select },
	{ "monitor", "print changes as they happen", command_monitor },
	{ "snapshot", "write an archive of the topology, for --sysroot", command_snapshot },
	{ "export", "write files for Graphviz, browsers, Prometheus, Slurm, ...", command_export },
	{ "help", "print this help, or that of a command", command_help },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int print_help(void)
{
	puts("Usage: gpusvm-topology [--sysroot DIR|--synthetic DESC] COMMAND [OPTIONS]\n"
	     "\n"
	     "Shows pagemaps (GPU memory that can back the virtual memory of processes), links\n"
	     "from GPUs to them, and groups of GPUs.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-19s %s\n", commands[i].name, commands[i].help);
	puts("\n"
	     "      --sysroot DIR   read DIR/sys, a copy of another machine's files, instead of\n"
	     "                      /sys; DIR may be an archive from \"snapshot\"\n"
	     "      --synthetic DESC\n"
	     "                      use a synthetic topology, such as \"gpu:8 full bw=64000\"\n"
	     "  -h, --help          print this help; COMMAND --help prints that of the command\n"
	     "  -V, --version       print the version\n"
	     "\n"
	     "Exit status:\n"
	     "  0  success\n"
	     "  1  failure, for instance to write the output\n"
	     "  2  wrong usage\n"
	     "  3  the topology does not exist: the module drm_pagemap_topology is not loaded\n"
	     "  4  incomplete: some entries were unreadable or malformed, or kept changing;\n"
	     "     see the warnings on stderr\n"
	     "  5  a pagemap, initiator or group does not exist, or too few objects match\n"
	     "  The --help of a command lists its others: group has 6 to 8, 14 and 15, explain 9,\n"
	     "  check 10 to 13, bench 16 and 17, run 125 to 127.");
	return 0;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	say("unknown command \"%s\"", name);
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
		say("a command is required");
		return usage_error("");
	}

	command = find_command(argv[optind]);
	if (!command)
		return usage_error("");
	argc -= optind;
	argv += optind;
	argv[0] = PROGRAM;
	/* Restart getopt_long() */
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
