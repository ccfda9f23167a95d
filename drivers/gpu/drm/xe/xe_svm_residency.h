/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_SVM_RESIDENCY_H_
#define _XE_SVM_RESIDENCY_H_

#include <linux/errno.h>
#include <linux/kconfig.h>

struct drm_device;
struct drm_file;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)
int xe_vm_query_residency_ioctl(struct drm_device *dev, void *data, struct drm_file *file);
#else
static inline int xe_vm_query_residency_ioctl(struct drm_device *dev, void *data,
					      struct drm_file *file)
{
	return -EOPNOTSUPP;
}
#endif

#endif
