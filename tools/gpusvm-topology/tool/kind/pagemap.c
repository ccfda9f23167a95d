// SPDX-License-Identifier: GPL-2.0-or-later
#include "kind.h"

static struct json_object *id(const void *pagemap)
{
	return json_number(0, gpusvm_pagemap_get_id(pagemap));
}

static TEXT_VALUE(pagemap, uid)
static SET_VALUE(pagemap, region_instance, uint16_t, json_number)
static NUMBER_VALUE(pagemap, size)
static NUMBER_VALUE(pagemap, free)
static SET_VALUE(pagemap, numa_node, int, json_integer)
static TEXT_VALUE(pagemap, state)

static struct json_object *group(const void *pagemap)
{
	const struct gpusvm_group *group = gpusvm_pagemap_get_group(pagemap);

	return json_text(group ? gpusvm_group_get_name(group) : NULL);
}

static struct json_object *initiator(const void *pagemap)
{
	const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);

	return json_text(initiator ? gpusvm_initiator_get_uid(initiator) : NULL);
}

static TEXT_VALUE(pagemap, render)

static const char *get_rights(const void *pagemap)
{
	const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);

	return initiator ? rights_of(initiator) : NULL;
}

static struct json_object *rights(const void *pagemap)
{
	return json_text(get_rights(pagemap));
}

static const char *rights_color(const void *pagemap)
{
	return rights_get_color(get_rights(pagemap));
}

static TEXT_VALUE(pagemap, device)
static TEXT_VALUE(pagemap, dmem_region)

static const struct column columns[] = {
	{ "ID", "id", "ID, which programs pass to ioctls",
	  COLUMN_DEFAULT | COLUMN_RIGHT, id, NULL },
	{ "UID", "uid", "uid, the same after a reboot",
	  COLUMN_DEFAULT, pagemap_uid, NULL },
	{ "SIZE", "size", "size of the region",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, pagemap_size, NULL },
	{ "FREE", "free", "free part of the size",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, pagemap_free, NULL },
	{ "NODE", "numa_node", "NUMA node, -1 if none",
	  COLUMN_DEFAULT | COLUMN_RIGHT, pagemap_numa_node, NULL },
	{ "STATE", "state", "idle, active or cached",
	  COLUMN_DEFAULT, pagemap_state, NULL },
	{ "GROUP", "group", "current group",
	  COLUMN_DEFAULT, group, NULL },
	{ "RENDER", "render", "render node of the GPU",
	  COLUMN_DEFAULT, pagemap_render, NULL },
	{ "RIGHTS", "rights", "whether you may use the render node: " RIGHTS_HELP,
	  COLUMN_DEFAULT, rights, rights_color },
	{ "INITIATOR", "initiator_uid", "uid of the GPU that owns it",
	  0, initiator, NULL },
	{ "DEVICE", "device", "name of the GPU on its bus",
	  0, pagemap_device, NULL },
	{ "INSTANCE", "region_instance", "the driver's number for the region",
	  COLUMN_RIGHT, pagemap_region_instance, NULL },
	{ "DMEM", "dmem_region", "name in the dmem cgroup controller",
	  0, pagemap_dmem_region, NULL },
	{ 0 }
};

static const void *first(const struct gpusvm_topology *topology)
{
	return gpusvm_pagemap_get_first(topology);
}

static const void *next(const void *pagemap)
{
	return gpusvm_pagemap_get_next(pagemap);
}

const struct kind pagemap_kind = { "pagemaps", columns, first, next };
