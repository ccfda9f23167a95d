// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tool.h"

struct listing {
	const char *command;
	const struct kind *kind;
	const struct column *sort;
	struct filter *filter;
	struct output *output;
};

static int print(const struct gpusvm_topology *topology, const struct options *options,
		 void *data)
{
	const struct listing *listing = data;

	(void)options;
	lines_add(listing->output, topology, listing->kind, listing->sort, listing->filter);
	return output_print(listing->output, listing->command, topology);
}

/* Prints an error and returns false if the options are wrong */
static bool prepare(struct listing *listing, const struct options *options)
{
	if (options->sort) {
		listing->sort = column_find(listing->kind, options->sort);
		if (!listing->sort)
			return false;
	}
	if (options->filter) {
		listing->filter = filter_new(listing->kind, options->filter);
		if (!listing->filter)
			return false;
	}
	listing->output = output_new(listing->kind, options);
	return listing->output;
}

/* Prints all objects of a kind for @command. Returns the exit status */
int list_kind(const char *command, const struct kind *kind, const struct options *options)
{
	struct listing listing = { .command = command, .kind = kind };
	int status;

	if (prepare(&listing, options))
		status = with_topology(options, print, &listing);
	else
		status = usage_error(command);
	if (listing.output)
		output_free(listing.output);
	if (listing.filter)
		filter_free(listing.filter);
	return status;
}
