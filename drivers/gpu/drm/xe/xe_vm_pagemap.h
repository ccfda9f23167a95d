/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_VM_PAGEMAP_H_
#define _XE_VM_PAGEMAP_H_

#include <linux/types.h>

struct drm_pagemap_node;
struct drm_xe_madvise;
struct drm_xe_vm_get_property;
struct xe_device;
struct xe_vm;
struct xe_vma;

bool xe_vma_set_preferred_loc(struct xe_vma *vma, u32 devmem_fd,
			      struct drm_pagemap_node *node, u32 migration_policy);
u32 xe_vma_preferred_pagemap_id(const struct xe_vma *vma);
bool xe_vma_prefers_id(const struct xe_vma *vma);

bool xe_vm_pagemap_args_are_sane(struct xe_device *xe,
				 const struct drm_xe_madvise *args);
struct drm_pagemap_node *xe_vm_pagemap_lookup(struct xe_vm *vm, u32 id);
int xe_vm_pagemap_check(struct xe_vm *vm, struct drm_pagemap_node *node);
int xe_vm_pagemap_access(struct xe_vm *vm, struct drm_xe_vm_get_property *args);

#endif
