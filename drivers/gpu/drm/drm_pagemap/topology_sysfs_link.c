// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>

#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"
#include "topology_sysfs_internal.h"

/* The links, each of which is a device. */

static const char * const link_type_names[DRM_PAGEMAP_LINK_TYPES] = {
	[DRM_PAGEMAP_LINK_LOCAL] = "local",
	[DRM_PAGEMAP_LINK_TILE] = "tile",
	[DRM_PAGEMAP_LINK_PCIE_P2P] = "pcie-p2p",
	[DRM_PAGEMAP_LINK_XELINK] = "xelink",
	[DRM_PAGEMAP_LINK_XGMI] = "xgmi",
	[DRM_PAGEMAP_LINK_NVLINK] = "nvlink",
	[DRM_PAGEMAP_LINK_CXL] = "cxl",
	[DRM_PAGEMAP_LINK_VIRTUAL] = "virtual",
};

static const char * const link_usable_names[] = {
	[TOPOLOGY_USABLE] = "none",
	[TOPOLOGY_UNUSABLE_ADMIN_GROUP] = "admin-group",
	[TOPOLOGY_UNUSABLE_CLIQUE] = "clique",
	[TOPOLOGY_UNUSABLE_THRESHOLD] = "threshold",
	[TOPOLOGY_UNUSABLE_HELD] = "held",
	[TOPOLOGY_UNUSABLE_GOING] = "going",
	[TOPOLOGY_UNUSABLE_NO_ACCESS] = "none",
};

static ssize_t type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", link_type_names[READ_ONCE(to_link(dev)->info.type)]);
}
static DEVICE_ATTR_RO(type);

static ssize_t hops_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	int hops = READ_ONCE(to_link(dev)->info.hops);

	return hops >= 0 ? sysfs_emit(buf, "%d\n", hops) : -ENODATA;
}
static DEVICE_ATTR_RO(hops);

/* A value of 0 means unknown. */
static ssize_t link_emit(char *buf, u32 value)
{
	return value ? sysfs_emit(buf, "%u\n", value) : -ENODATA;
}

#define LINK_SHOW_NUMBER(name)						\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return link_emit(buf, READ_ONCE(to_link(dev)->info.name));	\
}

LINK_SHOW_NUMBER(max_read_bandwidth)
static DEVICE_ATTR_RO(max_read_bandwidth);

LINK_SHOW_NUMBER(max_write_bandwidth)
static DEVICE_ATTR_RO(max_write_bandwidth);

LINK_SHOW_NUMBER(read_latency)
static DEVICE_ATTR_RO(read_latency);

LINK_SHOW_NUMBER(write_latency)
static DEVICE_ATTR_RO(write_latency);

/* Calls the driver if it reads its hardware. The file is removed before either end of the link. */
static int link_bandwidth(struct topology_link *link, u32 *read, u32 *write)
{
	struct drm_pagemap_initiator *initiator = link->initiator;
	int idx;

	*read = READ_ONCE(link->info.read_bandwidth);
	*write = READ_ONCE(link->info.write_bandwidth);
	if (!initiator->ops->link_bandwidth)
		return 0;

	if (!drm_dev_enter(initiator->drm, &idx))
		return -ENODEV;
	initiator->ops->link_bandwidth(initiator->private, link->region->node, read, write);
	drm_dev_exit(idx);

	return 0;
}

static ssize_t read_bandwidth_show(struct device *dev, struct device_attribute *attr,
				   char *buf)
{
	u32 read, write;

	return link_bandwidth(to_link(dev), &read, &write) ?: link_emit(buf, read);
}
static DEVICE_ATTR_RO(read_bandwidth);

static ssize_t write_bandwidth_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	u32 read, write;

	return link_bandwidth(to_link(dev), &read, &write) ?: link_emit(buf, write);
}
static DEVICE_ATTR_RO(write_bandwidth);

static ssize_t access_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(to_link(dev)->refusal) ? "none" : "direct");
}
static DEVICE_ATTR_RO(access);

static ssize_t reason_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  drm_pagemap_topology_refusal_names[READ_ONCE(to_link(dev)->refusal)]);
}
static DEVICE_ATTR_RO(reason);

static ssize_t usable_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_link(dev)->usable) == TOPOLOGY_USABLE);
}
static DEVICE_ATTR_RO(usable);

static ssize_t usable_reason_show(struct device *dev, struct device_attribute *attr,
				  char *buf)
{
	return sysfs_emit(buf, "%s\n", link_usable_names[READ_ONCE(to_link(dev)->usable)]);
}
static DEVICE_ATTR_RO(usable_reason);

static struct attribute *link_attrs[] = {
	&dev_attr_type.attr,
	&dev_attr_access.attr,
	&dev_attr_reason.attr,
	&dev_attr_usable.attr,
	&dev_attr_usable_reason.attr,
	&dev_attr_hops.attr,
	&dev_attr_read_bandwidth.attr,
	&dev_attr_write_bandwidth.attr,
	&dev_attr_max_read_bandwidth.attr,
	&dev_attr_max_write_bandwidth.attr,
	&dev_attr_read_latency.attr,
	&dev_attr_write_latency.attr,
	NULL
};

/* Attributes that the driver must know for a file to exist */
static const struct {
	const struct attribute *attr;
	u32 needs;
} link_attr_needs[] = {
	{ &dev_attr_hops.attr, DRM_PAGEMAP_LINK_HAS_HOPS },
	{ &dev_attr_read_bandwidth.attr, DRM_PAGEMAP_LINK_HAS_BANDWIDTH },
	{ &dev_attr_write_bandwidth.attr, DRM_PAGEMAP_LINK_HAS_BANDWIDTH },
	{ &dev_attr_max_read_bandwidth.attr, DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH },
	{ &dev_attr_max_write_bandwidth.attr, DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH },
	{ &dev_attr_read_latency.attr, DRM_PAGEMAP_LINK_HAS_LATENCY },
	{ &dev_attr_write_latency.attr, DRM_PAGEMAP_LINK_HAS_LATENCY },
};

static umode_t link_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	u32 attributes = to_link(kobj_to_dev(kobj))->info.attributes;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(link_attr_needs); i++)
		if (attr == link_attr_needs[i].attr && !(attributes & link_attr_needs[i].needs))
			return 0;

	return attr->mode;
}

static const struct attribute_group link_group = {
	.attrs = link_attrs,
	.is_visible = link_attr_visible,
};

static int link_statistics(struct device *dev, struct drm_pagemap_link_statistics *statistics)
{
	struct topology_link *link = to_link(dev);
	struct drm_pagemap_initiator *initiator = link->initiator;
	int idx;

	if (!drm_dev_enter(initiator->drm, &idx))
		return -ENODEV;
	initiator->ops->link_statistics(initiator->private, link->region->node, statistics);
	drm_dev_exit(idx);

	return 0;
}

static ssize_t read_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_link_statistics statistics = {};

	return link_statistics(dev, &statistics) ?:
	       sysfs_emit(buf, "%llu\n", statistics.read_bytes);
}
static DEVICE_ATTR_RO(read_bytes);

static ssize_t write_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_link_statistics statistics = {};

	return link_statistics(dev, &statistics) ?:
	       sysfs_emit(buf, "%llu\n", statistics.write_bytes);
}
static DEVICE_ATTR_RO(write_bytes);

static struct attribute *statistics_attrs[] = {
	&dev_attr_read_bytes.attr,
	&dev_attr_write_bytes.attr,
	NULL
};

static bool statistics_group_visible(struct kobject *kobj)
{
	return to_link(kobj_to_dev(kobj))->info.attributes & DRM_PAGEMAP_LINK_HAS_STATISTICS;
}

DEFINE_SIMPLE_SYSFS_GROUP_VISIBLE(statistics);

static const struct attribute_group statistics_group = {
	.name = "statistics",
	.attrs = statistics_attrs,
	.is_visible = SYSFS_GROUP_VISIBLE(statistics),
};

static const struct attribute_group *link_groups[] = {
	&link_group,
	&statistics_group,
	NULL
};

static int link_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	const struct topology_link *link = to_link(dev);

	return add_uevent_var(env, "UID=%s", link->initiator->uid) ?:
	       add_uevent_var(env, "ID=%u", link->region->node->id);
}

const struct class drm_pagemap_topology_link_class = {
	.name = "drm_pagemap_link",
	.dev_groups = link_groups,
	.dev_uevent = link_uevent,
};

static int topology_link_ends(struct topology_link *link)
{
	struct drm_pagemap_initiator *initiator = link->initiator;
	struct drm_pagemap_region *region = link->region;
	int err;

	err = sysfs_create_link(&link->dev.kobj, &initiator->dev.kobj, "initiator");
	if (err)
		return err;

	err = sysfs_create_link(&link->dev.kobj, &region->dev.kobj, "pagemap");
	if (err)
		return err;

	err = sysfs_add_link_to_group(&initiator->dev.kobj, TOPOLOGY_SYSFS_TARGETS,
				      &link->dev.kobj, dev_name(&region->dev));
	if (err)
		return err;

	return sysfs_add_link_to_group(&region->dev.kobj, TOPOLOGY_SYSFS_MEMBERS,
				       &link->dev.kobj, initiator->uid);
}

/**
 * drm_pagemap_topology_sysfs_add_link() - Publish a link
 * @link: The link; both of its ends are published.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_add_link(struct topology_link *link)
{
	int err;

	link->dev.class = &drm_pagemap_topology_link_class;
	err = drm_pagemap_topology_sysfs_add_device(&link->dev, &link->event);
	if (err)
		return err;

	return topology_link_ends(link);
}

/**
 * drm_pagemap_topology_sysfs_del_link() - Undo drm_pagemap_topology_sysfs_add_link()
 * @link: The link, published completely, in part, or not at all.
 */
void drm_pagemap_topology_sysfs_del_link(struct topology_link *link)
{
	struct drm_pagemap_initiator *initiator = link->initiator;
	struct drm_pagemap_region *region = link->region;

	if (!device_is_registered(&link->dev))
		return;

	drm_pagemap_topology_touch();
	sysfs_remove_link_from_group(&region->dev.kobj, TOPOLOGY_SYSFS_MEMBERS, initiator->uid);
	sysfs_remove_link_from_group(&initiator->dev.kobj, TOPOLOGY_SYSFS_TARGETS,
				     dev_name(&region->dev));
	drm_pagemap_topology_sysfs_del_device(&link->dev);
}
