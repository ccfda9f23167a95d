// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include "topology_internal.h"

LIST_HEAD(topology_initiators);

/**
 * topology_initiator_find() - The initiator with a uid
 * @uid: The uid.
 *
 * Return: The initiator if it is there, else %NULL.
 */
struct drm_pagemap_initiator *topology_initiator_find(const char *uid)
{
	struct drm_pagemap_initiator *initiator;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(initiator, &topology_initiators, entry)
		if (!strcmp(initiator->uid, uid))
			return initiator;

	return NULL;
}

static void topology_initiator_insert(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_initiator *next;

	list_for_each_entry(next, &topology_initiators, entry)
		if (strcmp(next->uid, initiator->uid) > 0)
			break;
	list_add_tail(&initiator->entry, &next->entry);
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

	/* It is the name of directories. */
	strreplace(uid, '/', '!');
	if (strlen(uid) <= TOPOLOGY_UID_MAX)
		return uid;

	kfree(uid);
	return ERR_PTR(-ENAMETOOLONG);
}

static int topology_regions_check(const struct drm_pagemap_initiator_info *info)
{
	unsigned int i, j;

	for (i = 0; i < info->num_regions; i++) {
		const struct drm_pagemap_region_info *region = &info->regions[i];

		if (!region->size || !region->cache || !region->ops || !region->ops->create)
			return -EINVAL;

		for (j = 0; j < i; j++)
			if (info->regions[j].instance == region->instance)
				return -EINVAL;
	}

	return 0;
}

static int topology_region_create(struct drm_pagemap_initiator *initiator,
				  const struct drm_pagemap_region_info *info,
				  const char *identity)
{
	char *uid __free(kfree) = kasprintf(GFP_KERNEL, "%s-vram%u", initiator->uid,
					    info->instance);
	struct drm_pagemap_region *region;
	struct drm_pagemap_node *node;

	if (!uid)
		return -ENOMEM;

	node = topology_node_obtain(uid, identity);
	if (IS_ERR(node))
		return PTR_ERR(node);

	region = kzalloc_obj(*region);
	if (!region)
		return -ENOMEM;

	device_initialize(&region->dev);
	device_set_pm_not_required(&region->dev);
	region->dev.class = &topology_pagemap_class;
	region->dev.parent = initiator->drm->dev;
	topology_object_get();

	region->node = drm_pagemap_node_get(node);
	get_device(&initiator->dev);
	region->initiator = initiator;
	region->info = *info;
	INIT_LIST_HEAD(&region->links);
	initiator->regions[initiator->num_regions++] = region;

	if (info->dmem_region) {
		region->info.dmem_region = kstrdup(info->dmem_region, GFP_KERNEL);
		if (!region->info.dmem_region)
			return -ENOMEM;
	}

	return dev_set_name(&region->dev, "pagemap%u", node->id);
}

static struct drm_pagemap_initiator *
topology_initiator_create(const struct drm_pagemap_initiator_info *info, char *uid)
{
	struct drm_pagemap_initiator *initiator;
	int err;

	initiator = kzalloc_obj(*initiator);
	if (!initiator)
		return ERR_PTR(-ENOMEM);

	device_initialize(&initiator->dev);
	device_set_pm_not_required(&initiator->dev);
	initiator->dev.class = &topology_initiator_class;
	initiator->dev.parent = info->drm->dev;
	topology_object_get();

	INIT_LIST_HEAD(&initiator->entry);
	xa_init(&initiator->links);
	INIT_LIST_HEAD(&initiator->at_group);
	initiator->drm = info->drm;
	initiator->ops = info->ops;
	initiator->private = info->private;
	initiator->uid = kstrdup(uid, GFP_KERNEL);
	initiator->regions = kcalloc(info->num_regions, sizeof(*initiator->regions),
				     GFP_KERNEL);
	if (!initiator->uid || !initiator->regions) {
		err = -ENOMEM;
		goto err_put;
	}

	err = dev_set_name(&initiator->dev, "%s", uid);
	if (err)
		goto err_put;

	drm_dev_get(info->drm);
	return initiator;

err_put:
	put_device(&initiator->dev);
	return ERR_PTR(err);
}

/* Both ways: from the newcomer to all that is there, and from all to it. */
static int topology_initiator_probe_links(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_initiator *other;
	unsigned int i;
	int err;

	list_for_each_entry(other, &topology_initiators, entry) {
		for (i = 0; i < other->num_regions; i++) {
			err = topology_link_probe(initiator, other->regions[i]);
			if (err)
				return err;
		}

		if (other == initiator)
			continue;

		for (i = 0; i < initiator->num_regions; i++) {
			err = topology_link_probe(other, initiator->regions[i]);
			if (err)
				return err;
		}
	}

	return 0;
}

static int topology_publish_links(void)
{
	struct drm_pagemap_initiator *initiator;
	struct topology_link *link;
	unsigned long id;
	int err;

	list_for_each_entry(initiator, &topology_initiators, entry) {
		xa_for_each(&initiator->links, id, link) {
			if (link->published)
				continue;
			err = topology_sysfs_add_link(link);
			if (err)
				return err;
		}
	}

	return 0;
}

static int topology_initiator_publish(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;
	int err;

	err = topology_sysfs_add_initiator(initiator);
	if (err)
		return err;

	for (i = 0; i < initiator->num_regions; i++) {
		err = topology_sysfs_add_region(initiator->regions[i]);
		if (err)
			return err;
	}

	err = topology_publish_links();
	if (err)
		return err;

	return topology_regroup();
}

/* From whatever state: only what is there is removed. */
static void topology_initiator_remove(struct drm_pagemap_initiator *initiator)
{
	struct topology_link *link, *next;
	unsigned long id;
	unsigned int i;

	/* If it was never killed: look-ups that are under way come no further. */
	WRITE_ONCE(initiator->dead, true);
	list_del_init(&initiator->entry);
	topology_group_leave(initiator);

	xa_for_each(&initiator->links, id, link)
		topology_link_destroy(link);

	for (i = 0; i < initiator->num_regions; i++) {
		struct drm_pagemap_region *region = initiator->regions[i];

		list_for_each_entry_safe(link, next, &region->links, at_region)
			topology_link_destroy(link);
		topology_sysfs_del_region(region);
		topology_region_unhold(region);
		RCU_INIT_POINTER(region->node->region, NULL);
	}

	topology_sysfs_del_initiator(initiator);
}

/*
 * After topology_initiator_remove() and topology_resolve_barrier(). Readers of a
 * group's "users" may still look at the DRM device, whose driver may go when this
 * returns.
 */
static void topology_initiator_free(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	synchronize_rcu();
	drm_dev_put(initiator->drm);

	for (i = 0; i < initiator->num_regions; i++)
		put_device(&initiator->regions[i]->dev);
	put_device(&initiator->dev);
}

static int topology_initiator_add(struct drm_pagemap_initiator *initiator,
				  const struct drm_pagemap_initiator_info *info)
{
	unsigned int i;
	int err;

	for (i = 0; i < info->num_regions; i++) {
		err = topology_region_create(initiator, &info->regions[i],
					     info->identity ?: "");
		if (err)
			return err;
	}

	for (i = 0; i < initiator->num_regions; i++)
		rcu_assign_pointer(initiator->regions[i]->node->region,
				   initiator->regions[i]);

	topology_initiator_insert(initiator);
	err = topology_initiator_probe_links(initiator);
	if (err)
		return err;

	return topology_initiator_publish(initiator);
}

/**
 * drm_pagemap_initiator_register() - Make a GPU and its memories known
 * @info: The GPU. Nothing of it has to stay but what says so.
 *
 * Publishes the GPU, its pagemaps, and all links from and to them as one change,
 * and puts it into a group. Its uid is that of its slot, `<bus>-<device name>`,
 * with the partition as a suffix; that of a pagemap has `-vram<instance>` added.
 * A pagemap has the ID that the same card had before in the same slot, or a new
 * one.
 *
 * The DRM device has to be registered and must not yet have been unplugged.
 * May sleep; not to be called from &drm_pagemap_initiator_ops.probe_link.
 *
 * Return: The initiator, to be given back by drm_pagemap_initiator_unregister();
 * or an error pointer, with nothing left behind but IDs: %-EEXIST if there is
 * one with that uid, %-EINVAL if the description makes no sense, %-ENAMETOOLONG,
 * %-ENOMEM.
 */
struct drm_pagemap_initiator *
drm_pagemap_initiator_register(const struct drm_pagemap_initiator_info *info)
{
	char *uid __free(kfree) = NULL;
	struct drm_pagemap_initiator *initiator;
	int err;

	if (!info->drm || !info->ops || !info->ops->probe_link)
		return ERR_PTR(-EINVAL);

	err = topology_regions_check(info);
	if (err)
		return ERR_PTR(err);

	uid = topology_initiator_uid(info);
	if (IS_ERR(uid))
		return ERR_CAST(uid);

	scoped_guard(mutex, &topology_lock) {
		if (topology_initiator_find(uid))
			return ERR_PTR(-EEXIST);

		initiator = topology_initiator_create(info, uid);
		if (IS_ERR(initiator))
			return initiator;

		topology_touch();
		err = topology_initiator_add(initiator, info);
		if (err)
			topology_initiator_remove(initiator);
		topology_change_end();
	}
	if (!err)
		return initiator;

	topology_resolve_barrier();
	topology_initiator_free(initiator);
	return ERR_PTR(err);
}
EXPORT_SYMBOL(drm_pagemap_initiator_register);

static void topology_initiator_mark_dead(struct drm_pagemap_initiator *initiator)
{
	guard(mutex)(&topology_lock);
	if (initiator->dead)
		return;

	topology_touch();
	WRITE_ONCE(initiator->dead, true);
	/* The render node goes before the rest. */
	topology_sysfs_del_render(initiator);
	/* Nobody comes into a group with what is about to go. */
	topology_regroup();
	topology_change_end();
}

/**
 * drm_pagemap_initiator_kill() - The device is about to go
 * @initiator: The initiator.
 *
 * From here on placement on its pagemaps gives %-ENODEV, it can hold no group,
 * and its links are not usable. To be called before drm_dev_unplug(), and outside
 * of everything that drm_pagemap_node_resolve() may wait for, because this waits
 * for those that are under way. The driver then moves all pages out, releases the
 * groups that its VMs hold, and unregisters the initiator.
 */
void drm_pagemap_initiator_kill(struct drm_pagemap_initiator *initiator)
{
	topology_initiator_mark_dead(initiator);
	topology_resolve_barrier();
}
EXPORT_SYMBOL(drm_pagemap_initiator_kill);

/**
 * drm_pagemap_initiator_unregister() - A GPU and its memories are gone
 * @initiator: The initiator.
 *
 * No page of its memories may be in use any more. Kills the initiator if that is
 * still to be done, as for a probe that fails late. When this returns, nothing of
 * the driver is called any more, and the DRM device is not used any more. VMs of
 * other devices keep their nodes, and find the memories again if the device comes
 * back.
 */
void drm_pagemap_initiator_unregister(struct drm_pagemap_initiator *initiator)
{
	if (IS_ERR_OR_NULL(initiator))
		return;

	drm_pagemap_initiator_kill(initiator);
	scoped_guard(mutex, &topology_lock) {
		topology_touch();
		topology_initiator_remove(initiator);
		topology_regroup();
		topology_change_end();
	}
	topology_initiator_free(initiator);
}
EXPORT_SYMBOL(drm_pagemap_initiator_unregister);

/**
 * drm_pagemap_initiator_node() - One of an initiator's own pagemaps
 * @initiator: The initiator.
 * @instance: &drm_pagemap_region_info.instance.
 *
 * Return: The node with a reference to be dropped by drm_pagemap_node_put(),
 * or %NULL.
 */
struct drm_pagemap_node *
drm_pagemap_initiator_node(struct drm_pagemap_initiator *initiator, u16 instance)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		if (initiator->regions[i]->info.instance == instance)
			return drm_pagemap_node_get(initiator->regions[i]->node);

	return NULL;
}
EXPORT_SYMBOL(drm_pagemap_initiator_node);
