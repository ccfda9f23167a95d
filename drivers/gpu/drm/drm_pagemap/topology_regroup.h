/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_REGROUP_H_
#define _DRM_PAGEMAP_TOPOLOGY_REGROUP_H_

#include <linux/types.h>

struct topology_outcome;
struct work_struct;

int drm_pagemap_topology_regroup(void);
void drm_pagemap_topology_regroup_if_pending(struct work_struct *work);
int drm_pagemap_topology_enable_wanted(struct topology_outcome *outcome);
int drm_pagemap_topology_change_min_bandwidth(u32 min_bandwidth);

#endif
