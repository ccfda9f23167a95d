// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "ranking.h"

/* Returns an empty ranking with a reference to the topology; NULL if memory is short */
struct gpusvm_ranking *ranking_new(const struct gpusvm_topology *topology)
{
	struct gpusvm_ranking *ranking = calloc(1, sizeof(*ranking));

	if (ranking)
		ranking->topology = gpusvm_topology_ref((struct gpusvm_topology *)topology);
	return ranking;
}

int ranking_add(struct gpusvm_ranking *ranking, const struct gpusvm_pagemap *pagemap)
{
	return list_add(&ranking->pagemaps, (void *)pagemap);
}

GPUSVM_EXPORT size_t gpusvm_ranking_count(const struct gpusvm_ranking *ranking)
{
	return ranking->pagemaps.count;
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_ranking_next(struct gpusvm_ranking *ranking)
{
	return list_get(&ranking->pagemaps, ranking->next++);
}

GPUSVM_EXPORT void gpusvm_ranking_free(struct gpusvm_ranking *ranking)
{
	if (!ranking)
		return;
	list_free(&ranking->pagemaps, NULL);
	gpusvm_topology_unref(ranking->topology);
	free(ranking);
}
