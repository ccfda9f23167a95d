// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPUs that module parameters make when the module is loaded.
 */

#include <linux/cleanup.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "vgpusvm_config.h"
#include "vgpusvm_gpu.h"
#include "vgpusvm_params.h"

/* Names in configfs can't have a dot, so these names are unique */
#define VGPUSVM_PARAM_NAME	"param.%u"
#define VGPUSVM_PARAM_MAX_GPUS	1024

enum vgpusvm_topology {
	VGPUSVM_TOPOLOGY_FULL,
	VGPUSVM_TOPOLOGY_RING,
	VGPUSVM_TOPOLOGY_PAIRS,
	VGPUSVM_TOPOLOGY_NONE,
};

static const char * const vgpusvm_topologies[] = {
	[VGPUSVM_TOPOLOGY_FULL] = "full",
	[VGPUSVM_TOPOLOGY_RING] = "ring",
	[VGPUSVM_TOPOLOGY_PAIRS] = "pairs",
	[VGPUSVM_TOPOLOGY_NONE] = "none",
};

static unsigned int gpus;
module_param(gpus, uint, 0444);
MODULE_PARM_DESC(gpus, "Number of GPUs to create, 0 to 1024 (default 0)");

static unsigned int memless;
module_param(memless, uint, 0444);
MODULE_PARM_DESC(memless,
		 "Number of GPUs without memory, which are the last ones (default 0)");

static char *vram = "64M";
module_param(vram, charp, 0444);
MODULE_PARM_DESC(vram,
		 "Size of each memory region, a multiple of 2M, with suffix K, M or G (default 64M)");

static unsigned int regions[VGPUSVM_MAX_REGIONS];
static unsigned int num_regions;
module_param_array(regions, uint, &num_regions, 0444);
MODULE_PARM_DESC(regions,
		 "Number of memory regions of each GPU, 1 to 64, separated by commas (default 1)");

static char *topology = "full";
module_param(topology, charp, 0444);
MODULE_PARM_DESC(topology,
		 "Links between GPUs: full, ring, pairs (islands of two, the others refused), or none (default full)");

static struct vgpusvm_gpu *vgpusvm_param_gpus[VGPUSVM_PARAM_MAX_GPUS];

static int vgpusvm_param_regions(struct vgpusvm_config *config,
				 unsigned int gpu, u64 size)
{
	struct vgpusvm_region_config *region;
	struct vgpusvm_region_attrs attrs;
	unsigned int i, num = 1;
	int err;

	if (gpu >= gpus - memless)
		return 0;
	if (gpu < num_regions)
		num = regions[gpu];

	for (i = 0; i < num; i++) {
		region = vgpusvm_config_add_region(config, i);
		if (IS_ERR(region))
			return PTR_ERR(region);

		attrs = region->attrs;
		attrs.size = size;
		err = vgpusvm_config_set_region(config, region, &attrs);
		if (err)
			return err;
	}

	return 0;
}

/* Returns %NULL if the topology has neither a path nor a refusal. */
static const struct drm_pagemap_link_info *
vgpusvm_param_link(enum vgpusvm_topology kind, unsigned int from,
		   unsigned int to)
{
	switch (kind) {
	case VGPUSVM_TOPOLOGY_FULL:
		return &vgpusvm_peer_info;
	case VGPUSVM_TOPOLOGY_RING:
		return (from + 1) % gpus == to || (to + 1) % gpus == from ?
			&vgpusvm_peer_info : NULL;
	case VGPUSVM_TOPOLOGY_PAIRS:
		return from / 2 == to / 2 ? &vgpusvm_peer_info :
					    &vgpusvm_refused_info;
	default:
		return NULL;
	}
}

static int vgpusvm_param_links(struct vgpusvm_config *config,
			       enum vgpusvm_topology kind, unsigned int from)
{
	const struct drm_pagemap_link_info *info;
	struct vgpusvm_link_config *link;
	char target[VGPUSVM_NAME_LEN];
	unsigned int to;

	for (to = 0; to < gpus; to++) {
		info = to == from ? NULL : vgpusvm_param_link(kind, from, to);
		if (!info)
			continue;

		snprintf(target, sizeof(target), VGPUSVM_PARAM_NAME, to);
		link = vgpusvm_config_add_link(config, target);
		if (IS_ERR(link))
			return PTR_ERR(link);
		vgpusvm_config_set_link(link, info);
	}

	return 0;
}

static int vgpusvm_param_gpu(unsigned int index, enum vgpusvm_topology kind,
			     u64 size)
{
	char name[VGPUSVM_NAME_LEN];
	struct vgpusvm_gpu *gpu;
	int err;

	snprintf(name, sizeof(name), VGPUSVM_PARAM_NAME, index);
	gpu = vgpusvm_gpu_create(name);
	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	vgpusvm_param_gpus[index] = gpu;

	err = vgpusvm_param_regions(&gpu->config, index, size);
	if (err)
		return err;
	err = vgpusvm_param_links(&gpu->config, kind, index);
	if (err)
		return err;

	return vgpusvm_gpu_enable(gpu);
}

static int vgpusvm_params_check(enum vgpusvm_topology *kind, u64 *size)
{
	char *end;
	unsigned int i;
	int match;

	match = match_string(vgpusvm_topologies,
			     ARRAY_SIZE(vgpusvm_topologies), topology);
	*size = memparse(vram, &end);
	if (match < 0 || *end || !vgpusvm_config_size_valid(*size))
		return -EINVAL;
	if (gpus > VGPUSVM_PARAM_MAX_GPUS || memless > gpus)
		return -EINVAL;
	for (i = 0; i < num_regions; i++)
		if (!regions[i] || regions[i] > VGPUSVM_MAX_REGIONS)
			return -EINVAL;
	*kind = match;

	return 0;
}

/**
 * vgpusvm_params_init() - Make the GPUs that the module parameters describe
 *
 * Return: 0 or a negative errno. The function makes all of them or none.
 */
int vgpusvm_params_init(void)
{
	enum vgpusvm_topology kind;
	unsigned int i;
	u64 size;
	int err;

	err = vgpusvm_params_check(&kind, &size);
	if (err) {
		pr_err("vgpusvm: Invalid module parameters\n");
		return err;
	}

	scoped_guard(mutex, &vgpusvm_gpus_lock)
		for (i = 0; i < gpus && !err; i++)
			err = vgpusvm_param_gpu(i, kind, size);
	if (err)
		vgpusvm_params_fini();

	return err;
}

/**
 * vgpusvm_params_fini() - Remove the GPUs that the module parameters describe
 */
void vgpusvm_params_fini(void)
{
	unsigned int i;

	guard(mutex)(&vgpusvm_gpus_lock);
	for (i = 0; i < VGPUSVM_PARAM_MAX_GPUS; i++) {
		if (vgpusvm_param_gpus[i])
			vgpusvm_gpu_destroy(vgpusvm_param_gpus[i]);
		vgpusvm_param_gpus[i] = NULL;
	}
}
