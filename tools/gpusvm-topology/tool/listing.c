// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

struct listing {
	const char *command;
	struct output *output;
};

static int print(const struct gpusvm_topology *topology, const struct options *options,
		 void *data)
{
	const struct listing *listing = data;

	(void)options;
	output_add_all(listing->output, topology);
	return output_print(listing->output, listing->command, topology);
}

/* All objects of a kind, for a @command that prints nothing else. Returns what to exit with */
int list_kind(const char *command, const struct kind *kind, const struct options *options)
{
	struct listing listing = { command, output_new(kind, options) };
	int status;

	if (!listing.output)
		return usage_error(command);
	status = with_topology(options, print, &listing);
	output_free(listing.output);
	return status;
}
