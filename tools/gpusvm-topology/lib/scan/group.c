// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define GROUP_ATTR(file, how, max, optional) \
	{ #file, how, optional, offsetof(struct gpusvm_group, file), max }

static const struct attr group_attrs[] = {
	GROUP_ATTR(origin, ATTR_WORD, 0, false),
	GROUP_ATTR(pagemap_list, ATTR_IDS, 0, false),
	GROUP_ATTR(users, ATTR_NUMBER, UINT64_MAX, false),
	GROUP_ATTR(pending, ATTR_NUMBER, 1, false),
	GROUP_ATTR(members_expected, ATTR_NUMBER, UINT_MAX, true),
	GROUP_ATTR(members_joined, ATTR_NUMBER, UINT_MAX, true),
	GROUP_ATTR(complete, ATTR_NUMBER, 1, true),
	GROUP_ATTR(min_read_bandwidth, ATTR_NUMBER, UINT64_MAX, true),
	GROUP_ATTR(min_write_bandwidth, ATTR_NUMBER, UINT64_MAX, true),
	{ 0 }
};

void group_free(void *item)
{
	struct gpusvm_group *group = item;

	list_free(&group->pagemaps, NULL);
	list_free(&group->initiators, NULL);
	free(group->name);
	free(group->origin);
	free(group->pagemap_list);
	free(group);
}

static int group_read(const struct dir *dir, const char *name, void *object, void *data)
{
	struct gpusvm_group *group = object;

	(void)data;
	group->topology = dir->topology;
	group->name = strdup(name);
	if (!group->name)
		return -ENOMEM;
	return dir_read_attrs(dir, group_attrs, group);
}

static const struct object_type group_type = {
	.size = sizeof(struct gpusvm_group),
	.read = group_read,
	.free = group_free,
};

static int group_add(const struct dir *class, const char *name, void *data)
{
	if (!is_word(name))
		return dir_warn(class, name, "not the name of a group");
	return dir_add_object(class, name, &group_type, &class->topology->groups, data);
}

static int compare_groups(const void *a, const void *b)
{
	const struct gpusvm_group *const *left = a, *const *right = b;

	return strverscmp((*left)->name, (*right)->name);
}

/* Connects groups with their members, after all objects were scanned */
void groups_connect(struct gpusvm_topology *topology)
{
	list_sort(&topology->groups, compare_groups);
	for (size_t i = 0; i < topology->groups.count; i++)
		((struct gpusvm_group *)topology->groups.items[i])->index = i;
}

int groups_scan(struct dir *class)
{
	int err;

	err = dir_scan(class, group_add, NULL);
	if (!err)
		groups_connect(class->topology);
	return err;
}

int group_add_pagemap(struct gpusvm_group *group, struct gpusvm_pagemap *pagemap)
{
	pagemap->index_in_group = group->pagemaps.count;
	return list_add(&group->pagemaps, pagemap);
}

int group_add_initiator(struct gpusvm_group *group, struct gpusvm_initiator *initiator)
{
	initiator->index_in_group = group->initiators.count;
	return list_add(&group->initiators, initiator);
}

/* Finds the target of the link "group" in @dir. Returns 0, or -ENOMEM */
int group_from_link(const struct dir *dir, struct gpusvm_group **group)
{
	char *name;
	int err;

	err = dir_read_link(dir, "group", &name);
	/* The device is about to go */
	if (err == -ENOENT)
		return 0;
	if (err)
		return dir_warn_error(dir, "group", err);

	*group = (struct gpusvm_group *)gpusvm_group_find_by_name(dir->topology, name);
	if (!*group)
		err = dir_warn(dir, "group", "its target is not a group");
	free(name);
	return err;
}

GPUSVM_EXPORT const struct gpusvm_group *
gpusvm_group_get_first(const struct gpusvm_topology *topology)
{
	return list_get(&topology->groups, 0);
}

GPUSVM_EXPORT const struct gpusvm_group *
gpusvm_group_get_next(const struct gpusvm_group *group)
{
	return list_get(&group->topology->groups, group->index + 1);
}

GPUSVM_EXPORT const struct gpusvm_group *
gpusvm_group_find_by_name(const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_group key = { .name = (char *)name };

	return list_find(&topology->groups, &key, compare_groups);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_group_get_first_pagemap(const struct gpusvm_group *group)
{
	return list_get(&group->pagemaps, 0);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_group_get_next_pagemap(const struct gpusvm_pagemap *pagemap)
{
	if (!pagemap->group)
		return NULL;
	return list_get(&pagemap->group->pagemaps, pagemap->index_in_group + 1);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_group_get_first_initiator(const struct gpusvm_group *group)
{
	return list_get(&group->initiators, 0);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_group_get_next_initiator(const struct gpusvm_initiator *initiator)
{
	if (!initiator->group)
		return NULL;
	return list_get(&initiator->group->initiators, initiator->index_in_group + 1);
}

GPUSVM_GET_OBJECT(group, topology)
GPUSVM_GET_TEXT(group, name)
GPUSVM_GET_TEXT(group, origin)
GPUSVM_GET_TEXT(group, pagemap_list)
GPUSVM_GET_NUMBER(group, users)
GPUSVM_GET_BOOL(group, pending)
GPUSVM_GET_UINT(group, members_expected)
GPUSVM_GET_UINT(group, members_joined)
GPUSVM_GET_BOOL(group, complete)
GPUSVM_GET_NUMBER(group, min_read_bandwidth)
GPUSVM_GET_NUMBER(group, min_write_bandwidth)
