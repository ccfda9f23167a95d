// SPDX-License-Identifier: GPL-2.0-or-later
#include "kind.h"

static struct json_object *initiator(const void *link)
{
	return json_text(gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)));
}

static struct json_object *pagemap(const void *link)
{
	return json_number(0, gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)));
}

static struct json_object *pagemap_uid(const void *link)
{
	return json_text(gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link)));
}

static struct json_object *pagemap_size(const void *link)
{
	uint64_t bytes = 0;
	int err = gpusvm_pagemap_get_size(gpusvm_link_get_pagemap(link), &bytes);

	return json_number(err, bytes);
}

TEXT_VALUE(link, type)
TEXT_VALUE(link, access)
TEXT_VALUE(link, reason)

struct json_object *link_usable(const void *link)
{
	return json_boolean(0, gpusvm_link_is_usable(link));
}

TEXT_VALUE(link, usable_reason)
UINT_VALUE(link, hops)
NUMBER_VALUE(link, read_bandwidth)
NUMBER_VALUE(link, write_bandwidth)
NUMBER_VALUE(link, max_read_bandwidth)
NUMBER_VALUE(link, max_write_bandwidth)
NUMBER_VALUE(link, read_latency)
NUMBER_VALUE(link, write_latency)

static struct json_object *read_bytes(const void *link)
{
	uint64_t bytes = 0;
	int err = gpusvm_link_get_read_bytes(link, &bytes);

	return json_number(err, bytes);
}

static struct json_object *write_bytes(const void *link)
{
	uint64_t bytes = 0;
	int err = gpusvm_link_get_write_bytes(link, &bytes);

	return json_number(err, bytes);
}

const char *link_color(const void *link)
{
	if (!gpusvm_link_is_direct(link))
		return "red";
	return gpusvm_link_is_usable(link) ? NULL : "yellow";
}

static const struct column columns[] = {
	{ "INITIATOR", "initiator_uid", "uid of the GPU at its start",
	  COLUMN_DEFAULT, initiator, NULL },
	{ "PAGEMAP", "pagemap_id", "ID of the pagemap at its end",
	  COLUMN_DEFAULT | COLUMN_RIGHT, pagemap, NULL },
	{ "TYPE", "type", "type of the link",
	  COLUMN_DEFAULT, link_type, NULL },
	{ "HOPS", "hops", "number of bridges or switches",
	  COLUMN_DEFAULT | COLUMN_RIGHT, link_hops, NULL },
	{ "READ_BW", "read_bandwidth", "current read bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, link_read_bandwidth, NULL },
	{ "WRITE_BW", "write_bandwidth", "current write bandwidth, MB/s",
	  COLUMN_DEFAULT | COLUMN_RIGHT, link_write_bandwidth, NULL },
	{ "READ_LAT", "read_latency", "read latency, ns",
	  COLUMN_DEFAULT | COLUMN_RIGHT, link_read_latency, NULL },
	{ "WRITE_LAT", "write_latency", "write latency, ns",
	  COLUMN_RIGHT, link_write_latency, NULL },
	{ "ACCESS", "access", "direct or none",
	  COLUMN_DEFAULT, link_access, link_color },
	{ "REASON", "reason", "why it has no direct access",
	  COLUMN_DEFAULT, link_reason, link_color },
	{ "USABLE", "usable", "1 if both ends are in the same group",
	  COLUMN_DEFAULT | COLUMN_RIGHT, link_usable, link_color },
	{ "USABLE_REASON", "usable_reason", "why it is direct, but not usable",
	  COLUMN_DEFAULT, link_usable_reason, link_color },
	{ "MAX_READ_BW", "max_read_bandwidth", "maximum read bandwidth, MB/s",
	  COLUMN_RIGHT, link_max_read_bandwidth, NULL },
	{ "MAX_WRITE_BW", "max_write_bandwidth", "maximum write bandwidth, MB/s",
	  COLUMN_RIGHT, link_max_write_bandwidth, NULL },
	{ "PAGEMAP_UID", "pagemap_uid", "uid of the pagemap",
	  0, pagemap_uid, NULL },
	{ "PAGEMAP_SIZE", "pagemap_size", "size of the pagemap",
	  COLUMN_RIGHT | COLUMN_SIZE, pagemap_size, NULL },
	{ "READ_BYTES", "read_bytes", "bytes read since the link was created",
	  COLUMN_RIGHT | COLUMN_SIZE, read_bytes, NULL },
	{ "WRITE_BYTES", "write_bytes", "bytes written since the link was created",
	  COLUMN_RIGHT | COLUMN_SIZE, write_bytes, NULL },
	{ 0 }
};

/* The first link to @pagemap, or to the next pagemap that has links */
static const void *first_from(const struct gpusvm_pagemap *pagemap)
{
	for (; pagemap; pagemap = gpusvm_pagemap_get_next(pagemap)) {
		const struct gpusvm_link *link = gpusvm_pagemap_get_first_link(pagemap);

		if (link)
			return link;
	}
	return NULL;
}

static const void *first(const struct gpusvm_topology *topology)
{
	return first_from(gpusvm_pagemap_get_first(topology));
}

static const void *next(const void *link)
{
	const struct gpusvm_link *other = gpusvm_pagemap_get_next_link(link);

	return other ?: first_from(gpusvm_pagemap_get_next(gpusvm_link_get_pagemap(link)));
}

const struct kind link_kind = { "links", columns, first, next };
