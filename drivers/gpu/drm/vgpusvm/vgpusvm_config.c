// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Configurations of GPUs, made by configfs or by module parameters. An enabled
 * GPU has a platform device, to which the driver may or may not be bound.
 */

#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/numa.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "vgpusvm_config.h"
#include "vgpusvm_options.h"

#define VGPUSVM_DEFAULT_SIZE	SZ_64M

/*
 * The values of these resemble a current data-centre GPU: stacked local memory,
 * and a vendor-specific serial link between GPUs. Only their order matters,
 * local before peer before system memory, because it ranks placements.
 */
static const struct drm_pagemap_link_info vgpusvm_local_info = {
	.type = DRM_PAGEMAP_LINK_LOCAL,
	.read_bandwidth = 1600000,
	.write_bandwidth = 1400000,
	.max_read_bandwidth = 1600000,
	.max_write_bandwidth = 1400000,
	.read_latency = 400,
	.write_latency = 350,
};

const struct drm_pagemap_link_info vgpusvm_peer_info = {
	.type = DRM_PAGEMAP_LINK_VIRTUAL,
	.hops = 1,
	.read_bandwidth = 106000,
	.write_bandwidth = 106000,
	.max_read_bandwidth = 106000,
	.max_write_bandwidth = 106000,
	.read_latency = 1100,
	.write_latency = 900,
};

/* GPUs below different root complexes: only the reason of refusal is known */
const struct drm_pagemap_link_info vgpusvm_refused_info = {
	.type = DRM_PAGEMAP_LINK_PCIE_P2P,
	.refusal = DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	.hops = 2,
};

/*
 * Protects &vgpusvm_link_config.info, which is read under the topology's mutex
 * and under notifier locks.
 */
static DEFINE_SPINLOCK(vgpusvm_link_lock);

/* Nests outside device locks and the topology's mutex */
DEFINE_MUTEX(vgpusvm_config_lock);

static LIST_HEAD(vgpusvm_configs);

/* Marks devices of this file; platform data alone could be of another origin */
const struct device_type vgpusvm_device_type = {
	.name = VGPUSVM_DRIVER_NAME,
};

static struct vgpusvm_config *vgpusvm_config_find_index(unsigned int index)
{
	struct vgpusvm_config *config;

	list_for_each_entry(config, &vgpusvm_configs, entry)
		if (config->index == index)
			return config;

	return NULL;
}

static struct vgpusvm_config *vgpusvm_config_find(const char *name)
{
	struct vgpusvm_config *config;

	list_for_each_entry(config, &vgpusvm_configs, entry)
		if (!strcmp(config->name, name))
			return config;

	return NULL;
}

/**
 * vgpusvm_config_create() - Add a disabled GPU without regions and links
 * @name: Name of the GPU.
 *
 * The GPU gets the lowest free number.
 *
 * Return: The GPU, or an error pointer: -ENAMETOOLONG, -EEXIST, -ENOSPC or
 * -ENOMEM.
 */
struct vgpusvm_config *vgpusvm_config_create(const char *name)
{
	struct vgpusvm_config *config;
	unsigned int index = 0;

	lockdep_assert_held(&vgpusvm_config_lock);
	if (strlen(name) >= VGPUSVM_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	if (vgpusvm_config_find(name))
		return ERR_PTR(-EEXIST);
	while (vgpusvm_config_find_index(index))
		index++;
	if (index >= VGPUSVM_MAX_GPUS)
		return ERR_PTR(-ENOSPC);

	config = kzalloc_obj(*config);
	if (!config)
		return ERR_PTR(-ENOMEM);

	strscpy(config->name, name);
	config->index = index;
	INIT_LIST_HEAD(&config->regions);
	INIT_LIST_HEAD(&config->links);
	list_add_tail(&config->entry, &vgpusvm_configs);

	return config;
}

/**
 * vgpusvm_config_destroy() - Remove a GPU with its regions and links
 * @config: The GPU. The function disables it first if necessary.
 */
void vgpusvm_config_destroy(struct vgpusvm_config *config)
{
	struct vgpusvm_region_config *region, *next_region;
	struct vgpusvm_link_config *link, *next_link;

	vgpusvm_config_disable(config);
	list_for_each_entry_safe(region, next_region, &config->regions, entry)
		vgpusvm_config_del_region(region);
	list_for_each_entry_safe(link, next_link, &config->links, entry)
		vgpusvm_config_del_link(link);
	list_del(&config->entry);
	kfree(config);
}

/**
 * vgpusvm_config_set_index() - Set the number of the platform device
 * @config: The GPU.
 * @index: Number of the platform device.
 *
 * Return: 0, -EBUSY if enabled, -ERANGE or -EEXIST.
 */
int vgpusvm_config_set_index(struct vgpusvm_config *config, unsigned int index)
{
	struct vgpusvm_config *other;

	lockdep_assert_held(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(config))
		return -EBUSY;
	if (index >= VGPUSVM_MAX_GPUS)
		return -ERANGE;

	other = vgpusvm_config_find_index(index);
	if (other && other != config)
		return -EEXIST;

	config->index = index;

	return 0;
}

/**
 * vgpusvm_config_add_region() - Add a memory region to a GPU
 * @config: The GPU.
 * @instance: Number of the region.
 *
 * Return: The region, or an error pointer: -EBUSY if enabled, -ERANGE, -EEXIST
 * or -ENOMEM.
 */
struct vgpusvm_region_config *
vgpusvm_config_add_region(struct vgpusvm_config *config, u16 instance)
{
	struct list_head *before = &config->regions;
	struct vgpusvm_region_config *region;

	lockdep_assert_held(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(config))
		return ERR_PTR(-EBUSY);
	if (instance >= VGPUSVM_MAX_REGIONS)
		return ERR_PTR(-ERANGE);

	list_for_each_entry(region, &config->regions, entry) {
		if (region->instance == instance)
			return ERR_PTR(-EEXIST);
		if (region->instance > instance) {
			before = &region->entry;
			break;
		}
	}

	region = kzalloc_obj(*region);
	if (!region)
		return ERR_PTR(-ENOMEM);

	region->instance = instance;
	region->size = VGPUSVM_DEFAULT_SIZE;
	region->numa_node = NUMA_NO_NODE;
	region->info = vgpusvm_local_info;
	list_add_tail(&region->entry, before);

	return region;
}

/**
 * vgpusvm_config_del_region() - Remove a memory region
 * @region: Region of a GPU that is disabled.
 */
void vgpusvm_config_del_region(struct vgpusvm_region_config *region)
{
	lockdep_assert_held(&vgpusvm_config_lock);
	list_del(&region->entry);
	kfree(region);
}

static struct vgpusvm_link_config *
vgpusvm_config_find_link(const struct vgpusvm_config *config,
			 const char *target)
{
	struct vgpusvm_link_config *link;

	list_for_each_entry(link, &config->links, entry)
		if (!strcmp(link->target, target))
			return link;

	return NULL;
}

/**
 * vgpusvm_config_add_link() - Add a path from a GPU to the regions of another
 * @config: The GPU.
 * @target: Name of the other GPU.
 *
 * Return: The path, or an error pointer: -EBUSY if enabled, -EINVAL for a path
 * to itself, -ENAMETOOLONG, -EEXIST or -ENOMEM.
 */
struct vgpusvm_link_config *
vgpusvm_config_add_link(struct vgpusvm_config *config, const char *target)
{
	struct vgpusvm_link_config *link;

	lockdep_assert_held(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(config))
		return ERR_PTR(-EBUSY);
	if (!strcmp(config->name, target))
		return ERR_PTR(-EINVAL);
	if (strlen(target) >= VGPUSVM_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	if (vgpusvm_config_find_link(config, target))
		return ERR_PTR(-EEXIST);

	link = kzalloc_obj(*link);
	if (!link)
		return ERR_PTR(-ENOMEM);

	strscpy(link->target, target);
	link->info = vgpusvm_peer_info;
	list_add_tail(&link->entry, &config->links);

	return link;
}

/**
 * vgpusvm_config_del_link() - Remove a path
 * @link: Path of a GPU that is disabled.
 */
void vgpusvm_config_del_link(struct vgpusvm_link_config *link)
{
	lockdep_assert_held(&vgpusvm_config_lock);
	list_del(&link->entry);
	kfree(link);
}

/**
 * vgpusvm_config_enabled() - Check whether a GPU is enabled
 * @config: The GPU.
 *
 * Return: True if the GPU has its platform device.
 */
bool vgpusvm_config_enabled(const struct vgpusvm_config *config)
{
	lockdep_assert_held(&vgpusvm_config_lock);

	return config->pdev;
}

/**
 * vgpusvm_config_enable() - Create the platform device of a GPU
 * @config: The GPU.
 *
 * Return: 0 or a negative errno; -ENXIO if the driver did not bind to the
 * device.
 */
int vgpusvm_config_enable(struct vgpusvm_config *config)
{
	struct platform_device *pdev;
	int err;

	lockdep_assert_held(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(config))
		return 0;

	pdev = platform_device_alloc(VGPUSVM_DRIVER_NAME, config->index);
	if (!pdev)
		return -ENOMEM;

	pdev->dev.type = &vgpusvm_device_type;
	err = platform_device_add_data(pdev, &config, sizeof(config));
	if (!err)
		err = platform_device_add(pdev);
	if (err) {
		platform_device_put(pdev);
		return err;
	}

	/* platform_device_add() does not return errors of probe() */
	if (!device_is_bound(&pdev->dev)) {
		platform_device_unregister(pdev);
		return -ENXIO;
	}
	config->pdev = pdev;

	return 0;
}

/**
 * vgpusvm_config_disable() - Remove the platform device of a GPU
 * @config: The GPU.
 *
 * Pages in the regions of the GPU move to system memory.
 */
void vgpusvm_config_disable(struct vgpusvm_config *config)
{
	lockdep_assert_held(&vgpusvm_config_lock);
	if (!vgpusvm_config_enabled(config))
		return;

	platform_device_unregister(config->pdev);
	config->pdev = NULL;
}

/**
 * vgpusvm_config_check_link() - Check new attributes of a path
 * @config: Configuration that the path belongs to.
 * @link: The path.
 * @info: New attributes.
 *
 * Return: 0, or -EBUSY if the type would change while the GPU is enabled.
 */
int vgpusvm_config_check_link(const struct vgpusvm_config *config,
			      const struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info)
{
	if (!vgpusvm_config_enabled(config))
		return 0;

	return info->type == link->info.type ? 0 : -EBUSY;
}

/**
 * vgpusvm_config_set_link() - Replace the attributes of a path
 * @link: The path.
 * @info: New attributes, checked.
 */
void vgpusvm_config_set_link(struct vgpusvm_link_config *link,
			     const struct drm_pagemap_link_info *info)
{
	guard(spinlock)(&vgpusvm_link_lock);
	link->info = *info;
}

/**
 * vgpusvm_config_link_info() - Get the attributes of a path to another GPU
 * @config: Configuration of a GPU that is enabled.
 * @target: Name of the other GPU.
 * @info: Returned: attributes of the path.
 *
 * The function does not sleep.
 *
 * Return: True if there is such a path.
 */
bool vgpusvm_config_link_info(const struct vgpusvm_config *config,
			      const char *target,
			      struct drm_pagemap_link_info *info)
{
	const struct vgpusvm_link_config *link =
		vgpusvm_config_find_link(config, target);

	if (!link)
		return false;

	guard(spinlock)(&vgpusvm_link_lock);
	*info = link->info;

	return true;
}
