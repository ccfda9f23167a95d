/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_HOLD_H_
#define _DRM_PAGEMAP_TOPOLOGY_HOLD_H_

#include <linux/types.h>
#include <linux/workqueue.h>

struct drm_pagemap;
struct drm_pagemap_group;
struct drm_pagemap_region;

void drm_pagemap_topology_region_hold(struct drm_pagemap_region *region,
				      struct drm_pagemap_group *group,
				      struct drm_pagemap *dpagemap);
void drm_pagemap_topology_region_unhold(struct drm_pagemap_region *region);
bool drm_pagemap_topology_region_active(struct drm_pagemap_region *region);

int drm_pagemap_topology_group_users(struct drm_pagemap_group *group);
bool drm_pagemap_topology_group_to_be_watched(struct drm_pagemap_group *group);
void drm_pagemap_topology_groups_freeze(void);
void drm_pagemap_topology_groups_thaw(void);
void drm_pagemap_topology_groups_reap(void);

void drm_pagemap_topology_recheck(void);
void drm_pagemap_topology_recheck_later(void);
void drm_pagemap_topology_hold_init(work_func_t recheck);
void drm_pagemap_topology_hold_fini(void);

#endif
