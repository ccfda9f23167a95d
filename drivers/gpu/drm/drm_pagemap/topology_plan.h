/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_PLAN_H_
#define _DRM_PAGEMAP_TOPOLOGY_PLAN_H_

#include <linux/cleanup.h>
#include <linux/types.h>

struct topology_plan;

u32 drm_pagemap_topology_min_bandwidth(void);
void drm_pagemap_topology_set_min_bandwidth(u32 min_bandwidth);

struct topology_plan *drm_pagemap_topology_plan_create(void);
void drm_pagemap_topology_plan_commit(struct topology_plan *plan);
void drm_pagemap_topology_plan_destroy(struct topology_plan *plan);

DEFINE_FREE(topology_plan, struct topology_plan *, drm_pagemap_topology_plan_destroy(_T))

#endif
