// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include "topology_initiator.h"
#include "topology_node.h"

LIST_HEAD(drm_pagemap_topology_initiators);

/**
 * drm_pagemap_topology_initiator_find() - Find the initiator with a uid
 * @uid: The uid.
 *
 * Return: The initiator if it is registered, else %NULL.
 */
struct drm_pagemap_initiator *drm_pagemap_topology_initiator_find(const char *uid)
{
	struct drm_pagemap_initiator *initiator;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(initiator, &drm_pagemap_topology_initiators, entry)
		if (!strcmp(initiator->uid, uid))
			return initiator;

	return NULL;
}

/**
 * drm_pagemap_topology_initiator_insert() - Insert an initiator into the list
 * @initiator: The initiator. Look-ups find its regions from now on.
 */
void drm_pagemap_topology_initiator_insert(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_initiator *next;
	unsigned int i;

	drm_pagemap_topology_change_assert();

	for (i = 0; i < initiator->num_regions; i++)
		rcu_assign_pointer(initiator->regions[i]->node->region,
				   initiator->regions[i]);

	list_for_each_entry(next, &drm_pagemap_topology_initiators, entry)
		if (strcmp(next->uid, initiator->uid) > 0)
			break;
	list_add_tail(&initiator->entry, &next->entry);
}

/**
 * drm_pagemap_topology_node_region_get() - Get the region behind a node
 * @node: The node.
 *
 * Return: The region, with a reference to be dropped by put_device(); %NULL if its
 * device is gone or is being removed.
 */
struct drm_pagemap_region *drm_pagemap_topology_node_region_get(struct drm_pagemap_node *node)
{
	struct drm_pagemap_region *region;

	guard(rcu)();
	region = rcu_dereference(node->region);
	if (!region || READ_ONCE(region->initiator->dead))
		return NULL;

	/* The reference count may have dropped to 0 within the grace period. */
	return kobject_get_unless_zero(&region->dev.kobj) ? region : NULL;
}

/**
 * drm_pagemap_node_drm() - Get the DRM device of a pagemap
 * @node: The argument of a callback in &struct drm_pagemap_initiator_ops.
 *
 * Return: The device.
 */
struct drm_device *drm_pagemap_node_drm(struct drm_pagemap_node *node)
{
	/* A region stays while a callback for one of its links runs. */
	return rcu_dereference_protected(node->region, true)->initiator->drm;
}
EXPORT_SYMBOL(drm_pagemap_node_drm);

static void topology_region_release(struct device *dev)
{
	struct drm_pagemap_region *region = to_region(dev);

	kfree(region->info.dmem_region);
	drm_pagemap_node_put(region->node);
	put_device(&region->initiator->dev);
	kfree_rcu(region, rcu);
	drm_pagemap_topology_object_put();
}

static struct drm_pagemap_region *
topology_region_create(struct drm_pagemap_initiator *initiator, struct device *parent,
		       const char *uid, const char *identity,
		       const struct drm_pagemap_region_info *info)
{
	struct drm_pagemap_region *region;
	struct drm_pagemap_node *node;
	int err;

	node = drm_pagemap_topology_node_obtain(uid, identity);
	if (IS_ERR(node))
		return ERR_CAST(node);

	region = kzalloc_obj(*region);
	if (!region)
		return ERR_PTR(-ENOMEM);

	device_initialize(&region->dev);
	device_set_pm_not_required(&region->dev);
	region->dev.parent = parent;
	region->dev.release = topology_region_release;
	drm_pagemap_topology_object_get();
	drm_pagemap_topology_event_init(&region->event, &region->dev);

	region->node = drm_pagemap_node_get(node);
	get_device(&initiator->dev);
	region->initiator = initiator;
	region->info = *info;
	region->info.dmem_region = kstrdup(info->dmem_region, GFP_KERNEL);
	INIT_LIST_HEAD(&region->links);

	err = dev_set_name(&region->dev, "pagemap%u", node->id);
	if (!err && info->dmem_region && !region->info.dmem_region)
		err = -ENOMEM;
	if (err) {
		put_device(&region->dev);
		return ERR_PTR(err);
	}

	return region;
}

static char *topology_initiator_uid(const struct drm_pagemap_initiator_info *info)
{
	struct device *dev = info->drm->dev;
	char *uid;

	if (!dev->bus)
		return ERR_PTR(-EINVAL);

	uid = kasprintf(GFP_KERNEL, "%s-%s%s%s", dev->bus->name, dev_name(dev),
			info->partition ? "-" : "", info->partition ?: "");
	if (!uid)
		return ERR_PTR(-ENOMEM);

	/* The uid is the name of a directory. */
	strreplace(uid, '/', '!');
	if (strlen(uid) <= TOPOLOGY_UID_MAX)
		return uid;

	kfree(uid);
	return ERR_PTR(-ENAMETOOLONG);
}

static void topology_initiator_release(struct device *dev)
{
	struct drm_pagemap_initiator *initiator = to_initiator(dev);

	kfree(initiator->regions);
	kfree(initiator->uid);
	kfree_rcu(initiator, rcu);
	drm_pagemap_topology_object_put();
}

/**
 * drm_pagemap_topology_initiator_create() - Create an initiator without regions
 * @info: The driver's description.
 *
 * Return: The initiator, to be freed by drm_pagemap_topology_initiator_free(); or an
 * error pointer.
 */
struct drm_pagemap_initiator *
drm_pagemap_topology_initiator_create(const struct drm_pagemap_initiator_info *info)
{
	struct drm_pagemap_region **regions __free(kfree) =
		kcalloc(info->num_regions, sizeof(*regions), GFP_KERNEL);
	struct drm_pagemap_initiator *initiator;
	char *uid;
	int err;

	if (!regions)
		return ERR_PTR(-ENOMEM);

	uid = topology_initiator_uid(info);
	if (IS_ERR(uid))
		return ERR_CAST(uid);

	initiator = kzalloc_obj(*initiator);
	if (!initiator) {
		kfree(uid);
		return ERR_PTR(-ENOMEM);
	}

	device_initialize(&initiator->dev);
	device_set_pm_not_required(&initiator->dev);
	initiator->dev.parent = info->drm->dev;
	initiator->dev.release = topology_initiator_release;
	drm_pagemap_topology_object_get();
	drm_pagemap_topology_event_init(&initiator->event, &initiator->dev);

	INIT_LIST_HEAD(&initiator->entry);
	INIT_LIST_HEAD(&initiator->links);
	xa_init(&initiator->links_by_id);
	INIT_LIST_HEAD(&initiator->at_group);
	INIT_LIST_HEAD(&initiator->at_scope);
	initiator->uid = uid;
	initiator->ops = info->ops;
	initiator->private = info->private;
	initiator->regions = no_free_ptr(regions);

	err = dev_set_name(&initiator->dev, "%s", uid);
	if (err) {
		put_device(&initiator->dev);
		return ERR_PTR(err);
	}

	drm_dev_get(info->drm);
	initiator->drm = info->drm;
	return initiator;
}

/**
 * drm_pagemap_topology_initiator_add_regions() - Create the regions of an initiator
 * @initiator: The initiator, not yet in the list.
 * @info: The driver's description.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_initiator_add_regions(struct drm_pagemap_initiator *initiator,
					       const struct drm_pagemap_initiator_info *info)
{
	unsigned int i;

	for (i = 0; i < info->num_regions; i++) {
		char *uid __free(kfree) = kasprintf(GFP_KERNEL, "%s-vram%u", initiator->uid,
						    info->regions[i].instance);
		struct drm_pagemap_region *region;

		if (!uid)
			return -ENOMEM;

		region = topology_region_create(initiator, info->drm->dev, uid,
						info->identity ?: "",
							    &info->regions[i]);
		if (IS_ERR(region))
			return PTR_ERR(region);
		initiator->regions[initiator->num_regions++] = region;
		/* The driver may create pages as soon as the region is in a group. */
		if (info->regions[i].id)
			*info->regions[i].id = region->node->id;
	}

	return 0;
}

/**
 * drm_pagemap_topology_initiator_free() - Free an initiator that no look-up finds
 * @initiator: The initiator.
 *
 * Waits for readers of a group's "users", which access the DRM device. After it has
 * returned, the driver can be unloaded.
 */
void drm_pagemap_topology_initiator_free(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	synchronize_rcu();
	drm_dev_put(initiator->drm);

	for (i = 0; i < initiator->num_regions; i++)
		put_device(&initiator->regions[i]->dev);
	put_device(&initiator->dev);
}
