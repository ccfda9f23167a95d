// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Prefetches to a pagemap ID, whatever the VMAs prefer.
 */

#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/xe_drm.h>

#include "xe_device.h"
#include "xe_svm_pagemap.h"
#include "xe_svm_prefetch_id.h"
#include "xe_vm.h"
#include "xe_vm_pagemap.h"

/**
 * xe_svm_prefetch_args_are_sane() - Check a prefetch to a pagemap ID from user space
 * @vm: The VM.
 * @op: The operation, with %DRM_XE_VM_BIND_FLAG_PREFETCH_PAGEMAP.
 *
 * Return: %true if the operation can have this flag.
 */
bool xe_svm_prefetch_args_are_sane(struct xe_vm *vm, const struct drm_xe_vm_bind_op *op)
{
	return op->op == DRM_XE_VM_BIND_OP_PREFETCH && op->prefetch_pagemap_id &&
	       xe_vm_in_fault_mode(vm);
}

/**
 * xe_svm_prefetch_nodes_put() - Drop the nodes of the operations of an ioctl
 * @nodes: Return value of xe_svm_prefetch_nodes_get().
 * @num: Number of operations.
 */
void xe_svm_prefetch_nodes_put(struct drm_pagemap_node **nodes, u32 num)
{
	u32 i;

	for (i = 0; nodes && i < num; i++)
		drm_pagemap_node_put(nodes[i]);
	kvfree(nodes);
}

/**
 * xe_svm_prefetch_nodes_get() - Look up the pagemap IDs of the operations of an ioctl
 * @vm: The VM of the ioctl.
 * @ops: The operations, checked.
 * @num: Number of operations.
 *
 * Call it like xe_vm_pagemap_lookup().
 *
 * Return: For each operation the node, or %NULL if it has no ID; %NULL if none has one; or
 * an error pointer.
 */
struct drm_pagemap_node **xe_svm_prefetch_nodes_get(struct xe_vm *vm,
						    const struct drm_xe_vm_bind_op *ops, u32 num)
{
	struct drm_pagemap_node **nodes = NULL, *node;
	u32 i;

	for (i = 0; i < num; i++) {
		if (!(ops[i].flags & DRM_XE_VM_BIND_FLAG_PREFETCH_PAGEMAP))
			continue;
		if (!nodes)
			nodes = kvzalloc_objs(*nodes, num, GFP_KERNEL | __GFP_ACCOUNT |
					      __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
		if (!nodes)
			return ERR_PTR(-ENOMEM);

		node = fatal_signal_pending(current) ? ERR_PTR(-EINTR) :
			xe_vm_pagemap_lookup(vm, ops[i].prefetch_pagemap_id);
		if (IS_ERR(node)) {
			xe_svm_prefetch_nodes_put(nodes, num);
			return ERR_CAST(node);
		}
		nodes[i] = node;
	}

	return nodes;
}

/**
 * xe_svm_prefetch_node() - Get the pagemap of a prefetch to a pagemap ID
 * @vma: The VMA, of a VM that is locked.
 * @node: The node of the ID.
 * @prefetch: The prefetch. Its pagemap is set.
 *
 * Return: 0 on success, or a negative error code: %-EINVAL if @vma does not mirror the
 * process, else as xe_vm_pagemap_check() and drm_pagemap_node_resolve().
 */
int xe_svm_prefetch_node(struct xe_vma *vma, struct drm_pagemap_node *node,
			 struct xe_vma_op_prefetch_range *prefetch)
{
	struct xe_vm *vm = xe_vma_vm(vma);
	struct drm_pagemap *dpagemap;
	int err;

	if (XE_IOCTL_DBG(vm->xe, !xe_vma_is_cpu_addr_mirror(vma)))
		return -EINVAL;

	err = xe_vm_pagemap_check(vm, node);
	if (err)
		return err;

	dpagemap = xe_svm_keep_pagemap(vm, drm_pagemap_node_resolve(node, vm->svm.group));
	if (IS_ERR(dpagemap))
		return PTR_ERR(dpagemap);
	prefetch->dpagemap = dpagemap;

	return 0;
}
