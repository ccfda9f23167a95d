// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

static char *join_ids(struct json_object *array, size_t count)
{
	uint32_t *ids = check_memory(calloc(count, sizeof(*ids)));
	char *text;

	for (size_t i = 0; i < count; i++)
		ids[i] = json_object_get_int64(json_object_array_get_idx(array, i));
	text = text_ids(ids, count);
	free(ids);
	return text;
}

static char *join_words(struct json_object *array, size_t count)
{
	char *text = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *word = json_object_get_string(json_object_array_get_idx(array, i));
		char *longer = text ? text_format("%s,%s", text, word) : text_copy(word);

		free(text);
		text = longer;
	}
	return text;
}

/* Formats an array. An empty one is like an unknown value, because both would be a gap */
static char *array_text(struct json_object *array)
{
	size_t count = json_object_array_length(array);

	if (!count)
		return NULL;
	if (json_object_is_type(json_object_array_get_idx(array, 0), json_type_int))
		return join_ids(array, count);
	return join_words(array, count);
}

/* Formats a value for a table. Returns allocated text, or NULL for an unknown value */
char *value_text(struct json_object *value, unsigned int flags, const struct options *options)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return NULL;
	case json_type_boolean:
		return text_copy(json_object_get_boolean(value) ? "1" : "0");
	case json_type_array:
		return array_text(value);
	default:
		if (flags & COLUMN_SIZE && !options->bytes)
			return text_size(json_object_get_uint64(value));
		return text_copy(json_object_get_string(value));
	}
}
