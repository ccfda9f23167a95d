// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "snapshot.h"

#define ATTEMPTS 10
#define PAUSE_US 50000

static int print_help(void)
{
	puts("Usage: gpusvm-topology snapshot [OPTIONS] [FILE]\n"
	     "\n"
	     "Writes a tar archive of the topology's files in /sys, and of other files that\n"
	     "\"export\" reads, to FILE, which must not exist, or to stdout. The archive is for\n"
	     "--sysroot on any machine, compressed, unpacked or as it is, and for reports of\n"
	     "bugs.\n"
	     "\n"
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Exit status: that of gpusvm-topology.");
	return 0;
}

static char *read_generation(const struct options *options)
{
	return machine_read(options, "sys/class/drm_pagemap/topology/generation") ?:
	       text_copy("unknown");
}

/* The generation is odd while the kernel publishes a change */
static bool is_odd(const char *generation)
{
	return *generation && strchr("13579", generation[strlen(generation) - 1]);
}

static bool collect_once(struct snapshot *snapshot)
{
	char *before = read_generation(snapshot->options), *after;
	bool consistent;

	snapshot_clear(snapshot);
	snapshot_collect(snapshot);
	after = read_generation(snapshot->options);
	consistent = !is_odd(before) && !strcmp(before, after);
	free(before);
	free(after);
	return consistent;
}

/* Repeats until the topology does not change meanwhile. Returns 0, or the exit status */
static int collect(struct snapshot *snapshot)
{
	struct gpusvm_topology *topology;
	int status;

	/* Prints why the topology is missing, and warnings about its entries */
	status = open_topology(snapshot->options, &topology);
	if (status)
		return status;
	if (snapshot->options->synthetic) {
		snapshot_make(snapshot, topology);
		return close_topology(topology);
	}
	status = close_topology(topology);

	for (int left = ATTEMPTS; left; left--) {
		if (collect_once(snapshot))
			return status;
		usleep(PAUSE_US);
	}
	say("warning: the topology kept changing: the snapshot may be inconsistent");
	return EXIT_WARNINGS;
}

static int write_to(const struct snapshot *snapshot, const char *path)
{
	FILE *out = path ? fopen(path, "wxe") : stdout;
	bool failed;

	if (!out) {
		say("cannot create %s: %s", path, strerror(errno));
		return EXIT_ERROR;
	}
	snapshot_write(snapshot, out);
	if (!path)
		return 0;
	failed = ferror(out);
	if (!fclose(out) && !failed)
		return 0;
	say("cannot write %s: %s", path, strerror(errno));
	unlink(path);
	return EXIT_ERROR;
}

int command_snapshot(int argc, char **argv, struct options *options)
{
	struct snapshot snapshot = { .options = options };
	const char *path = NULL;
	int option, status, written;

	option = next_option(argc, argv, 0, "", NULL, options);
	if (option >= 0)
		return other_option(option, "snapshot", print_help);
	if (optind < argc)
		path = argv[optind++];
	status = no_arguments(argc, argv, "snapshot");
	if (status)
		return status;
	if (!path && isatty(STDOUT_FILENO)) {
		say("cannot write an archive to a terminal: name a FILE or redirect the output");
		return usage_error("snapshot");
	}

	status = collect(&snapshot);
	if (!status && snapshot.warnings)
		status = EXIT_WARNINGS;
	if (!status || status == EXIT_WARNINGS) {
		written = write_to(&snapshot, path);
		status = written ?: status;
	}
	snapshot_clear(&snapshot);
	return status;
}
