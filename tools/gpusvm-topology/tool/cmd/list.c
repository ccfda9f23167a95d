// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct kind *const kinds[] = {
	&pagemap_kind, &initiator_kind, &link_kind, &group_kind,
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static int print_help(void)
{
	puts("Usage: gpusvm-topology list [OPTIONS] [pagemaps|initiators|links|groups [NAME...]]\n"
	     "\n"
	     "Prints one line for each pagemap, or for each object of another kind.\n"
	     "Unknown values are \"-\".\n"
	     NAMES_HELP
	     "\n"
	     COLUMN_OPTIONS_HELP
	     LINE_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP);
	fputs("Exit status: that of gpusvm-topology.\n", stdout);
	for (size_t i = 0; i < KINDS; i++)
		columns_help(kinds[i]);
	return 0;
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	}
	say("unknown kind of objects \"%s\"", name);
	usage_error("list");
	return NULL;
}

int command_list(int argc, char **argv, struct options *options)
{
	const struct kind *kind = &pagemap_kind;
	int option;

	option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS |
			     OPTIONS_LINES, "", NULL, options);
	if (option >= 0)
		return other_option(option, "list", print_help);

	if (optind < argc)
		kind = find_kind(argv[optind++]);
	if (!kind)
		return EXIT_USAGE;
	take_names(argc, argv, options);
	return list_kind("list", kind, options);
}
