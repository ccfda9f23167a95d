// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static char *name(const void *group, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_group_get_name(group));
}

static char *origin(const void *group, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_group_get_origin(group));
}

/* Like one that is not known, an empty list would be a gap */
static char *pagemaps(const void *group, const struct options *options)
{
	const char *list = gpusvm_group_get_pagemap_list(group);

	(void)options;
	return list && *list ? text_copy(list) : NULL;
}

static char *initiators(const void *group, const struct options *options)
{
	const struct gpusvm_initiator *initiator;
	char *text = NULL;

	(void)options;
	gpusvm_group_initiator_foreach(group, initiator) {
		const char *uid = gpusvm_initiator_get_uid(initiator);
		char *longer = text ? text_format("%s,%s", text, uid) : text_copy(uid);

		free(text);
		text = longer;
	}
	return text;
}

static char *users(const void *group, const struct options *options)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_users(group, &number);

	(void)options;
	return text_number(err, number);
}

static char *pending(const void *group, const struct options *options)
{
	bool value = false;
	int err = gpusvm_group_get_pending(group, &value);

	(void)options;
	return text_bool(err, value);
}

static char *expected(const void *group, const struct options *options)
{
	unsigned int number = 0;
	int err = gpusvm_group_get_members_expected(group, &number);

	(void)options;
	return text_number(err, number);
}

static char *joined(const void *group, const struct options *options)
{
	unsigned int number = 0;
	int err = gpusvm_group_get_members_joined(group, &number);

	(void)options;
	return text_number(err, number);
}

static char *complete(const void *group, const struct options *options)
{
	bool value = false;
	int err = gpusvm_group_get_complete(group, &value);

	(void)options;
	return text_bool(err, value);
}

static char *min_read_bandwidth(const void *group, const struct options *options)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_min_read_bandwidth(group, &number);

	(void)options;
	return text_number(err, number);
}

static char *min_write_bandwidth(const void *group, const struct options *options)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_min_write_bandwidth(group, &number);

	(void)options;
	return text_number(err, number);
}

static const struct column columns[] = {
	{ "NAME", "name of the group", false, true, name },
	{ "ORIGIN", "hardware or admin", false, true, origin },
	{ "PAGEMAPS", "IDs of the pagemaps in it", false, true, pagemaps },
	{ "INITIATORS", "uids of the initiators in it", false, true, initiators },
	{ "USERS", "open SVM VMs plus pagemaps in use", true, true, users },
	{ "PENDING", "1 if a change waits for users to go", true, true, pending },
	{ "EXPECTED", "members that the administrator has set", true, false, expected },
	{ "JOINED", "members that have joined", true, false, joined },
	{ "COMPLETE", "1 if all have", true, false, complete },
	{ "MIN_READ_BW", "slowest link for reads, MB/s", true, false, min_read_bandwidth },
	{ "MIN_WRITE_BW", "slowest link for writes, MB/s", true, false, min_write_bandwidth },
	{ 0 }
};

static const void *first(const struct gpusvm_topology *topology)
{
	return gpusvm_group_get_first(topology);
}

static const void *next(const void *group)
{
	return gpusvm_group_get_next(group);
}

const struct kind group_kind = { "groups", columns, first, next };
