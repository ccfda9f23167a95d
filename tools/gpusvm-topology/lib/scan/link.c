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

static const struct attr statistics_attrs[] = {
	LINK_FIGURE(read_bytes),
	LINK_FIGURE(write_bytes),
	{ 0 }
};

/* What a link connects */
struct ends {
	struct gpusvm_initiator *initiator;
	struct gpusvm_pagemap *pagemap;
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

/* The directory exists only if the driver counts bytes */
static int statistics_read(const struct dir *link_dir, struct gpusvm_link *link)
{
	struct dir dir;
	int err;

	err = dir_open_child(&dir, link_dir, "statistics");
	if (err == -ENOENT)
		return 0;
	if (err)
		return dir_warn_error(link_dir, "statistics", err);
	err = dir_read_attrs(&dir, statistics_attrs, link);
	dir_close(&dir);
	return err;
}

static int link_read(const struct dir *dir, const char *name, void *object, void *data)
{
	struct gpusvm_link *link = object;
	const struct ends *ends = data;
	int err;

	(void)name;
	link->initiator = ends->initiator;
	link->pagemap = ends->pagemap;
	err = dir_read_attrs(dir, link_attrs, link);
	drop_none(&link->reason);
	drop_none(&link->usable_reason);
	return err ? err : statistics_read(dir, link);
}

static const struct object_type link_type = {
	.size = sizeof(struct gpusvm_link),
	.read = link_read,
	.free = link_free,
};

static int link_add(const struct dir *dir, const char *name, void *data)
{
	struct ends ends = { .pagemap = data };

	ends.initiator = (struct gpusvm_initiator *)
		gpusvm_initiator_find_by_uid(dir->topology, name);
	if (!ends.initiator)
		return dir_warn(dir, name, "not the uid of an initiator; skipped");
	return dir_add_object(dir, name, &link_type, &ends.pagemap->links, &ends);
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

GPUSVM_GET_OBJECT(link, initiator)
GPUSVM_GET_OBJECT(link, pagemap)
GPUSVM_GET_TEXT(link, type)

GPUSVM_EXPORT bool gpusvm_link_is_direct(const struct gpusvm_link *link)
{
	return link->access && !strcmp(link->access, "direct");
}

GPUSVM_GET_TEXT(link, access)
GPUSVM_GET_TEXT(link, reason)

GPUSVM_EXPORT bool gpusvm_link_is_usable(const struct gpusvm_link *link)
{
	return link->usable.known && link->usable.value;
}

GPUSVM_GET_TEXT(link, usable_reason)
GPUSVM_GET_UINT(link, hops)
GPUSVM_GET_NUMBER(link, read_bandwidth)
GPUSVM_GET_NUMBER(link, write_bandwidth)
GPUSVM_GET_NUMBER(link, max_read_bandwidth)
GPUSVM_GET_NUMBER(link, max_write_bandwidth)
GPUSVM_GET_NUMBER(link, read_latency)
GPUSVM_GET_NUMBER(link, write_latency)
GPUSVM_GET_NUMBER(link, read_bytes)
GPUSVM_GET_NUMBER(link, write_bytes)
