/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_VM_PAGEMAP_FD_H_
#define _XE_VM_PAGEMAP_FD_H_

#include <linux/err.h>
#include <linux/types.h>

struct drm_pagemap_node;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)
struct drm_pagemap_node *xe_vm_pagemap_from_fd(int fd, u32 instance);
#else
static inline struct drm_pagemap_node *xe_vm_pagemap_from_fd(int fd, u32 instance)
{
	return ERR_PTR(-ENOENT);
}
#endif

#endif
