/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_TRAFFIC_H_
#define _VGPUSVM_TRAFFIC_H_

#include <linux/xarray.h>

struct drm_pagemap_link_statistics;

/**
 * struct vgpusvm_traffic - Bytes that a GPU moves over each of its links
 * @links: Counters of a link, indexed by the pagemap ID.
 */
struct vgpusvm_traffic {
	struct xarray links;
};

void vgpusvm_traffic_init(struct vgpusvm_traffic *traffic);
void vgpusvm_traffic_fini(struct vgpusvm_traffic *traffic);
int vgpusvm_traffic_start(struct vgpusvm_traffic *traffic, u32 id);
void vgpusvm_traffic_add(struct vgpusvm_traffic *traffic, u32 id,
			 u64 read_bytes, u64 write_bytes);
void vgpusvm_traffic_read(struct vgpusvm_traffic *traffic, u32 id,
			  struct drm_pagemap_link_statistics *out);

#endif
