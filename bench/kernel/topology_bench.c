// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A driver of many GPUs without hardware, each of which reaches all pagemaps, to measure
 * what the topology costs. Loading the module registers them. A write to the parameter
 * "links_per_call" changes every link between two GPUs, with that many in each call of
 * drm_pagemap_update_links(). "elapsed_us" has the time of the last of these operations,
 * and "bytes" the memory that registering took.
 */

#include <linux/device/faux.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_pagemap_util.h>

#define BENCH_MAX_REGIONS	16

static unsigned int gpus = 64;
module_param(gpus, uint, 0444);
MODULE_PARM_DESC(gpus, "Number of GPUs");

static unsigned int regions = 1;
module_param(regions, uint, 0444);
MODULE_PARM_DESC(regions, "Number of regions of each GPU, at most 16");

static unsigned long long elapsed_us;
module_param(elapsed_us, ullong, 0444);
MODULE_PARM_DESC(elapsed_us, "Time of the last operation in microseconds");

static unsigned long long bytes;
module_param(bytes, ullong, 0444);
MODULE_PARM_DESC(bytes, "Memory that registering all GPUs took");

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

static struct bench_gpu *bench_gpus;
static bool bench_registered;

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = drm_ioctl,
	.mmap = drm_gem_mmap,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

static const struct drm_driver bench_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.fops = &bench_fops,
	.name = "topology-bench",
	.desc = "GPUs to measure the pagemap topology with",
	.major = 1,
};

static struct drm_pagemap *bench_create(void *private, void *owner)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static const struct drm_pagemap_region_ops bench_region_ops = {
	.create = bench_create,
};

static void bench_describe(bool local, u32 bandwidth, struct drm_pagemap_link_info *info)
{
	info->type = local ? DRM_PAGEMAP_LINK_LOCAL : DRM_PAGEMAP_LINK_VIRTUAL;
	info->attributes = DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH | DRM_PAGEMAP_LINK_HAS_LATENCY;
	info->max_read_bandwidth = bandwidth;
	info->max_write_bandwidth = bandwidth;
	info->read_latency = 1000;
	info->write_latency = 1000;
}

static bool bench_probe_link(void *private, struct drm_pagemap_node *target,
			     struct drm_pagemap_link_info *info)
{
	struct bench_gpu *gpu = private;

	if (drm_pagemap_node_drm(target)->driver != &bench_driver)
		return false;

	bench_describe(drm_pagemap_node_drm(target) == gpu->drm, 64000, info);
	return true;
}

static const struct drm_pagemap_initiator_ops bench_initiator_ops = {
	.probe_link = bench_probe_link,
};

static int bench_create_gpu(struct bench_gpu *gpu, unsigned int index)
{
	struct drm_pagemap_shrinker *shrinker;
	unsigned int i;
	char name[32];

	snprintf(name, sizeof(name), "topology-bench.%u", index);
	gpu->faux = faux_device_create(name, NULL, NULL);
	if (!gpu->faux)
		return -ENODEV;

	gpu->drm = __devm_drm_dev_alloc(&gpu->faux->dev, &bench_driver, sizeof(*gpu->drm), 0);
	if (IS_ERR(gpu->drm))
		return PTR_ERR(gpu->drm);

	shrinker = drm_pagemap_shrinker_create_devm(gpu->drm);
	if (IS_ERR(shrinker))
		return PTR_ERR(shrinker);

	for (i = 0; i < regions; i++) {
		gpu->caches[i] = drm_pagemap_cache_create_devm(shrinker);
		if (IS_ERR(gpu->caches[i]))
			return PTR_ERR(gpu->caches[i]);
	}

	return drm_dev_register(gpu->drm, 0);
}

static int bench_register_gpu(struct bench_gpu *gpu)
{
	struct drm_pagemap_region_info infos[BENCH_MAX_REGIONS] = {};
	struct drm_pagemap_initiator_info info = {
		.drm = gpu->drm,
		.identity = "bench",
		.ops = &bench_initiator_ops,
		.private = gpu,
		.regions = infos,
		.num_regions = regions,
	};
	unsigned int i;

	for (i = 0; i < regions; i++)
		infos[i] = (struct drm_pagemap_region_info) {
			.instance = i,
			.numa_node = NUMA_NO_NODE,
			.size = SZ_2M,
			.cache = gpu->caches[i],
			.ops = &bench_region_ops,
		};

	gpu->initiator = drm_pagemap_initiator_register(&info);
	return PTR_ERR_OR_ZERO(gpu->initiator);
}

static int bench_register(void)
{
	long before = si_mem_available();
	ktime_t start = ktime_get();
	unsigned int i;
	int err;

	for (i = 0; i < gpus; i++) {
		err = bench_register_gpu(&bench_gpus[i]);
		if (err)
			return err;
	}
	elapsed_us = ktime_us_delta(ktime_get(), start);
	bytes = (u64)max(before - si_mem_available(), 0L) << PAGE_SHIFT;

	return 0;
}

static unsigned int bench_num_changes(void)
{
	return gpus * (gpus - 1) * regions;
}

static void bench_put_changes(struct drm_pagemap_link_change *changes)
{
	unsigned int i;

	for (i = 0; i < bench_num_changes(); i++)
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

	for (region = 0; region < regions; region++, change++) {
		change->initiator = bench_gpus[from].initiator;
		change->target = drm_pagemap_initiator_node(target, region);
		change->info = info;
	}

	return change;
}

/* Of each link between two GPUs. */
static struct drm_pagemap_link_change *
bench_get_changes(const struct drm_pagemap_link_info *info)
{
	struct drm_pagemap_link_change *changes, *change;
	unsigned int from, to;

	changes = kvcalloc(bench_num_changes(), sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return NULL;

	change = changes;
	for (from = 0; from < gpus; from++)
		for (to = 0; to < gpus; to++)
			if (from != to)
				change = bench_add_changes(change, from, to, info);

	return changes;
}

static int bench_update(const struct drm_pagemap_link_change *changes, unsigned int per_call)
{
	ktime_t start = ktime_get();
	unsigned int i, num;
	int err;

	for (i = 0; i < bench_num_changes(); i += num) {
		num = min(per_call, bench_num_changes() - i);
		err = drm_pagemap_update_links(&changes[i], num);
		if (err)
			return err;
	}
	elapsed_us = ktime_us_delta(ktime_get(), start);

	return 0;
}

static int bench_set_links_per_call(const char *value, const struct kernel_param *param)
{
	static u32 bandwidth = 64000;
	struct drm_pagemap_link_info info = { .hops = -1 };
	struct drm_pagemap_link_change *changes;
	unsigned int per_call;
	int err;

	err = kstrtouint(value, 0, &per_call);
	if (err)
		return err;
	if (!per_call || !bench_registered)
		return -EINVAL;

	bench_describe(false, ++bandwidth, &info);
	changes = bench_get_changes(&info);
	if (!changes)
		return -ENOMEM;

	err = bench_update(changes, per_call);
	bench_put_changes(changes);
	return err;
}

static const struct kernel_param_ops bench_links_per_call_ops = {
	.set = bench_set_links_per_call,
};

module_param_cb(links_per_call, &bench_links_per_call_ops, NULL, 0200);
MODULE_PARM_DESC(links_per_call, "Change all links, with that many in each call");

static void bench_destroy_gpu(struct bench_gpu *gpu)
{
	if (!IS_ERR_OR_NULL(gpu->initiator))
		drm_pagemap_initiator_kill(gpu->initiator);
	if (!IS_ERR_OR_NULL(gpu->drm))
		drm_dev_unplug(gpu->drm);
	drm_pagemap_initiator_unregister(gpu->initiator);
	if (gpu->faux)
		faux_device_destroy(gpu->faux);
}

static void bench_exit(void)
{
	unsigned int i;

	for (i = 0; i < gpus; i++)
		bench_destroy_gpu(&bench_gpus[i]);
	kvfree(bench_gpus);
}

static int __init bench_init(void)
{
	unsigned int i;
	int err = 0;

	if (!gpus || !regions || regions > BENCH_MAX_REGIONS)
		return -EINVAL;

	bench_gpus = kvcalloc(gpus, sizeof(*bench_gpus), GFP_KERNEL);
	if (!bench_gpus)
		return -ENOMEM;

	for (i = 0; i < gpus && !err; i++)
		err = bench_create_gpu(&bench_gpus[i], i);
	if (!err)
		err = bench_register();
	bench_registered = !err;
	if (err)
		bench_exit();

	return err;
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("GPUs to measure the pagemap topology with");
MODULE_LICENSE("GPL and additional rights");
