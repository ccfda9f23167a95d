// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_node.h"
#include "topology_sysfs_internal.h"

/*
 * The pagemaps. Their values are constant while the device exists, except those that
 * come from the driver. No file takes a lock of the topology.
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
	if (drm_pagemap_topology_region_active(region))
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

static const struct attribute_group *pagemap_groups[] = {
	&pagemap_group,
	&drm_pagemap_topology_sysfs_members_group,
	NULL
};

static int pagemap_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	const struct drm_pagemap_region *region = to_region(dev);

	/* The device "topology" has the same class. */
	if (dev->groups != pagemap_groups)
		return 0;

	return add_uevent_var(env, "ID=%u", region->node->id) ?:
	       add_uevent_var(env, "UID=%s", region->node->uid) ?:
	       drm_pagemap_topology_sysfs_group_var(region->initiator, env);
}

const struct class drm_pagemap_topology_pagemap_class = {
	.name = "drm_pagemap",
	.dev_uevent = pagemap_uevent,
};

/**
 * drm_pagemap_topology_sysfs_add_region() - Publish a pagemap, without the links to it
 * @region: The region; its initiator is published.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_add_region(struct drm_pagemap_region *region)
{
	struct drm_pagemap_initiator *initiator = region->initiator;
	int err;

	region->dev.class = &drm_pagemap_topology_pagemap_class;
	region->dev.groups = pagemap_groups;
	err = drm_pagemap_topology_sysfs_add_device(&region->dev, &region->event);
	if (err)
		return err;

	err = sysfs_create_link(&region->dev.kobj, &initiator->dev.kobj, "initiator");
	if (err)
		return err;

	return drm_pagemap_topology_sysfs_add_render(initiator, &region->dev);
}
