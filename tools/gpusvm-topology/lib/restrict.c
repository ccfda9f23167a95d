// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reduces a topology to named parts. */
#include <errno.h>

#include "internal.h"

static void keep_pagemap(struct gpusvm_pagemap *pagemap)
{
	pagemap->kept = true;
	if (pagemap->initiator)
		pagemap->initiator->kept = true;
}

static void keep_initiator(struct gpusvm_initiator *initiator)
{
	const struct list *pagemaps = &initiator->topology->pagemaps;

	initiator->kept = true;
	for (size_t i = 0; i < pagemaps->count; i++) {
		struct gpusvm_pagemap *pagemap = pagemaps->items[i];

		if (pagemap->initiator == initiator)
			pagemap->kept = true;
	}
}

static void keep_group(struct gpusvm_group *group)
{
	group->kept = true;
	for (size_t i = 0; i < group->initiators.count; i++)
		keep_initiator(group->initiators.items[i]);
	for (size_t i = 0; i < group->pagemaps.count; i++)
		keep_pagemap(group->pagemaps.items[i]);
}

/* Keeps all objects with this name. Returns false if no object has it */
static bool keep_name(struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find(topology, name);
	const struct gpusvm_group *group = gpusvm_group_find_by_name(topology, name);
	const struct gpusvm_initiator *initiator;
	bool found = pagemap || group;

	if (pagemap)
		keep_pagemap((struct gpusvm_pagemap *)pagemap);
	if (group)
		keep_group((struct gpusvm_group *)group);
	gpusvm_initiator_find_foreach(topology, name, initiator) {
		keep_initiator((struct gpusvm_initiator *)initiator);
		found = true;
	}
	return found;
}

static void keep_none(struct gpusvm_topology *topology)
{
	for (size_t i = 0; i < topology->pagemaps.count; i++)
		((struct gpusvm_pagemap *)topology->pagemaps.items[i])->kept = false;
	for (size_t i = 0; i < topology->initiators.count; i++)
		((struct gpusvm_initiator *)topology->initiators.items[i])->kept = false;
	for (size_t i = 0; i < topology->groups.count; i++)
		((struct gpusvm_group *)topology->groups.items[i])->kept = false;
}

static bool is_pagemap_kept(const void *item)
{
	return ((const struct gpusvm_pagemap *)item)->kept;
}

static bool is_initiator_kept(const void *item)
{
	return ((const struct gpusvm_initiator *)item)->kept;
}

/* A group stays as long as it has members */
static bool is_group_kept(const void *item)
{
	const struct gpusvm_group *group = item;

	return group->kept || group->initiators.count || group->pagemaps.count;
}

static bool is_link_kept(const void *item)
{
	const struct gpusvm_link *link = item;

	return link->initiator->kept && link->pagemap->kept;
}

static void filter(struct list *list, bool (*is_kept)(const void *item),
		   void (*free_item)(void *item))
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (is_kept(list->items[i]))
			list->items[kept++] = list->items[i];
		else if (free_item)
			free_item(list->items[i]);
	}
	list->count = kept;
}

/* A link is freed with its pagemap, so initiators forget it first */
static void filter_links(struct gpusvm_topology *topology)
{
	for (size_t i = 0; i < topology->initiators.count; i++) {
		struct gpusvm_initiator *initiator = topology->initiators.items[i];

		filter(&initiator->links, is_link_kept, NULL);
		for (size_t j = 0; j < initiator->links.count; j++)
			((struct gpusvm_link *)initiator->links.items[j])->index_in_initiator = j;
	}
	for (size_t i = 0; i < topology->pagemaps.count; i++) {
		struct gpusvm_pagemap *pagemap = topology->pagemaps.items[i];

		filter(&pagemap->links, is_link_kept, link_free);
		for (size_t j = 0; j < pagemap->links.count; j++)
			((struct gpusvm_link *)pagemap->links.items[j])->index_in_pagemap = j;
	}
}

static void filter_group(struct gpusvm_group *group)
{
	filter(&group->initiators, is_initiator_kept, NULL);
	for (size_t i = 0; i < group->initiators.count; i++)
		((struct gpusvm_initiator *)group->initiators.items[i])->index_in_group = i;
	filter(&group->pagemaps, is_pagemap_kept, NULL);
	for (size_t i = 0; i < group->pagemaps.count; i++)
		((struct gpusvm_pagemap *)group->pagemaps.items[i])->index_in_group = i;
}

static void filter_all(struct gpusvm_topology *topology)
{
	filter_links(topology);
	for (size_t i = 0; i < topology->groups.count; i++)
		filter_group(topology->groups.items[i]);
	filter(&topology->pagemaps, is_pagemap_kept, pagemap_free);
	filter(&topology->initiators, is_initiator_kept, initiator_free);
	filter(&topology->groups, is_group_kept, group_free);

	for (size_t i = 0; i < topology->pagemaps.count; i++)
		((struct gpusvm_pagemap *)topology->pagemaps.items[i])->index = i;
	for (size_t i = 0; i < topology->initiators.count; i++)
		((struct gpusvm_initiator *)topology->initiators.items[i])->index = i;
	for (size_t i = 0; i < topology->groups.count; i++)
		((struct gpusvm_group *)topology->groups.items[i])->index = i;
}

GPUSVM_EXPORT int gpusvm_topology_restrict(struct gpusvm_topology *topology,
					   const char *const *names)
{
	keep_none(topology);
	for (; *names; names++) {
		if (!keep_name(topology, *names))
			return -ENOENT;
	}
	filter_all(topology);
	return 0;
}
