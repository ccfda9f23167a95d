/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_SVM_PAGEMAP_H_
#define _XE_SVM_PAGEMAP_H_

#include <linux/types.h>

struct drm_gpusvm_ctx;
struct drm_pagemap;
struct xe_tile;
struct xe_vm;
struct xe_vma;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)

unsigned long xe_svm_check_pages_threshold(struct xe_vma *vma);
struct drm_pagemap *xe_svm_fault_pagemap(struct xe_vma *vma, struct xe_tile *tile,
					 struct drm_gpusvm_ctx *ctx);
struct drm_pagemap *xe_svm_keep_pagemap(struct xe_vm *vm, struct drm_pagemap *dpagemap);
void xe_svm_pagemap_release(struct xe_vm *vm);

#else

static inline unsigned long xe_svm_check_pages_threshold(struct xe_vma *vma)
{
	return 0;
}

static inline struct drm_pagemap *xe_svm_fault_pagemap(struct xe_vma *vma,
						       struct xe_tile *tile,
						       struct drm_gpusvm_ctx *ctx)
{
	return NULL;
}

static inline void xe_svm_pagemap_release(struct xe_vm *vm)
{
}

#endif

#endif
