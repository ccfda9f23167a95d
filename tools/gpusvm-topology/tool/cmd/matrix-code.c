// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

/* The columns of links that a code stands for */
static const char *const attributes[] = {
	"TYPE", "HOPS", "READ_BW", "WRITE_BW", "READ_LAT", "WRITE_LAT", "MAX_READ_BW",
	"MAX_WRITE_BW", "ACCESS", "REASON", "USABLE", "USABLE_REASON",
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(*attributes))

static const struct column *find_attribute(size_t index)
{
	const struct column *column = link_kind.columns;

	while (strcmp(column->name, attributes[index]))
		column++;
	return column;
}

static char *attribute_text(const struct gpusvm_link *link, const struct column *column,
			    const struct options *options)
{
	struct json_object *value = column->get(link);
	char *text = value_text(value, column->flags, options);

	json_object_put(value);
	return text;
}

static char *make_key(const struct gpusvm_link *link)
{
	const struct options options = { .bytes = true };
	char *key = text_copy("");

	for (size_t i = 0; i < ATTRIBUTES; i++) {
		char *text = attribute_text(link, find_attribute(i), &options);
		char *longer = text_format("%s%s\n", key, text ?: "");

		free(key);
		free(text);
		key = longer;
	}
	return key;
}

static struct code *find(const struct codes *codes, const char *key)
{
	for (size_t i = 0; i < codes->count; i++) {
		if (!strcmp(codes->codes[i].key, key))
			return &codes->codes[i];
	}
	return NULL;
}

static void add(struct codes *codes, const struct gpusvm_link *link)
{
	char *key = make_key(link);
	struct code *code = find(codes, key);

	if (code) {
		code->links++;
		free(key);
		return;
	}
	codes->codes = check_memory(reallocarray(codes->codes, codes->count + 1, sizeof(*code)));
	codes->codes[codes->count++] = (struct code){ .link = link, .key = key, .links = 1 };
}

/* Returns L for a GPU's own memory, x without access, else two letters of the type */
static char *make_stem(const struct gpusvm_link *link)
{
	const char *type = gpusvm_link_get_type(link);
	char *stem;

	if (!gpusvm_link_is_direct(link))
		return text_copy("x");
	if (!type)
		return text_copy("?");
	if (!strcmp(type, "local"))
		return text_copy("L");
	stem = text_format("%.2s", type);
	for (char *letter = stem; *letter; letter++)
		*letter = toupper((unsigned char)*letter);
	return stem;
}

static const char *get_mark(const struct gpusvm_link *link)
{
	return gpusvm_link_is_direct(link) && !gpusvm_link_is_usable(link) ? "!" : "";
}

static bool is_like(const struct code *a, const struct code *b)
{
	char *stem = make_stem(a->link), *other = make_stem(b->link);
	bool is_same = !strcmp(stem, other) && !strcmp(get_mark(a->link), get_mark(b->link));

	free(stem);
	free(other);
	return is_same;
}

/* Numbers codes with the same letters */
static char *make_text(const struct codes *codes, const struct code *code)
{
	char *stem = make_stem(code->link), *text;
	size_t number = 0, all = 0;

	for (size_t i = 0; i < codes->count; i++) {
		if (!is_like(code, &codes->codes[i]))
			continue;
		all++;
		if (&codes->codes[i] <= code)
			number++;
	}
	if (all > 1)
		text = text_format("%s%zu%s", stem, number, get_mark(code->link));
	else
		text = text_format("%s%s", stem, get_mark(code->link));
	free(stem);
	return text;
}

void codes_init(struct codes *codes, const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_link *link;

	*codes = (struct codes){ 0 };
	gpusvm_initiator_foreach(topology, initiator) {
		gpusvm_initiator_link_foreach(initiator, link)
			add(codes, link);
	}
	for (size_t i = 0; i < codes->count; i++)
		codes->codes[i].text = make_text(codes, &codes->codes[i]);
}

void codes_free(struct codes *codes)
{
	for (size_t i = 0; i < codes->count; i++) {
		free(codes->codes[i].key);
		free(codes->codes[i].text);
	}
	free(codes->codes);
}

const char *codes_find(const struct codes *codes, const struct gpusvm_link *link)
{
	char *key = make_key(link);
	const struct code *code = find(codes, key);

	free(key);
	return code->text;
}

static void add_line(struct libscols_table *table, const struct code *code,
		     const struct options *options)
{
	struct libscols_line *line = table_add_line(table, NULL);

	table_set(line, 0, text_copy(code->text), options);
	table_set(line, 1, text_format("%zu", code->links), options);
	for (size_t i = 0; i < ATTRIBUTES; i++)
		table_set(line, i + 2, attribute_text(code->link, find_attribute(i), options),
			  options);
	table_set_color(line, 0, link_color(code->link));
}

/* Prints the legend of the codes. Returns the exit status */
int codes_print(const struct codes *codes, const struct options *options)
{
	struct libscols_table *table = table_new(options);
	int status;

	table_add_column(table, "CODE", 0);
	table_add_column(table, "LINKS", COLUMN_RIGHT);
	for (size_t i = 0; i < ATTRIBUTES; i++)
		table_add_column(table, attributes[i], find_attribute(i)->flags & COLUMN_RIGHT);
	for (size_t i = 0; i < codes->count; i++)
		add_line(table, &codes->codes[i], options);
	status = table_print(table);
	table_free(table);
	return status;
}
