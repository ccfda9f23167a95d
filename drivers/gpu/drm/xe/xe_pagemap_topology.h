/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_PAGEMAP_TOPOLOGY_H_
#define _XE_PAGEMAP_TOPOLOGY_H_

#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct device;
struct xe_device;
struct xe_vram_region;

#if IS_ENABLED(CONFIG_DRM_XE_PAGEMAP)

void xe_pagemap_topology_init_early(struct xe_device *xe);
int xe_pagemap_topology_wait(struct xe_device *xe);
void xe_pagemap_topology_register(struct xe_device *xe);
void xe_pagemap_topology_kill(struct xe_device *xe);
void xe_pagemap_topology_unregister(struct xe_device *xe);

struct drm_pagemap_group *xe_pagemap_topology_hold(struct xe_device *xe);
struct drm_pagemap *xe_pagemap_topology_resolve(struct xe_vram_region *vr,
						struct drm_pagemap_group *group);
struct drm_pagemap_node *xe_pagemap_topology_lookup(struct xe_device *xe, u32 id);
struct drm_pagemap_node *xe_pagemap_topology_query(struct xe_device *xe, u32 id);
int xe_pagemap_topology_check(struct drm_pagemap_node *node, struct drm_pagemap_group *group);
u32 xe_pagemap_topology_id(const struct xe_vram_region *vr);
void xe_pagemap_topology_node_get(struct drm_pagemap_node *node);
void xe_pagemap_topology_node_put(struct drm_pagemap_node *node);

void xe_pagemap_topology_identify(struct xe_device *xe, char *identity, size_t size);
void xe_pagemap_topology_resume(struct device *dev);
void xe_pagemap_topology_suspend(struct device *dev);
void xe_pagemap_topology_print_identity(struct device *dev, const u16 model[4], u64 serial,
					char *identity, size_t size);

/**
 * xe_pagemap_topology_release() - Release a group
 * @group: Return value of xe_pagemap_topology_hold(), or %NULL.
 */
static inline void xe_pagemap_topology_release(struct drm_pagemap_group *group)
{
	drm_pagemap_group_release(group);
}

/**
 * xe_pagemap_topology_owner() - Get the owner of the pages that a VM reaches
 * @group: The group that the VM holds, or %NULL.
 *
 * Return: The owner, or %NULL without a group.
 */
static inline void *xe_pagemap_topology_owner(struct drm_pagemap_group *group)
{
	return group ? drm_pagemap_group_owner(group) : NULL;
}

/**
 * xe_pagemap_topology_node_id() - Get the ID of a node
 * @node: The node, or %NULL.
 *
 * Return: The ID, or 0 without a node.
 */
static inline u32 xe_pagemap_topology_node_id(const struct drm_pagemap_node *node)
{
	return node ? drm_pagemap_node_id(node) : 0;
}

#else

static inline void xe_pagemap_topology_init_early(struct xe_device *xe)
{
}

static inline int xe_pagemap_topology_wait(struct xe_device *xe)
{
	return 0;
}

static inline void xe_pagemap_topology_register(struct xe_device *xe)
{
}

static inline void xe_pagemap_topology_kill(struct xe_device *xe)
{
}

static inline void xe_pagemap_topology_unregister(struct xe_device *xe)
{
}

static inline struct drm_pagemap_group *xe_pagemap_topology_hold(struct xe_device *xe)
{
	return NULL;
}

static inline void xe_pagemap_topology_release(struct drm_pagemap_group *group)
{
}

static inline void *xe_pagemap_topology_owner(struct drm_pagemap_group *group)
{
	return NULL;
}

static inline struct drm_pagemap_node *xe_pagemap_topology_lookup(struct xe_device *xe,
								  u32 id)
{
	return ERR_PTR(-EINVAL);
}

static inline struct drm_pagemap_node *xe_pagemap_topology_query(struct xe_device *xe, u32 id)
{
	return ERR_PTR(-EINVAL);
}

static inline int xe_pagemap_topology_check(struct drm_pagemap_node *node,
					    struct drm_pagemap_group *group)
{
	return -ENOLINK;
}

static inline u32 xe_pagemap_topology_id(const struct xe_vram_region *vr)
{
	return 0;
}

static inline void xe_pagemap_topology_node_get(struct drm_pagemap_node *node)
{
}

static inline void xe_pagemap_topology_node_put(struct drm_pagemap_node *node)
{
}

static inline u32 xe_pagemap_topology_node_id(const struct drm_pagemap_node *node)
{
	return 0;
}

#endif

#endif
