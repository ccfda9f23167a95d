/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PREFETCH_H_
#define _VGPUSVM_PREFETCH_H_

struct drm_device;
struct drm_file;

int vgpusvm_prefetch_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);
int vgpusvm_evict_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

#endif
