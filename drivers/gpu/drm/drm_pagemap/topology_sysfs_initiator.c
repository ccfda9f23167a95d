// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include "topology_group.h"
#include "topology_initiator.h"
#include "topology_node.h"
#include "topology_sysfs_internal.h"

/* The initiators, together with their pagemaps. */

static const struct attribute_group *initiator_groups[] = {
	&drm_pagemap_topology_sysfs_targets_group,
	NULL
};

/**
 * drm_pagemap_topology_sysfs_group_var() - Add GROUP= to a uevent
 * @initiator: The initiator whose group is added.
 * @env: The environment of the uevent.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_group_var(const struct drm_pagemap_initiator *initiator,
					 struct kobj_uevent_env *env)
{
	struct drm_pagemap_group *group = drm_pagemap_topology_group_get(initiator);
	int err;

	if (!group)
		return 0;

	err = add_uevent_var(env, "GROUP=%s", dev_name(&group->dev));
	put_device(&group->dev);

	return err;
}

static int initiator_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	const struct drm_pagemap_initiator *initiator = to_initiator(dev);

	return add_uevent_var(env, "UID=%s", initiator->uid) ?:
	       drm_pagemap_topology_sysfs_group_var(initiator, env);
}

const struct class drm_pagemap_topology_initiator_class = {
	.name = "drm_pagemap_initiator",
	.dev_groups = initiator_groups,
	.dev_uevent = initiator_uevent,
};

/**
 * drm_pagemap_topology_sysfs_add_render() - Link a device to its GPU's render node, if any
 * @initiator: The GPU.
 * @dev: The device of the initiator or of a pagemap.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_add_render(struct drm_pagemap_initiator *initiator,
					  struct device *dev)
{
	struct drm_minor *render = initiator->drm->render;

	if (!render || !render->kdev)
		return 0;

	return sysfs_create_link(&dev->kobj, &render->kdev->kobj, "render");
}

/**
 * drm_pagemap_topology_sysfs_del_render() - Remove the links to a GPU's render node
 * @initiator: The GPU.
 */
void drm_pagemap_topology_sysfs_del_render(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	drm_pagemap_topology_touch();
	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link(&initiator->regions[i]->dev.kobj, "render");
	sysfs_remove_link(&initiator->dev.kobj, "render");
}

/**
 * drm_pagemap_topology_sysfs_add_initiator() - Publish an initiator and its pagemaps
 * @initiator: The initiator.
 *
 * drm_pagemap_topology_sysfs_add_link() publishes the links from and to it.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_add_initiator(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;
	int err;

	initiator->dev.class = &drm_pagemap_topology_initiator_class;
	err = drm_pagemap_topology_sysfs_add_device(&initiator->dev, &initiator->event) ?:
	      drm_pagemap_topology_sysfs_add_render(initiator, &initiator->dev);
	if (err)
		return err;

	for (i = 0; i < initiator->num_regions; i++) {
		err = drm_pagemap_topology_sysfs_add_region(initiator->regions[i]);
		if (err)
			return err;
	}

	return 0;
}

/**
 * drm_pagemap_topology_sysfs_del_initiator() - Undo drm_pagemap_topology_sysfs_add_initiator()
 * @initiator: The initiator, published completely, in part, or not at all.
 */
void drm_pagemap_topology_sysfs_del_initiator(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		drm_pagemap_topology_sysfs_del_device(&initiator->regions[i]->dev);
	drm_pagemap_topology_sysfs_del_device(&initiator->dev);
}
