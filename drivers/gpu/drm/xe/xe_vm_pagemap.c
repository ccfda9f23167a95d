// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The preferred pagemap of a VMA, and the ioctls that set and query it by ID.
 */

#include <linux/cleanup.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/xe_drm.h>

#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_vm.h"
#include "xe_vm_pagemap.h"

/**
 * xe_vma_set_preferred_loc() - Set the preferred location of a VMA
 * @vma: The VMA, of a VM that is locked.
 * @devmem_fd: The location if @node is %NULL; see &struct drm_xe_madvise.
 * @node: The pagemap, or %NULL. The VMA takes a reference of its own.
 * @migration_policy: Which pages to migrate.
 *
 * Compares pagemaps by their nodes, because each ID has one node. A number of a
 * file descriptor may refer to another file by now.
 *
 * Return: %true if the location changed.
 */
bool xe_vma_set_preferred_loc(struct xe_vma *vma, u32 devmem_fd,
			      struct drm_pagemap_node *node, u32 migration_policy)
{
	struct xe_vma_preferred_loc *loc = &vma->attr.preferred_loc;
	bool same = loc->node == node && loc->migration_policy == migration_policy &&
		    (node || loc->devmem_fd == devmem_fd);

	loc->devmem_fd = devmem_fd;
	loc->migration_policy = migration_policy;
	if (loc->node == node)
		return !same;

	xe_pagemap_topology_node_get(node);
	xe_pagemap_topology_node_put(loc->node);
	loc->node = node;

	return true;
}

/**
 * xe_vma_preferred_pagemap_id() - Get the ID of the pagemap that a VMA prefers
 * @vma: The VMA.
 *
 * Return: The ID, or 0 if the VMA prefers no pagemap.
 */
u32 xe_vma_preferred_pagemap_id(const struct xe_vma *vma)
{
	return xe_pagemap_topology_node_id(vma->attr.preferred_loc.node);
}

/**
 * xe_vma_prefers_id() - Check whether a preference was set by pagemap ID
 * @vma: The VMA.
 *
 * Return: %true if so; %false if a file descriptor set it, or if no preference exists.
 */
bool xe_vma_prefers_id(const struct xe_vma *vma)
{
	const struct xe_vma_preferred_loc *loc = &vma->attr.preferred_loc;

	return loc->node && loc->devmem_fd == DRM_XE_PREFERRED_LOC_DEFAULT_DEVICE;
}

/**
 * xe_vm_pagemap_args_are_sane() - Check arguments from user space
 * @xe: The device.
 * @args: Arguments of type %DRM_XE_MEM_RANGE_ATTR_PREFERRED_PAGEMAP.
 *
 * Return: %true if the members of this type are valid.
 */
bool xe_vm_pagemap_args_are_sane(struct xe_device *xe,
				 const struct drm_xe_madvise *args)
{
	if (XE_IOCTL_DBG(xe, args->preferred_pagemap.pad))
		return false;

	return !XE_IOCTL_DBG(xe, args->preferred_pagemap.reserved);
}

/**
 * xe_vm_pagemap_lookup() - Look up a pagemap ID from user space
 * @vm: The VM of the ioctl.
 * @id: The ID.
 *
 * Call it in the ioctl, because the result depends on the permissions of the task, and
 * without a lock, because a file system of this task can delay it. Then call
 * xe_vm_pagemap_check().
 *
 * Return: The node with a reference; %NULL if @id is 0; or an error pointer, see
 * &drm_xe_madvise.preferred_pagemap.
 */
struct drm_pagemap_node *xe_vm_pagemap_lookup(struct xe_vm *vm, u32 id)
{
	if (!xe_vm_in_fault_mode(vm))
		return ERR_PTR(-EINVAL);

	return id ? xe_pagemap_topology_lookup(vm->xe, id) : NULL;
}

/**
 * xe_vm_pagemap_check() - Check whether a VM can use a pagemap now
 * @vm: The VM, locked.
 * @node: The pagemap.
 *
 * Return: 0 if so; %-ENODEV if its device is gone, %-ENOLINK if it is not in the group of
 * the VM, or if the VM has no page faults.
 */
int xe_vm_pagemap_check(struct xe_vm *vm, struct drm_pagemap_node *node)
{
	lockdep_assert_held(&vm->lock);

	return xe_pagemap_topology_check(node, vm->svm.group);
}

/* The result of DRM_XE_MEM_RANGE_ATTR_PREFERRED_PAGEMAP. */
static int xe_vm_query_access(struct xe_vm *vm, u32 id)
{
	struct drm_pagemap_node *node;
	int err;

	if (!id)
		return 0;

	node = xe_pagemap_topology_query(vm->xe, id);
	if (IS_ERR(node))
		return PTR_ERR(node);

	scoped_guard(rwsem_read, &vm->lock)
		err = xe_vm_pagemap_check(vm, node);
	xe_pagemap_topology_node_put(node);

	return err;
}

static int xe_vm_check_access(struct xe_vm *vm,
			      struct drm_xe_pagemap_access *entries, u32 num)
{
	u32 i;

	if (!xe_vm_in_fault_mode(vm))
		return -EINVAL;
	scoped_guard(rwsem_read, &vm->lock)
		if (xe_vm_is_closed_or_banned(vm))
			return -ENOENT;

	for (i = 0; i < num; i++) {
		entries[i].error = xe_vm_query_access(vm, entries[i].pagemap_id);
		if (fatal_signal_pending(current))
			return -EINTR;
	}

	return 0;
}

/**
 * xe_vm_pagemap_access() - Query which pagemaps a VM may use
 * @vm: The VM.
 * @args: Arguments of %DRM_XE_VM_GET_PROPERTY_PAGEMAP_ACCESS.
 *
 * Return: 0 on success, or a negative error code.
 */
int xe_vm_pagemap_access(struct xe_vm *vm, struct drm_xe_vm_get_property *args)
{
	struct drm_xe_pagemap_access *entries __free(kvfree) = NULL;
	void __user *user = u64_to_user_ptr(args->data);
	u32 num = args->size / sizeof(*entries);
	int err;

	if (XE_IOCTL_DBG(vm->xe, !num || args->size % sizeof(*entries)) ||
	    XE_IOCTL_DBG(vm->xe, num > DRM_XE_PAGEMAP_ACCESS_MAX))
		return -EINVAL;

	entries = vmemdup_user(user, args->size);
	if (IS_ERR(entries))
		return PTR_ERR(entries);

	err = xe_vm_check_access(vm, entries, num);
	if (err)
		return err;

	return copy_to_user(user, entries, args->size) ? -EFAULT : 0;
}
