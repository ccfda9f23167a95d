// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Regions and links of a GPU in configfs.
 */

#include <linux/cleanup.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vgpusvm_configfs.h"
#include "vgpusvm_topology.h"

/* More than any machine has, independent of this kernel's CONFIG_NODES_SHIFT */
#define VGPUSVM_MAX_NODES	1024

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

static struct drm_pagemap_link_info *
vgpusvm_cfs_info(struct vgpusvm_cfs_part *part)
{
	return part->region ? &part->region->info : &part->link->info;
}

static int vgpusvm_cfs_set_info(struct vgpusvm_cfs_part *part,
				const struct drm_pagemap_link_info *info)
{
	struct vgpusvm_config *config = part->gpu->config;

	if (part->link)
		return vgpusvm_topology_set_link(config, part->link, info);

	if (vgpusvm_config_enabled(config))
		return -EBUSY;
	part->region->info = *info;

	return 0;
}

/* The current bandwidth must not exceed the maximum bandwidth. */
static bool vgpusvm_cfs_is_sane(const struct drm_pagemap_link_info *info)
{
	return (!info->max_read_bandwidth ||
		info->read_bandwidth <= info->max_read_bandwidth) &&
	       (!info->max_write_bandwidth ||
		info->write_bandwidth <= info->max_write_bandwidth);
}

static ssize_t vgpusvm_cfs_figure_store(struct config_item *item,
					const char *page, size_t count,
					size_t offset, size_t max_offset)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	struct drm_pagemap_link_info info;
	u32 value, *max;
	int err;

	err = kstrtou32(page, 0, &value);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_config_lock);
	info = *vgpusvm_cfs_info(part);
	*(u32 *)((void *)&info + offset) = value;
	max = (void *)&info + max_offset;
	if (max_offset != offset && *max && *max < value)
		*max = value;
	if (!vgpusvm_cfs_is_sane(&info))
		return -EINVAL;
	err = vgpusvm_cfs_set_info(part, &info);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_figure_show(struct config_item *item, char *page,
				       size_t offset)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%u\n",
			  *(u32 *)((void *)vgpusvm_cfs_info(part) + offset));
}

#define VGPUSVM_INFO(member)	offsetof(struct drm_pagemap_link_info, member)

#define VGPUSVM_CFS_SHOW(name)						\
static ssize_t vgpusvm_cfs_##name##_show(struct config_item *item,	\
					 char *page)			\
{									\
	return vgpusvm_cfs_figure_show(item, page, VGPUSVM_INFO(name));	\
}

/* @max: attribute that is raised to at least @name, or @name itself */
#define VGPUSVM_CFS_STORE(name, max)					\
static ssize_t vgpusvm_cfs_##name##_store(struct config_item *item,	\
					  const char *page,		\
					  size_t count)			\
{									\
	return vgpusvm_cfs_figure_store(item, page, count,		\
					VGPUSVM_INFO(name),		\
					VGPUSVM_INFO(max));		\
}

VGPUSVM_CFS_SHOW(read_bandwidth)
VGPUSVM_CFS_STORE(read_bandwidth, max_read_bandwidth)
CONFIGFS_ATTR(vgpusvm_cfs_, read_bandwidth);

VGPUSVM_CFS_SHOW(write_bandwidth)
VGPUSVM_CFS_STORE(write_bandwidth, max_write_bandwidth)
CONFIGFS_ATTR(vgpusvm_cfs_, write_bandwidth);

VGPUSVM_CFS_SHOW(max_read_bandwidth)
VGPUSVM_CFS_STORE(max_read_bandwidth, max_read_bandwidth)
CONFIGFS_ATTR(vgpusvm_cfs_, max_read_bandwidth);

VGPUSVM_CFS_SHOW(max_write_bandwidth)
VGPUSVM_CFS_STORE(max_write_bandwidth, max_write_bandwidth)
CONFIGFS_ATTR(vgpusvm_cfs_, max_write_bandwidth);

VGPUSVM_CFS_SHOW(read_latency)
VGPUSVM_CFS_STORE(read_latency, read_latency)
CONFIGFS_ATTR(vgpusvm_cfs_, read_latency);

VGPUSVM_CFS_SHOW(write_latency)
VGPUSVM_CFS_STORE(write_latency, write_latency)
CONFIGFS_ATTR(vgpusvm_cfs_, write_latency);

static ssize_t vgpusvm_cfs_hops_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%d\n", part->link->info.hops);
}

static ssize_t vgpusvm_cfs_hops_store(struct config_item *item,
				      const char *page, size_t count)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	struct drm_pagemap_link_info info;
	int err, hops;

	err = kstrtoint(page, 0, &hops);
	if (err)
		return err;
	if (hops < -1)
		return -EINVAL;

	guard(mutex)(&vgpusvm_config_lock);
	info = part->link->info;
	info.hops = hops;
	err = vgpusvm_cfs_set_info(part, &info);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_type_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%s\n", vgpusvm_types[part->link->info.type]);
}

static ssize_t vgpusvm_cfs_type_store(struct config_item *item,
				      const char *page, size_t count)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	struct drm_pagemap_link_info info;
	int err, type;

	type = sysfs_match_string(vgpusvm_types, page);
	if (type < 0)
		return type;
	/* A link to another GPU is never local */
	if (type == DRM_PAGEMAP_LINK_LOCAL)
		return -EINVAL;

	guard(mutex)(&vgpusvm_config_lock);
	info = part->link->info;
	info.type = type;
	err = vgpusvm_cfs_set_info(part, &info);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_refusal_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%s\n",
			  vgpusvm_refusals[part->link->info.refusal]);
}

static ssize_t vgpusvm_cfs_refusal_store(struct config_item *item,
					 const char *page, size_t count)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	struct drm_pagemap_link_info info;
	int err, refusal;

	refusal = sysfs_match_string(vgpusvm_refusals, page);
	if (refusal < 0)
		return refusal;

	guard(mutex)(&vgpusvm_config_lock);
	info = part->link->info;
	info.refusal = refusal;
	err = vgpusvm_cfs_set_info(part, &info);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_size_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%llu\n", part->region->size);
}

static ssize_t vgpusvm_cfs_size_store(struct config_item *item,
				      const char *page, size_t count)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	char *end;
	u64 size;

	size = memparse(page, &end);
	if (end == page || (*end && strcmp(end, "\n")))
		return -EINVAL;
	if (!size || !IS_ALIGNED(size, SZ_2M))
		return -EINVAL;

	guard(mutex)(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(part->gpu->config))
		return -EBUSY;
	part->region->size = size;

	return count;
}

static ssize_t vgpusvm_cfs_numa_node_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%d\n", part->region->numa_node);
}

static ssize_t vgpusvm_cfs_numa_node_store(struct config_item *item,
					   const char *page, size_t count)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);
	int err, node;

	err = kstrtoint(page, 0, &node);
	if (err)
		return err;
	if (node < NUMA_NO_NODE || node >= VGPUSVM_MAX_NODES)
		return -EINVAL;

	guard(mutex)(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(part->gpu->config))
		return -EBUSY;
	part->region->numa_node = node;

	return count;
}

CONFIGFS_ATTR(vgpusvm_cfs_, hops);
CONFIGFS_ATTR(vgpusvm_cfs_, type);
CONFIGFS_ATTR(vgpusvm_cfs_, refusal);
CONFIGFS_ATTR(vgpusvm_cfs_, size);
CONFIGFS_ATTR(vgpusvm_cfs_, numa_node);

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

/* regions/ and links/ are directly below the GPU. */
static struct vgpusvm_cfs_gpu *vgpusvm_cfs_parent(struct config_group *group)
{
	return to_vgpusvm_cfs_gpu(group->cg_item.ci_parent);
}

static struct config_item *
vgpusvm_cfs_add_part(struct vgpusvm_cfs_part *part, struct vgpusvm_cfs_gpu *gpu,
		     const char *name, const struct config_item_type *type)
{
	part->gpu = gpu;
	list_add_tail(&part->entry, &gpu->parts);
	config_item_init_type_name(&part->item, name, type);

	return &part->item;
}

static struct config_item *vgpusvm_cfs_make_region(struct config_group *group,
						   const char *name)
{
	struct vgpusvm_cfs_gpu *gpu = vgpusvm_cfs_parent(group);
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

	guard(mutex)(&vgpusvm_config_lock);
	region = vgpusvm_config_add_region(gpu->config, instance);
	if (IS_ERR(region))
		return ERR_CAST(region);
	part->region = region;

	return vgpusvm_cfs_add_part(no_free_ptr(part), gpu, name,
				    &vgpusvm_cfs_region_type);
}

static struct config_item *vgpusvm_cfs_make_link(struct config_group *group,
						 const char *name)
{
	struct vgpusvm_cfs_gpu *gpu = vgpusvm_cfs_parent(group);
	struct vgpusvm_cfs_part *part __free(kfree) = kzalloc_obj(*part);
	struct vgpusvm_link_config *link;

	if (!part)
		return ERR_PTR(-ENOMEM);

	guard(mutex)(&vgpusvm_config_lock);
	link = vgpusvm_config_add_link(gpu->config, name);
	if (IS_ERR(link))
		return ERR_CAST(link);
	part->link = link;

	return vgpusvm_cfs_add_part(no_free_ptr(part), gpu, name,
				    &vgpusvm_cfs_link_type);
}

/* configfs never calls this for an enabled GPU: the directory is pinned. */
static void vgpusvm_cfs_drop_part(struct config_group *group,
				  struct config_item *item)
{
	struct vgpusvm_cfs_part *part = to_vgpusvm_cfs_part(item);

	scoped_guard(mutex, &vgpusvm_config_lock) {
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

const struct config_item_type vgpusvm_cfs_regions_type = {
	.ct_group_ops = &vgpusvm_cfs_regions_ops,
	.ct_owner = THIS_MODULE,
};

static const struct configfs_group_operations vgpusvm_cfs_links_ops = {
	.make_item = vgpusvm_cfs_make_link,
	.drop_item = vgpusvm_cfs_drop_part,
};

const struct config_item_type vgpusvm_cfs_links_type = {
	.ct_group_ops = &vgpusvm_cfs_links_ops,
	.ct_owner = THIS_MODULE,
};
