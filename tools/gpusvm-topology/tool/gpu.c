// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

/* Finds a GPU by its names or one of its pagemaps. Returns the first of several partitions */
const struct gpusvm_initiator *initiator_of(const struct gpusvm_topology *topology,
					    const char *name)
{
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find(topology, name);

	if (pagemap)
		return gpusvm_pagemap_get_initiator(pagemap);
	return gpusvm_initiator_find(topology, name);
}

/* Returns the next partition with this name */
const struct gpusvm_initiator *next_initiator_of(const struct gpusvm_initiator *initiator,
						 const char *name)
{
	const struct gpusvm_topology *topology = gpusvm_initiator_get_topology(initiator);

	if (gpusvm_pagemap_find(topology, name))
		return NULL;
	return gpusvm_initiator_find_next(topology, name, initiator);
}
