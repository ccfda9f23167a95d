/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_CONFIGFS_H_
#define _DRM_PAGEMAP_TOPOLOGY_CONFIGFS_H_

int drm_pagemap_topology_configfs_init(void);
void drm_pagemap_topology_configfs_fini(void);

#endif
