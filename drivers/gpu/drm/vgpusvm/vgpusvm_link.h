/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_LINK_H_
#define _VGPUSVM_LINK_H_

#include <linux/types.h>

struct drm_pagemap_link_info;
struct drm_pagemap_node;
struct vgpusvm_config;
struct vgpusvm_device;
struct vgpusvm_link_config;
struct vgpusvm_region;

struct vgpusvm_link_config *vgpusvm_link_find(struct vgpusvm_config *config,
					      const char *target);
void vgpusvm_link_set(struct vgpusvm_link_config *link,
		      const struct drm_pagemap_link_info *info);
bool vgpusvm_link_info(struct vgpusvm_device *vdev,
		       const struct vgpusvm_region *region,
		       struct drm_pagemap_link_info *info);
bool vgpusvm_link_probe(void *private, struct drm_pagemap_node *target,
			struct drm_pagemap_link_info *info);
int vgpusvm_link_push(struct vgpusvm_device *vdev,
		      struct vgpusvm_device *target);

#endif
