// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds objects by any of their names. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

#define NODE_DIR "/dev/dri/"

/* A PCI address may have upper case, and lack its domain if that is 0 */
static bool is_device(const char *device, const char *name)
{
	static const char domain[] = "0000:";

	if (!device)
		return false;
	if (!strcasecmp(device, name))
		return true;
	return !strncmp(device, domain, strlen(domain)) &&
	       !strcasecmp(device + strlen(domain), name);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_find_by_device(const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_initiator *initiator;

	gpusvm_initiator_foreach(topology, initiator) {
		if (is_device(initiator->device, name))
			return initiator;
	}
	return NULL;
}

static bool is_node(const char *node, const char *name)
{
	return node && !strcmp(node, name);
}

static bool is_node_of(const struct gpusvm_initiator *initiator, const char *name)
{
	if (!strncmp(name, NODE_DIR, strlen(NODE_DIR)))
		name += strlen(NODE_DIR);
	return is_node(initiator->render, name) || is_node(initiator->card, name);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_find_by_node(const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_initiator *initiator;

	gpusvm_initiator_foreach(topology, initiator) {
		if (is_node_of(initiator, name))
			return initiator;
	}
	return NULL;
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_find(const struct gpusvm_topology *topology, const char *name)
{
	const struct gpusvm_initiator *initiator;

	initiator = gpusvm_initiator_find_by_uid(topology, name);
	if (!initiator)
		initiator = gpusvm_initiator_find_by_device(topology, name);
	return initiator ? initiator : gpusvm_initiator_find_by_node(topology, name);
}

/* A uid is unique. Initiators with the same device or node are adjacent */
GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_find_next(const struct gpusvm_topology *topology, const char *name,
			   const struct gpusvm_initiator *initiator)
{
	if (gpusvm_initiator_find_by_uid(topology, name))
		return NULL;
	while ((initiator = gpusvm_initiator_get_next(initiator))) {
		if (is_device(initiator->device, name) || is_node_of(initiator, name))
			return initiator;
	}
	return NULL;
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_pagemap_find(const struct gpusvm_topology *topology, const char *name)
{
	uint64_t id;

	if (parse_number(name, UINT32_MAX, &id))
		return gpusvm_pagemap_find_by_id(topology, id);
	return gpusvm_pagemap_find_by_uid(topology, name);
}
