// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A driver of many GPUs without hardware, to measure what the topology costs. Loading the
 * module registers them. The GPUs of an island reach each other's pagemaps. A write to one of
 * the parameters "links_per_call", "replug", "lookups", "join", "graph" and "random_graphs"
 * measures something. A read of "result" then returns one "NAME VALUE" a line. "bytes" has the
 * memory that registering took.
 */

#include <linux/device/faux.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_pagemap_util.h>

#include "bench.h"

unsigned int bench_num_gpus = 64;
module_param_named(gpus, bench_num_gpus, uint, 0444);
MODULE_PARM_DESC(gpus, "Number of GPUs");

unsigned int bench_num_regions = 1;
module_param_named(regions, bench_num_regions, uint, 0444);
MODULE_PARM_DESC(regions, "Number of regions of each GPU, at most 16");

static unsigned int island_gpus;
module_param(island_gpus, uint, 0444);
MODULE_PARM_DESC(island_gpus, "Number of GPUs of an island; 0: all GPUs are one");

static unsigned long long bytes;
module_param(bytes, ullong, 0444);
MODULE_PARM_DESC(bytes, "Memory that registering all GPUs took");

struct bench_gpu *bench_gpus;
u64 bench_probes;
static bool bench_registered;

static char bench_result[PAGE_SIZE / 2];
static size_t bench_result_length;

static int bench_get_result(char *buffer, const struct kernel_param *param)
{
	return strscpy(buffer, bench_result, PAGE_SIZE);
}

static const struct kernel_param_ops bench_result_ops = {
	.get = bench_get_result,
};

module_param_cb(result, &bench_result_ops, NULL, 0444);
MODULE_PARM_DESC(result, "What the last measurement found");

void bench_clear_result(void)
{
	bench_result_length = 0;
	bench_result[0] = '\0';
}

void bench_report(const char *name, u64 value)
{
	bench_result_length += scnprintf(bench_result + bench_result_length,
					 sizeof(bench_result) - bench_result_length,
					 "%s %llu\n", name, value);
}

bool bench_is_ready(void)
{
	return bench_registered;
}

bool bench_same_island(const struct bench_gpu *a, const struct bench_gpu *b)
{
	return !island_gpus ||
	       (a - bench_gpus) / island_gpus == (b - bench_gpus) / island_gpus;
}

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

void bench_describe(bool local, u32 bandwidth, struct drm_pagemap_link_info *info)
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
	struct bench_gpu *gpu = private, *other;

	bench_probes++;
	if (drm_pagemap_node_drm(target)->driver != &bench_driver)
		return false;

	other = drm_pagemap_node_private(target);
	if (!bench_same_island(gpu, other))
		return false;

	bench_describe(other == gpu, 64000, info);
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

	for (i = 0; i < bench_num_regions; i++) {
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
		.num_regions = bench_num_regions,
	};
	unsigned int i;

	for (i = 0; i < bench_num_regions; i++)
		infos[i] = (struct drm_pagemap_region_info) {
			.instance = i,
			.numa_node = NUMA_NO_NODE,
			.size = SZ_2M,
			.cache = gpu->caches[i],
			.ops = &bench_region_ops,
			.private = gpu,
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

	for (i = 0; i < bench_num_gpus; i++) {
		err = bench_register_gpu(&bench_gpus[i]);
		if (err)
			return err;
	}
	bench_report("register_us", ktime_us_delta(ktime_get(), start));
	bytes = (u64)max(before - si_mem_available(), 0L) << PAGE_SHIFT;

	return 0;
}

/* Returns the nanoseconds that the topology took. */
static u64 bench_destroy_gpu(struct bench_gpu *gpu)
{
	u64 start, elapsed;

	start = ktime_get_ns();
	if (!IS_ERR_OR_NULL(gpu->initiator))
		drm_pagemap_initiator_kill(gpu->initiator);
	elapsed = ktime_get_ns() - start;

	if (!IS_ERR_OR_NULL(gpu->drm))
		drm_dev_unplug(gpu->drm);

	start = ktime_get_ns();
	drm_pagemap_initiator_unregister(gpu->initiator);
	elapsed += ktime_get_ns() - start;

	if (gpu->faux)
		faux_device_destroy(gpu->faux);
	*gpu = (struct bench_gpu) {};

	return elapsed;
}

/* Removes and registers the last GPU. */
static int bench_replug(const char *value, const struct kernel_param *param)
{
	struct bench_gpu *gpu = &bench_gpus[bench_num_gpus - 1];
	u64 start;
	int err;

	if (!bench_registered)
		return -EINVAL;

	bench_clear_result();
	bench_report("remove_ns", bench_destroy_gpu(gpu));
	err = bench_create_gpu(gpu, bench_num_gpus - 1);
	if (err)
		return err;
	start = ktime_get_ns();
	err = bench_register_gpu(gpu);
	bench_report("register_ns", ktime_get_ns() - start);

	return err;
}

static const struct kernel_param_ops bench_replug_ops = {
	.set = bench_replug,
};

module_param_cb(replug, &bench_replug_ops, NULL, 0200);
MODULE_PARM_DESC(replug, "Remove and register the last GPU");

static void bench_exit(void)
{
	unsigned int i;

	for (i = 0; i < bench_num_gpus; i++)
		bench_destroy_gpu(&bench_gpus[i]);
	kvfree(bench_gpus);
}

static int __init bench_init(void)
{
	unsigned int i;
	int err = 0;

	if (!bench_num_gpus || !bench_num_regions || bench_num_regions > BENCH_MAX_REGIONS)
		return -EINVAL;

	bench_gpus = kvcalloc(bench_num_gpus, sizeof(*bench_gpus), GFP_KERNEL);
	if (!bench_gpus)
		return -ENOMEM;

	for (i = 0; i < bench_num_gpus && !err; i++)
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
