/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_SVM_UNPLUG_H_
#define _XE_SVM_UNPLUG_H_

#include <linux/types.h>

struct drm_pagemap;
struct xe_device;
struct xe_vm;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)

bool xe_svm_is_lost(struct xe_device *xe);
void xe_svm_unplug_vm(struct xe_vm *vm);
void xe_svm_unplug_vms(struct xe_device *xe);
void xe_svm_unplug_memory(struct xe_device *xe);

int xe_svm_empty_pagemap(struct drm_pagemap *dpagemap);

#else

static inline bool xe_svm_is_lost(struct xe_device *xe)
{
	return false;
}

static inline void xe_svm_unplug_vm(struct xe_vm *vm)
{
}

static inline void xe_svm_unplug_vms(struct xe_device *xe)
{
}

static inline void xe_svm_unplug_memory(struct xe_device *xe)
{
}

#endif

#endif
