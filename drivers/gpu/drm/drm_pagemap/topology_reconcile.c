// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <kunit/visibility.h>

#include "topology_reconcile.h"

#define TOPOLOGY_NONE	U32_MAX

/* A held group may grow only if the rule wants all of it in one block. */
static bool topology_may_grow(const struct topology_reconcile_input *in, u32 group)
{
	unsigned int i;

	for (i = group; i < in->num_initiators; i++)
		if (in->held[i] == group &&
		    (in->wanted[i] != in->wanted[group] ||
		     in->wanted_admin[i] != in->held_admin[i]))
			return false;

	return true;
}

/* grows_into[w]: The lowest held group that takes the free members of wanted block w. */
static void topology_choose_growing(const struct topology_reconcile_input *in,
				    u32 *grows_into)
{
	unsigned int i;

	for (i = 0; i < in->num_initiators; i++)
		grows_into[i] = TOPOLOGY_NONE;

	for (i = 0; i < in->num_initiators; i++)
		if (in->held[i] == i && grows_into[in->wanted[i]] == TOPOLOGY_NONE &&
		    topology_may_grow(in, i))
			grows_into[in->wanted[i]] = i;
}

/*
 * label[i]: A number that all members of a resulting block share. A held group has its
 * own label. The free members of a wanted block join the held group that grows.
 * Otherwise they are a block labelled by its lowest member.
 */
static void topology_label(const struct topology_reconcile_input *in,
			   const u32 *grows_into, u32 *first_free, u32 *label)
{
	unsigned int i;

	for (i = 0; i < in->num_initiators; i++)
		first_free[i] = TOPOLOGY_NONE;

	for (i = 0; i < in->num_initiators; i++) {
		u32 wanted = in->wanted[i];

		if (in->held[i] != TOPOLOGY_NOT_HELD) {
			label[i] = in->held[i];
		} else if (grows_into[wanted] != TOPOLOGY_NONE) {
			label[i] = grows_into[wanted];
		} else {
			if (first_free[wanted] == TOPOLOGY_NONE)
				first_free[wanted] = i;
			label[i] = first_free[wanted];
		}
	}
}

/* Numbers each block by its lowest member. The label of a block can differ from it. */
static void topology_number(unsigned int n, const u32 *label, u32 *lowest, u32 *block)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		lowest[i] = TOPOLOGY_NONE;

	for (i = 0; i < n; i++) {
		if (lowest[label[i]] == TOPOLOGY_NONE)
			lowest[label[i]] = i;
		block[i] = lowest[label[i]];
	}
}

static void topology_find_pending(const struct topology_reconcile_input *in,
				  const u32 *block, bool *pending)
{
	unsigned int i;

	for (i = 0; i < in->num_initiators; i++)
		pending[i] = false;

	for (i = 0; i < in->num_initiators; i++) {
		bool differs = block[i] != in->wanted[i];

		if (in->held[i] != TOPOLOGY_NOT_HELD)
			differs |= in->held_admin[i] != in->wanted_admin[i];
		if (!differs)
			continue;

		/* Both blocks wait: the one that it is in, and the one that the rule wants. */
		pending[block[i]] = true;
		pending[block[in->wanted[i]]] = true;
	}
}

/**
 * drm_pagemap_topology_reconcile() - Compute the partition that holders permit
 * @in: The wanted partition, and the held groups.
 * @block: For each initiator, set to the lowest initiator in its resulting block.
 * @pending: For each block, at its number, set if the rule wants another one.
 *
 * A held group never loses a member, and two held groups never merge. If the rule
 * wants all members of a held group in one block, the free members of this block join
 * the group. The result is then part of a clique. All other initiators are in the
 * block that the rule wants.
 *
 * This is a pure function.
 *
 * Return: 0 on success; %-ENOMEM.
 */
int drm_pagemap_topology_reconcile(const struct topology_reconcile_input *in,
				   u32 *block, bool *pending)
{
	u32 *scratch __free(kvfree) = NULL;
	u32 *grows_into, *first, *label;
	unsigned int n = in->num_initiators;

	scratch = kvmalloc_array(n, 3 * sizeof(*scratch), GFP_KERNEL);
	if (!scratch)
		return -ENOMEM;

	grows_into = scratch;
	first = scratch + n;
	label = scratch + 2 * n;

	topology_choose_growing(in, grows_into);
	topology_label(in, grows_into, first, label);
	topology_number(n, label, first, block);
	topology_find_pending(in, block, pending);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_reconcile);
