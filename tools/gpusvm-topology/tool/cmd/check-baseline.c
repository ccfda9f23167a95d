// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"

static const char *get_word(struct json_object *link, const char *key)
{
	return json_object_get_string(json_object_object_get(link, key));
}

static struct amount get_amount(struct json_object *link, const char *key)
{
	struct json_object *value = json_object_object_get(link, key);

	return (struct amount){ json_object_get_uint64(value), value };
}

static bool is_of_type(struct json_object *link, const char *key, enum json_type type)
{
	struct json_object *value;

	/* A null value was unknown. A missing key was not among the selected columns */
	return json_object_object_get_ex(link, key, &value) &&
	       (!value || json_object_is_type(value, type));
}

/* Returns the key that is wrong, or NULL */
static const char *find_fault(struct json_object *link)
{
	static const char *const words[] = { "initiator_uid", "pagemap_uid", "type", "access",
					     "reason" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!is_of_type(link, words[i], json_type_string))
			return words[i];
	}
	for (size_t i = 0; i < AMOUNTS; i++) {
		const char *key = amount_types[i].key;

		/* Versions before 0.3 have no sizes in links */
		if (i == AMOUNT_SIZE && !json_object_object_get_ex(link, key, NULL))
			continue;
		if (!is_of_type(link, key, json_type_int))
			return key;
	}
	if (!is_of_type(link, "usable", json_type_boolean))
		return "usable";
	return get_word(link, "initiator_uid") ? NULL : "initiator_uid";
}

static int take_link(struct records *records, struct json_object *link, size_t index,
		     const char *path)
{
	const char *fault = find_fault(link);
	struct record *record;

	if (fault) {
		say("%s: link %zu: \"%s\" is missing or has the wrong type", path, index, fault);
		return EXIT_ERROR;
	}
	if (!get_word(link, "pagemap_uid"))
		return 0;

	record = records_add(records);
	record->initiator = text_copy(get_word(link, "initiator_uid"));
	record->pagemap = text_copy(get_word(link, "pagemap_uid"));
	record->type = text_copy(get_word(link, "type"));
	record->access = text_copy(get_word(link, "access"));
	record->reason = text_copy(get_word(link, "reason"));
	record->is_usable = json_object_get_boolean(json_object_object_get(link, "usable"));
	for (size_t i = 0; i < AMOUNTS; i++)
		record->amounts[i] = get_amount(link, amount_types[i].key);
	return 0;
}

static const struct {
	const char *key;
	enum amount_kind kind;
} measured_keys[] = {
	{ "measured_read_bandwidth", AMOUNT_READ_BANDWIDTH },
	{ "measured_write_bandwidth", AMOUNT_WRITE_BANDWIDTH },
	{ "measured_read_latency", AMOUNT_READ_LATENCY },
	{ "measured_write_latency", AMOUNT_WRITE_LATENCY },
};

#define MEASURED_KEYS (sizeof(measured_keys) / sizeof(*measured_keys))

/* A pair of a document of "bench", after the links */
static int take_pair(struct records *records, struct json_object *pair, size_t index,
		     const char *path)
{
	static const char *const words[] = { "initiator_uid", "pagemap_uid", "result" };
	struct amount measured[AMOUNTS] = { 0 };
	const struct record *record;
	const char *fault = NULL;

	for (size_t i = 0; !fault && i < sizeof(words) / sizeof(*words); i++) {
		if (!is_of_type(pair, words[i], json_type_string))
			fault = words[i];
	}
	for (size_t i = 0; !fault && i < MEASURED_KEYS; i++) {
		if (!is_of_type(pair, measured_keys[i].key, json_type_int))
			fault = measured_keys[i].key;
		else
			measured[measured_keys[i].kind] = get_amount(pair, measured_keys[i].key);
	}
	if (fault) {
		say("%s: pair %zu: \"%s\" is missing or has the wrong type", path, index, fault);
		return EXIT_ERROR;
	}
	if (!get_word(pair, "initiator_uid") || !get_word(pair, "pagemap_uid"))
		return 0;
	record = records_find(records, get_word(pair, "initiator_uid"),
			      get_word(pair, "pagemap_uid"));
	if (record)
		record_measure((struct record *)record, get_word(pair, "result"), measured);
	return 0;
}

/* Only a document of "bench" has pairs */
static int take_pairs(struct records *records, struct json_object *document, const char *path)
{
	struct json_object *pairs;
	int status = 0;

	if (!json_object_object_get_ex(document, "pairs", &pairs))
		return 0;
	if (!json_object_is_type(pairs, json_type_array)) {
		say("%s: \"pairs\" is not an array", path);
		return EXIT_ERROR;
	}
	records->are_measured = true;
	for (size_t i = 0; !status && i < json_object_array_length(pairs); i++)
		status = take_pair(records, json_object_array_get_idx(pairs, i), i, path);
	return status;
}

static int take_document(struct records *records, struct json_object *document,
			 const char *path)
{
	struct json_object *links = json_object_object_get(document, "links");
	struct json_object *version = json_object_object_get(document, "schema_version");
	int status = 0;

	if (json_object_get_uint64(version) != SCHEMA_VERSION) {
		say("%s: \"schema_version\" is not %d", path, SCHEMA_VERSION);
		return EXIT_ERROR;
	}
	if (!json_object_is_type(links, json_type_array)) {
		say("%s: the array \"links\" is missing", path);
		return EXIT_ERROR;
	}
	for (size_t i = 0; !status && i < json_object_array_length(links); i++)
		status = take_link(records, json_object_array_get_idx(links, i), i, path);
	records_sort(records);
	return status ?: take_pairs(records, document, path);
}

static int read_json(struct records *records, const char *path)
{
	struct json_object *document = json_object_from_file(path);
	const char *error = json_util_get_last_err() ?: "not JSON";
	int status;

	if (!document) {
		say("cannot read %s: %.*s", path, (int)strcspn(error, "\n"), error);
		return EXIT_ERROR;
	}
	status = take_document(records, document, path);
	json_object_put(document);
	return status;
}

static int read_root(struct records *records, const char *path)
{
	const struct options options = { .sysroot = path };
	struct gpusvm_topology *topology;
	int status;

	status = open_topology(&options, &topology);
	if (status)
		return status;
	records_take(records, topology);
	close_topology(topology);
	return 0;
}

/* No archive begins as JSON does, or is empty */
static bool is_json(FILE *file)
{
	int first;

	do {
		first = fgetc(file);
	} while (first == ' ' || first == '\t' || first == '\r' || first == '\n');
	return first == EOF || first == '{' || first == '[';
}

/* A directory or an archive is a snapshot, any other file is output of "list links" or "bench" */
int baseline_read(struct records *records, const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	bool is_file;

	if (!file || fstat(fileno(file), &st)) {
		say("cannot read %s: %s", path, strerror(errno));
		if (file)
			fclose(file);
		return EXIT_ERROR;
	}
	is_file = !S_ISDIR(st.st_mode) && is_json(file);
	fclose(file);
	return is_file ? read_json(records, path) : read_root(records, path);
}
