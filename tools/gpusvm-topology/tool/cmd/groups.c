// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "tool.h"

static int print_help(void)
{
	puts("Usage: gpusvm-topology groups [OPTIONS] [NAME...]\n"
	     "\n"
	     "Prints one line for each group of GPUs that share memory, as \"gpusvm-topology list\n"
	     "groups\" does.\n"
	     NAMES_HELP
	     "\n"
	     COLUMN_OPTIONS_HELP
	     LINE_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP);
	fputs("Exit status: that of gpusvm-topology.\n", stdout);
	columns_help(&group_kind);
	return 0;
}

int command_groups(int argc, char **argv, struct options *options)
{
	int option;

	option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS |
			     OPTIONS_LINES, "", NULL, options);
	if (option >= 0)
		return other_option(option, "groups", print_help);
	take_names(argc, argv, options);
	return list_kind("groups", &group_kind, options);
}
