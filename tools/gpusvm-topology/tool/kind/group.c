// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tool.h"

static struct json_object *name(const void *group)
{
	return json_text(gpusvm_group_get_name(group));
}

static struct json_object *origin(const void *group)
{
	return json_text(gpusvm_group_get_origin(group));
}

static struct json_object *pagemaps(const void *group)
{
	struct json_object *ids = json_array();
	const struct gpusvm_pagemap *pagemap;

	gpusvm_group_pagemap_foreach(group, pagemap)
		json_append(ids, json_number(0, gpusvm_pagemap_get_id(pagemap)));
	return ids;
}

static struct json_object *initiators(const void *group)
{
	struct json_object *uids = json_array();
	const struct gpusvm_initiator *initiator;

	gpusvm_group_initiator_foreach(group, initiator)
		json_append(uids, json_text(gpusvm_initiator_get_uid(initiator)));
	return uids;
}

static struct json_object *users(const void *group)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_users(group, &number);

	return json_number(err, number);
}

static struct json_object *pending(const void *group)
{
	bool value = false;
	int err = gpusvm_group_get_pending(group, &value);

	return json_boolean(err, value);
}

static const char *pending_color(const void *group)
{
	bool value = false;

	return !gpusvm_group_get_pending(group, &value) && value ? "yellow" : NULL;
}

static struct json_object *expected(const void *group)
{
	unsigned int number = 0;
	int err = gpusvm_group_get_members_expected(group, &number);

	return json_number(err, number);
}

static struct json_object *joined(const void *group)
{
	unsigned int number = 0;
	int err = gpusvm_group_get_members_joined(group, &number);

	return json_number(err, number);
}

static struct json_object *complete(const void *group)
{
	bool value = false;
	int err = gpusvm_group_get_complete(group, &value);

	return json_boolean(err, value);
}

static const char *complete_color(const void *group)
{
	bool value = false;

	return !gpusvm_group_get_complete(group, &value) && !value ? "red" : NULL;
}

static struct json_object *min_read_bandwidth(const void *group)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_min_read_bandwidth(group, &number);

	return json_number(err, number);
}

static struct json_object *min_write_bandwidth(const void *group)
{
	uint64_t number = 0;
	int err = gpusvm_group_get_min_write_bandwidth(group, &number);

	return json_number(err, number);
}

static const struct column columns[] = {
	{ "NAME", "name", "name of the group",
	  COLUMN_DEFAULT, name, NULL },
	{ "ORIGIN", "origin", "hardware or admin",
	  COLUMN_DEFAULT, origin, NULL },
	{ "PAGEMAPS", "pagemap_ids", "IDs of its pagemaps",
	  COLUMN_DEFAULT, pagemaps, NULL },
	{ "INITIATORS", "initiator_uids", "uids of its initiators",
	  COLUMN_DEFAULT, initiators, NULL },
	{ "USERS", "users", "holders: open SVM VMs and pagemaps in use",
	  COLUMN_DEFAULT | COLUMN_RIGHT, users, NULL },
	{ "PENDING", "pending", "1 if holders delay a change",
	  COLUMN_DEFAULT | COLUMN_RIGHT, pending, pending_color },
	{ "EXPECTED", "members_expected", "number of configured members",
	  COLUMN_RIGHT, expected, NULL },
	{ "JOINED", "members_joined", "number of joined members",
	  COLUMN_RIGHT, joined, NULL },
	{ "COMPLETE", "complete", "1 if all members have joined",
	  COLUMN_RIGHT, complete, complete_color },
	{ "MIN_READ_BW", "min_read_bandwidth", "lowest read bandwidth inside, MB/s",
	  COLUMN_RIGHT, min_read_bandwidth, NULL },
	{ "MIN_WRITE_BW", "min_write_bandwidth", "lowest write bandwidth inside, MB/s",
	  COLUMN_RIGHT, min_write_bandwidth, NULL },
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
