/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_RECONCILE_H_
#define _DRM_PAGEMAP_TOPOLOGY_RECONCILE_H_

#include <linux/types.h>

#define TOPOLOGY_NOT_HELD	U32_MAX

/**
 * struct topology_reconcile_input - The wanted partition, and the held groups
 * @num_initiators: Number of initiators, which are in uid order.
 * @wanted: For each initiator, the lowest initiator in the block that the rule wants.
 * @wanted_admin: Number of the peer group of that block; 0 if it is none.
 * @held: Number of the held group of each initiator, or %TOPOLOGY_NOT_HELD. The
 *	  number of a group is its lowest member.
 * @held_admin: Number of the peer group that the held group implements; 0 if none.
 */
struct topology_reconcile_input {
	unsigned int num_initiators;
	const u32 *wanted;
	const u32 *wanted_admin;
	const u32 *held;
	const u32 *held_admin;
};

int drm_pagemap_topology_reconcile(const struct topology_reconcile_input *in,
				   u32 *block, bool *pending);

#endif
