/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_CHECK_H
#define GPUSVM_TOOL_CHECK_H

#include "tool.h"

/* In the order in which they are compared */
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

/* What a key of a link says, as JSON calls it */
struct amount_type {
	const char *key;
	bool less_is_better;
	/* Only of an initiator's own pagemaps is it compared, so that it is once */
	bool own_only;
	int (*get)(const struct gpusvm_link *link, uint64_t *value);
};

/* A link as a baseline knows it: by uids, which outlive a reboot */
struct record {
	char *initiator;
	char *pagemap;
	char *type;
	char *access;
	char *reason;
	bool is_usable;
	bool is_own;		/* of a baseline in JSON, it is not known, and false */
	struct amount amounts[AMOUNTS];
};

/* Sorted by pagemap and initiator */
struct records {
	struct record *records;
	size_t count;
};

/* check-record.c */
extern const struct amount_type amount_types[AMOUNTS];
bool record_is_direct(const struct record *record);
const struct record *records_find(const struct records *records, const char *initiator,
				  const char *pagemap);
struct record *records_add(struct records *records);
void records_sort(struct records *records);
void records_take(struct records *records, const struct gpusvm_topology *topology);
void records_free(struct records *records);

/* check-baseline.c: returns 0, or what to exit with after it has said why */
int baseline_read(struct records *records, const char *path);

#endif
