// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tool.h"

static struct json_object *id(const void *pagemap)
{
	return json_number(0, gpusvm_pagemap_get_id(pagemap));
}

static struct json_object *uid(const void *pagemap)
{
	return json_text(gpusvm_pagemap_get_uid(pagemap));
}

static struct json_object *instance(const void *pagemap)
{
	uint16_t number = 0;
	int err = gpusvm_pagemap_get_region_instance(pagemap, &number);

	return json_number(err, number);
}

static struct json_object *size(const void *pagemap)
{
	uint64_t bytes = 0;
	int err = gpusvm_pagemap_get_size(pagemap, &bytes);

	return json_number(err, bytes);
}

static struct json_object *free_size(const void *pagemap)
{
	uint64_t bytes = 0;
	int err = gpusvm_pagemap_get_free(pagemap, &bytes);

	return json_number(err, bytes);
}

static struct json_object *node(const void *pagemap)
{
	int number = 0;
	int err = gpusvm_pagemap_get_numa_node(pagemap, &number);

	return json_integer(err, number);
}

static struct json_object *state(const void *pagemap)
{
	return json_text(gpusvm_pagemap_get_state(pagemap));
}

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

static struct json_object *render(const void *pagemap)
{
	return json_text(gpusvm_pagemap_get_render(pagemap));
}

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

static struct json_object *device(const void *pagemap)
{
	return json_text(gpusvm_pagemap_get_device(pagemap));
}

static struct json_object *dmem_region(const void *pagemap)
{
	return json_text(gpusvm_pagemap_get_dmem_region(pagemap));
}

static const struct column columns[] = {
	{ "ID", "id", "ID, which programs pass to ioctls",
	  COLUMN_DEFAULT | COLUMN_RIGHT, id, NULL },
	{ "UID", "uid", "uid, the same after a reboot",
	  COLUMN_DEFAULT, uid, NULL },
	{ "SIZE", "size", "size of the region",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, size, NULL },
	{ "FREE", "free", "free part of the size",
	  COLUMN_DEFAULT | COLUMN_RIGHT | COLUMN_SIZE, free_size, NULL },
	{ "NODE", "numa_node", "NUMA node, -1 if none",
	  COLUMN_DEFAULT | COLUMN_RIGHT, node, NULL },
	{ "STATE", "state", "idle, active or cached",
	  COLUMN_DEFAULT, state, NULL },
	{ "GROUP", "group", "current group",
	  COLUMN_DEFAULT, group, NULL },
	{ "RENDER", "render", "render node of the GPU",
	  COLUMN_DEFAULT, render, NULL },
	{ "RIGHTS", "rights", "whether you may use the render node: " RIGHTS_HELP,
	  COLUMN_DEFAULT, rights, rights_color },
	{ "INITIATOR", "initiator_uid", "uid of the GPU that owns it",
	  0, initiator, NULL },
	{ "DEVICE", "device", "name of the GPU on its bus",
	  0, device, NULL },
	{ "INSTANCE", "region_instance", "the driver's number for the region",
	  COLUMN_RIGHT, instance, NULL },
	{ "DMEM", "dmem_region", "name in the dmem cgroup controller",
	  0, dmem_region, NULL },
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
