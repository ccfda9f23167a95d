/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_ACCESS_H_
#define _DRM_PAGEMAP_TOPOLOGY_ACCESS_H_

#include <linux/types.h>

struct drm_device;

/**
 * enum topology_access - Tasks that may place memory on a foreign GPU's pagemap
 * @TOPOLOGY_ACCESS_OPEN: Tasks that could open the render node of that GPU.
 * @TOPOLOGY_ACCESS_CGROUP: Tasks whose device cgroup allows that render node.
 * @TOPOLOGY_ACCESS_NONE: Tasks with %CAP_SYS_ADMIN.
 */
enum topology_access {
	TOPOLOGY_ACCESS_OPEN,
	TOPOLOGY_ACCESS_CGROUP,
	TOPOLOGY_ACCESS_NONE,
};

/**
 * struct topology_render_node - Render node that guards a GPU's memory
 * @devt: Device number; 0 if the GPU has no render node.
 * @path: Path of the node, to be looked up as the calling task.
 */
struct topology_render_node {
	dev_t devt;
	char path[40];
};

enum topology_access drm_pagemap_topology_access_get(void);
void drm_pagemap_topology_access_set(enum topology_access access);
void drm_pagemap_topology_access_describe(struct topology_render_node *node,
					  struct drm_device *drm);
int drm_pagemap_topology_access_check(const struct topology_render_node *node, bool audit);

#if IS_ENABLED(CONFIG_KUNIT)
int drm_pagemap_topology_access_cgroup(const struct topology_render_node *node);
#endif

#endif
