/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_SCOPE_H_
#define _DRM_PAGEMAP_TOPOLOGY_SCOPE_H_

#include <linux/list.h>
#include <linux/types.h>

#include "topology_initiator.h"

struct drm_pagemap_group;
struct topology_peer_group;

/* Accessed only within a change. By &drm_pagemap_initiator.at_scope. */
extern struct list_head drm_pagemap_topology_scope;

void drm_pagemap_topology_scope_add(struct drm_pagemap_initiator *initiator);
void drm_pagemap_topology_scope_add_all(void);
void drm_pagemap_topology_scope_add_group(struct drm_pagemap_group *group);
void drm_pagemap_topology_scope_add_peers(struct topology_peer_group *peers);
void drm_pagemap_topology_scope_close(void);
void drm_pagemap_topology_scope_update_refusals(void);
bool drm_pagemap_topology_scope_has_group(struct drm_pagemap_group *group);
void drm_pagemap_topology_scope_remove(struct drm_pagemap_initiator *initiator);
void drm_pagemap_topology_scope_clear(void);

/**
 * drm_pagemap_topology_scope_has() - Check whether the change can affect an initiator
 * @initiator: The initiator.
 *
 * Return: %true if it is in the scope.
 */
static inline bool
drm_pagemap_topology_scope_has(const struct drm_pagemap_initiator *initiator)
{
	return !list_empty(&initiator->at_scope);
}

#endif
