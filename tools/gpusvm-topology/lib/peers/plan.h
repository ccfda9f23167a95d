/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PEER_PLAN_H
#define GPUSVM_PEER_PLAN_H

#include "peers.h"

struct gpusvm_peer_plan {
	struct gpusvm_peers *current;
	struct gpusvm_peers *wanted;
	struct list steps;
	struct list problems;
	char *error;
	char *busy;
};

bool same_members(const struct gpusvm_peer_group *a, const struct gpusvm_peer_group *b);

#endif
