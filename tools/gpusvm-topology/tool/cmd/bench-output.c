// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* An amount with the attribute of the link that declares it */
struct bench_property {
	const char *name;
	const char *key;
	const char *help;
	const char *unit;
	const char *description;
	enum bench_amount amount;
	struct json_object *(*declared)(const void *link);
};

/* The first one is the default. The descriptions are in the style of nvbandwidth */
static const struct bench_property properties[] = {
	{ "write-bandwidth", "write_bandwidth", "write bandwidth, MB/s (the default)", "MB/s",
	  "GPU (row) -> pagemap (column) bandwidth (MB/s)", BENCH_WRITE_BANDWIDTH,
	  link_write_bandwidth },
	{ "read-bandwidth", "read_bandwidth", "read bandwidth, MB/s", "MB/s",
	  "GPU (row) <- pagemap (column) bandwidth (MB/s)", BENCH_READ_BANDWIDTH,
	  link_read_bandwidth },
	{ "write-latency", "write_latency", "time to write a word, ns", "ns",
	  "GPU (row) -> pagemap (column) latency (ns)", BENCH_WRITE_LATENCY,
	  link_write_latency },
	{ "read-latency", "read_latency", "time to read a word, ns", "ns",
	  "GPU (row) <- pagemap (column) latency (ns)", BENCH_READ_LATENCY,
	  link_read_latency },
};

#define PROPERTIES (sizeof(properties) / sizeof(*properties))

/* Returns the default without a name; or prints an error and returns NULL */
const struct bench_property *bench_find_property(const char *name)
{
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!name || !strcmp(properties[i].name, name) || !strcmp(properties[i].key, name))
			return &properties[i];
	}
	say("unknown property \"%s\"", name);
	usage_error("bench");
	return NULL;
}

void bench_properties_help(void)
{
	puts("\nProperties:");
	for (size_t i = 0; i < PROPERTIES; i++)
		printf("   %-18s %s\n", properties[i].name, properties[i].help);
}

static bool is_attempted(const struct bench_pair *pair)
{
	return pair->result.verdict != BENCH_SKIPPED;
}

static struct json_object *amount(const struct bench_pair *pair, enum bench_amount which)
{
	double value = pair->result.amounts[which];

	return json_number(!(value > 0), value + .5);
}

static struct json_object *initiator(const void *pair)
{
	return json_text(gpusvm_initiator_get_uid(((const struct bench_pair *)pair)->initiator));
}

static struct json_object *pagemap(const void *pair)
{
	return json_number(0, gpusvm_pagemap_get_id(((const struct bench_pair *)pair)->pagemap));
}

static struct json_object *pagemap_uid(const void *pair)
{
	return json_text(gpusvm_pagemap_get_uid(((const struct bench_pair *)pair)->pagemap));
}

static struct json_object *verdict(const void *pair)
{
	return json_text(bench_verdicts[((const struct bench_pair *)pair)->result.verdict]);
}

/* Why there is no access, or which call has failed */
static struct json_object *cause(const void *data)
{
	const struct bench_pair *pair = data;
	const struct gpusvm_link *link = pair->link;
	struct json_object *value;
	char *text;

	if (pair->result.verdict == BENCH_SKIPPED)
		return json_text(!link ? "no-path" :
				 !gpusvm_link_is_direct(link) ? gpusvm_link_get_reason(link) :
				 gpusvm_link_get_usable_reason(link));
	if (pair->result.verdict != BENCH_ERROR)
		return NULL;
	text = text_format("cannot %s: %s", pair->result.step, strerror(-pair->result.error));
	value = json_text(text);
	free(text);
	return value;
}

static struct json_object *modelled(const void *data)
{
	const struct bench_pair *pair = data;
	double total = 0;

	for (size_t i = 0; i < BENCH_AMOUNTS; i++)
		total += pair->result.amounts[i];
	return json_boolean(!(total > 0), pair->result.modelled);
}

/* Whether the driver reported that all pages were on the pagemap */
static struct json_object *located(const void *data)
{
	const struct bench_pair *pair = data;

	return json_boolean(!pair->result.located, pair->result.verdict != BENCH_ELSEWHERE);
}

static struct json_object *compared_bytes(const void *data)
{
	const struct bench_pair *pair = data;

	return json_number(!pair->result.compared, pair->result.bytes);
}

static struct json_object *different_bytes(const void *data)
{
	const struct bench_pair *pair = data;

	return json_number(!pair->result.compared, pair->result.different);
}

static struct json_object *first_difference(const void *data)
{
	const struct bench_pair *pair = data;

	return json_number(!pair->result.different, pair->result.first);
}

#define AMOUNT_VALUES(name, which) \
static struct json_object *declared_ ## name(const void *pair) \
{ \
	const struct gpusvm_link *link = ((const struct bench_pair *)pair)->link; \
\
	return link ? link_ ## name(link) : NULL; \
} \
\
static struct json_object *measured_ ## name(const void *pair) \
{ \
	return amount(pair, which); \
}

AMOUNT_VALUES(write_bandwidth, BENCH_WRITE_BANDWIDTH)
AMOUNT_VALUES(read_bandwidth, BENCH_READ_BANDWIDTH)
AMOUNT_VALUES(write_latency, BENCH_WRITE_LATENCY)
AMOUNT_VALUES(read_latency, BENCH_READ_LATENCY)

static const char *verdict_color(const void *pair)
{
	switch (((const struct bench_pair *)pair)->result.verdict) {
	case BENCH_VERIFIED:
		return "green";
	case BENCH_SKIPPED:
		return NULL;
	default:
		return "red";
	}
}

static const struct column columns[] = {
	{ "INITIATOR", "initiator_uid", "uid of the GPU", COLUMN_DEFAULT, initiator, NULL },
	{ "PAGEMAP", "pagemap_id", "ID of the pagemap", COLUMN_DEFAULT | COLUMN_RIGHT,
	  pagemap, NULL },
	{ "PAGEMAP_UID", "pagemap_uid", "uid of the pagemap", 0, pagemap_uid, NULL },
	{ "RESULT", "result", "verified, differs, elsewhere, error or skipped",
	  COLUMN_DEFAULT, verdict, verdict_color },
	{ "CAUSE", "cause", "why the pair was skipped, or which call has failed",
	  COLUMN_DEFAULT, cause, NULL },
	{ "WRITE", "write_bandwidth", "declared write bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, declared_write_bandwidth, NULL },
	{ "MEASURED_WRITE", "measured_write_bandwidth", "measured write bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, measured_write_bandwidth, NULL },
	{ "READ", "read_bandwidth", "declared read bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, declared_read_bandwidth, NULL },
	{ "MEASURED_READ", "measured_read_bandwidth", "measured read bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, measured_read_bandwidth, NULL },
	{ "WRITE_LATENCY", "write_latency", "declared write latency, ns", COLUMN_RIGHT,
	  declared_write_latency, NULL },
	{ "WRITE_TIME", "measured_write_latency", "measured time to write a word, ns",
	  COLUMN_RIGHT, measured_write_latency, NULL },
	{ "READ_LATENCY", "read_latency", "declared read latency, ns", COLUMN_RIGHT,
	  declared_read_latency, NULL },
	{ "READ_TIME", "measured_read_latency", "measured time to read a word, ns",
	  COLUMN_RIGHT, measured_read_latency, NULL },
	{ "MODELLED", "modelled", "whether the measured values come from a model, not a clock",
	  COLUMN_DEFAULT, modelled, NULL },
	{ "LOCATED", "located", "whether the driver reported all pages on the pagemap", 0,
	  located, NULL },
	{ "COMPARED", "compared_bytes", "bytes that another process compared",
	  COLUMN_RIGHT | COLUMN_SIZE, compared_bytes, NULL },
	{ "DIFFERENT", "different_bytes", "bytes that differed", COLUMN_RIGHT | COLUMN_SIZE,
	  different_bytes, NULL },
	{ "FIRST", "first_difference", "offset of the first byte that differed", COLUMN_RIGHT,
	  first_difference, NULL },
	{ 0 }
};

const struct kind bench_kind = { "pairs", columns, NULL, NULL };

static char *number_text(struct json_object *number)
{
	char *text = text_copy(number ? json_object_get_string(number) : "?");

	json_object_put(number);
	return text;
}

/* "declared measured verdict", or why there is nothing to measure, as in "matrix" */
static char *cell(const struct bench_pair *pair, const struct bench_property *property)
{
	const struct gpusvm_link *link = pair->link;
	enum bench_verdict is = pair->result.verdict;
	char *declared, *measured, *text;

	if (!link)
		return text_copy("-");
	if (!gpusvm_link_is_direct(link))
		return text_format("x %s", gpusvm_link_get_reason(link) ?: "?");
	declared = number_text(property->declared(link));
	if (!is_attempted(pair)) {
		text = text_format("%s !%s", declared, gpusvm_link_get_usable_reason(link) ?: "?");
		free(declared);
		return text;
	}
	measured = number_text(amount(pair, property->amount));
	text = text_format("%s %s%s %s", declared, pair->result.modelled ? "~" : "", measured,
			   is == BENCH_VERIFIED ? "ok" : is == BENCH_DIFFERS ? "DIFFERS" :
			   is == BENCH_ELSEWHERE ? "ELSEWHERE" : "ERROR");
	free(declared);
	free(measured);
	return text;
}

int bench_print_matrix(const struct bench_pairs *pairs, const struct bench_property *property,
		       const struct options *options)
{
	struct libscols_table *table = table_new(options);
	struct libscols_line *line = NULL;
	int status;

	table_add_column(table, "INITIATOR", 0);
	for (size_t i = 0; i < pairs->columns && i < pairs->count; i++) {
		char *name = text_format("pagemap%u",
					 gpusvm_pagemap_get_id(pairs->pairs[i].pagemap));

		table_add_column(table, name, COLUMN_RIGHT);
		free(name);
	}
	for (size_t i = 0; i < pairs->count; i++) {
		const struct bench_pair *pair = &pairs->pairs[i];
		size_t column = i % pairs->columns;

		if (!column) {
			line = table_add_line(table, NULL);
			table_set(line, 0, text_copy(gpusvm_initiator_get_uid(pair->initiator)),
				  options);
		}
		table_set(line, column + 1, cell(pair, property), options);
		table_set_color(line, column + 1, verdict_color(pair));
	}
	status = table_print(table);
	table_free(table);
	return status;
}

/* Sums up the rates of verified pairs. A rate of another pair is no result */
struct summary {
	double min;
	double max;
	double sum;
	size_t count;
};

static void sum_up(struct summary *summary, double value)
{
	if (!summary->count || value < summary->min)
		summary->min = value;
	if (value > summary->max)
		summary->max = value;
	summary->sum += value;
	summary->count++;
}

static struct json_object *json_rate(size_t count, double rate)
{
	return count ? check_memory(json_object_new_double(rate)) : NULL;
}

/* One array for each initiator */
static void append_cell(struct json_object *matrix, struct json_object **row, size_t column,
			struct json_object *value)
{
	if (!column) {
		*row = json_array();
		json_append(matrix, *row);
	}
	json_append(*row, value);
}

static void add_matrices(struct json_object *testcase, const struct bench_pairs *pairs,
			 const struct bench_property *property)
{
	struct json_object *measured = json_array(), *declared = json_array(),
			   *verified = json_array();
	struct json_object *rows[3] = { NULL };
	struct summary summary = { 0 };

	for (size_t i = 0; i < pairs->count; i++) {
		const struct bench_pair *pair = &pairs->pairs[i];
		bool good = pair->result.verdict == BENCH_VERIFIED;
		double value = good ? pair->result.amounts[property->amount] : 0;
		size_t column = i % pairs->columns;

		if (value > 0)
			sum_up(&summary, value);
		append_cell(measured, &rows[0], column, json_rate(value > 0, value));
		append_cell(declared, &rows[1], column,
			    pair->link ? property->declared(pair->link) : NULL);
		append_cell(verified, &rows[2], column, json_boolean(!is_attempted(pair), good));
	}
	json_set(testcase, "bandwidth_matrix", measured);
	json_set(testcase, "declared_matrix", declared);
	json_set(testcase, "verified_matrix", verified);
	json_set(testcase, "min", json_rate(summary.count, summary.min));
	json_set(testcase, "max", json_rate(summary.count, summary.max));
	json_set(testcase, "average", json_rate(summary.count, summary.sum / summary.count));
	json_set(testcase, "sum", json_rate(summary.count, summary.sum));
}

/* The words of nvbandwidth, which has no word for wrong bytes */
static const char *status_of(const struct bench_pairs *pairs)
{
	size_t attempted = 0, verified = 0, wrong = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		const struct bench_pair *pair = &pairs->pairs[i];

		attempted += is_attempted(pair);
		verified += pair->result.verdict == BENCH_VERIFIED;
		wrong += pair->result.verdict == BENCH_DIFFERS;
	}
	if (wrong)
		return "Failed";
	if (!attempted)
		return "Waived";
	return verified == attempted ? "Passed" : "Error";
}

/* Whether the values come from a clock, a model, or both */
static const char *source_of(const struct bench_pairs *pairs)
{
	size_t clock = 0, model = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		const struct bench_result *result = &pairs->pairs[i].result;

		if (result->verdict == BENCH_VERIFIED)
			*(result->modelled ? &model : &clock) += 1;
	}
	if (clock && model)
		return "mixed";
	return model ? "modelled" : clock ? "measured" : NULL;
}

static struct json_object *testcase(const struct bench_pairs *pairs,
				    const struct bench_property *property)
{
	struct json_object *testcase = json_map();

	json_set(testcase, "name", json_text(property->key));
	json_set(testcase, "status", json_text(status_of(pairs)));
	json_set(testcase, "bandwidth_description", json_text(property->description));
	json_set(testcase, "unit", json_text(property->unit));
	json_set(testcase, "source", json_text(source_of(pairs)));
	add_matrices(testcase, pairs, property);
	return testcase;
}

/* The links make the document a baseline of "check", also for what was not measured */
int bench_print_json(const struct bench_pairs *pairs, const struct gpusvm_topology *topology,
		     const struct bench_settings *settings)
{
	struct json_object *document = document_new("bench", topology);
	struct json_object *testcases = json_array(), *objects = json_array(),
			   *links = json_array(), *rows = json_array(), *ids = json_array();

	json_set(document, "size", json_number(0, settings->size));
	json_set(document, "rounds", json_number(0, settings->rounds));
	for (size_t i = 0; i < pairs->count; i++) {
		const struct bench_pair *pair = &pairs->pairs[i];

		if (i < pairs->columns)
			json_append(ids, pagemap(pair));
		if (!(i % pairs->columns))
			json_append(rows, initiator(pair));
		json_append(objects, object_map(&bench_kind, pair));
		if (pair->link)
			json_append(links, object_map(&link_kind, pair->link));
	}
	for (size_t i = 0; i < PROPERTIES; i++)
		json_append(testcases, testcase(pairs, &properties[i]));
	json_set(document, "initiator_uids", rows);
	json_set(document, "pagemap_ids", ids);
	json_set(document, "testcases", testcases);
	json_set(document, "pairs", objects);
	json_set(document, "links", links);
	return document_print(document);
}
