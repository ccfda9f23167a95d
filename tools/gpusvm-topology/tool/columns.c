// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tool.h"

/* Columns in the order of the output, with NULL at the end */
struct choice {
	const struct column **columns;
	size_t count;
};

static void add(struct choice *choice, const struct column *column)
{
	choice->columns = check_memory(reallocarray(choice->columns, choice->count + 1,
						    sizeof(*choice->columns)));
	choice->columns[choice->count++] = column;
}

static void add_many(struct choice *choice, const struct column *column, bool all)
{
	for (; column->name; column++) {
		if (all || column->flags & COLUMN_DEFAULT)
			add(choice, column);
	}
}

/* Finds a column by its name or its key in JSON. Prints an error and returns NULL if unknown */
const struct column *column_find(const struct kind *kind, const char *name)
{
	const struct column *column;

	for (column = kind->columns; column->name; column++) {
		if (!strcasecmp(column->name, name) || !strcmp(column->key, name))
			return column;
	}
	say("%s have no column \"%s\"", kind->name, name);
	return NULL;
}

static bool add_named(struct choice *choice, const struct kind *kind, const char *names)
{
	char *copy = text_copy(names), *rest = copy, *name;

	while ((name = strsep(&rest, ","))) {
		const struct column *column = column_find(kind, name);

		if (!column)
			break;
		add(choice, column);
	}
	free(copy);
	return !name;
}

/*
 * -o A,B selects these columns, -o +A,B adds them to the default columns. In JSON, all
 * columns are default. Returns an array that the caller frees; or prints an error and
 * returns NULL if a column is unknown.
 */
const struct column **columns_choose(const struct kind *kind, const struct options *options)
{
	struct choice choice = { 0 };
	const char *names = options->all_columns ? NULL : options->columns;

	if (!names || *names == '+')
		add_many(&choice, kind->columns, options->all_columns || options->json);
	if (names && !add_named(&choice, kind, names + (*names == '+'))) {
		free(choice.columns);
		return NULL;
	}
	add(&choice, NULL);
	return choice.columns;
}

void columns_help(const struct kind *kind)
{
	const struct column *column;

	printf("\nColumns of %s (* by default):\n", kind->name);
	for (column = kind->columns; column->name; column++)
		printf(" %c %-16s %s\n", column->flags & COLUMN_DEFAULT ? '*' : ' ', column->name,
		       column->help);
}
