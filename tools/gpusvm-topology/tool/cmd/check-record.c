// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "check.h"

static int get_hops(const struct gpusvm_link *link, uint64_t *value)
{
	unsigned int hops = 0;
	int err = gpusvm_link_get_hops(link, &hops);

	*value = hops;
	return err;
}

static int get_size(const struct gpusvm_link *link, uint64_t *value)
{
	return gpusvm_pagemap_get_size(gpusvm_link_get_pagemap(link), value);
}

const struct amount_type amount_types[AMOUNTS] = {
	[AMOUNT_READ_BANDWIDTH] = { "read_bandwidth", false, true, false,
				    gpusvm_link_get_read_bandwidth },
	[AMOUNT_WRITE_BANDWIDTH] = { "write_bandwidth", false, true, false,
				     gpusvm_link_get_write_bandwidth },
	[AMOUNT_MAX_READ_BANDWIDTH] = { "max_read_bandwidth", false, true, false,
					gpusvm_link_get_max_read_bandwidth },
	[AMOUNT_MAX_WRITE_BANDWIDTH] = { "max_write_bandwidth", false, true, false,
					 gpusvm_link_get_max_write_bandwidth },
	[AMOUNT_HOPS] = { "hops", true, false, false, get_hops },
	[AMOUNT_READ_LATENCY] = { "read_latency", true, true, false,
				  gpusvm_link_get_read_latency },
	[AMOUNT_WRITE_LATENCY] = { "write_latency", true, true, false,
				   gpusvm_link_get_write_latency },
	[AMOUNT_SIZE] = { "pagemap_size", false, false, true, get_size },
};

bool record_is_direct(const struct record *record)
{
	return record->access && !strcmp(record->access, "direct");
}

static int compare(const void *a, const void *b)
{
	const struct record *left = a, *right = b;
	int order = strverscmp(left->pagemap, right->pagemap);

	return order ?: strverscmp(left->initiator, right->initiator);
}

const struct record *records_find(const struct records *records, const char *initiator,
				  const char *pagemap)
{
	const struct record key = { .initiator = (char *)initiator, .pagemap = (char *)pagemap };

	if (!records->count)
		return NULL;
	return bsearch(&key, records->records, records->count, sizeof(key), compare);
}

/* Adds a record in which all values are unknown */
struct record *records_add(struct records *records)
{
	struct record *record;

	records->records = check_memory(reallocarray(records->records, records->count + 1,
						     sizeof(*record)));
	record = &records->records[records->count++];
	memset(record, 0, sizeof(*record));
	return record;
}

void records_sort(struct records *records)
{
	if (records->count)
		qsort(records->records, records->count, sizeof(*records->records), compare);
}

static void take_link(struct records *records, const struct gpusvm_link *link)
{
	struct record *record = records_add(records);

	record->initiator = text_copy(gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)));
	record->pagemap = text_copy(gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link)));
	record->type = text_copy(gpusvm_link_get_type(link));
	record->access = text_copy(gpusvm_link_get_access(link));
	record->reason = text_copy(gpusvm_link_get_reason(link));
	record->is_usable = gpusvm_link_is_usable(link);
	record->is_own = gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)) ==
			 gpusvm_link_get_initiator(link);
	for (size_t i = 0; i < AMOUNTS; i++) {
		struct amount *amount = &record->amounts[i];

		amount->known = !amount_types[i].get(link, &amount->value);
	}
}

/* Skips links to pagemaps with an unknown uid, because a later check could not find them */
void records_take(struct records *records, const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;

	gpusvm_pagemap_foreach(topology, pagemap) {
		if (!gpusvm_pagemap_get_uid(pagemap))
			continue;
		gpusvm_pagemap_link_foreach(pagemap, link)
			take_link(records, link);
	}
	records_sort(records);
}

/*
 * Replaces values by what "bench" has measured. A rate counts only if the bytes were correct:
 * without a verified result, the rate is unknown.
 */
void record_measure(struct record *record, const char *result,
		    const struct amount measured[AMOUNTS])
{
	bool is_verified = result && !strcmp(result, "verified");

	if (!result || !strcmp(result, "skipped"))
		return;
	record->is_measured = true;
	record->is_wrong = !is_verified;
	for (size_t i = 0; i < AMOUNTS; i++) {
		if (i == AMOUNT_READ_BANDWIDTH || i == AMOUNT_WRITE_BANDWIDTH ||
		    i == AMOUNT_READ_LATENCY || i == AMOUNT_WRITE_LATENCY)
			record->amounts[i] = is_verified ? measured[i] : (struct amount){ 0 };
	}
}

void records_free(struct records *records)
{
	for (size_t i = 0; i < records->count; i++) {
		struct record *record = &records->records[i];

		free(record->initiator);
		free(record->pagemap);
		free(record->type);
		free(record->access);
		free(record->reason);
	}
	free(records->records);
	*records = (struct records){ 0 };
}
