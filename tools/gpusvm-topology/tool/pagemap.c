// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

static char *id(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_number(0, gpusvm_pagemap_get_id(pagemap));
}

static char *uid(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_uid(pagemap));
}

static char *instance(const void *pagemap, const struct options *options)
{
	uint16_t number = 0;
	int err = gpusvm_pagemap_get_region_instance(pagemap, &number);

	(void)options;
	return text_number(err, number);
}

static char *size(const void *pagemap, const struct options *options)
{
	uint64_t bytes;

	return gpusvm_pagemap_get_size(pagemap, &bytes) ? NULL : text_size(bytes, options);
}

static char *free_size(const void *pagemap, const struct options *options)
{
	uint64_t bytes;

	return gpusvm_pagemap_get_free(pagemap, &bytes) ? NULL : text_size(bytes, options);
}

static char *node(const void *pagemap, const struct options *options)
{
	int number;

	(void)options;
	return gpusvm_pagemap_get_numa_node(pagemap, &number) ? NULL :
	       text_format("%d", number);
}

static char *state(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_state(pagemap));
}

static char *group(const void *pagemap, const struct options *options)
{
	const struct gpusvm_group *group = gpusvm_pagemap_get_group(pagemap);

	(void)options;
	return group ? text_copy(gpusvm_group_get_name(group)) : NULL;
}

static char *initiator(const void *pagemap, const struct options *options)
{
	const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);

	(void)options;
	return initiator ? text_copy(gpusvm_initiator_get_uid(initiator)) : NULL;
}

static char *render(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_render(pagemap));
}

static char *device(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_device(pagemap));
}

static char *dmem_region(const void *pagemap, const struct options *options)
{
	(void)options;
	return text_copy(gpusvm_pagemap_get_dmem_region(pagemap));
}

static const struct column columns[] = {
	{ "ID", "number that programs pass to ioctls", true, true, id },
	{ "UID", "name that stays the same over reboots", false, true, uid },
	{ "SIZE", "size of the region", true, true, size },
	{ "FREE", "what is not allocated", true, true, free_size },
	{ "NODE", "NUMA node, -1 if none", true, true, node },
	{ "STATE", "idle, active or cached", false, true, state },
	{ "GROUP", "group that it is in", false, true, group },
	{ "RENDER", "render node of the GPU", false, true, render },
	{ "INITIATOR", "uid of the GPU that it belongs to", false, false, initiator },
	{ "DEVICE", "name of the GPU on its bus", false, false, device },
	{ "INSTANCE", "the driver's number for the region", true, false, instance },
	{ "DMEM", "name in the dmem cgroup controller", false, false, dmem_region },
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
