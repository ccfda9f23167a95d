/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_RANKING_H
#define GPUSVM_RANKING_H

#include "internal.h"

/* Pagemaps in an order, and the position of the reader */
struct gpusvm_ranking {
	struct gpusvm_topology *topology;
	struct list pagemaps;
	size_t next;
};

struct gpusvm_ranking *ranking_new(const struct gpusvm_topology *topology);
int ranking_add(struct gpusvm_ranking *ranking, const struct gpusvm_pagemap *pagemap);

#endif
