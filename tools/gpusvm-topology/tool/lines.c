// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters and sorts the objects of a kind. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

struct item {
	const void *object;
	struct json_object *value;	/* in the column to sort by */
	size_t place;
};

/* Unknown values come last. Equal values keep their order */
static int compare_items(const void *a, const void *b)
{
	const struct item *left = a, *right = b;
	int order = !left->value - !right->value;

	if (!order && json_object_is_type(left->value, json_type_string)) {
		order = strverscmp(json_object_get_string(left->value),
				   json_object_get_string(right->value));
	} else if (!order && left->value && !json_object_is_type(left->value, json_type_array)) {
		double x = json_object_get_double(left->value);
		double y = json_object_get_double(right->value);

		order = (x > y) - (x < y);
	} else if (!order && left->value) {
		order = strverscmp(json_object_to_json_string(left->value),
				   json_object_to_json_string(right->value));
	}
	return order ?: (left->place > right->place) - (left->place < right->place);
}

static struct item *add_item(struct item *items, size_t count, const void *object,
			     const struct column *sort)
{
	items = check_memory(reallocarray(items, count + 1, sizeof(*items)));
	items[count] = (struct item){ object, sort ? sort->get(object) : NULL, count };
	return items;
}

/* @sort and @filter may be NULL */
void lines_add(struct output *output, const struct gpusvm_topology *topology,
	       const struct kind *kind, const struct column *sort, const struct filter *filter)
{
	struct item *items = NULL;
	const void *object;
	size_t count = 0;

	for (object = kind->first(topology); object; object = kind->next(object)) {
		if (!filter || filter_takes(filter, object))
			items = add_item(items, count++, object, sort);
	}
	if (sort && count)
		qsort(items, count, sizeof(*items), compare_items);
	for (size_t i = 0; i < count; i++) {
		output_add(output, items[i].object);
		json_object_put(items[i].value);
	}
	free(items);
}
