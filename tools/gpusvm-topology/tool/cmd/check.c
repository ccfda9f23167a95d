// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "check.h"

/* From the worst kind on */
enum finding_kind {
	FINDING_MISSING,
	FINDING_DEGRADED,
	FINDING_ASYMMETRIC,
	FINDING_NEW,
	FINDING_KINDS,
};

static const struct {
	const char *name;
	int status;
} finding_kinds[] = {
	[FINDING_MISSING] = { "missing", 10 },
	[FINDING_DEGRADED] = { "degraded", 11 },
	[FINDING_ASYMMETRIC] = { "asymmetric", 12 },
	[FINDING_NEW] = { "new", 13 },
};

/* Percent by which measured rates vary on a machine that is well */
#define MEASURED_TOLERANCE 10

struct finding {
	enum finding_kind kind;
	const struct record *link;
	const char *key;	/* in JSON, of the value that differs */
	char *expected;
	char *found;
};

struct checking {
	struct output *output;
	const char *baseline_path;
	/* Percent by which rates may be worse; -1 for the default */
	int tolerance;
	bool measure;
	struct records baseline;
	struct records now;
	bool found[FINDING_KINDS];
};

static struct json_object *finding_name(const void *finding)
{
	return json_text(finding_kinds[((const struct finding *)finding)->kind].name);
}

static struct json_object *initiator(const void *finding)
{
	return json_text(((const struct finding *)finding)->link->initiator);
}

static struct json_object *pagemap(const void *finding)
{
	return json_text(((const struct finding *)finding)->link->pagemap);
}

static struct json_object *key(const void *finding)
{
	return json_text(((const struct finding *)finding)->key);
}

static struct json_object *expected(const void *finding)
{
	return json_text(((const struct finding *)finding)->expected);
}

static struct json_object *found(const void *finding)
{
	return json_text(((const struct finding *)finding)->found);
}

static const char *finding_color(const void *finding)
{
	return ((const struct finding *)finding)->kind == FINDING_NEW ? "green" : "red";
}

static const struct column columns[] = {
	{ "FINDING", "finding", "missing, degraded, asymmetric or new",
	  COLUMN_DEFAULT, finding_name, finding_color },
	{ "INITIATOR", "initiator_uid", "uid of the GPU at the start of the link",
	  COLUMN_DEFAULT, initiator, NULL },
	{ "PAGEMAP", "pagemap_uid", "uid of the pagemap at its end",
	  COLUMN_DEFAULT, pagemap, NULL },
	{ "WHAT", "what", "key of the value that differs",
	  COLUMN_DEFAULT, key, NULL },
	{ "EXPECTED", "expected", "expected value",
	  COLUMN_DEFAULT, expected, NULL },
	{ "FOUND", "found", "current value",
	  COLUMN_DEFAULT, found, NULL },
	{ 0 }
};

static const struct kind finding_kind = { "findings", columns, NULL, NULL };

/* Strings may be NULL */
static void add_finding(struct checking *checking, enum finding_kind kind,
			const struct record *link, const char *what, const char *should,
			const char *is)
{
	const struct finding finding = { kind, link, what, (char *)should, (char *)is };

	checking->found[kind] = true;
	output_add(checking->output, &finding);
}

static const char *print_amount(char *text, size_t room, const struct amount *amount)
{
	if (!amount->known)
		return NULL;
	snprintf(text, room, "%llu", (unsigned long long)amount->value);
	return text;
}

static void add_amount(struct checking *checking, const struct record *link,
		       enum finding_kind kind, const char *what, const struct amount *should,
		       const struct amount *is)
{
	char should_text[24], is_text[24];

	add_finding(checking, kind, link, what,
		    print_amount(should_text, sizeof(should_text), should),
		    print_amount(is_text, sizeof(is_text), is));
}

/*
 * Whether a value is worse than another one by more than the tolerance. An unknown value is
 * neither better nor worse.
 */
static bool is_worse(const struct checking *checking, enum amount_kind kind,
		     const struct amount *is, const struct amount *should)
{
	const struct amount_type *type = &amount_types[kind];
	double share = type->is_rate ? checking->tolerance / 100. : 0;

	if (!is->known || !should->known)
		return false;
	if (!share)
		return type->less_is_better ? is->value > should->value :
					      is->value < should->value;
	return type->less_is_better ? is->value > should->value * (1 + share) :
				      is->value < should->value * (1 - share);
}

/* Compares a bandwidth with an expected one */
static void check_bandwidth(struct checking *checking, const struct record *link,
			    enum finding_kind kind, enum amount_kind what,
			    const struct amount *should)
{
	const struct amount *is = &link->amounts[what];

	if (is_worse(checking, what, is, should))
		add_amount(checking, link, kind, amount_types[what].key, should, is);
}

/* Compares all values. A value that is now unknown is worse, too */
static void check_amounts(struct checking *checking, const struct record *link,
			  const struct record *before)
{
	for (size_t i = 0; i < AMOUNTS; i++) {
		const struct amount *should = &before->amounts[i], *is = &link->amounts[i];
		const struct amount_type *type = &amount_types[i];

		if (type->own_only && !link->is_own)
			continue;
		if (is_worse(checking, i, is, should) ||
		    (should->known && !is->known && !link->is_wrong))
			add_amount(checking, link, FINDING_DEGRADED, type->key, should, is);
	}
}

/* Access that does not bring the right bytes to the right place is none */
static void check_content(struct checking *checking, const struct record *link)
{
	if (link->is_wrong)
		add_finding(checking, FINDING_MISSING, link, "result", "verified", "failed");
}

static bool is_down(const struct record *link)
{
	return link->reason && !strcmp(link->reason, "link-down");
}

/*
 * Without a baseline, a link should reach its maximum, and a link that is down is missing.
 * All other reasons for a refusal are properties of the machine.
 */
static void check_itself(struct checking *checking, const struct record *link)
{
	if (is_down(link))
		add_finding(checking, FINDING_MISSING, link, "access", "direct", link->reason);
	check_bandwidth(checking, link, FINDING_DEGRADED, AMOUNT_READ_BANDWIDTH,
			&link->amounts[AMOUNT_MAX_READ_BANDWIDTH]);
	check_bandwidth(checking, link, FINDING_DEGRADED, AMOUNT_WRITE_BANDWIDTH,
			&link->amounts[AMOUNT_MAX_WRITE_BANDWIDTH]);
}

/* Describes a link without access, for a table */
static const char *describe(const struct record *link)
{
	if (!link)
		return "no path";
	return record_is_direct(link) ? "direct" : link->reason ?: link->access;
}

/* A link that the baseline lacks, or has without access, is absent by design */
static void check_expected(struct checking *checking, const struct record *should)
{
	const struct record *is = records_find(&checking->now, should->initiator,
					       should->pagemap);

	if (!record_is_direct(should))
		return;
	if (!is || !record_is_direct(is)) {
		add_finding(checking, FINDING_MISSING, should, "access", "direct",
			    describe(is));
		return;
	}
	if (should->is_usable && !is->is_usable)
		add_finding(checking, FINDING_MISSING, is, "usable", "1", "0");
	if (!is->is_wrong)
		check_content(checking, should);
	if (should->type && is->type && strcmp(should->type, is->type))
		add_finding(checking, FINDING_DEGRADED, is, "type", should->type, is->type);
	check_amounts(checking, is, should);
}

static void check_unexpected(struct checking *checking, const struct record *is)
{
	const struct record *should = records_find(&checking->baseline, is->initiator,
						   is->pagemap);

	if (record_is_direct(is) && !(should && record_is_direct(should)))
		add_finding(checking, FINDING_NEW, is, "access", describe(should), "direct");
}

/* Finds a link in the opposite direction: from the owner of the memory to the initiator's */
static const struct gpusvm_link *find_opposite(const struct gpusvm_link *link,
					       bool *has_memory)
{
	const struct gpusvm_initiator *initiator = gpusvm_link_get_initiator(link);
	const struct gpusvm_initiator *owner =
		gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link));
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *other;

	*has_memory = false;
	gpusvm_initiator_link_foreach(owner, other) {
		pagemap = gpusvm_link_get_pagemap(other);
		if (gpusvm_pagemap_get_initiator(pagemap) == initiator &&
		    gpusvm_link_is_direct(other))
			return other;
	}
	gpusvm_initiator_link_foreach(initiator, other) {
		pagemap = gpusvm_link_get_pagemap(other);
		*has_memory |= gpusvm_pagemap_get_initiator(pagemap) == initiator;
	}
	return NULL;
}

static const struct record *find_record(const struct records *records,
					const struct gpusvm_link *link)
{
	const struct gpusvm_initiator *initiator = gpusvm_link_get_initiator(link);
	const char *uid = gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link));

	return uid ? records_find(records, gpusvm_initiator_get_uid(initiator), uid) : NULL;
}

static bool is_same(const struct record *a, const struct record *b, enum amount_kind kind)
{
	const struct amount *left = &a->amounts[kind], *right = &b->amounts[kind];

	return left->known == right->known && (!left->known || left->value == right->value);
}

/* An asymmetry that the baseline has, too, is not a finding */
static bool is_as_before(const struct checking *checking, const struct record *is)
{
	const struct record *was = records_find(&checking->baseline, is->initiator,
						is->pagemap);

	return was && record_is_direct(was) == record_is_direct(is) &&
	       is_same(was, is, AMOUNT_READ_BANDWIDTH) &&
	       is_same(was, is, AMOUNT_WRITE_BANDWIDTH);
}

/* Two GPUs should reach each other's memory equally fast. Reports the slower link */
static void check_symmetry(struct checking *checking, const struct gpusvm_link *link)
{
	const struct record *is = find_record(&checking->now, link), *other;
	const struct gpusvm_link *opposite;
	bool has_memory;

	if (!is || !record_is_direct(is) ||
	    !gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)))
		return;
	opposite = find_opposite(link, &has_memory);
	other = opposite ? find_record(&checking->now, opposite) : NULL;
	if (is_as_before(checking, is) && (!other || is_as_before(checking, other)))
		return;
	if (has_memory)
		add_finding(checking, FINDING_ASYMMETRIC, is, "access", "both ways", "one way");
	if (!other)
		return;
	check_bandwidth(checking, is, FINDING_ASYMMETRIC, AMOUNT_READ_BANDWIDTH,
			&other->amounts[AMOUNT_READ_BANDWIDTH]);
	check_bandwidth(checking, is, FINDING_ASYMMETRIC, AMOUNT_WRITE_BANDWIDTH,
			&other->amounts[AMOUNT_WRITE_BANDWIDTH]);
}

static void check_all_symmetry(struct checking *checking,
			       const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_link *link;

	gpusvm_initiator_foreach(topology, initiator)
		gpusvm_initiator_link_foreach(initiator, link)
			check_symmetry(checking, link);
}

static struct amount amount_of(double value)
{
	return (struct amount){ value + .5, value > 0 };
}

/* Replaces rates by those that "bench" measures now */
static void measure_links(struct checking *checking, const struct gpusvm_topology *topology,
			  const struct options *options)
{
	const struct bench_settings settings = { BENCH_DEFAULT_SIZE, BENCH_DEFAULT_ROUNDS };
	struct bench_pairs pairs;

	bench_measure(&pairs, topology, options, &settings);
	for (size_t i = 0; i < pairs.count; i++) {
		const struct bench_pair *pair = &pairs.pairs[i];
		const struct record *record = pair->link ?
					      find_record(&checking->now, pair->link) : NULL;
		const double *amounts = pair->result.amounts;
		const struct amount measured[AMOUNTS] = {
			[AMOUNT_READ_BANDWIDTH] = amount_of(amounts[BENCH_READ_BANDWIDTH]),
			[AMOUNT_WRITE_BANDWIDTH] = amount_of(amounts[BENCH_WRITE_BANDWIDTH]),
			[AMOUNT_READ_LATENCY] = amount_of(amounts[BENCH_READ_LATENCY]),
			[AMOUNT_WRITE_LATENCY] = amount_of(amounts[BENCH_WRITE_LATENCY]),
		};

		if (record)
			record_measure((struct record *)record,
				       bench_verdicts[pair->result.verdict], measured);
	}
	bench_free(&pairs);
}

static int status_of(const struct checking *checking)
{
	for (size_t i = 0; i < FINDING_KINDS; i++) {
		if (checking->found[i])
			return finding_kinds[i].status;
	}
	return 0;
}

static int check(const struct gpusvm_topology *topology, const struct options *options,
		 void *data)
{
	struct checking *checking = data;
	const struct records *now = &checking->now, *baseline = &checking->baseline;
	int status;

	records_take(&checking->now, topology);
	if (checking->measure)
		measure_links(checking, topology, options);
	if (checking->tolerance < 0)
		checking->tolerance = baseline->are_measured || checking->measure ?
				      MEASURED_TOLERANCE : 0;
	for (size_t i = 0; i < baseline->count; i++)
		check_expected(checking, &baseline->records[i]);
	for (size_t i = 0; i < now->count; i++) {
		if (checking->baseline_path)
			check_unexpected(checking, &now->records[i]);
		else
			check_itself(checking, &now->records[i]);
		check_content(checking, &now->records[i]);
	}
	check_all_symmetry(checking, topology);
	status = output_print(checking->output, "check", topology);
	return status ?: status_of(checking);
}

static int check_against(struct checking *checking, const struct options *options)
{
	int status = 0;

	if (checking->baseline_path)
		status = baseline_read(&checking->baseline, checking->baseline_path);
	if (!status)
		status = with_topology(options, check, checking);
	records_free(&checking->baseline);
	records_free(&checking->now);
	return status;
}

static int print_help(void)
{
	puts("Usage: gpusvm-topology check [OPTIONS]\n"
	     "\n"
	     "Prints a line for each problem of a link, and nothing if all links are good.\n"
	     "\n"
	     "     --against FILE   compare with a baseline: output of \"gpusvm-topology list links\n"
	     "                      -J\" or of \"bench -J\", or a snapshot, unpacked or not\n"
	     "     --measure        measure bandwidth and latency, as bench does, instead of reading\n"
	     "                      the declared ones\n"
	     "     --tolerance N    accept bandwidth and latency that are N percent worse (10 for\n"
	     "                      measured values, otherwise 0)\n"
	     COLUMN_OPTIONS_HELP
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Findings:\n"
	     "  missing     no direct or no usable access now, in contrast to the baseline;\n"
	     "              without --against: the link is down;\n"
	     "              also if a measurement was not verified, now or in the baseline\n"
	     "  degraded    slower, longer or of another type than in the baseline, less memory,\n"
	     "              or a value that is now unknown; without --against: slower than its\n"
	     "              maximum\n"
	     "  asymmetric  slower than the opposite direction, or no opposite direction, in\n"
	     "              contrast to the baseline\n"
	     "  new         direct access now, in contrast to the baseline\n"
	     "\n"
	     "Links that FILE lacks or has as refused may be absent: this is by design.\n"
	     "\n"
	     "Exit status: that of gpusvm-topology, or that of the worst problem:\n"
	     "  10  a link is missing\n"
	     "  11  a link is degraded\n"
	     "  12  a link is asymmetric\n"
	     "  13  a link is new");
	columns_help(&finding_kind);
	return 0;
}

static bool parse_percent(const char *text, int *percent)
{
	size_t digits = strspn(text, "0123456789");

	if (digits && digits <= 2 && !text[digits]) {
		*percent = atoi(text);
		return true;
	}
	say("--tolerance takes a percentage from 0 to 99, not \"%s\"", text);
	return false;
}

int command_check(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "against", required_argument, NULL, 'A' },
		{ "measure", no_argument, NULL, 'M' },
		{ "tolerance", required_argument, NULL, 'T' },
		{ 0 }
	};
	struct checking checking = { .tolerance = -1 };
	int option, status;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS,
				     "", long_options, options)) >= 0) {
		if (option == 'A')
			checking.baseline_path = optarg;
		else if (option == 'M')
			checking.measure = true;
		else if (option != 'T')
			return other_option(option, "check", print_help);
		else if (!parse_percent(optarg, &checking.tolerance))
			return usage_error("check");
	}
	status = no_arguments(argc, argv, "check");
	if (status)
		return status;

	if (checking.measure && !bench_is_possible(options, "check"))
		return EXIT_USAGE;

	checking.output = output_new(&finding_kind, options);
	if (!checking.output)
		return usage_error("check");
	status = check_against(&checking, options);
	output_free(checking.output);
	return status;
}
