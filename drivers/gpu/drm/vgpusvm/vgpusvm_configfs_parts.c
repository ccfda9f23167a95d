// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Regions and links of a GPU in configfs.
 */

#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vgpusvm_config.h"
#include "vgpusvm_configfs_parts.h"
#include "vgpusvm_gpu.h"
#include "vgpusvm_topology.h"

static const char * const vgpusvm_types[DRM_PAGEMAP_LINK_TYPES] = {
	[DRM_PAGEMAP_LINK_LOCAL] = "local",
	[DRM_PAGEMAP_LINK_TILE] = "tile",
	[DRM_PAGEMAP_LINK_PCIE_P2P] = "pcie-p2p",
	[DRM_PAGEMAP_LINK_XELINK] = "xelink",
	[DRM_PAGEMAP_LINK_XGMI] = "xgmi",
	[DRM_PAGEMAP_LINK_NVLINK] = "nvlink",
	[DRM_PAGEMAP_LINK_CXL] = "cxl",
	[DRM_PAGEMAP_LINK_VIRTUAL] = "virtual",
};

static const char * const vgpusvm_refusals[DRM_PAGEMAP_REFUSALS] = {
	[DRM_PAGEMAP_DIRECT] = "none",
	[DRM_PAGEMAP_REFUSED_ACS] = "acs",
	[DRM_PAGEMAP_REFUSED_HOST_BRIDGE] = "host-bridge",
	[DRM_PAGEMAP_REFUSED_IOMMU] = "iommu",
	[DRM_PAGEMAP_REFUSED_BAR_SIZE] = "bar-size",
	[DRM_PAGEMAP_REFUSED_LINK_DOWN] = "link-down",
	[DRM_PAGEMAP_REFUSED_ONE_WAY] = "one-way",
	[DRM_PAGEMAP_REFUSED_CROSS_DRIVER] = "cross-driver",
	[DRM_PAGEMAP_REFUSED_DRIVER] = "driver",
};

/**
 * struct vgpusvm_cfs_part - A region or a link of a GPU in configfs
 * @item: Directory of the region or link.
 * @entry: Entry in &vgpusvm_cfs_parts.list.
 * @config: Configuration that the region or link belongs to.
 * @region: Configuration of the region, %NULL for a link.
 * @link: Configuration of the link, %NULL for a region.
 */
struct vgpusvm_cfs_part {
	struct config_item item;
	struct list_head entry;
	struct vgpusvm_config *config;
	struct vgpusvm_region_config *region;
	struct vgpusvm_link_config *link;
};

static struct vgpusvm_cfs_part *to_vgpusvm_cfs_part(struct config_item *item)
{
	return container_of(item, struct vgpusvm_cfs_part, item);
}

/* A link has only &vgpusvm_region_attrs.info. */
static struct vgpusvm_region_attrs
vgpusvm_cfs_attrs(const struct vgpusvm_cfs_part *part)
{
	struct vgpusvm_region_attrs attrs = {};

	if (part->region)
		return part->region->attrs;
	attrs.info = part->link->info;

	return attrs;
}

static struct vgpusvm_region_attrs vgpusvm_cfs_read(struct config_item *item)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return vgpusvm_cfs_attrs(to_vgpusvm_cfs_part(item));
}

static int vgpusvm_cfs_write(struct vgpusvm_cfs_part *part,
			     const struct vgpusvm_region_attrs *attrs)
{
	if (part->link)
		return vgpusvm_topology_set_link(part->config, part->link,
						 &attrs->info);

	return vgpusvm_config_set_region(part->config, part->region, attrs);
}

/* @parse writes the value in its first argument to one of the attributes. */
static ssize_t
vgpusvm_cfs_store(struct config_item *item, const char *page, size_t count,
		  int (*parse)(const char *, struct vgpusvm_region_attrs *))
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	struct vgpusvm_region_attrs attrs;
	int err;

	guard(mutex)(&vgpusvm_gpus_lock);
	attrs = vgpusvm_cfs_attrs(part);
	err = parse(page, &attrs) ?: vgpusvm_cfs_write(part, &attrs);

	return err ? err : count;
}

/* A current bandwidth above the maximum raises the maximum. */
static int vgpusvm_parse_bandwidth(const char *page, u32 *value, u32 *max)
{
	int err = kstrtou32(page, 0, value);

	if (!err && *max && *max < *value)
		*max = *value;

	return err;
}

static int vgpusvm_parse_type(const char *page,
			      enum drm_pagemap_link_type *value)
{
	int type = sysfs_match_string(vgpusvm_types, page);

	if (type < 0)
		return type;
	*value = type;

	return 0;
}

static int vgpusvm_parse_refusal(const char *page,
				 enum drm_pagemap_refusal *value)
{
	int refusal = sysfs_match_string(vgpusvm_refusals, page);

	if (refusal < 0)
		return refusal;
	*value = refusal;

	return 0;
}

static int vgpusvm_parse_size(const char *page, u64 *value)
{
	char *end;

	*value = memparse(page, &end);

	return end == page || (*end && strcmp(end, "\n")) ? -EINVAL : 0;
}

/*
 * Define the attribute @_name. @value is an expression of @attrs. @parse writes
 * the text in @page to @attrs, and returns 0 or a negative errno.
 */
#define VGPUSVM_CFS_ATTR(_name, format, value, parse)			\
static ssize_t vgpusvm_cfs_##_name##_show(struct config_item *item,	\
					  char *page)			\
{									\
	const struct vgpusvm_region_attrs copy =			\
		vgpusvm_cfs_read(item), *attrs = &copy;			\
									\
	return sysfs_emit(page, format "\n", value);			\
}									\
									\
static int vgpusvm_cfs_##_name##_parse(const char *page,		\
				       struct vgpusvm_region_attrs *attrs) \
{									\
	return parse;							\
}									\
									\
static ssize_t vgpusvm_cfs_##_name##_store(struct config_item *item,	\
					   const char *page,		\
					   size_t count)		\
{									\
	return vgpusvm_cfs_store(item, page, count,			\
				 vgpusvm_cfs_##_name##_parse);		\
}									\
									\
CONFIGFS_ATTR(vgpusvm_cfs_, _name)

VGPUSVM_CFS_ATTR(size, "%llu", attrs->size,
		 vgpusvm_parse_size(page, &attrs->size));
VGPUSVM_CFS_ATTR(numa_node, "%d", attrs->numa_node,
		 kstrtoint(page, 0, &attrs->numa_node));
VGPUSVM_CFS_ATTR(type, "%s", vgpusvm_types[attrs->info.type],
		 vgpusvm_parse_type(page, &attrs->info.type));
VGPUSVM_CFS_ATTR(refusal, "%s", vgpusvm_refusals[attrs->info.refusal],
		 vgpusvm_parse_refusal(page, &attrs->info.refusal));
VGPUSVM_CFS_ATTR(hops, "%d", attrs->info.hops,
		 kstrtoint(page, 0, &attrs->info.hops));
VGPUSVM_CFS_ATTR(read_bandwidth, "%u", attrs->info.read_bandwidth,
		 vgpusvm_parse_bandwidth(page, &attrs->info.read_bandwidth,
					 &attrs->info.max_read_bandwidth));
VGPUSVM_CFS_ATTR(write_bandwidth, "%u", attrs->info.write_bandwidth,
		 vgpusvm_parse_bandwidth(page, &attrs->info.write_bandwidth,
					 &attrs->info.max_write_bandwidth));
VGPUSVM_CFS_ATTR(max_read_bandwidth, "%u", attrs->info.max_read_bandwidth,
		 kstrtou32(page, 0, &attrs->info.max_read_bandwidth));
VGPUSVM_CFS_ATTR(max_write_bandwidth, "%u", attrs->info.max_write_bandwidth,
		 kstrtou32(page, 0, &attrs->info.max_write_bandwidth));
VGPUSVM_CFS_ATTR(read_latency, "%u", attrs->info.read_latency,
		 kstrtou32(page, 0, &attrs->info.read_latency));
VGPUSVM_CFS_ATTR(write_latency, "%u", attrs->info.write_latency,
		 kstrtou32(page, 0, &attrs->info.write_latency));

static struct configfs_attribute *vgpusvm_cfs_region_attrs[] = {
	&vgpusvm_cfs_attr_size,
	&vgpusvm_cfs_attr_numa_node,
	&vgpusvm_cfs_attr_read_bandwidth,
	&vgpusvm_cfs_attr_write_bandwidth,
	&vgpusvm_cfs_attr_max_read_bandwidth,
	&vgpusvm_cfs_attr_max_write_bandwidth,
	&vgpusvm_cfs_attr_read_latency,
	&vgpusvm_cfs_attr_write_latency,
	NULL,
};

static struct configfs_attribute *vgpusvm_cfs_link_attrs[] = {
	&vgpusvm_cfs_attr_type,
	&vgpusvm_cfs_attr_refusal,
	&vgpusvm_cfs_attr_hops,
	&vgpusvm_cfs_attr_read_bandwidth,
	&vgpusvm_cfs_attr_write_bandwidth,
	&vgpusvm_cfs_attr_max_read_bandwidth,
	&vgpusvm_cfs_attr_max_write_bandwidth,
	&vgpusvm_cfs_attr_read_latency,
	&vgpusvm_cfs_attr_write_latency,
	NULL,
};

static void vgpusvm_cfs_part_release(struct config_item *item)
{
	kfree(to_vgpusvm_cfs_part(item));
}

static const struct configfs_item_operations vgpusvm_cfs_part_item_ops = {
	.release = vgpusvm_cfs_part_release,
};

static const struct config_item_type vgpusvm_cfs_region_type = {
	.ct_item_ops = &vgpusvm_cfs_part_item_ops,
	.ct_attrs = vgpusvm_cfs_region_attrs,
	.ct_owner = THIS_MODULE,
};

static const struct config_item_type vgpusvm_cfs_link_type = {
	.ct_item_ops = &vgpusvm_cfs_part_item_ops,
	.ct_attrs = vgpusvm_cfs_link_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *
vgpusvm_cfs_add_part(struct vgpusvm_cfs_part *part,
		     struct vgpusvm_cfs_parts *parts, const char *name,
		     const struct config_item_type *type)
{
	part->config = &parts->gpu->config;
	list_add_tail(&part->entry, &parts->list);
	config_item_init_type_name(&part->item, name, type);

	return &part->item;
}

static struct config_item *vgpusvm_cfs_make_region(struct config_group *group,
						   const char *name)
{
	struct vgpusvm_cfs_parts *parts =
		container_of(group, struct vgpusvm_cfs_parts, regions);
	struct vgpusvm_cfs_part *part __free(kfree) = kzalloc_obj(*part);
	struct vgpusvm_region_config *region;
	char canonical[8];
	u16 instance;
	int err;

	if (!part)
		return ERR_PTR(-ENOMEM);

	err = kstrtou16(name, 10, &instance);
	if (err)
		return ERR_PTR(err);
	/* Reject a second spelling of the same number, such as 01 */
	snprintf(canonical, sizeof(canonical), "%u", instance);
	if (strcmp(name, canonical))
		return ERR_PTR(-EINVAL);

	guard(mutex)(&vgpusvm_gpus_lock);
	region = vgpusvm_config_add_region(&parts->gpu->config, instance);
	if (IS_ERR(region))
		return ERR_CAST(region);
	part->region = region;

	return vgpusvm_cfs_add_part(no_free_ptr(part), parts, name,
				    &vgpusvm_cfs_region_type);
}

static struct config_item *vgpusvm_cfs_make_link(struct config_group *group,
						 const char *name)
{
	struct vgpusvm_cfs_parts *parts =
		container_of(group, struct vgpusvm_cfs_parts, links);
	struct vgpusvm_cfs_part *part __free(kfree) = kzalloc_obj(*part);
	struct vgpusvm_link_config *link;

	if (!part)
		return ERR_PTR(-ENOMEM);

	guard(mutex)(&vgpusvm_gpus_lock);
	link = vgpusvm_config_add_link(&parts->gpu->config, name);
	if (IS_ERR(link))
		return ERR_CAST(link);
	part->link = link;

	return vgpusvm_cfs_add_part(no_free_ptr(part), parts, name,
				    &vgpusvm_cfs_link_type);
}

/* configfs never calls this for an enabled GPU: the directory is pinned. */
static void vgpusvm_cfs_drop_part(struct config_group *group,
				  struct config_item *item)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	scoped_guard(mutex, &vgpusvm_gpus_lock) {
		list_del(&part->entry);
		if (part->region)
			vgpusvm_config_del_region(part->region);
		else
			vgpusvm_config_del_link(part->link);
	}
	config_item_put(item);
}

static const struct configfs_group_operations vgpusvm_cfs_regions_ops = {
	.make_item = vgpusvm_cfs_make_region,
	.drop_item = vgpusvm_cfs_drop_part,
};

static const struct config_item_type vgpusvm_cfs_regions_type = {
	.ct_group_ops = &vgpusvm_cfs_regions_ops,
	.ct_owner = THIS_MODULE,
};

static const struct configfs_group_operations vgpusvm_cfs_links_ops = {
	.make_item = vgpusvm_cfs_make_link,
	.drop_item = vgpusvm_cfs_drop_part,
};

static const struct config_item_type vgpusvm_cfs_links_type = {
	.ct_group_ops = &vgpusvm_cfs_links_ops,
	.ct_owner = THIS_MODULE,
};

/**
 * vgpusvm_cfs_parts_init() - Make the directories of regions and links
 * @parts: Regions and links of the GPU; zeroed.
 * @gpu: The GPU.
 * @group: Directory of the GPU.
 */
void vgpusvm_cfs_parts_init(struct vgpusvm_cfs_parts *parts,
			    struct vgpusvm_gpu *gpu,
			    struct config_group *group)
{
	parts->gpu = gpu;
	INIT_LIST_HEAD(&parts->list);
	config_group_init_type_name(&parts->regions, "regions",
				    &vgpusvm_cfs_regions_type);
	configfs_add_default_group(&parts->regions, group);
	config_group_init_type_name(&parts->links, "links",
				    &vgpusvm_cfs_links_type);
	configfs_add_default_group(&parts->links, group);
}

/**
 * vgpusvm_cfs_parts_pin() - Keep regions and links from being removed
 * @parts: Regions and links of a GPU.
 * @subsystem: Subsystem that they belong to, locked.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_cfs_parts_pin(struct vgpusvm_cfs_parts *parts,
			  struct configfs_subsystem *subsystem)
{
	struct vgpusvm_cfs_part *part;
	int err = 0;

	list_for_each_entry(part, &parts->list, entry) {
		err = configfs_depend_item_unlocked(subsystem, &part->item);
		if (err)
			break;
	}
	if (!err)
		return 0;

	list_for_each_entry_continue_reverse(part, &parts->list, entry)
		configfs_undepend_item_unlocked(&part->item);

	return err;
}

/**
 * vgpusvm_cfs_parts_unpin() - Let regions and links be removed again
 * @parts: Regions and links that are pinned.
 */
void vgpusvm_cfs_parts_unpin(struct vgpusvm_cfs_parts *parts)
{
	struct vgpusvm_cfs_part *part;

	list_for_each_entry(part, &parts->list, entry)
		configfs_undepend_item_unlocked(&part->item);
}
