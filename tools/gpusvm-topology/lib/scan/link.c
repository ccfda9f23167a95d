// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define LINK_ATTR(file, how, max, optional) \
	{ #file, how, optional, offsetof(struct gpusvm_link, file), max }
#define LINK_FIGURE(file) LINK_ATTR(file, ATTR_NUMBER, UINT64_MAX, true)

static const struct attr link_attrs[] = {
	LINK_ATTR(type, ATTR_WORD, 0, false),
	LINK_ATTR(access, ATTR_WORD, 0, false),
	LINK_ATTR(reason, ATTR_WORD, 0, true),
	LINK_ATTR(usable, ATTR_NUMBER, 1, false),
	LINK_ATTR(usable_reason, ATTR_WORD, 0, true),
	LINK_ATTR(hops, ATTR_NUMBER, UINT_MAX, true),
	LINK_FIGURE(read_bandwidth),
	LINK_FIGURE(write_bandwidth),
	LINK_FIGURE(max_read_bandwidth),
	LINK_FIGURE(max_write_bandwidth),
	LINK_FIGURE(read_latency),
	LINK_FIGURE(write_latency),
	{ 0 }
};

void link_free(void *item)
{
	struct gpusvm_link *link = item;

	free(link->type);
	free(link->access);
	free(link->reason);
	free(link->usable_reason);
	free(link);
}

/* "none" means that the link has no reason */
static void drop_none(char **reason)
{
	if (*reason && !strcmp(*reason, "none")) {
		free(*reason);
		*reason = NULL;
	}
}

static int link_add(const struct dir *dir, const char *name, void *data)
{
	struct gpusvm_pagemap *pagemap = data;
	const struct gpusvm_initiator *initiator;
	struct gpusvm_link *link;
	struct dir link_dir;
	int err;

	initiator = gpusvm_initiator_find_by_uid(dir->topology, name);
	if (!initiator)
		return dir_warn(dir, name, "not the uid of an initiator; skipped");
	err = dir_open_child(&link_dir, dir, name);
	if (err)
		return dir_warn_error(dir, name, err);

	err = -ENOMEM;
	link = calloc(1, sizeof(*link));
	if (link) {
		link->initiator = (struct gpusvm_initiator *)initiator;
		link->pagemap = pagemap;
		err = dir_read_attrs(&link_dir, link_attrs, link);
		drop_none(&link->reason);
		drop_none(&link->usable_reason);
	}
	if (!err)
		err = list_add(&pagemap->links, link);
	if (err && link)
		link_free(link);
	dir_close(&link_dir);
	return err;
}

static int compare_links(const void *a, const void *b)
{
	const struct gpusvm_link *const *left = a, *const *right = b;

	return ((*left)->initiator->index > (*right)->initiator->index) -
	       ((*left)->initiator->index < (*right)->initiator->index);
}

/* Reads the links to a pagemap from its directory @dir */
int links_scan(const struct dir *dir, struct gpusvm_pagemap *pagemap)
{
	struct dir links;
	int err;

	err = dir_open_child(&links, dir, "initiators");
	if (err)
		return dir_warn_error(dir, "initiators", err);
	err = dir_scan(&links, link_add, pagemap);
	dir_close(&links);

	list_sort(&pagemap->links, compare_links);
	return err;
}

/* Adds the links of a pagemap to their initiators, in the order of pagemaps */
int links_connect(struct gpusvm_pagemap *pagemap)
{
	int err = 0;

	for (size_t i = 0; !err && i < pagemap->links.count; i++) {
		struct gpusvm_link *link = pagemap->links.items[i];

		link->index_in_pagemap = i;
		link->index_in_initiator = link->initiator->links.count;
		err = list_add(&link->initiator->links, link);
	}
	return err;
}

GPUSVM_EXPORT const struct gpusvm_link *
gpusvm_link_find(const struct gpusvm_initiator *initiator,
		 const struct gpusvm_pagemap *pagemap)
{
	const struct gpusvm_link key = { .initiator = (struct gpusvm_initiator *)initiator };

	return list_find(&pagemap->links, &key, compare_links);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_link_get_initiator(const struct gpusvm_link *link)
{
	return link->initiator;
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_link_get_pagemap(const struct gpusvm_link *link)
{
	return link->pagemap;
}

GPUSVM_EXPORT const char *gpusvm_link_get_type(const struct gpusvm_link *link)
{
	return link->type;
}

GPUSVM_EXPORT bool gpusvm_link_is_direct(const struct gpusvm_link *link)
{
	return link->access && !strcmp(link->access, "direct");
}

GPUSVM_EXPORT const char *gpusvm_link_get_access(const struct gpusvm_link *link)
{
	return link->access;
}

GPUSVM_EXPORT const char *gpusvm_link_get_reason(const struct gpusvm_link *link)
{
	return link->reason;
}

GPUSVM_EXPORT bool gpusvm_link_is_usable(const struct gpusvm_link *link)
{
	return link->usable.known && link->usable.value;
}

GPUSVM_EXPORT const char *gpusvm_link_get_usable_reason(const struct gpusvm_link *link)
{
	return link->usable_reason;
}

GPUSVM_EXPORT int gpusvm_link_get_hops(const struct gpusvm_link *link, unsigned int *hops)
{
	return figure_get_uint(&link->hops, hops);
}

GPUSVM_EXPORT int gpusvm_link_get_read_bandwidth(const struct gpusvm_link *link,
						 uint64_t *bandwidth)
{
	return figure_get(&link->read_bandwidth, bandwidth);
}

GPUSVM_EXPORT int gpusvm_link_get_write_bandwidth(const struct gpusvm_link *link,
						  uint64_t *bandwidth)
{
	return figure_get(&link->write_bandwidth, bandwidth);
}

GPUSVM_EXPORT int gpusvm_link_get_max_read_bandwidth(const struct gpusvm_link *link,
						     uint64_t *bandwidth)
{
	return figure_get(&link->max_read_bandwidth, bandwidth);
}

GPUSVM_EXPORT int gpusvm_link_get_max_write_bandwidth(const struct gpusvm_link *link,
						      uint64_t *bandwidth)
{
	return figure_get(&link->max_write_bandwidth, bandwidth);
}

GPUSVM_EXPORT int gpusvm_link_get_read_latency(const struct gpusvm_link *link,
					       uint64_t *latency)
{
	return figure_get(&link->read_latency, latency);
}

GPUSVM_EXPORT int gpusvm_link_get_write_latency(const struct gpusvm_link *link,
						uint64_t *latency)
{
	return figure_get(&link->write_latency, latency);
}
