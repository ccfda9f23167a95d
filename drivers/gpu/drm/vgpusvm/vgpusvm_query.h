/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_QUERY_H_
#define _VGPUSVM_QUERY_H_

struct drm_device;
struct drm_file;

int vgpusvm_query_residency_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file);
int vgpusvm_query_regions_ioctl(struct drm_device *drm, void *data,
				struct drm_file *file);
int vgpusvm_query_stats_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *file);
int vgpusvm_query_caps_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
