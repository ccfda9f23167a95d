// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Look up pagemaps. */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>

#include <drm/drm_pagemap_topology.h>

#include "bench.h"

/* Mainline has files for 256 minors, so it opens no render node of a later GPU. */
#define BENCH_MAX_OPEN_GPUS	64u

/* By the first GPU. */
static int bench_look_up(const char *name, u32 id, unsigned int times)
{
	struct drm_pagemap_node *node;
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < times; i++) {
		node = drm_pagemap_node_lookup(bench_gpus->drm, id);
		if (IS_ERR(node))
			return PTR_ERR(node);
		drm_pagemap_node_put(node);
	}
	bench_report(name, div_u64(ktime_get_ns() - start, times));

	return 0;
}

static u32 bench_id(const struct bench_gpu *gpu)
{
	struct drm_pagemap_node *node = drm_pagemap_initiator_node(gpu->initiator, 0);
	u32 id = drm_pagemap_node_id(node);

	drm_pagemap_node_put(node);
	return id;
}

static int bench_lookups(const char *value, const struct kernel_param *param)
{
	unsigned int times, foreign;
	int err;

	err = kstrtouint(value, 0, &times);
	if (err)
		return err;
	if (!times || !bench_is_ready())
		return -EINVAL;

	bench_clear_result();
	err = bench_look_up("own_ns", bench_id(bench_gpus), times);
	if (err)
		return err;

	foreign = min(bench_num_gpus, BENCH_MAX_OPEN_GPUS) - 1;
	return bench_look_up("foreign_ns", bench_id(&bench_gpus[foreign]), times);
}

static const struct kernel_param_ops bench_lookups_ops = {
	.set = bench_lookups,
};

module_param_cb(lookups, &bench_lookups_ops, NULL, 0200);
MODULE_PARM_DESC(lookups, "Look up the pagemaps of two GPUs that often");
