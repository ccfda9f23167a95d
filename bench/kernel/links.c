// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Change the links between all GPUs. */

#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <drm/drm_pagemap_topology.h>

#include "bench.h"

/* How many links between two GPUs exist. */
static unsigned int bench_num_changes(void)
{
	unsigned int from, to, num = 0;

	for (from = 0; from < bench_num_gpus; from++)
		for (to = 0; to < bench_num_gpus; to++)
			if (from != to && bench_same_island(&bench_gpus[from], &bench_gpus[to]))
				num += bench_num_regions;

	return num;
}

static void bench_put_changes(struct drm_pagemap_link_change *changes, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		drm_pagemap_node_put(changes[i].target);
	kvfree(changes);
}

/* Returns the end of the changes. */
static struct drm_pagemap_link_change *
bench_add_changes(struct drm_pagemap_link_change *change, unsigned int from, unsigned int to,
		  const struct drm_pagemap_link_info *info)
{
	struct drm_pagemap_initiator *target = bench_gpus[to].initiator;
	unsigned int region;

	for (region = 0; region < bench_num_regions; region++, change++) {
		change->initiator = bench_gpus[from].initiator;
		change->target = drm_pagemap_initiator_node(target, region);
		change->info = info;
	}

	return change;
}

/* Of each link between two GPUs. */
static struct drm_pagemap_link_change *
bench_get_changes(const struct drm_pagemap_link_info *info, unsigned int num)
{
	struct drm_pagemap_link_change *changes, *change;
	unsigned int from, to;

	changes = kvcalloc(num, sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return NULL;

	change = changes;
	for (from = 0; from < bench_num_gpus; from++)
		for (to = 0; to < bench_num_gpus; to++)
			if (from != to && bench_same_island(&bench_gpus[from], &bench_gpus[to]))
				change = bench_add_changes(change, from, to, info);

	return changes;
}

static int bench_update(const struct drm_pagemap_link_change *changes, unsigned int num,
			unsigned int per_call)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	int err;

	for (i = 0; i < num; i += per_call) {
		err = drm_pagemap_update_links(&changes[i], min(per_call, num - i));
		if (err)
			return err;
	}
	bench_clear_result();
	bench_report("links", num);
	bench_report("elapsed_ns", ktime_get_ns() - start);

	return 0;
}

static int bench_set_links_per_call(const char *value, const struct kernel_param *param)
{
	static u32 bandwidth = 64000;
	struct drm_pagemap_link_info info = { .hops = -1 };
	struct drm_pagemap_link_change *changes;
	unsigned int per_call, num;
	int err;

	err = kstrtouint(value, 0, &per_call);
	if (err)
		return err;
	if (!per_call || !bench_is_ready())
		return -EINVAL;

	bench_describe(false, ++bandwidth, &info);
	num = bench_num_changes();
	changes = bench_get_changes(&info, num);
	if (!changes)
		return -ENOMEM;

	err = bench_update(changes, num, per_call);
	bench_put_changes(changes, num);
	return err;
}

static const struct kernel_param_ops bench_links_per_call_ops = {
	.set = bench_set_links_per_call,
};

module_param_cb(links_per_call, &bench_links_per_call_ops, NULL, 0200);
MODULE_PARM_DESC(links_per_call, "Change all links, with that many in each call");
