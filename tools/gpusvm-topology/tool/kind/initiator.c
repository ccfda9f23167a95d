// SPDX-License-Identifier: GPL-2.0-or-later
#include "kind.h"

static TEXT_VALUE(initiator, uid)
static TEXT_VALUE(initiator, device)
static TEXT_VALUE(initiator, render)

static struct json_object *rights(const void *initiator)
{
	return json_text(rights_of(initiator));
}

static const char *rights_color(const void *initiator)
{
	return rights_get_color(rights_of(initiator));
}

static struct json_object *group(const void *initiator)
{
	const struct gpusvm_group *group = gpusvm_initiator_get_group(initiator);

	return json_text(group ? gpusvm_group_get_name(group) : NULL);
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

/* The IDs of the pagemaps behind links with a property */
static struct json_object *list_targets(const struct gpusvm_initiator *initiator,
					bool (*has_property)(const struct gpusvm_link *link))
{
	struct json_object *ids = json_array();
	const struct gpusvm_link *link;

	gpusvm_initiator_link_foreach(initiator, link) {
		uint32_t id = gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));

		if (has_property(link))
			json_append(ids, json_number(0, id));
	}
	return ids;
}

static struct json_object *own(const void *initiator)
{
	return list_targets(initiator, is_own);
}

static struct json_object *usable(const void *initiator)
{
	return list_targets(initiator, gpusvm_link_is_usable);
}

static struct json_object *direct(const void *initiator)
{
	return list_targets(initiator, gpusvm_link_is_direct);
}

static struct json_object *linked(const void *initiator)
{
	return list_targets(initiator, is_any);
}

static const struct column columns[] = {
	{ "UID", "uid", "uid, the same after a reboot",
	  COLUMN_DEFAULT, initiator_uid, NULL },
	{ "RENDER", "render", "render node of the GPU",
	  COLUMN_DEFAULT, initiator_render, NULL },
	{ "RIGHTS", "rights", "whether you may use the render node: " RIGHTS_HELP,
	  COLUMN_DEFAULT, rights, rights_color },
	{ "GROUP", "group", "current group",
	  COLUMN_DEFAULT, group, NULL },
	{ "OWN", "own_ids", "IDs of its own pagemaps",
	  COLUMN_DEFAULT, own, NULL },
	{ "USABLE", "usable_ids", "IDs of usable pagemaps",
	  COLUMN_DEFAULT, usable, NULL },
	{ "DIRECT", "direct_ids", "IDs of pagemaps with direct access, usable or not",
	  0, direct, NULL },
	{ "LINKED", "linked_ids", "IDs of pagemaps with a link, direct or refused",
	  0, linked, NULL },
	{ "DEVICE", "device", "name of the GPU on its bus",
	  0, initiator_device, NULL },
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
