/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_FIGURES_H_
#define _VGPUSVM_FIGURES_H_

#include <linux/sizes.h>

#include <drm/drm_pagemap_topology.h>

/*
 * The figures of a GPU that nobody says otherwise of, in MB/s and ns. They
 * are of the size that a data-centre GPU of today has: stacked memory of its
 * own, a serial link of its maker between GPUs, and PCIe to the host. What
 * matters is the order of local, peer and system, which any placement is
 * judged by.
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
#define VGPUSVM_SYSTEM_BANDWIDTH	28000
#define VGPUSVM_SYSTEM_LATENCY		1800

extern const struct drm_pagemap_link_info vgpusvm_local_info;
extern const struct drm_pagemap_link_info vgpusvm_peer_info;
extern const struct drm_pagemap_link_info vgpusvm_refused_info;

extern unsigned int vgpusvm_system_bandwidth;
extern unsigned int vgpusvm_system_latency;

#endif
