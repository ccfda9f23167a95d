// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>

#include "tool.h"

#define COMMON_LETTERS "nPrhV"
#define MOST_OPTIONS 64

static const struct option common_options[] = {
	{ "no-headings", no_argument, NULL, 'n' },
	{ "pairs", no_argument, NULL, 'P' },
	{ "raw", no_argument, NULL, 'r' },
	{ "sysroot", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static size_t add_options(struct option *all, size_t count, const struct option *more)
{
	for (; more->name && count < MOST_OPTIONS; more++)
		all[count++] = *more;
	return count;
}

/* Returns whether @option was one that needs nothing else to be done */
static bool take_common(int option, struct options *options)
{
	switch (option) {
	case 'n':
		options->no_headings = true;
		return true;
	case 'P':
		options->pairs = true;
		return true;
	case 'r':
		options->raw = true;
		return true;
	case 's':
		options->sysroot = optarg;
		return true;
	default:
		return false;
	}
}

/*
 * getopt_long() for a command with the options @own, whose short ones are
 * @letters, and those that all commands have. Of these, only -h and -V are
 * returned.
 */
int next_option(int argc, char **argv, const char *letters, const struct option *own,
		struct options *options)
{
	struct option all[MOST_OPTIONS + 1] = { 0 };
	char all_letters[MOST_OPTIONS * 2];
	int option;

	add_options(all, add_options(all, 0, common_options), own);
	snprintf(all_letters, sizeof(all_letters), "%s%s", COMMON_LETTERS, letters);
	do {
		option = getopt_long(argc, argv, all_letters, all, NULL);
	} while (take_common(option, options));
	return option;
}

int print_version(void)
{
	printf("gpusvm-topology %s\n", gpusvm_version());
	return 0;
}
