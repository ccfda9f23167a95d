// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdio.h>

#include "tool.h"

struct json_object *json_text(const char *text)
{
	return text ? check_memory(json_object_new_string(text)) : NULL;
}

/* @err is the return value of the library for the number, here and below */
struct json_object *json_number(int err, uint64_t number)
{
	return err ? NULL : check_memory(json_object_new_uint64(number));
}

struct json_object *json_integer(int err, int64_t number)
{
	return err ? NULL : check_memory(json_object_new_int64(number));
}

struct json_object *json_boolean(int err, bool value)
{
	return err ? NULL : check_memory(json_object_new_boolean(value));
}

struct json_object *json_array(void)
{
	return check_memory(json_object_new_array());
}

struct json_object *json_map(void)
{
	return check_memory(json_object_new_object());
}

/* Takes over @value, as json_set() does */
void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		check_memory(NULL);
}

void json_set(struct json_object *map, const char *key, struct json_object *value)
{
	if (json_object_object_add(map, key, value))
		check_memory(NULL);
}

/* Creates a document with the keys that all have. @topology may be NULL */
struct json_object *document_new(const char *command, const struct gpusvm_topology *topology)
{
	struct json_object *document = json_map();
	uint64_t generation = 0;
	int err;

	json_set(document, "schema_version", json_number(0, SCHEMA_VERSION));
	json_set(document, "command", json_text(command));
	if (!topology)
		return document;

	err = gpusvm_topology_get_generation(topology, &generation);
	json_set(document, "generation", json_number(err, generation));
	json_set(document, "consistent",
		 json_boolean(0, gpusvm_topology_is_consistent(topology)));
	json_set(document, "warnings",
		 json_number(0, gpusvm_topology_count_warnings(topology)));
	return document;
}

/* Prints and frees the document. Returns the exit status */
int document_print(struct json_object *document)
{
	puts(check_memory((char *)json_object_to_json_string_ext(document,
								 JSON_C_TO_STRING_PRETTY |
								 JSON_C_TO_STRING_SPACED |
								 JSON_C_TO_STRING_NOSLASHESCAPE)));
	json_object_put(document);
	return 0;
}
