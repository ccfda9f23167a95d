// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdlib.h>

#include "tool.h"

struct output {
	const struct kind *kind;
	const struct options *options;
	const struct column **columns;
	struct libscols_table *table;
	struct json_object *array;
};

/* Prints an error and returns NULL if a column is unknown */
struct output *output_new(const struct kind *kind, const struct options *options)
{
	const struct column **columns = columns_choose(kind, options);
	struct output *output;

	if (!columns)
		return NULL;

	output = check_memory(calloc(1, sizeof(*output)));
	output->kind = kind;
	output->options = options;
	output->columns = columns;
	if (options->json) {
		output->array = json_array();
		return output;
	}

	output->table = table_new(options);
	for (size_t i = 0; columns[i]; i++)
		table_add_column(output->table, columns[i]->name, columns[i]->flags);
	return output;
}

static struct json_object *make_map(const struct column **columns, const void *object)
{
	struct json_object *map = json_map();

	for (; *columns; columns++)
		json_set(map, (*columns)->key, (*columns)->get(object));
	return map;
}

/* Returns all columns of an object as JSON */
struct json_object *object_map(const struct kind *kind, const void *object)
{
	const struct options all = { .all_columns = true };
	const struct column **columns = columns_choose(kind, &all);
	struct json_object *map = make_map(columns, object);

	free(columns);
	return map;
}

static struct libscols_line *add_line(struct output *output, struct libscols_line *parent,
				      const void *object)
{
	struct libscols_line *line = table_add_line(output->table, parent);

	for (size_t i = 0; output->columns[i]; i++) {
		const struct column *column = output->columns[i];
		struct json_object *value = column->get(object);

		table_set(line, i, value_text(value, column->flags, output->options),
			  output->options);
		if (column->color)
			table_set_color(line, i, column->color(object));
		json_object_put(value);
	}
	return line;
}

void output_add(struct output *output, const void *object)
{
	if (output->array)
		json_append(output->array, make_map(output->columns, object));
	else
		add_line(output, NULL, object);
}

/*
 * For a tree, @parent is an item that was added before, or NULL for a root. In JSON, an
 * object has an array of its children.
 */
struct output_item *output_add_child(struct output *output, struct output_item *parent,
				     const void *object)
{
	struct json_object *map, *siblings = output->array;

	if (!output->array)
		return (struct output_item *)add_line(output, (struct libscols_line *)parent,
						      object);

	map = make_map(output->columns, object);
	json_set(map, "children", json_array());
	if (parent)
		siblings = json_object_object_get((struct json_object *)parent, "children");
	json_append(siblings, map);
	return (struct output_item *)map;
}

/* With -J, returns the items so far, for a larger document; else NULL */
struct json_object *output_array(struct output *output)
{
	return json_object_get(output->array);
}

/* Returns the exit status */
int output_print(struct output *output, const char *command,
		 const struct gpusvm_topology *topology)
{
	struct json_object *document;

	if (!output->array)
		return table_print(output->table);

	document = document_new(command, topology);
	json_set(document, output->kind->name, output_array(output));
	return document_print(document);
}

void output_free(struct output *output)
{
	table_free(output->table);
	json_object_put(output->array);
	free(output->columns);
	free(output);
}
