// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters objects by an expression of libsmartcols, as lsblk does. */
#include <json-c/json.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "tool.h"

struct filter {
	const struct kind *kind;
	struct libscols_filter *expression;
	struct libscols_table *table;	/* with all columns, printed or not */
};

#ifdef HAVE_SMARTCOLS_FILTER

static void add_columns(struct filter *filter)
{
	const struct column *column;

	for (column = filter->kind->columns; column->name; column++) {
		struct libscols_column *other =
			check_memory(scols_table_new_column(filter->table, column->name, 0, 0));

		if (column->flags & COLUMN_RIGHT)
			scols_column_set_data_type(other, SCOLS_DATA_FLOAT);
	}
}

/* Assigns columns to the names in the expression. Reports unknown ones and returns false */
static bool find_columns(struct filter *filter)
{
	struct libscols_iter *words = check_memory(scols_new_iter(SCOLS_ITER_FORWARD));
	const char *word = NULL;
	bool good = true;

	while (good && !scols_filter_next_holder(filter->expression, words, &word, 0)) {
		const struct column *column = column_find(filter->kind, word);
		struct libscols_column *other = NULL;

		if (column)
			other = scols_table_get_column(filter->table,
						       column - filter->kind->columns);
		good = other;
		if (good)
			scols_filter_assign_column(filter->expression, words, word, other);
	}
	scols_free_iter(words);
	return good;
}

static bool parse(struct filter *filter, const char *expression)
{
	const char *message;

	if (!scols_filter_parse_string(filter->expression, expression))
		return find_columns(filter);
	message = scols_filter_get_errmsg(filter->expression);
	say("cannot use the filter \"%s\"%s%s", expression, message ? ": " : "", message ?: "");
	return false;
}

static void set_values(const struct filter *filter, struct libscols_line *line,
		       const void *object)
{
	static const struct options options = { .bytes = true, .pairs = true };
	const struct column *column = filter->kind->columns;

	for (size_t i = 0; column[i].name; i++) {
		struct json_object *value = column[i].get(object);

		table_set(line, i, value_text(value, column[i].flags, &options), &options);
		json_object_put(value);
	}
}

/* Reports errors in the expression and returns NULL */
struct filter *filter_new(const struct kind *kind, const char *expression)
{
	struct filter *filter = check_memory(calloc(1, sizeof(*filter)));

	filter->kind = kind;
	filter->table = check_memory(scols_new_table());
	filter->expression = check_memory(scols_new_filter(NULL));
	add_columns(filter);
	if (parse(filter, expression))
		return filter;
	filter_free(filter);
	return NULL;
}

bool filter_takes(const struct filter *filter, const void *object)
{
	struct libscols_line *line = table_add_line(filter->table, NULL);
	int status = 0;

	set_values(filter, line, object);
	if (scols_line_apply_filter(line, filter->expression, &status))
		status = 0;
	scols_table_remove_line(filter->table, line);
	return status;
}

void filter_free(struct filter *filter)
{
	scols_unref_filter(filter->expression);
	scols_unref_table(filter->table);
	free(filter);
}

#else /* before libsmartcols 2.40 */

struct filter *filter_new(const struct kind *kind, const char *expression)
{
	(void)kind;
	say("cannot use the filter \"%s\": libsmartcols is older than 2.40", expression);
	return NULL;
}

bool filter_takes(const struct filter *filter, const void *object)
{
	(void)filter;
	(void)object;
	return true;
}

void filter_free(struct filter *filter)
{
	(void)filter;
}

#endif
