// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Preferred pagemaps of parts of an address space.
 */

#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/maple_tree.h>
#include <linux/minmax.h>
#include <linux/xarray.h>

#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_prefs.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

/**
 * vgpusvm_prefs_at() - Get the preference of an address
 * @vm: The VM, locked.
 * @addr: Address in the VM.
 * @pref: Returned: the preference, and the bounds of a part that has it. The
 *	  part may be larger.
 */
void vgpusvm_prefs_at(struct vgpusvm_vm *vm, unsigned long addr,
		      struct vgpusvm_pref *pref)
{
	MA_STATE(mas, &vm->prefs, addr, addr);

	lockdep_assert_held(&vm->lock);
	mas_lock(&mas);
	pref->node = mas_walk(&mas);
	pref->start = mas.index;
	pref->end = min(mas.last, vm->end - 1) + 1;
	mas_unlock(&mas);
}

/**
 * vgpusvm_prefs_init() - Initialize the preferences of a VM
 * @vm: The VM.
 */
void vgpusvm_prefs_init(struct vgpusvm_vm *vm)
{
	mt_init(&vm->prefs);
	vm->num_parts = 1;
	xa_init_flags(&vm->nodes, XA_FLAGS_ACCOUNT);
}

/**
 * vgpusvm_prefs_fini() - Remove all preferences of a VM
 * @vm: The VM, locked.
 */
void vgpusvm_prefs_fini(struct vgpusvm_vm *vm)
{
	struct drm_pagemap_node *node;
	unsigned long id;

	lockdep_assert_held(&vm->lock);
	mtree_destroy(&vm->prefs);
	xa_for_each(&vm->nodes, id, node)
		drm_pagemap_node_put(node);
	xa_destroy(&vm->nodes);
}

/**
 * vgpusvm_prefs_keep_node() - Keep a node as long as the VM
 * @vm: The VM, locked.
 * @node: Node to be preferred.
 *
 * As a result, parts of the preferences need no reference when they are split.
 *
 * Return: The node, which the VM has a reference to, or an error pointer.
 */
struct drm_pagemap_node *
vgpusvm_prefs_keep_node(struct vgpusvm_vm *vm, struct drm_pagemap_node *node)
{
	u32 id = drm_pagemap_node_id(node);
	struct drm_pagemap_node *known = xa_load(&vm->nodes, id);
	int err;

	if (known)
		return known;

	err = xa_err(xa_store(&vm->nodes, id, node, GFP_KERNEL_ACCOUNT));
	if (err)
		return ERR_PTR(err);

	return drm_pagemap_node_get(node);
}

static bool vgpusvm_prefs_is(struct vgpusvm_vm *vm, unsigned long addr,
			     struct drm_pagemap_node *node)
{
	struct vgpusvm_pref pref;

	vgpusvm_prefs_at(vm, addr, &pref);

	return pref.node == node;
}

/*
 * Calculate by how much the number of parts grows if a range prefers @node.
 * Parts are as long as possible: neighbours differ.
 *
 * Returns whether the preference of any address changes.
 */
static bool vgpusvm_prefs_growth(struct vgpusvm_vm *vm, unsigned long start,
				 unsigned long end,
				 struct drm_pagemap_node *node, int *growth)
{
	struct vgpusvm_pref pref;
	bool differs = false;
	unsigned long addr;

	*growth = 1;
	for (addr = start; addr < end; addr = pref.end) {
		vgpusvm_prefs_at(vm, addr, &pref);
		differs |= pref.node != node;
		/* The part is replaced, except its ends outside of the range */
		*growth += (pref.start < start) + (pref.end > end) - 1;
	}
	/* The new part merges with equal neighbours on both sides */
	if (start && vgpusvm_prefs_is(vm, start - 1, node))
		(*growth)--;
	if (end < vm->end && vgpusvm_prefs_is(vm, end, node))
		(*growth)--;

	return differs;
}

/*
 * Make the GPU fault again where the preference changes, so that its ranges lie
 * within one part.
 */
static void vgpusvm_prefs_zap(struct vgpusvm_vm *vm, unsigned long start,
			      unsigned long end, struct drm_pagemap_node *node)
{
	struct vgpusvm_pref pref;
	unsigned long addr;

	for (addr = start; addr < end; addr = pref.end) {
		vgpusvm_prefs_at(vm, addr, &pref);
		if (pref.node == node)
			continue;
		vgpusvm_range_zap(vm, max(start, pref.start),
				  min(end, pref.end));
	}
}

/**
 * vgpusvm_prefs_set() - Set the preference of a part of the address space
 * @vm: The VM, locked.
 * @start: Start of the part.
 * @end: End of the part, exclusive.
 * @node: Node from vgpusvm_prefs_keep_node(), or %NULL for no preference.
 *
 * Return: 0, -ENOSPC if the VM has too many parts already, -ENOMEM.
 */
int vgpusvm_prefs_set(struct vgpusvm_vm *vm, unsigned long start,
		      unsigned long end, struct drm_pagemap_node *node)
{
	struct vgpusvm_pref pref;
	int err, growth;

	if (!vgpusvm_prefs_growth(vm, start, end, node, &growth))
		return 0;
	if (growth > 0 && vm->num_parts + growth > VGPUSVM_MAX_PARTS)
		return -ENOSPC;

	vgpusvm_prefs_zap(vm, start, end, node);

	/* Merge with equal neighbours, because the tree does not */
	if (start) {
		vgpusvm_prefs_at(vm, start - 1, &pref);
		if (pref.node == node)
			start = pref.start;
	}
	if (end < vm->end) {
		vgpusvm_prefs_at(vm, end, &pref);
		if (pref.node == node)
			end = pref.end;
	}

	err = mtree_store_range(&vm->prefs, start, end - 1, node,
				GFP_KERNEL_ACCOUNT);
	if (!err)
		vm->num_parts += growth;

	return err;
}
