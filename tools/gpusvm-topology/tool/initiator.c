// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "tool.h"

static char *uid(const void *initiator, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_initiator_get_uid(initiator));
}

static char *device(const void *initiator, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_initiator_get_device(initiator));
}

static char *render(const void *initiator, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_initiator_get_render(initiator));
}

static char *group(const void *initiator, const struct options *options)
{
	const struct gpusvm_group *group = gpusvm_initiator_get_group(initiator);

	(void)options;
	return group ? text_copy(gpusvm_group_get_name(group)) : NULL;
}

static bool is_any(const struct gpusvm_link *link)
{
	(void)link;
	return true;
}

static bool is_own(const struct gpusvm_link *link)
{
	return gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)) ==
	       gpusvm_link_get_initiator(link);
}

/* The IDs of the pagemaps that the links with a property lead to */
static char *list_targets(const struct gpusvm_initiator *initiator,
			  bool (*has_property)(const struct gpusvm_link *link))
{
	const struct gpusvm_link *link;
	uint32_t *ids = NULL;
	size_t count = 0;
	char *text;

	gpusvm_initiator_link_foreach(initiator, link) {
		if (!has_property(link))
			continue;
		ids = check_memory(reallocarray(ids, count + 1, sizeof(*ids)));
		ids[count++] = gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));
	}
	text = count ? text_ids(ids, count) : NULL;
	free(ids);
	return text;
}

static char *own(const void *initiator, const struct options *options)
{
	(void)options;
	return list_targets(initiator, is_own);
}

static char *usable(const void *initiator, const struct options *options)
{
	(void)options;
	return list_targets(initiator, gpusvm_link_is_usable);
}

static char *direct(const void *initiator, const struct options *options)
{
	(void)options;
	return list_targets(initiator, gpusvm_link_is_direct);
}

static char *linked(const void *initiator, const struct options *options)
{
	(void)options;
	return list_targets(initiator, is_any);
}

static const struct column columns[] = {
	{ "UID", "name that stays the same over reboots", false, true, uid },
	{ "RENDER", "render node of the GPU", false, true, render },
	{ "GROUP", "group that it is in", false, true, group },
	{ "OWN", "IDs of its own pagemaps", false, true, own },
	{ "USABLE", "IDs of those it can place memory on", false, true, usable },
	{ "DIRECT", "IDs of those it reaches directly, usable or not", false, false, direct },
	{ "LINKED", "IDs of those it has a link to, refused ones included", false, false, linked },
	{ "DEVICE", "name of the GPU on its bus", false, false, device },
	{ 0 }
};

static const void *first(const struct gpusvm_topology *topology)
{
	return gpusvm_initiator_get_first(topology);
}

static const void *next(const void *initiator)
{
	return gpusvm_initiator_get_next(initiator);
}

const struct kind initiator_kind = { "initiators", columns, first, next };
