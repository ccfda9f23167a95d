// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Configurations of GPUs, and the rules for them. This file knows neither the
 * source of a configuration nor its users.
 */

#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/numa.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "vgpusvm_config.h"
#include "vgpusvm_options.h"

#define VGPUSVM_DEFAULT_SIZE	SZ_64M
/* More than any machine has, independent of this kernel's CONFIG_NODES_SHIFT */
#define VGPUSVM_MAX_NODES	1024

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
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_peer_info);

/* GPUs below different root complexes: only the reason of refusal is known */
const struct drm_pagemap_link_info vgpusvm_refused_info = {
	.type = DRM_PAGEMAP_LINK_PCIE_P2P,
	.refusal = DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	.hops = 2,
};
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_refused_info);

/*
 * Protects &vgpusvm_link_config.info, which is read under the topology's mutex
 * and under notifier locks.
 */
static DEFINE_SPINLOCK(vgpusvm_link_lock);

/**
 * vgpusvm_config_init() - Initialize a configuration without regions and links
 * @config: Configuration to initialize; zeroed.
 * @name: Name of the GPU.
 *
 * Return: 0, -EINVAL or -ENAMETOOLONG.
 */
int vgpusvm_config_init(struct vgpusvm_config *config, const char *name)
{
	if (!*name)
		return -EINVAL;
	if (strscpy(config->name, name) < 0)
		return -ENAMETOOLONG;

	config->timeslice_ms = -1;
	INIT_LIST_HEAD(&config->regions);
	INIT_LIST_HEAD(&config->links);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_init);

/**
 * vgpusvm_config_fini() - Remove all regions and links of a configuration
 * @config: Configuration that is not frozen.
 */
void vgpusvm_config_fini(struct vgpusvm_config *config)
{
	struct vgpusvm_region_config *region, *next_region;
	struct vgpusvm_link_config *link, *next_link;

	list_for_each_entry_safe(region, next_region, &config->regions, entry)
		vgpusvm_config_del_region(region);
	list_for_each_entry_safe(link, next_link, &config->links, entry)
		vgpusvm_config_del_link(link);
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_fini);

/**
 * vgpusvm_config_size_valid() - Check the size of a memory region
 * @size: Size in bytes.
 *
 * Return: True if a region can have this size.
 */
bool vgpusvm_config_size_valid(u64 size)
{
	return size && IS_ALIGNED(size, SZ_2M);
}

static bool vgpusvm_is_serial(const char *serial)
{
	for (; *serial; serial++)
		if (!isascii(*serial) || !isgraph(*serial))
			return false;

	return true;
}

/* The functions *_fault() return why something is not valid, or %NULL. */
static const char *
vgpusvm_bandwidth_fault(const struct drm_pagemap_link_info *info)
{
	if (info->max_read_bandwidth &&
	    info->read_bandwidth > info->max_read_bandwidth)
		return "read bandwidth exceeds its maximum";
	if (info->max_write_bandwidth &&
	    info->write_bandwidth > info->max_write_bandwidth)
		return "write bandwidth exceeds its maximum";

	return NULL;
}

static const char *
vgpusvm_attrs_fault(const struct vgpusvm_region_attrs *attrs)
{
	if (!vgpusvm_config_size_valid(attrs->size))
		return "size must be a positive multiple of 2 MiB";
	if (attrs->numa_node < NUMA_NO_NODE ||
	    attrs->numa_node >= VGPUSVM_MAX_NODES)
		return "NUMA node must be from -1 to 1023";
	if (attrs->info.type != DRM_PAGEMAP_LINK_LOCAL)
		return "link of a GPU to its own region must be local";
	if (attrs->info.refusal != DRM_PAGEMAP_DIRECT)
		return "link of a GPU to its own region can't be refused";

	return vgpusvm_bandwidth_fault(&attrs->info);
}

static const char *vgpusvm_info_fault(const struct drm_pagemap_link_info *info)
{
	if (info->type >= DRM_PAGEMAP_LINK_TYPES)
		return "type is unknown";
	if (info->type == DRM_PAGEMAP_LINK_LOCAL)
		return "link to another GPU is never local";
	if (info->refusal >= DRM_PAGEMAP_REFUSALS)
		return "refusal is unknown";
	if (info->hops < -1)
		return "hops must be -1 or more";

	return vgpusvm_bandwidth_fault(info);
}

static const char *vgpusvm_gpu_fault(const struct vgpusvm_config *config)
{
	if (config->index >= VGPUSVM_MAX_GPUS)
		return "index must be below 4096";
	if (!vgpusvm_is_serial(config->serial))
		return "serial number must be printable ASCII without spaces";

	return NULL;
}

static const char *
vgpusvm_region_fault(const struct vgpusvm_region_config *region, int previous)
{
	if (region->instance >= VGPUSVM_MAX_REGIONS)
		return "number must be below 64";
	if (region->instance <= previous)
		return "number must be higher than that of the region before";

	return vgpusvm_attrs_fault(&region->attrs);
}

static const char *vgpusvm_link_fault(const struct vgpusvm_config *config,
				      const struct vgpusvm_link_config *link)
{
	if (!strcmp(config->name, link->target))
		return "link leads to the GPU itself";

	return vgpusvm_info_fault(&link->info);
}

static bool vgpusvm_regions_valid(const struct vgpusvm_config *config,
				  char reason[VGPUSVM_REASON_LEN])
{
	const struct vgpusvm_region_config *region;
	int previous = -1;

	list_for_each_entry(region, &config->regions, entry) {
		const char *fault = vgpusvm_region_fault(region, previous);

		if (fault) {
			snprintf(reason, VGPUSVM_REASON_LEN, "region %u: %s",
				 region->instance, fault);
			return false;
		}
		previous = region->instance;
	}

	return true;
}

/* Two links to the same GPU can't exist: vgpusvm_config_add_link() refuses. */
static bool vgpusvm_links_valid(const struct vgpusvm_config *config,
				char reason[VGPUSVM_REASON_LEN])
{
	const struct vgpusvm_link_config *link;

	list_for_each_entry(link, &config->links, entry) {
		const char *fault = vgpusvm_link_fault(config, link);

		if (fault) {
			snprintf(reason, VGPUSVM_REASON_LEN, "link to %s: %s",
				 link->target, fault);
			return false;
		}
	}

	return true;
}

/**
 * vgpusvm_config_valid() - Check a whole configuration
 * @config: Configuration to check.
 * @reason: Returned: reason why it is not valid, for the administrator.
 *
 * Return: True if a GPU with this configuration can exist.
 */
bool vgpusvm_config_valid(const struct vgpusvm_config *config,
			  char reason[VGPUSVM_REASON_LEN])
{
	const char *fault = vgpusvm_gpu_fault(config);

	if (fault) {
		strscpy(reason, fault, VGPUSVM_REASON_LEN);
		return false;
	}

	return vgpusvm_regions_valid(config, reason) &&
	       vgpusvm_links_valid(config, reason);
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_valid);

/**
 * vgpusvm_config_set_index() - Set the number of the platform device
 * @config: Configuration to change.
 * @index: Number of the platform device.
 *
 * Return: 0, -EBUSY if frozen, -ERANGE.
 */
int vgpusvm_config_set_index(struct vgpusvm_config *config, unsigned int index)
{
	if (config->frozen)
		return -EBUSY;
	if (index >= VGPUSVM_MAX_GPUS)
		return -ERANGE;

	config->index = index;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_index);

/**
 * vgpusvm_config_set_serial() - Set the serial number of the card
 * @config: Configuration to change.
 * @serial: Serial number, or an empty string.
 *
 * Return: 0, -ENAMETOOLONG, -EINVAL, or -EBUSY if frozen.
 */
int vgpusvm_config_set_serial(struct vgpusvm_config *config, const char *serial)
{
	if (strlen(serial) >= VGPUSVM_NAME_LEN)
		return -ENAMETOOLONG;
	if (!vgpusvm_is_serial(serial))
		return -EINVAL;
	if (config->frozen)
		return -EBUSY;

	strscpy(config->serial, serial);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_serial);

/**
 * vgpusvm_config_set_timeslice() - Set how long pages stay on the GPU
 * @config: Configuration to change.
 * @timeslice_ms: Minimum time in ms, or -1 for that of the module parameter.
 *
 * Return: 0, -ERANGE, or -EBUSY if frozen.
 */
int vgpusvm_config_set_timeslice(struct vgpusvm_config *config, int timeslice_ms)
{
	if (timeslice_ms < -1 || timeslice_ms > VGPUSVM_MAX_TIMESLICE)
		return -ERANGE;
	if (config->frozen)
		return -EBUSY;

	config->timeslice_ms = timeslice_ms;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_timeslice);

/**
 * vgpusvm_config_set_page_faults() - Set whether the GPU can fault
 * @config: Configuration to change.
 * @page_faults: True for a GPU that can.
 *
 * Return: 0, or -EBUSY if frozen.
 */
int vgpusvm_config_set_page_faults(struct vgpusvm_config *config,
				   bool page_faults)
{
	if (config->frozen)
		return -EBUSY;

	config->no_page_faults = !page_faults;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_page_faults);

/**
 * vgpusvm_config_add_region() - Add a memory region with default attributes
 * @config: Configuration to change.
 * @instance: Number of the region.
 *
 * Return: The region, or an error pointer: -EBUSY if frozen, -ERANGE, -EEXIST
 * or -ENOMEM.
 */
struct vgpusvm_region_config *
vgpusvm_config_add_region(struct vgpusvm_config *config, u16 instance)
{
	struct list_head *before = &config->regions;
	struct vgpusvm_region_config *region;

	if (config->frozen)
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
	region->attrs.size = VGPUSVM_DEFAULT_SIZE;
	region->attrs.numa_node = NUMA_NO_NODE;
	region->attrs.info = vgpusvm_local_info;
	list_add_tail(&region->entry, before);

	return region;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_add_region);

/**
 * vgpusvm_config_del_region() - Remove a memory region
 * @region: Region of a configuration that is not frozen.
 */
void vgpusvm_config_del_region(struct vgpusvm_region_config *region)
{
	list_del(&region->entry);
	kfree(region);
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_del_region);

/**
 * vgpusvm_config_set_region() - Change the attributes of a memory region
 * @config: Configuration to change.
 * @region: Region of the configuration.
 * @attrs: New attributes.
 *
 * Return: 0, -EINVAL, or -EBUSY if frozen. Errors change nothing.
 */
int vgpusvm_config_set_region(struct vgpusvm_config *config,
			      struct vgpusvm_region_config *region,
			      const struct vgpusvm_region_attrs *attrs)
{
	if (vgpusvm_attrs_fault(attrs))
		return -EINVAL;
	if (config->frozen)
		return -EBUSY;

	region->attrs = *attrs;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_region);

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
 * vgpusvm_config_add_link() - Add a path with default attributes
 * @config: Configuration to change.
 * @target: Name of the other GPU.
 *
 * Return: The path, or an error pointer: -EBUSY if frozen, -EINVAL for a path
 * to the GPU itself, -ENAMETOOLONG, -EEXIST or -ENOMEM.
 */
struct vgpusvm_link_config *
vgpusvm_config_add_link(struct vgpusvm_config *config, const char *target)
{
	struct vgpusvm_link_config *link;

	if (config->frozen)
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
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_add_link);

/**
 * vgpusvm_config_del_link() - Remove a path
 * @link: Path of a configuration that is not frozen.
 */
void vgpusvm_config_del_link(struct vgpusvm_link_config *link)
{
	list_del(&link->entry);
	kfree(link);
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_del_link);

/**
 * vgpusvm_config_check_link() - Check new attributes of a path
 * @config: Configuration that the path belongs to.
 * @link: The path.
 * @info: New attributes.
 *
 * Return: 0, -EINVAL, or -EBUSY if the type would change while @config is
 * frozen.
 */
int vgpusvm_config_check_link(const struct vgpusvm_config *config,
			      const struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info)
{
	if (vgpusvm_info_fault(info))
		return -EINVAL;

	return config->frozen && info->type != link->info.type ? -EBUSY : 0;
}
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_check_link);

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
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_set_link);

/**
 * vgpusvm_config_link_info() - Get the attributes of a path to another GPU
 * @config: Configuration that is frozen, or locked by its owner.
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
EXPORT_SYMBOL_IF_KUNIT(vgpusvm_config_link_info);
