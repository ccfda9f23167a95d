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
	     "Writes a tar archive of the files below /sys that the topology is made of, and that\n"
	     "\"export\" reads besides, to FILE, which must not be there yet, or to stdout. It is\n"
	     "for --sysroot, on any machine, as it is, compressed or unpacked, and for reports of\n"
	     "bugs.\n"
	     "\n"
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Exit status: as of gpusvm-topology, see there.");
	return 0;
}

static char *read_generation(const struct options *options)
{
	return machine_read(options, "sys/class/drm_pagemap/topology/generation") ?:
	       text_copy("unknown");
}

/* While a change is being published, it is odd */
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

/* Repeats until nothing has changed meanwhile. Returns 0, or what to exit with */
static int collect(struct snapshot *snapshot)
{
	struct gpusvm_topology *topology;
	int status;

	/* Says why if there is none, and what is wrong with it */
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
	say("warning: the topology kept changing");
	return EXIT_WARNINGS;
}

static int write_to(const struct snapshot *snapshot, const char *path)
{
	FILE *out = path ? fopen(path, "wxe") : stdout;
	bool failed;

	if (!out) {
		say("cannot make %s: %s", path, strerror(errno));
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
		say("will not write an archive to a terminal");
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
