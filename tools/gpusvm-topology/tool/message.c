// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "tool.h"

void say(const char *format, ...)
{
	va_list args;

	fputs("gpusvm-topology: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* To be called after the error was said. Returns what to exit with */
int usage_error(const char *command)
{
	say("see \"gpusvm-topology %s%s--help\"", command, *command ? " " : "");
	return EXIT_USAGE;
}

static void log_warning(void *data, int priority, const char *message)
{
	(void)data;
	if (priority <= LOG_WARNING)
		say("warning: %s", message);
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

/* Returns 0, or what to exit with after it has said why */
int open_topology(const struct options *options, struct gpusvm_topology **topology)
{
	struct gpusvm_ctx *ctx;
	int err, status;

	err = gpusvm_new(&ctx);
	if (err) {
		say("%s", strerror(-err));
		return EXIT_ERROR;
	}

	gpusvm_set_log_fn(ctx, log_warning, NULL);
	if (options->sysroot)
		err = gpusvm_set_sysroot(ctx, options->sysroot);
	if (err) {
		say("cannot open %s: %s", options->sysroot, strerror(-err));
		status = EXIT_ERROR;
	} else {
		status = scan(ctx, options, topology);
	}
	gpusvm_unref(ctx);
	return status;
}

/* Returns what to exit with if nothing else went wrong */
int close_topology(struct gpusvm_topology *topology)
{
	unsigned int warnings = gpusvm_topology_count_warnings(topology);

	gpusvm_topology_unref(topology);
	return warnings ? EXIT_WARNINGS : 0;
}
