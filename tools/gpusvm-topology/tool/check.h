/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_CHECK_H
#define GPUSVM_TOOL_CHECK_H

#include "tool.h"

/* A link as a baseline knows it: by uids, which outlive a reboot */
struct record {
	char *initiator;
	char *pagemap;
	char *type;
	char *access;
	char *reason;
	uint64_t read_bandwidth;	/* MB/s; 0 is not known */
	uint64_t write_bandwidth;
	uint64_t max_read_bandwidth;
	uint64_t max_write_bandwidth;
};

/* Sorted by pagemap and initiator */
struct records {
	struct record *records;
	size_t count;
};

/* check-record.c */
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
