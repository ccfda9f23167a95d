/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PLACEMENT_H_
#define _VGPUSVM_PLACEMENT_H_

struct drm_device;
struct drm_file;

int vgpusvm_madvise_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file);
int vgpusvm_query_range_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *file);
int vgpusvm_query_placement_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file);

#endif
