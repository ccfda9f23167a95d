/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_SVM_PREFETCH_H_
#define _XE_SVM_PREFETCH_H_

#include <linux/types.h>

struct xe_tile;
struct xe_vma;
struct xe_vma_op_prefetch_range;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)

int xe_svm_prefetch_pagemap(struct xe_vma *vma, struct xe_tile *tile,
			    struct xe_vma_op_prefetch_range *prefetch);

#else

static inline int xe_svm_prefetch_pagemap(struct xe_vma *vma, struct xe_tile *tile,
					  struct xe_vma_op_prefetch_range *prefetch)
{
	return 0;
}

#endif

#endif
