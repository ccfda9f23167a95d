/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_FIGURES_H_
#define _VGPUSVM_FIGURES_H_

#include <linux/sizes.h>

#include <drm/drm_pagemap_topology.h>

/*
 * Default bandwidth and latency of virtual GPUs, in MB/s and ns. The values
 * resemble a current data-centre GPU: stacked local memory, a vendor-specific
 * serial link between GPUs, and PCIe to the host. Only their order matters,
 * local before peer before system memory, because it ranks placements.
 */
#define VGPUSVM_DEFAULT_SIZE		SZ_64M
#define VGPUSVM_LOCAL_READ_BANDWIDTH	1600000
#define VGPUSVM_LOCAL_WRITE_BANDWIDTH	1400000
#define VGPUSVM_LOCAL_READ_LATENCY	400
#define VGPUSVM_LOCAL_WRITE_LATENCY	350
#define VGPUSVM_PEER_READ_BANDWIDTH	106000
#define VGPUSVM_PEER_WRITE_BANDWIDTH	106000
#define VGPUSVM_PEER_READ_LATENCY	1100
#define VGPUSVM_PEER_WRITE_LATENCY	900

extern const struct drm_pagemap_link_info vgpusvm_local_info;
extern const struct drm_pagemap_link_info vgpusvm_peer_info;
extern const struct drm_pagemap_link_info vgpusvm_refused_info;

#endif
