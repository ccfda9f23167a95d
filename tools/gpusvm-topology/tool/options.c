// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "tool.h"

/* Returns whether @option was one of them */
bool take_common_option(int option, const char *argument, struct options *options)
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
		options->sysroot = argument;
		return true;
	default:
		return false;
	}
}

int print_version(void)
{
	printf("gpusvm-topology %s\n", gpusvm_version());
	return 0;
}
