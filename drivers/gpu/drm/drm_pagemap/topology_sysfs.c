// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/sysfs.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "topology_internal.h"

/*
 * The classes, the initiators, the generation, and uevents. An object is added
 * with its uevents suppressed, and they are sent when the change is complete,
 * so that whoever gets one finds the files, the links, and an even generation.
 */

static struct device *topology_dev;
static struct kernfs_node *topology_generation_file;

static void topology_region_release(struct device *dev)
{
	struct drm_pagemap_region *region = to_region(dev);

	kfree(region->info.dmem_region);
	drm_pagemap_node_put(region->node);
	put_device(&region->initiator->dev);
	kfree_rcu(region, rcu);
	topology_object_put();
}

static void topology_initiator_release(struct device *dev)
{
	struct drm_pagemap_initiator *initiator = to_initiator(dev);

	kfree(initiator->regions);
	kfree(initiator->uid);
	kfree_rcu(initiator, rcu);
	topology_object_put();
}

const struct class topology_pagemap_class = {
	.name = "drm_pagemap",
	.dev_release = topology_region_release,
};

const struct class topology_initiator_class = {
	.name = "drm_pagemap_initiator",
	.dev_release = topology_initiator_release,
};

const struct class topology_group_class = {
	.name = "drm_pagemap_group",
	.dev_groups = topology_group_groups,
};

static ssize_t generation_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "%llu\n", topology_generation());
}
static DEVICE_ATTR_RO(generation);

static struct attribute *generation_attrs[] = {
	&dev_attr_generation.attr,
	NULL
};
ATTRIBUTE_GROUPS(generation);

static void topology_announce_device(struct device *dev, enum topology_announce *announce)
{
	if (*announce != TOPOLOGY_ANNOUNCE_NONE && device_is_registered(dev)) {
		dev_set_uevent_suppress(dev, false);
		kobject_uevent(&dev->kobj, *announce == TOPOLOGY_ANNOUNCE_ADD ?
						KOBJ_ADD : KOBJ_CHANGE);
	}
	*announce = TOPOLOGY_ANNOUNCE_NONE;
}

static void topology_announce_generation(void)
{
	char text[sizeof("GENERATION=") + 20];
	char *env[2] = {};

	env[0] = text;
	snprintf(text, sizeof(text), "GENERATION=%llu", topology_generation());
	kobject_uevent_env(&topology_dev->kobj, KOBJ_CHANGE, env);
	if (topology_generation_file)
		kernfs_notify(topology_generation_file);
}

/**
 * topology_sysfs_announce() - Tell everybody of a change that is complete
 */
void topology_sysfs_announce(void)
{
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_group *group;
	unsigned int i;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(group, &topology_groups, entry)
		topology_announce_device(&group->dev, &group->announce);

	list_for_each_entry(initiator, &topology_initiators, entry) {
		topology_announce_device(&initiator->dev, &initiator->announce);
		for (i = 0; i < initiator->num_regions; i++)
			topology_announce_device(&initiator->regions[i]->dev,
						 &initiator->regions[i]->announce);
	}

	topology_announce_generation();
}

/**
 * topology_sysfs_link_render() - Link a device to the render node, if there is one
 * @initiator: Whose render node.
 * @dev: The initiator's or a pagemap's device.
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_link_render(struct drm_pagemap_initiator *initiator, struct device *dev)
{
	struct drm_minor *render = initiator->drm->render;

	if (!render || !render->kdev)
		return 0;

	return sysfs_create_link(&dev->kobj, &render->kdev->kobj, "render");
}

/**
 * topology_sysfs_del_render() - The render node is about to go
 * @initiator: Whose.
 */
void topology_sysfs_del_render(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link(&initiator->regions[i]->dev.kobj, "render");
	sysfs_remove_link(&initiator->dev.kobj, "render");
}

/**
 * topology_sysfs_add_initiator() - Publish an initiator, but for its links
 * @initiator: The initiator.
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_add_initiator(struct drm_pagemap_initiator *initiator)
{
	int err;

	dev_set_uevent_suppress(&initiator->dev, true);
	err = device_add(&initiator->dev);
	if (err)
		return err;

	initiator->announce = TOPOLOGY_ANNOUNCE_ADD;
	initiator->targets_dir = kobject_create_and_add("targets", &initiator->dev.kobj);
	if (!initiator->targets_dir)
		return -ENOMEM;

	return topology_sysfs_link_render(initiator, &initiator->dev);
}

/**
 * topology_sysfs_del_initiator() - Undo topology_sysfs_add_initiator()
 * @initiator: The initiator, published wholly, in part, or not at all.
 */
void topology_sysfs_del_initiator(struct drm_pagemap_initiator *initiator)
{
	if (!device_is_registered(&initiator->dev))
		return;

	kobject_put(initiator->targets_dir);
	device_del(&initiator->dev);
}

static const struct class * const topology_classes[] = {
	&topology_pagemap_class, &topology_initiator_class, &topology_group_class,
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
	topology_object_put();
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
	topology_object_get();
	dev->class = &topology_pagemap_class;
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
 * topology_sysfs_init() - Make the classes and the generation
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_init(void)
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
	topology_generation_file = sysfs_get_dirent(topology_dev->kobj.sd, "generation");

	return 0;
}

/**
 * topology_sysfs_fini() - Undo topology_sysfs_init(), with nothing left to show
 */
void topology_sysfs_fini(void)
{
	sysfs_put(topology_generation_file);
	device_unregister(topology_dev);
	topology_unregister_classes(ARRAY_SIZE(topology_classes));
}
