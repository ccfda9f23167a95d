// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The pagemaps that page faults of an SVM VM use, and those that the VM keeps.
 */

#include <linux/sizes.h>

#include <drm/drm_pagemap.h>

#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_svm_pagemap.h"
#include "xe_tile.h"
#include "xe_vm.h"

/**
 * xe_svm_check_pages_threshold() - Get the size up to which all pages must be present
 * @vma: A VMA that mirrors the CPU's address space.
 *
 * A range that can move to device memory should not be larger than the memory that
 * the process has touched. Any other range can be, which saves page faults.
 *
 * Return: The threshold for &struct drm_gpusvm_ctx, in bytes.
 */
unsigned long xe_svm_check_pages_threshold(struct xe_vma *vma)
{
	struct xe_vm *vm = xe_vma_vm(vma);

	if (!xe_svm_devmem_possible(vm))
		return 0;

	return IS_DGFX(vm->xe) || vma->attr.preferred_loc.node ? SZ_64K : 0;
}

/**
 * xe_svm_keep_pagemap() - Keep a pagemap of the VM's own device until the VM is closed
 * @vm: The VM.
 * @dpagemap: The pagemap, %NULL or an error pointer.
 *
 * Otherwise, the shrinker could take its struct pages between two page faults, and the
 * second one would have to create them again.
 *
 * Return: @dpagemap.
 */
struct drm_pagemap *xe_svm_keep_pagemap(struct xe_vm *vm, struct drm_pagemap *dpagemap)
{
	struct xe_pagemap *xpagemap;
	struct xe_tile *tile;
	u8 id;

	lockdep_assert_held_write(&vm->lock);

	if (IS_ERR_OR_NULL(dpagemap) || dpagemap->drm != &vm->xe->drm)
		return dpagemap;

	xpagemap = container_of(dpagemap, struct xe_pagemap, dpagemap);
	for_each_tile(tile, vm->xe, id)
		if (xe_tile_to_vr(tile) == xpagemap->vr && !vm->svm.pagemaps[id])
			vm->svm.pagemaps[id] = drm_pagemap_get(dpagemap);

	return dpagemap;
}

/**
 * xe_svm_fault_pagemap() - Choose the pagemap that a page fault migrates to
 * @vma: The VMA.
 * @tile: The tile of the fault.
 * @ctx: The context of the fault. Its owner of device pages is set.
 *
 * If the preferred pagemap can't be used now, the pages stay where they are: with an
 * owner of %NULL, they would all move to system memory.
 *
 * Return: The pagemap with a reference, or %NULL; an error pointer if the fault needs
 * device memory and can't have it.
 */
struct drm_pagemap *xe_svm_fault_pagemap(struct xe_vma *vma, struct xe_tile *tile,
					 struct drm_gpusvm_ctx *ctx)
{
	struct xe_vm *vm = xe_vma_vm(vma);
	struct drm_pagemap *dpagemap;

	dpagemap = xe_svm_keep_pagemap(vm, ctx->devmem_only ?
				       xe_tile_local_pagemap(vm, tile) :
				       xe_vma_resolve_pagemap(vma, tile));
	if (IS_ERR(dpagemap) && ctx->devmem_only)
		return dpagemap;

	ctx->device_private_page_owner = xe_svm_private_page_owner(vm, !dpagemap);

	return IS_ERR(dpagemap) ? NULL : dpagemap;
}

/**
 * xe_svm_pagemap_release() - Release the pagemaps and the group that a VM holds
 * @vm: The VM, where nothing is mapped on the GPU. A second call does nothing.
 */
void xe_svm_pagemap_release(struct xe_vm *vm)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vm->svm.pagemaps); i++) {
		drm_pagemap_put(vm->svm.pagemaps[i]);
		vm->svm.pagemaps[i] = NULL;
	}

	xe_pagemap_topology_release(vm->svm.group);
	vm->svm.group = NULL;
}
