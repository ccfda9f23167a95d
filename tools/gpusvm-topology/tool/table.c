// SPDX-License-Identifier: GPL-2.0-or-later
#include <libsmartcols.h>
#include <stdlib.h>

#include "tool.h"

/* The calls can only fail for lack of memory */
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
	return table;
}

void table_add_column(struct libscols_table *table, const char *name, bool right)
{
	check_memory(scols_table_new_column(table, name, 0, right ? SCOLS_FL_RIGHT : 0));
}

struct libscols_line *table_add_line(struct libscols_table *table)
{
	return check_memory(scols_table_new_line(table, NULL));
}

/* Takes @text over; what is not known leaves no gap where columns are counted */
void table_set(struct libscols_line *line, size_t column, char *text,
	       const struct options *options)
{
	if (!text && !options->pairs)
		text = text_copy("-");
	if (text)
		check(scols_line_refer_data(line, column, text));
}

/* Frees the table. Returns what to exit with */
int table_print(struct libscols_table *table)
{
	int err = scols_print_table(table);

	scols_unref_table(table);
	if (err)
		say("cannot print the table");
	return err ? EXIT_ERROR : 0;
}
