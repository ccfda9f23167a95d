// SPDX-License-Identifier: GPL-2.0-or-later
#include "kind.h"

static TEXT_VALUE(group, name)
static TEXT_VALUE(group, origin)

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

static NUMBER_VALUE(group, users)
static BOOL_VALUE(group, pending)

static const char *pending_color(const void *group)
{
	bool value = false;

	return !gpusvm_group_get_pending(group, &value) && value ? "yellow" : NULL;
}

static UINT_VALUE(group, members_expected)
static UINT_VALUE(group, members_joined)
static BOOL_VALUE(group, complete)

static const char *complete_color(const void *group)
{
	bool value = false;

	return !gpusvm_group_get_complete(group, &value) && !value ? "red" : NULL;
}

static NUMBER_VALUE(group, min_read_bandwidth)
static NUMBER_VALUE(group, min_write_bandwidth)

static const struct column columns[] = {
	{ "NAME", "name", "name of the group",
	  COLUMN_DEFAULT, group_name, NULL },
	{ "ORIGIN", "origin", "hardware or admin",
	  COLUMN_DEFAULT, group_origin, NULL },
	{ "PAGEMAPS", "pagemap_ids", "IDs of its pagemaps",
	  COLUMN_DEFAULT, pagemaps, NULL },
	{ "INITIATORS", "initiator_uids", "uids of its initiators",
	  COLUMN_DEFAULT, initiators, NULL },
	{ "USERS", "users", "holders: open SVM VMs and pagemaps in use",
	  COLUMN_DEFAULT | COLUMN_RIGHT, group_users, NULL },
	{ "PENDING", "pending", "1 if holders delay a change",
	  COLUMN_DEFAULT | COLUMN_RIGHT, group_pending, pending_color },
	{ "EXPECTED", "members_expected", "number of configured members",
	  COLUMN_RIGHT, group_members_expected, NULL },
	{ "JOINED", "members_joined", "number of joined members",
	  COLUMN_RIGHT, group_members_joined, NULL },
	{ "COMPLETE", "complete", "1 if all members have joined",
	  COLUMN_RIGHT, group_complete, complete_color },
	{ "MIN_READ_BW", "min_read_bandwidth", "lowest MAX_READ_BW of its links, MB/s",
	  COLUMN_RIGHT, group_min_read_bandwidth, NULL },
	{ "MIN_WRITE_BW", "min_write_bandwidth", "lowest MAX_WRITE_BW of its links, MB/s",
	  COLUMN_RIGHT, group_min_write_bandwidth, NULL },
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
