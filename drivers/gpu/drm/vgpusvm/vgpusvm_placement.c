// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The ioctls of placement: MADVISE sets preferences, QUERY_RANGE lists them, and
 * QUERY_PLACEMENT returns what MADVISE would accept.
 */

#include <linux/cleanup.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_file.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_print.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_array.h"
#include "vgpusvm_device.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_options.h"
#include "vgpusvm_placement.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_trace.h"
#include "vgpusvm_vm.h"
#include "vgpusvm_vram.h"

/* Number of parts to list before the VM's lock is released */
#define VGPUSVM_LIST_PARTS	64

static void vgpusvm_node_put(struct drm_pagemap_node *node)
{
	if (!IS_ERR(node))
		drm_pagemap_node_put(node);
}

DEFINE_FREE(vgpusvm_node, struct drm_pagemap_node *, vgpusvm_node_put(_T))

/*
 * Get the node of a region by open file and instance, as other drivers do. The
 * open file is the only permission that the caller needs.
 */
static struct drm_pagemap_node *
vgpusvm_fd_to_node(const struct drm_vgpusvm_madvise *args)
{
	struct file *filp __free(fput) = fget(args->devmem_fd);
	struct vgpusvm_region *region;
	struct drm_device *drm;
	struct drm_file *file;

	if (!filp)
		return ERR_PTR(-EBADF);

	if (filp->f_op != &vgpusvm_fops)
		return ERR_PTR(-EINVAL);

	file = filp->private_data;
	drm = file->minor->dev;

	region = vgpusvm_device_find_instance(to_vgpusvm(drm),
					      args->region_instance);
	if (!region)
		return ERR_PTR(-ENOENT);

	/* A GPU that is still being probed has no IDs yet */
	return region->id ? drm_pagemap_node_lookup(drm, region->id) :
			    ERR_PTR(-ENODEV);
}

static int vgpusvm_madvise_check(const struct drm_vgpusvm_madvise *args)
{
	if (args->flags & ~DRM_VGPUSVM_MADVISE_FD ||
	    memchr_inv(args->pad, 0, sizeof(args->pad)) ||
	    memchr_inv(args->reserved, 0, sizeof(args->reserved)))
		return -EINVAL;

	if (!(args->flags & DRM_VGPUSVM_MADVISE_FD))
		return args->devmem_fd || args->region_instance ? -EINVAL : 0;
	if (args->pagemap_id)
		return -EINVAL;

	return READ_ONCE(vgpusvm_fd_placement) ? 0 : -EOPNOTSUPP;
}

/* Returns a node with a reference, or %NULL for no preference. */
static struct drm_pagemap_node *
vgpusvm_madvise_node(struct drm_device *drm,
		     const struct drm_vgpusvm_madvise *args)
{
	if (args->flags & DRM_VGPUSVM_MADVISE_FD)
		return vgpusvm_fd_to_node(args);
	if (args->pagemap_id == DRM_VGPUSVM_PAGEMAP_NONE)
		return NULL;

	return drm_pagemap_node_lookup(drm, args->pagemap_id);
}

/* Create the struct pages at once, as drivers that take open files do. */
static int vgpusvm_instantiate(struct vgpusvm_vm *vm,
			       struct drm_pagemap_node *node)
{
	struct drm_pagemap *dpagemap = vgpusvm_vm_resolve(vm, node);

	if (IS_ERR(dpagemap))
		return PTR_ERR(dpagemap);
	drm_pagemap_put(dpagemap);

	return 0;
}

static int vgpusvm_madvise_locked(struct vgpusvm_vm *vm,
				  const struct drm_vgpusvm_madvise *args,
				  struct drm_pagemap_node *node)
{
	int err;

	if (node) {
		err = vgpusvm_vm_check_group(vm, node);
		if (err)
			return err;
		node = vgpusvm_prefs_keep_node(vm, node);
		if (IS_ERR(node))
			return PTR_ERR(node);
	}

	if (args->flags & DRM_VGPUSVM_MADVISE_FD) {
		err = vgpusvm_instantiate(vm, node);
		if (err)
			return err;
	}

	return vgpusvm_prefs_set(vm, args->start, args->start + args->length,
				 node);
}

/* Report the ID of the pagemap, also if it was selected by an open file. */
static void vgpusvm_madvise_trace(struct drm_device *drm,
				  const struct drm_vgpusvm_madvise *args,
				  struct drm_pagemap_node *node, int err)
{
	u32 id = IS_ERR_OR_NULL(node) ? args->pagemap_id :
					drm_pagemap_node_id(node);

	trace_vgpusvm_place(drm->dev, id, args->start,
			    args->start + args->length, err);
	if (err)
		drm_dbg(drm, "Can't place 0x%llx bytes at 0x%llx on pagemap %u: %pe\n",
			args->length, args->start, id, ERR_PTR(err));
}

/**
 * vgpusvm_madvise_ioctl() - %DRM_IOCTL_VGPUSVM_MADVISE
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_madvise.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_madvise_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_pagemap_node *node __free(vgpusvm_node) = NULL;
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	struct drm_vgpusvm_madvise *args = data;
	int err;

	err = vgpusvm_madvise_check(args);
	if (err)
		return err;

	vm = vgpusvm_vm_get_range(file, args->vm_id, args->start, args->length);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	/* This may wait for a file system in user space, so hold no lock */
	node = vgpusvm_madvise_node(drm, args);

	err = vgpusvm_vm_lock(vm);
	if (err)
		return err;
	err = PTR_ERR_OR_ZERO(node) ?: vgpusvm_madvise_locked(vm, args, node);
	vgpusvm_vm_unlock(vm);
	vgpusvm_madvise_trace(drm, args, node, err);

	return err;
}

/* Returns %DRM_VGPUSVM_PAGEMAP_NONE without a preference. */
static u32 vgpusvm_pref_id(const struct vgpusvm_pref *pref)
{
	return pref->node ? drm_pagemap_node_id(pref->node) :
			    DRM_VGPUSVM_PAGEMAP_NONE;
}

/**
 * struct vgpusvm_parts - State of copying a list of parts to user space
 * @addr: Start of the next lookup.
 * @end: End of the list.
 * @last: Part that the next part may still extend. Its end is 0 at first.
 * @num: Number of parts before @last.
 */
struct vgpusvm_parts {
	unsigned long addr;
	unsigned long end;
	struct drm_vgpusvm_range_attr last;
	u32 num;
};

/*
 * Find the next complete parts.
 *
 * Returns their number, which is less than @max only at the end of the list.
 */
static u32 vgpusvm_parts_next(struct vgpusvm_vm *vm,
			      struct vgpusvm_parts *parts,
			      struct drm_vgpusvm_range_attr *attrs, u32 max)
{
	struct vgpusvm_pref pref;
	u32 num = 0;

	while (parts->addr < parts->end && num < max) {
		vgpusvm_prefs_at(vm, parts->addr, &pref);
		if (parts->last.end &&
		    vgpusvm_pref_id(&pref) != parts->last.pagemap_id) {
			attrs[num++] = parts->last;
			parts->last.end = 0;
		}
		if (!parts->last.end) {
			parts->last.start = parts->addr;
			parts->last.pagemap_id = vgpusvm_pref_id(&pref);
		}
		parts->addr = min(pref.end, parts->end);
		parts->last.end = parts->addr;
	}
	if (num < max && parts->last.end) {
		attrs[num++] = parts->last;
		parts->last.end = 0;
	}

	return num;
}

/* Release the lock after each piece, before writing to user memory. */
static int vgpusvm_parts_list(struct vgpusvm_vm *vm,
			      struct vgpusvm_parts *parts,
			      struct drm_vgpusvm_range_attr *attrs,
			      const struct drm_vgpusvm_query_range *args)
{
	u32 room = args->num_attrs, stride = args->attr_stride, num, fit;
	int err;

	do {
		err = vgpusvm_vm_lock(vm);
		if (err)
			return err;
		num = vgpusvm_parts_next(vm, parts, attrs, VGPUSVM_LIST_PARTS);
		vgpusvm_vm_unlock(vm);

		fit = parts->num < room ? min(num, room - parts->num) : 0;
		err = vgpusvm_array_write(args->attrs + (u64)parts->num * stride,
					  stride, attrs, sizeof(*attrs), fit);
		if (err)
			return err;
		parts->num += num;
	} while (num == VGPUSVM_LIST_PARTS);

	return 0;
}

/**
 * vgpusvm_query_range_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_RANGE
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_range.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_range_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_vgpusvm_range_attr *attrs __free(kfree) = NULL;
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	struct drm_vgpusvm_query_range *args = data;
	struct vgpusvm_parts parts = {};
	u32 room = args->num_attrs;
	int err;

	if (args->pad || args->reserved || !room != !args->attrs)
		return -EINVAL;
	err = vgpusvm_array_check(args->attr_stride,
				  DRM_VGPUSVM_RANGE_ATTR_SIZE_VER0);
	if (err)
		return err;

	vm = vgpusvm_vm_get_range(file, args->vm_id, args->start, args->length);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	attrs = kcalloc(VGPUSVM_LIST_PARTS, sizeof(*attrs), GFP_KERNEL);
	if (!attrs)
		return -ENOMEM;

	parts.addr = args->start;
	parts.end = args->start + args->length;
	err = vgpusvm_parts_list(vm, &parts, attrs, args);
	if (err)
		return err;

	args->num_attrs = parts.num;

	return room && parts.num > room ? -ENOSPC : 0;
}

static int vgpusvm_check_placement(struct vgpusvm_vm *vm, u32 id)
{
	struct drm_pagemap_node *node __free(vgpusvm_node) = NULL;

	if (id == DRM_VGPUSVM_PAGEMAP_NONE)
		return 0;

	node = drm_pagemap_node_query(&vm->vdev->drm, id);

	return PTR_ERR_OR_ZERO(node) ?: vgpusvm_vm_check_group(vm, node);
}

/* The other errors refer to the query, not to the ID. */
static bool vgpusvm_is_about_id(int err)
{
	return err == -ENOENT || err == -ENODEV || err == -EACCES || err == -ENOLINK;
}

static int vgpusvm_check_placements(struct vgpusvm_vm *vm,
				    struct drm_vgpusvm_placement *placements,
				    u32 num)
{
	u32 i;
	int err;

	err = vgpusvm_vm_check(vm);
	if (err)
		return err;

	for (i = 0; i < num; i++) {
		err = vgpusvm_check_placement(vm, placements[i].pagemap_id);
		if (err && !vgpusvm_is_about_id(err))
			return err;
		placements[i].error = err;
	}

	return 0;
}

/**
 * vgpusvm_query_placement_ioctl() - %DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_query_placement.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_query_placement_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file)
{
	struct drm_vgpusvm_placement *placements __free(kvfree) = NULL;
	struct drm_vgpusvm_query_placement *args = data;
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	u32 num = args->num_placements;
	int err;

	if (args->pad || args->reserved || !num ||
	    num > DRM_VGPUSVM_PLACEMENT_MAX)
		return -EINVAL;
	err = vgpusvm_array_check(args->placement_stride,
				  DRM_VGPUSVM_PLACEMENT_SIZE_VER0);
	if (err)
		return err;

	vm = vgpusvm_vm_get(file, args->vm_id);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	placements = kvmalloc_array(num, sizeof(*placements),
				    GFP_KERNEL_ACCOUNT);
	if (!placements)
		return -ENOMEM;
	err = vgpusvm_array_read(placements, sizeof(*placements), num,
				 args->placements, args->placement_stride);
	if (err)
		return err;

	err = vgpusvm_check_placements(vm, placements, num);
	if (err)
		return err;

	return vgpusvm_array_write(args->placements, args->placement_stride,
				   placements, sizeof(*placements), num);
}
