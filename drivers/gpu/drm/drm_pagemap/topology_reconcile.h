/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_RECONCILE_H_
#define _DRM_PAGEMAP_TOPOLOGY_RECONCILE_H_

#include <linux/types.h>

#define TOPOLOGY_NOT_HELD	U32_MAX

/**
 * struct topology_reconcile_input - What is wanted, and what can't be moved
 * @num_initiators: In uid order.
 * @wanted: The block of each initiator by the rule: the lowest initiator in it.
 * @wanted_admin: Number of the administrator's group of that block; 0 if none.
 * @held: Number of the held group each is in, or %TOPOLOGY_NOT_HELD. Groups are
 *	  numbered by their lowest member.
 * @held_admin: Number of the administrator's group that the held group is.
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
