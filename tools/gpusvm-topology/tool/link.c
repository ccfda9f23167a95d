// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

static char *initiator(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)));
}

static char *pagemap(const void *link, const struct options *options)
{
	(void)options;
	return text_number(0, gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)));
}

static char *pagemap_uid(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link)));
}

static char *type(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_link_get_type(link));
}

static char *access(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_link_get_access(link));
}

static char *reason(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_link_get_reason(link));
}

static char *usable(const void *link, const struct options *options)
{
	(void)options;
	return text_bool(0, gpusvm_link_is_usable(link));
}

static char *usable_reason(const void *link, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_link_get_usable_reason(link));
}

static char *hops(const void *link, const struct options *options)
{
	unsigned int number = 0;
	int err = gpusvm_link_get_hops(link, &number);

	(void)options;
	return text_number(err, number);
}

#define FIGURE(name) \
	static char *print_ ## name(const void *link, const struct options *options) \
	{ \
		uint64_t number = 0; \
		int err = gpusvm_link_get_ ## name(link, &number); \
		\
		(void)options; \
		return text_number(err, number); \
	}

FIGURE(read_bandwidth)
FIGURE(write_bandwidth)
FIGURE(max_read_bandwidth)
FIGURE(max_write_bandwidth)
FIGURE(read_latency)
FIGURE(write_latency)

static const struct column columns[] = {
	{ "INITIATOR", "uid of the GPU where it starts", false, true, initiator },
	{ "PAGEMAP", "ID of the pagemap where it leads to", true, true, pagemap },
	{ "TYPE", "what it is made of", false, true, type },
	{ "HOPS", "bridges or switches passed", true, true, hops },
	{ "READ_BW", "MB/s now, for reads", true, true, print_read_bandwidth },
	{ "WRITE_BW", "MB/s now, for writes", true, true, print_write_bandwidth },
	{ "READ_LAT", "latency of a read, ns", true, true, print_read_latency },
	{ "WRITE_LAT", "latency of a write, ns", true, false, print_write_latency },
	{ "ACCESS", "direct or none", false, true, access },
	{ "REASON", "why there is no access", false, true, reason },
	{ "USABLE", "1 if both ends are in the same group", true, true, usable },
	{ "USABLE_REASON", "why a direct link is not usable", false, true, usable_reason },
	{ "MAX_READ_BW", "MB/s at best, for reads", true, false, print_max_read_bandwidth },
	{ "MAX_WRITE_BW", "MB/s at best, for writes", true, false, print_max_write_bandwidth },
	{ "PAGEMAP_UID", "uid of the pagemap", false, false, pagemap_uid },
	{ 0 }
};

/* From the first link to @pagemap, or to the next one that has any */
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
