// SPDX-License-Identifier: GPL-2.0-or-later
#include <libsmartcols.h>
#include <stdlib.h>

#include "tool.h"

/* Calls of libsmartcols fail only if memory is short */
static void check(int err)
{
	if (err)
		check_memory(NULL);
}

struct libscols_table *table_new(const struct options *options)
{
	struct libscols_table *table = check_memory(scols_new_table());

	check(scols_table_enable_noheadings(table, options->no_headings));
	check(scols_table_enable_raw(table, options->raw));
	check(scols_table_enable_export(table, options->pairs));
	check(scols_table_enable_colors(table, options->colors &&
					!options->raw && !options->pairs));
	return table;
}

/* For scripts, do not draw branches, which would be a part of the value */
void table_add_column(struct libscols_table *table, const char *name, unsigned int flags)
{
	bool branches = flags & COLUMN_TREE && !scols_table_is_raw(table) &&
			!scols_table_is_export(table);

	check_memory(scols_table_new_column(table, name, 0,
					    (flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0) |
					    (branches ? SCOLS_FL_TREE : 0)));
}

/* @parent is NULL except in a tree */
struct libscols_line *table_add_line(struct libscols_table *table,
				     struct libscols_line *parent)
{
	return check_memory(scols_table_new_line(table, parent));
}

/* Takes over @text. An unknown value is "-", so that scripts can count columns */
void table_set(struct libscols_line *line, size_t column, char *text,
	       const struct options *options)
{
	if (!text && !options->pairs)
		text = text_copy("-");
	if (text)
		check(scols_line_refer_data(line, column, text));
}

void table_set_color(struct libscols_line *line, size_t column, const char *color)
{
	if (color)
		check(scols_cell_set_color(scols_line_get_cell(line, column), color));
}

/* Returns the exit status */
int table_print(struct libscols_table *table)
{
	if (!scols_print_table(table))
		return 0;
	say("cannot print the table");
	return EXIT_ERROR;
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}
