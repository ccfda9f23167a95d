/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_SYSFS_INTERNAL_H_
#define _DRM_PAGEMAP_TOPOLOGY_SYSFS_INTERNAL_H_

#include <linux/device.h>
#include <linux/sysfs.h>

#include "topology_change.h"
#include "topology_sysfs.h"

/* Interface between the files that publish one kind of object each. */

#define TOPOLOGY_SYSFS_MEMBERS	"initiators"
#define TOPOLOGY_SYSFS_PAGEMAPS	"pagemaps"
#define TOPOLOGY_SYSFS_TARGETS	"targets"

extern const struct class drm_pagemap_topology_pagemap_class;
extern const struct class drm_pagemap_topology_initiator_class;
extern const struct class drm_pagemap_topology_link_class;
extern const struct class drm_pagemap_topology_group_class;

/* Directories that contain symbolic links only */
extern const struct attribute_group drm_pagemap_topology_sysfs_members_group;
extern const struct attribute_group drm_pagemap_topology_sysfs_pagemaps_group;
extern const struct attribute_group drm_pagemap_topology_sysfs_targets_group;

int drm_pagemap_topology_sysfs_add_device(struct device *dev, struct topology_event *event);
void drm_pagemap_topology_sysfs_del_device(struct device *dev);

int drm_pagemap_topology_sysfs_add_region(struct drm_pagemap_region *region);
int drm_pagemap_topology_sysfs_add_render(struct drm_pagemap_initiator *initiator,
					  struct device *dev);
int drm_pagemap_topology_sysfs_group_var(const struct drm_pagemap_initiator *initiator,
					 struct kobj_uevent_env *env);

#endif
