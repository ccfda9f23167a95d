// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include "topology_sysfs_internal.h"

/*
 * The classes and the generation. A device is added with its uevents suppressed, and
 * its uevent is sent at the end of the change. So its receiver finds the files, the
 * symbolic links, and an even generation.
 */

static struct device *topology_dev;

static ssize_t generation_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "%llu\n", drm_pagemap_topology_generation());
}
static DEVICE_ATTR_RO(generation);

static struct attribute *generation_attrs[] = {
	&dev_attr_generation.attr,
	NULL
};
ATTRIBUTE_GROUPS(generation);

static struct attribute *no_attrs[] = {
	NULL
};

const struct attribute_group drm_pagemap_topology_sysfs_members_group = {
	.name = TOPOLOGY_SYSFS_MEMBERS,
	.attrs = no_attrs,
};

const struct attribute_group drm_pagemap_topology_sysfs_pagemaps_group = {
	.name = TOPOLOGY_SYSFS_PAGEMAPS,
	.attrs = no_attrs,
};

const struct attribute_group drm_pagemap_topology_sysfs_targets_group = {
	.name = TOPOLOGY_SYSFS_TARGETS,
	.attrs = no_attrs,
};

/**
 * drm_pagemap_topology_sysfs_add_device() - Publish the device of an object
 * @dev: The device.
 * @event: Uevent of the device, which is queued.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_add_device(struct device *dev, struct topology_event *event)
{
	int err;

	dev_set_uevent_suppress(dev, true);
	drm_pagemap_topology_touch();
	err = device_add(dev);
	if (err)
		return err;

	drm_pagemap_topology_event_queue(event, KOBJ_ADD);
	return 0;
}

/**
 * drm_pagemap_topology_sysfs_del_device() - Undo drm_pagemap_topology_sysfs_add_device()
 * @dev: The device, added or not.
 */
void drm_pagemap_topology_sysfs_del_device(struct device *dev)
{
	if (!device_is_registered(dev))
		return;

	drm_pagemap_topology_touch();
	device_del(dev);
}

static const struct class * const topology_classes[] = {
	&drm_pagemap_topology_pagemap_class, &drm_pagemap_topology_initiator_class,
	&drm_pagemap_topology_link_class, &drm_pagemap_topology_group_class,
};

static void topology_unregister_classes(unsigned int count)
{
	while (count--)
		class_unregister(topology_classes[count]);
}

static int topology_register_classes(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(topology_classes); i++) {
		err = class_register(topology_classes[i]);
		if (err) {
			topology_unregister_classes(i);
			return err;
		}
	}

	return 0;
}

static void topology_dev_release(struct device *dev)
{
	kfree(dev);
	drm_pagemap_topology_object_put();
}

static struct device *topology_dev_create(void)
{
	struct device *dev;
	int err;

	dev = kzalloc_obj(*dev);
	if (!dev)
		return ERR_PTR(-ENOMEM);

	device_initialize(dev);
	device_set_pm_not_required(dev);
	drm_pagemap_topology_object_get();
	dev->class = &drm_pagemap_topology_pagemap_class;
	dev->groups = generation_groups;
	dev->release = topology_dev_release;

	err = dev_set_name(dev, "topology") ?: device_add(dev);
	if (err) {
		put_device(dev);
		return ERR_PTR(err);
	}

	return dev;
}

/**
 * drm_pagemap_topology_sysfs_init() - Create the classes and the generation
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_init(void)
{
	int err;

	err = topology_register_classes();
	if (err)
		return err;

	topology_dev = topology_dev_create();
	if (IS_ERR(topology_dev)) {
		topology_unregister_classes(ARRAY_SIZE(topology_classes));
		return PTR_ERR(topology_dev);
	}

	drm_pagemap_topology_change_set_device(topology_dev);
	return 0;
}

/**
 * drm_pagemap_topology_sysfs_fini() - Remove the classes, after all objects are gone
 */
void drm_pagemap_topology_sysfs_fini(void)
{
	drm_pagemap_topology_change_unset_device();
	device_unregister(topology_dev);
	topology_unregister_classes(ARRAY_SIZE(topology_classes));
}
