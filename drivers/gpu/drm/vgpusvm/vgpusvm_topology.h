/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_TOPOLOGY_H_
#define _VGPUSVM_TOPOLOGY_H_

struct drm_pagemap_link_info;
struct vgpusvm_config;
struct vgpusvm_device;
struct vgpusvm_link_config;

int vgpusvm_topology_register(struct vgpusvm_device *vdev);
void vgpusvm_topology_kill(struct vgpusvm_device *vdev);
void vgpusvm_topology_unregister(struct vgpusvm_device *vdev);
int vgpusvm_topology_set_link(struct vgpusvm_config *config,
			      struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info);

#endif
