// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const struct kind *const kinds[] = {
	&pagemap_kind, &initiator_kind, &link_kind, &group_kind,
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static int print_help(void)
{
	puts("Usage: gpusvm-topology list [OPTIONS] [pagemaps|initiators|links|groups]\n"
	     "\n"
	     "Prints one line for each pagemap, or for each of what is asked for.\n"
	     "What is not known is \"-\".\n"
	     "\n"
	     " -b, --bytes          print sizes in bytes\n"
	     " -o, --output COLS    print these columns; +COLS: besides those by default\n"
	     " -O, --output-all     print all columns\n"
	     COMMON_OPTIONS_HELP);
	fputs("Exit status: as of gpusvm-topology, see there.\n", stdout);
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
	say("cannot list \"%s\"", name);
	usage_error("list");
	return NULL;
}

static int print_kind(const struct gpusvm_topology *topology, const struct kind *kind,
		      const struct column **columns, const struct options *options)
{
	struct libscols_table *table = table_new(options);
	const void *object;

	for (size_t i = 0; columns[i]; i++)
		table_add_column(table, columns[i]->name, columns[i]->right);

	for (object = kind->first(topology); object; object = kind->next(object)) {
		struct libscols_line *line = table_add_line(table);

		for (size_t i = 0; columns[i]; i++)
			table_set(line, i, columns[i]->text(object, options), options);
	}
	return table_print(table);
}

static int list(const struct kind *kind, const struct options *options)
{
	struct gpusvm_topology *topology;
	const struct column **columns;
	int status;

	columns = columns_choose(kind, options);
	if (!columns)
		return usage_error("list");

	status = open_topology(options, &topology);
	if (!status) {
		int warnings;

		status = print_kind(topology, kind, columns, options);
		warnings = close_topology(topology);
		status = status ?: warnings;
	}
	free(columns);
	return status;
}

int command_list(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "bytes", no_argument, NULL, 'b' },
		{ "output", required_argument, NULL, 'o' },
		{ "output-all", no_argument, NULL, 'O' },
		{ 0 }
	};
	const struct kind *kind = &pagemap_kind;
	int option;

	while ((option = next_option(argc, argv, "bo:O", long_options, options)) >= 0) {
		if (option == 'b')
			options->bytes = true;
		else if (option == 'o')
			options->columns = optarg;
		else if (option == 'O')
			options->all_columns = true;
		else if (option == 'h')
			return print_help();
		else if (option == 'V')
			return print_version();
		else
			return usage_error("list");
	}

	if (optind < argc)
		kind = find_kind(argv[optind++]);
	if (!kind)
		return EXIT_USAGE;
	if (optind < argc) {
		say("too many arguments: \"%s\"", argv[optind]);
		return usage_error("list");
	}
	return list(kind, options);
}
