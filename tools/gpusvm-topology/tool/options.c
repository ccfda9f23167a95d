// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define MOST_OPTIONS 64

/* Values of options without a letter. Commands may use small values for their own */
enum {
	OPTION_SYSROOT = 0x1000,
	OPTION_SYNTHETIC,
	OPTION_COLOR,
	OPTION_WRONG = '?',
};

/* Options of commands that have @set */
static const struct option_set {
	unsigned int set;
	const char *letters;
	struct option options[5];
} option_sets[] = {
	{ 0, "hV", {
		{ "sysroot", required_argument, NULL, OPTION_SYSROOT },
		{ "synthetic", required_argument, NULL, OPTION_SYNTHETIC },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
	} },
	{ OPTIONS_JSON, "J", {
		{ "json", no_argument, NULL, 'J' },
	} },
	{ OPTIONS_TABLE, "nPr", {
		{ "no-headings", no_argument, NULL, 'n' },
		{ "pairs", no_argument, NULL, 'P' },
		{ "raw", no_argument, NULL, 'r' },
		{ "color", required_argument, NULL, OPTION_COLOR },
	} },
	{ OPTIONS_LINES, "Q:x:", {
		{ "filter", required_argument, NULL, 'Q' },
		{ "sort", required_argument, NULL, 'x' },
	} },
	{ OPTIONS_COLUMNS, "bo:O", {
		{ "bytes", no_argument, NULL, 'b' },
		{ "output", required_argument, NULL, 'o' },
		{ "output-all", no_argument, NULL, 'O' },
	} },
};

#define OPTION_SETS (sizeof(option_sets) / sizeof(*option_sets))

static size_t add_options(struct option *all, size_t count, const struct option *more)
{
	for (; more && more->name && count < MOST_OPTIONS; more++)
		all[count++] = *more;
	return count;
}

/* Follows https://no-color.org, and colours the output on terminals only */
static bool is_color_wanted(void)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       terminal && strcmp(terminal, "dumb");
}

static bool take_color(const char *when, struct options *options)
{
	if (!strcmp(when, "auto"))
		options->colors = is_color_wanted();
	else if (!strcmp(when, "always"))
		options->colors = true;
	else if (!strcmp(when, "never"))
		options->colors = false;
	else
		return false;
	return true;
}

/* Handles a common option. Returns whether @option was one */
static bool take_common(int *option, struct options *options)
{
	switch (*option) {
	case 'b':
		options->bytes = true;
		return true;
	case 'J':
		options->json = true;
		return true;
	case 'n':
		options->no_headings = true;
		return true;
	case 'o':
		options->columns = optarg;
		return true;
	case 'O':
		options->all_columns = true;
		return true;
	case 'P':
		options->pairs = true;
		return true;
	case 'Q':
		options->filter = optarg;
		return true;
	case 'r':
		options->raw = true;
		return true;
	case 'x':
		options->sort = optarg;
		return true;
	case OPTION_SYSROOT:
		options->sysroot = optarg;
		return true;
	case OPTION_SYNTHETIC:
		options->synthetic = optarg;
		return true;
	case OPTION_COLOR:
		if (take_color(optarg, options))
			return true;
		say("--color takes auto, always or never, not \"%s\"", optarg);
		*option = OPTION_WRONG;
		return false;
	default:
		return false;
	}
}

static bool is_contradictory(const struct options *options)
{
	if (options->json + options->pairs + options->raw > 1)
		say("-J, -P and -r exclude each other");
	else if (options->sysroot && options->synthetic)
		say("--sysroot and --synthetic exclude each other");
	else
		return false;
	return true;
}

/*
 * Calls getopt_long() for a command with the options @own, which may be NULL, whose short
 * forms are @letters, and with the common options of @sets. Of the latter, it returns only
 * -h and -V.
 */
int next_option(int argc, char **argv, unsigned int sets, const char *letters,
		const struct option *own, struct options *options)
{
	struct option all[MOST_OPTIONS + 1] = { 0 };
	char all_letters[MOST_OPTIONS * 2] = "";
	size_t count = 0;
	int option;

	if (!optind)
		options->colors = is_color_wanted();

	for (size_t i = 0; i < OPTION_SETS; i++) {
		const struct option_set *set = &option_sets[i];

		if (set->set && !(sets & set->set))
			continue;
		count = add_options(all, count, set->options);
		strcat(all_letters, set->letters);
	}
	add_options(all, count, own);
	strncat(all_letters, letters, sizeof(all_letters) - strlen(all_letters) - 1);

	do {
		option = getopt_long(argc, argv, all_letters, all, NULL);
	} while (take_common(&option, options));
	if (option < 0 && is_contradictory(options))
		return OPTION_WRONG;
	return option;
}

/* Handles an option that is not one of the command. Returns the exit status */
int other_option(int option, const char *command, int (*print_help)(void))
{
	switch (option) {
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error(command);
	}
}

/* Returns 0; or prints an error and returns the exit status if arguments are left */
int no_arguments(int argc, char **argv, const char *command)
{
	if (optind >= argc)
		return 0;
	say("too many arguments: \"%s\"", argv[optind]);
	return usage_error(command);
}

/* Takes the remaining arguments as names of objects to show */
void take_names(int argc, char **argv, struct options *options)
{
	options->names = optind < argc ? argv + optind : NULL;
}

int print_version(void)
{
	printf("gpusvm-topology %s\n", gpusvm_version());
	return 0;
}
