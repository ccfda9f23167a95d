/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PAGEMAP_H_
#define _VGPUSVM_PAGEMAP_H_

#include <drm/drm_pagemap_topology.h>

struct vgpusvm_region;

extern const struct drm_pagemap_region_ops vgpusvm_region_ops;

void vgpusvm_pagemap_init_ops(void);
void vgpusvm_pagemap_reap(struct vgpusvm_region *region);
void vgpusvm_region_lose(struct vgpusvm_region *region);

#endif
