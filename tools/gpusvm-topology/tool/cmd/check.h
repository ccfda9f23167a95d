/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_CHECK_H
#define GPUSVM_TOOL_CHECK_H

#include "tool.h"

/* In the order of comparison */
enum amount_kind {
	AMOUNT_READ_BANDWIDTH,
	AMOUNT_WRITE_BANDWIDTH,
	AMOUNT_MAX_READ_BANDWIDTH,
	AMOUNT_MAX_WRITE_BANDWIDTH,
	AMOUNT_HOPS,
	AMOUNT_READ_LATENCY,
	AMOUNT_WRITE_LATENCY,
	AMOUNT_SIZE,		/* of the pagemap */
	AMOUNTS,
};

struct amount {
	uint64_t value;
	bool known;
};

/* A key of a link in JSON, and the meaning of its value */
struct amount_type {
	const char *key;
	bool less_is_better;
	/* Whether --tolerance applies to it */
	bool is_rate;
	/* Compare it only for an initiator's own pagemaps, to report it once */
	bool own_only;
	int (*get)(const struct gpusvm_link *link, uint64_t *value);
};

/* A link of a baseline, with uids, because these are the same after a reboot */
struct record {
	char *initiator;
	char *pagemap;
	char *type;
	char *access;
	char *reason;
	bool is_usable;
	bool is_own;		/* unknown, and false, for a baseline in JSON */
	/* Whether "bench" has measured the link, and found wrong bytes or wrong places */
	bool is_measured;
	bool is_wrong;
	struct amount amounts[AMOUNTS];
};

/* Sorted by pagemap and initiator */
struct records {
	struct record *records;
	size_t count;
	/* Whether they have values that "bench" has measured */
	bool are_measured;
};

/* check-record.c */
extern const struct amount_type amount_types[AMOUNTS];
bool record_is_direct(const struct record *record);
const struct record *records_find(const struct records *records, const char *initiator,
				  const char *pagemap);
struct record *records_add(struct records *records);
void records_sort(struct records *records);
void records_take(struct records *records, const struct gpusvm_topology *topology);
void record_measure(struct record *record, const char *result,
		    const struct amount measured[AMOUNTS]);
void records_free(struct records *records);

/* check-baseline.c: returns 0; or prints an error and returns the exit status */
int baseline_read(struct records *records, const char *path);

#endif
