// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/sysfs.h>

#include <drm/drm_drv.h>

#include "topology_internal.h"

/* The pagemaps. What is shown does not change while the device is there, but
 * for what the driver is asked, which takes no lock of ours.
 */

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_region(dev)->node->id);
}
static DEVICE_ATTR_RO(id);

static ssize_t uid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_region(dev)->node->uid);
}
static DEVICE_ATTR_RO(uid);

static ssize_t region_instance_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	return sysfs_emit(buf, "%u\n", to_region(dev)->info.instance);
}
static DEVICE_ATTR_RO(region_instance);

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", to_region(dev)->info.size);
}
static DEVICE_ATTR_RO(size);

static ssize_t free_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_region *region = to_region(dev);
	u64 free;
	int idx;

	if (!drm_dev_enter(region->initiator->drm, &idx))
		return -ENODEV;
	free = region->info.ops->free(region->info.private);
	drm_dev_exit(idx);

	return sysfs_emit(buf, "%llu\n", free);
}
static DEVICE_ATTR_RO(free);

static ssize_t numa_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", to_region(dev)->info.numa_node);
}
static DEVICE_ATTR_RO(numa_node);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_region *region = to_region(dev);
	const struct drm_pagemap_region_ops *ops = region->info.ops;
	const char *state = "idle";
	int idx;

	if (!drm_dev_enter(region->initiator->drm, &idx))
		return -ENODEV;
	if (topology_region_active(region))
		state = "active";
	else if (ops->instantiated && ops->instantiated(region->info.private))
		state = "cached";
	drm_dev_exit(idx);

	return sysfs_emit(buf, "%s\n", state);
}
static DEVICE_ATTR_RO(state);

static ssize_t dmem_region_show(struct device *dev, struct device_attribute *attr,
				char *buf)
{
	return sysfs_emit(buf, "%s\n", to_region(dev)->info.dmem_region);
}
static DEVICE_ATTR_RO(dmem_region);

static struct attribute *pagemap_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_uid.attr,
	&dev_attr_region_instance.attr,
	&dev_attr_size.attr,
	&dev_attr_free.attr,
	&dev_attr_numa_node.attr,
	&dev_attr_state.attr,
	&dev_attr_dmem_region.attr,
	NULL
};

static umode_t pagemap_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct drm_pagemap_region *region = to_region(kobj_to_dev(kobj));

	if (attr == &dev_attr_free.attr && !region->info.ops->free)
		return 0;
	if (attr == &dev_attr_dmem_region.attr && !region->info.dmem_region)
		return 0;

	return attr->mode;
}

static const struct attribute_group pagemap_group = {
	.attrs = pagemap_attrs,
	.is_visible = pagemap_attr_visible,
};
__ATTRIBUTE_GROUPS(pagemap);

/**
 * topology_sysfs_add_region() - Publish a pagemap, but for the links to it
 * @region: The region; its initiator is published.
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_add_region(struct drm_pagemap_region *region)
{
	int err;

	/* Not the class's, because "topology" is of the same class. */
	region->dev.groups = pagemap_groups;
	dev_set_uevent_suppress(&region->dev, true);
	err = device_add(&region->dev);
	if (err)
		return err;

	region->announce = TOPOLOGY_ANNOUNCE_ADD;
	region->links_dir = kobject_create_and_add("initiators", &region->dev.kobj);
	if (!region->links_dir)
		return -ENOMEM;

	err = sysfs_create_link(&region->dev.kobj, &region->initiator->dev.kobj,
				"initiator");
	if (err)
		return err;

	return topology_sysfs_link_render(region->initiator, &region->dev);
}

/**
 * topology_sysfs_del_region() - Undo topology_sysfs_add_region()
 * @region: The region, published wholly, in part, or not at all.
 */
void topology_sysfs_del_region(struct drm_pagemap_region *region)
{
	if (!device_is_registered(&region->dev))
		return;

	kobject_put(region->links_dir);
	device_del(&region->dev);
}
