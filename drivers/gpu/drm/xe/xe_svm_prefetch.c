// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The pagemaps that prefetches of an SVM VM use.
 */

#include <drm/drm_pagemap.h>

#include "xe_device.h"
#include "xe_svm.h"
#include "xe_svm_pagemap.h"
#include "xe_svm_prefetch.h"
#include "xe_tile.h"
#include "xe_vm.h"
#include "xe_vm_pagemap.h"

/**
 * xe_svm_prefetch_pagemap() - Choose the pagemap that a prefetch migrates to
 * @vma: The VMA.
 * @tile: The tile whose memory the program asks for; %NULL for the preference of @vma.
 * @prefetch: The prefetch. Its pagemap is set.
 *
 * A prefetch is best effort: if the pagemap can't be used now, the pages stay where
 * they are. But a program that has asked for a pagemap ID gets the error.
 *
 * Return: 0 on success, or a negative error code.
 */
int xe_svm_prefetch_pagemap(struct xe_vma *vma, struct xe_tile *tile,
			    struct xe_vma_op_prefetch_range *prefetch)
{
	struct xe_vm *vm = xe_vma_vm(vma);
	struct xe_tile *root = xe_device_get_root_tile(vm->xe);
	struct drm_pagemap *dpagemap;
	int err;

	dpagemap = xe_svm_keep_pagemap(vm, tile ? xe_tile_local_pagemap(vm, tile) :
				       xe_vma_resolve_pagemap(vma, root));
	err = PTR_ERR_OR_ZERO(dpagemap);
	prefetch->dpagemap = err ? NULL : dpagemap;
	prefetch->stay = err;

	return err == -EINTR || (!tile && xe_vma_prefers_id(vma)) ? err : 0;
}
