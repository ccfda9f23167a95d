/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_LOOKUP_H_
#define _DRM_PAGEMAP_TOPOLOGY_LOOKUP_H_

void drm_pagemap_topology_resolve_barrier(void);

#endif
