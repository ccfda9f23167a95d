// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

#define PREFIX "pagemap"

#define PAGEMAP_ATTR(file, how, max, optional) \
	{ #file, how, optional, offsetof(struct gpusvm_pagemap, file), max }

static const struct attr pagemap_attrs[] = {
	PAGEMAP_ATTR(uid, ATTR_WORD, 0, false),
	PAGEMAP_ATTR(region_instance, ATTR_NUMBER, UINT16_MAX, false),
	PAGEMAP_ATTR(size, ATTR_NUMBER, UINT64_MAX, false),
	PAGEMAP_ATTR(free, ATTR_NUMBER, UINT64_MAX, true),
	PAGEMAP_ATTR(numa_node, ATTR_NODE, INT_MAX, false),
	PAGEMAP_ATTR(state, ATTR_WORD, 0, false),
	PAGEMAP_ATTR(dmem_region, ATTR_WORD, 0, true),
	PAGEMAP_ATTR(device, ATTR_LINK, 0, true),
	PAGEMAP_ATTR(render, ATTR_LINK, 0, true),
	{ 0 }
};

void pagemap_free(void *item)
{
	struct gpusvm_pagemap *pagemap = item;

	list_free(&pagemap->links, link_free);
	free(pagemap->uid);
	free(pagemap->state);
	free(pagemap->dmem_region);
	free(pagemap->device);
	free(pagemap->render);
	free(pagemap);
}

/* Compares the file "id" with the name of the directory. Returns 0, -ENOMEM, or -ESTALE */
static int check_id(const struct dir *dir, uint32_t id)
{
	uint64_t value;
	bool good;
	char *text;
	int err;

	err = dir_read(dir, "id", &text);
	if (err)
		return dir_warn_error(dir, "id", err);

	good = parse_number(text, UINT32_MAX, &value) && value == id;
	free(text);
	if (good)
		return 0;
	err = dir_warn(dir, "id", "differs from the name of the directory; skipped");
	return err ? err : -ESTALE;
}

static int read_initiator(const struct dir *dir, struct gpusvm_pagemap *pagemap)
{
	char *uid;
	int err;

	err = dir_read_link(dir, "initiator", &uid);
	if (err)
		return dir_warn_error(dir, "initiator", err);

	pagemap->initiator = (struct gpusvm_initiator *)
		gpusvm_initiator_find_by_uid(dir->topology, uid);
	if (!pagemap->initiator)
		err = dir_warn(dir, "initiator", "its target is not an initiator");
	free(uid);
	return err;
}

static int pagemap_read(const struct dir *dir, const char *name, void *object, void *data)
{
	struct gpusvm_pagemap *pagemap = object;
	const uint32_t *id = data;
	int err;

	(void)name;
	pagemap->topology = dir->topology;
	pagemap->id = *id;
	err = check_id(dir, pagemap->id);
	if (!err)
		err = dir_read_attrs(dir, pagemap_attrs, pagemap);
	if (!err)
		err = read_initiator(dir, pagemap);
	if (!err)
		err = group_from_link(dir, &pagemap->group);
	return err ? err : links_scan(dir, pagemap);
}

static const struct object_type pagemap_type = {
	.size = sizeof(struct gpusvm_pagemap),
	.read = pagemap_read,
	.free = pagemap_free,
};

/* Skips other entries of the class, such as "topology" */
static int pagemap_add(const struct dir *class, const char *name, void *data)
{
	struct gpusvm_topology *topology = class->topology;
	uint64_t number;
	uint32_t id;
	int err;

	(void)data;
	if (strncmp(name, PREFIX, strlen(PREFIX)) ||
	    !parse_number(name + strlen(PREFIX), UINT32_MAX, &number) || !number)
		return topology_log(topology, LOG_DEBUG, "%s%s/%s: not a pagemap",
				    topology->ctx->sysroot, class->path, name);

	id = number;
	err = dir_add_object(class, name, &pagemap_type, &topology->pagemaps, &id);
	return err == -ESTALE ? 0 : err;
}

static int compare_pagemaps(const void *a, const void *b)
{
	const struct gpusvm_pagemap *const *left = a, *const *right = b;

	return ((*left)->id > (*right)->id) - ((*left)->id < (*right)->id);
}

/* Connects pagemaps with other objects, after all were scanned. Returns 0, or -ENOMEM */
int pagemaps_connect(struct gpusvm_topology *topology)
{
	int err = 0;

	list_sort(&topology->pagemaps, compare_pagemaps);
	for (size_t i = 0; !err && i < topology->pagemaps.count; i++) {
		struct gpusvm_pagemap *pagemap = topology->pagemaps.items[i];

		pagemap->index = i;
		if (pagemap->group)
			err = group_add_pagemap(pagemap->group, pagemap);
		if (!err)
			err = links_connect(pagemap);
	}
	return err;
}

static int compare_uids(const void *a, const void *b)
{
	const struct gpusvm_pagemap *const *left = a, *const *right = b;
	int order;

	if (!(*left)->uid || !(*right)->uid)
		order = !!(*left)->uid - !!(*right)->uid;
	else
		order = strcmp((*left)->uid, (*right)->uid);
	return order ? order : compare_pagemaps(a, b);
}

static bool is_same_uid(const struct gpusvm_pagemap *a, const struct gpusvm_pagemap *b)
{
	return a->uid && b->uid && !strcmp(a->uid, b->uid);
}

static int warn_duplicate(struct gpusvm_topology *topology, const struct gpusvm_pagemap *pagemap,
			  const struct gpusvm_pagemap *first)
{
	return topology_log(topology, LOG_WARNING,
			    "%s" PAGEMAP_CLASS "/" PREFIX "%u/uid: the same as of " PREFIX
			    "%u; skipped", topology->ctx->sysroot, pagemap->id, first->id);
}

/* A uid must be unique. Of several pagemaps with one, keeps the one with the lowest ID */
static int drop_duplicates(struct gpusvm_topology *topology)
{
	struct list *list = &topology->pagemaps;
	size_t kept = 0;
	int err = 0;

	list_sort(list, compare_uids);
	for (size_t i = 0; i < list->count; i++) {
		struct gpusvm_pagemap *pagemap = list->items[i];
		struct gpusvm_pagemap *last = kept ? list->items[kept - 1] : NULL;

		if (!last || !is_same_uid(last, pagemap)) {
			list->items[kept++] = pagemap;
			continue;
		}
		if (!err)
			err = warn_duplicate(topology, pagemap, last);
		pagemap_free(pagemap);
	}
	list->count = kept;
	return err;
}

int pagemaps_scan(struct dir *class)
{
	int err;

	err = dir_scan(class, pagemap_add, NULL);
	if (!err)
		err = drop_duplicates(class->topology);
	return err ? err : pagemaps_connect(class->topology);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_pagemap_get_first(const struct gpusvm_topology *topology)
{
	return list_get(&topology->pagemaps, 0);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_pagemap_get_next(const struct gpusvm_pagemap *pagemap)
{
	return list_get(&pagemap->topology->pagemaps, pagemap->index + 1);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_id(const struct gpusvm_topology *topology, uint32_t id)
{
	const struct gpusvm_pagemap key = { .id = id };

	return list_find(&topology->pagemaps, &key, compare_pagemaps);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_uid(const struct gpusvm_topology *topology, const char *uid)
{
	const struct gpusvm_pagemap *pagemap;

	gpusvm_pagemap_foreach(topology, pagemap) {
		if (pagemap->uid && !strcmp(pagemap->uid, uid))
			return pagemap;
	}
	return NULL;
}

GPUSVM_GET_OBJECT(pagemap, topology)

GPUSVM_EXPORT uint32_t gpusvm_pagemap_get_id(const struct gpusvm_pagemap *pagemap)
{
	return pagemap->id;
}

GPUSVM_GET_TEXT(pagemap, uid)

GPUSVM_EXPORT int gpusvm_pagemap_get_region_instance(const struct gpusvm_pagemap *pagemap,
						     uint16_t *instance)
{
	uint64_t value;

	if (figure_get(&pagemap->region_instance, &value))
		return -ENODATA;
	*instance = value;
	return 0;
}

GPUSVM_GET_NUMBER(pagemap, size)
GPUSVM_GET_NUMBER(pagemap, free)

GPUSVM_EXPORT int gpusvm_pagemap_get_numa_node(const struct gpusvm_pagemap *pagemap, int *node)
{
	uint64_t value;

	if (figure_get(&pagemap->numa_node, &value))
		return -ENODATA;
	*node = (int)value;
	return 0;
}

GPUSVM_GET_TEXT(pagemap, state)
GPUSVM_GET_TEXT(pagemap, dmem_region)
GPUSVM_GET_TEXT(pagemap, device)
GPUSVM_GET_TEXT(pagemap, render)
GPUSVM_GET_OBJECT(pagemap, initiator)
GPUSVM_GET_OBJECT(pagemap, group)

GPUSVM_EXPORT const struct gpusvm_link *
gpusvm_pagemap_get_first_link(const struct gpusvm_pagemap *pagemap)
{
	return list_get(&pagemap->links, 0);
}

GPUSVM_EXPORT const struct gpusvm_link *
gpusvm_pagemap_get_next_link(const struct gpusvm_link *link)
{
	return list_get(&link->pagemap->links, link->index_in_pagemap + 1);
}
