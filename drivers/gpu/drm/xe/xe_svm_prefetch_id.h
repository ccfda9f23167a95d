/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_SVM_PREFETCH_ID_H_
#define _XE_SVM_PREFETCH_ID_H_

#include <linux/errno.h>
#include <linux/types.h>

struct drm_pagemap_node;
struct drm_xe_vm_bind_op;
struct xe_vm;
struct xe_vma;
struct xe_vma_op_prefetch_range;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)

bool xe_svm_prefetch_args_are_sane(struct xe_vm *vm, const struct drm_xe_vm_bind_op *op);
struct drm_pagemap_node **xe_svm_prefetch_nodes_get(struct xe_vm *vm,
						    const struct drm_xe_vm_bind_op *ops, u32 num);
void xe_svm_prefetch_nodes_put(struct drm_pagemap_node **nodes, u32 num);
int xe_svm_prefetch_node(struct xe_vma *vma, struct drm_pagemap_node *node,
			 struct xe_vma_op_prefetch_range *prefetch);

#else

static inline bool xe_svm_prefetch_args_are_sane(struct xe_vm *vm,
						 const struct drm_xe_vm_bind_op *op)
{
	return false;
}

static inline struct drm_pagemap_node **
xe_svm_prefetch_nodes_get(struct xe_vm *vm, const struct drm_xe_vm_bind_op *ops, u32 num)
{
	return NULL;
}

static inline void xe_svm_prefetch_nodes_put(struct drm_pagemap_node **nodes, u32 num)
{
}

static inline int xe_svm_prefetch_node(struct xe_vma *vma, struct drm_pagemap_node *node,
				       struct xe_vma_op_prefetch_range *prefetch)
{
	return -EINVAL;
}

#endif

#endif
