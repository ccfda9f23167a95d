// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "snapshot/archive-tree.h"
#include "root.h"
#include "tool.h"

void say(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fputs("gpusvm-topology: ", stderr);
	fprintf(stderr, "%s\n", text ?: format);
	free(text);
}

/* Refers to --help, after the caller has printed the error. Returns the exit status */
int usage_error(const char *command)
{
	say("see \"gpusvm-topology %s%s--help\"", command, *command ? " " : "");
	return EXIT_USAGE;
}

static void log_problem(void *data, int priority, const char *message)
{
	(void)data;
	if (priority <= LOG_WARNING)
		say("%s%s", priority == LOG_WARNING ? "warning: " : "", message);
}

static int scan(struct gpusvm_ctx *ctx, const struct options *options,
		struct gpusvm_topology **topology)
{
	int err;

	err = gpusvm_topology_new(ctx, topology);
	if (!err)
		return 0;

	say("cannot read %s/sys/class/drm_pagemap: %s%s", options->sysroot ?: "",
	    strerror(-err), err == -ENOENT && !options->sysroot ?
	    " (is the module drm_pagemap_topology loaded?)" : "");
	return err == -ENOENT ? EXIT_NO_TOPOLOGY : EXIT_ERROR;
}

/* The log function has printed what is wrong with the description */
static int make_up(struct gpusvm_ctx *ctx, const struct options *options,
		   struct gpusvm_topology **topology)
{
	int err;

	err = gpusvm_topology_new_synthetic(ctx, options->synthetic, topology);
	if (!err)
		return 0;
	if (err == -EINVAL)
		return EXIT_USAGE;
	say("%s", strerror(-err));
	return EXIT_ERROR;
}

/* Returns 0; or prints the error and returns the exit status */
int open_context(const struct options *options, struct gpusvm_ctx **ctx)
{
	struct json_object *archive;
	int err;

	if (!root_open(options->sysroot, &archive))
		return EXIT_ERROR;
	err = gpusvm_new(ctx);
	if (err) {
		say("%s", strerror(-err));
		return EXIT_ERROR;
	}

	gpusvm_set_log_fn(*ctx, log_problem, NULL);
	if (!options->sysroot)
		return 0;
	if (archive)
		err = gpusvm_set_files(*ctx, options->sysroot, &tree_files, archive);
	else
		err = gpusvm_set_sysroot(*ctx, options->sysroot);
	if (!err)
		return 0;
	say("cannot open %s: %s", options->sysroot, strerror(-err));
	gpusvm_unref(*ctx);
	*ctx = NULL;
	return EXIT_ERROR;
}

/* Returns 0; or prints the error and returns the exit status */
int open_topology(const struct options *options, struct gpusvm_topology **topology)
{
	struct gpusvm_ctx *ctx;
	int status;

	status = open_context(options, &ctx);
	if (status)
		return status;
	status = options->synthetic ? make_up(ctx, options, topology) :
				      scan(ctx, options, topology);
	gpusvm_unref(ctx);
	return status;
}

/* Returns the exit status, unless something else has failed */
int close_topology(struct gpusvm_topology *topology)
{
	unsigned int warnings = gpusvm_topology_count_warnings(topology);

	gpusvm_topology_unref(topology);
	return warnings ? EXIT_WARNINGS : 0;
}

static bool is_name(const struct gpusvm_topology *topology, const char *name)
{
	return gpusvm_pagemap_find(topology, name) || gpusvm_initiator_find(topology, name) ||
	       gpusvm_group_find_by_name(topology, name);
}

/* Sets @known to the names of existing objects. Returns 0, or the exit status */
static int find_names(const struct gpusvm_topology *topology, char **names, const char **known)
{
	int status = 0;

	for (; *names; names++) {
		if (is_name(topology, *names)) {
			*known++ = *names;
			continue;
		}
		say("pagemap, GPU or group \"%s\" does not exist", *names);
		status = EXIT_NOT_FOUND;
	}
	return status;
}

/* Keeps the objects that @options name. Sets @empty if none is left. Returns 0, or the status */
static int restrict_to_names(struct gpusvm_topology *topology, const struct options *options,
			     bool *empty)
{
	const char **known;
	size_t count = 0;
	int status;

	if (!options->names)
		return 0;
	while (options->names[count])
		count++;
	known = check_memory(calloc(count + 1, sizeof(*known)));
	status = find_names(topology, options->names, known);
	*empty = !*known;
	if (!*empty)
		gpusvm_topology_restrict(topology, known);
	free(known);
	return status;
}

/* Scans the topology and calls @fn. Returns the exit status */
int with_topology(const struct options *options, topology_fn fn, void *data)
{
	struct gpusvm_topology *topology;
	int status, missing, warnings;
	bool empty = false;

	status = open_topology(options, &topology);
	if (status)
		return status;
	missing = restrict_to_names(topology, options, &empty);
	if (!empty)
		status = fn(topology, options, data);
	warnings = close_topology(topology);
	return status ?: missing ?: warnings;
}
