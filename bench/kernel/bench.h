/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_BENCH_H_
#define _TOPOLOGY_BENCH_H_

#include <linux/types.h>

struct drm_device;
struct drm_pagemap_cache;
struct drm_pagemap_initiator;
struct drm_pagemap_link_info;
struct faux_device;

#define BENCH_MAX_REGIONS	16

/**
 * struct bench_gpu - One GPU
 * @faux: Its device.
 * @drm: Its DRM device.
 * @caches: The cache of each region.
 * @initiator: What it is registered as.
 */
struct bench_gpu {
	struct faux_device *faux;
	struct drm_device *drm;
	struct drm_pagemap_cache *caches[BENCH_MAX_REGIONS];
	struct drm_pagemap_initiator *initiator;
};

extern struct bench_gpu *bench_gpus;
extern unsigned int bench_num_gpus;
extern unsigned int bench_num_regions;

/* How often the topology has asked about a link. */
extern u64 bench_probes;

/* Are all GPUs registered? Parameters can be written before. */
bool bench_is_ready(void);
bool bench_same_island(const struct bench_gpu *a, const struct bench_gpu *b);
void bench_describe(bool local, u32 bandwidth, struct drm_pagemap_link_info *info);

/* The parameter "result" has the values since it was cleared. */
void bench_clear_result(void);
void bench_report(const char *name, u64 value);

#endif
