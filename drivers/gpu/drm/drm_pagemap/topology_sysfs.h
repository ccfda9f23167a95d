/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_SYSFS_H_
#define _DRM_PAGEMAP_TOPOLOGY_SYSFS_H_

#include <linux/device.h>

struct drm_pagemap_group;
struct drm_pagemap_initiator;
struct drm_pagemap_region;
struct topology_link;

/* Publication. Call all functions except _init() and _fini() within a change. */

int drm_pagemap_topology_sysfs_init(void);
void drm_pagemap_topology_sysfs_fini(void);

int drm_pagemap_topology_sysfs_add_initiator(struct drm_pagemap_initiator *initiator);
void drm_pagemap_topology_sysfs_del_initiator(struct drm_pagemap_initiator *initiator);
void drm_pagemap_topology_sysfs_del_render(struct drm_pagemap_initiator *initiator);
int drm_pagemap_topology_sysfs_add_link(struct topology_link *link);
void drm_pagemap_topology_sysfs_del_link(struct topology_link *link);

int drm_pagemap_topology_sysfs_stage_groups(void);
void drm_pagemap_topology_sysfs_follow_groups(void);
void drm_pagemap_topology_sysfs_leave_group(struct drm_pagemap_initiator *initiator);
void drm_pagemap_topology_sysfs_del_group(struct drm_pagemap_group *group);

#endif
