// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "topology_internal.h"

/* The groups. What they show changes under readers, so each is one word. */

static ssize_t origin_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_group(dev)->admin ? "admin" : "hardware");
}
static DEVICE_ATTR_RO(origin);

static ssize_t users_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_group *group = to_group(dev);
	int users = atomic_read(&group->users) - (int)topology_idle_holders(group);

	return sysfs_emit(buf, "%d\n", max(users, 0));
}
static DEVICE_ATTR_RO(users);

static ssize_t pending_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_group(dev)->pending));
}
static DEVICE_ATTR_RO(pending);

static ssize_t members_expected_show(struct device *dev, struct device_attribute *attr,
				     char *buf)
{
	return sysfs_emit(buf, "%u\n", to_group(dev)->members_expected);
}
static DEVICE_ATTR_RO(members_expected);

static ssize_t members_joined_show(struct device *dev, struct device_attribute *attr,
				   char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_group(dev)->members_joined));
}
static DEVICE_ATTR_RO(members_joined);

static ssize_t complete_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_pagemap_group *group = to_group(dev);

	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(group->members_joined) == group->members_expected);
}
static DEVICE_ATTR_RO(complete);

static ssize_t topology_emit_bandwidth(char *buf, u32 bandwidth)
{
	return bandwidth ? sysfs_emit(buf, "%u\n", bandwidth) : -ENODATA;
}

static ssize_t min_read_bandwidth_show(struct device *dev, struct device_attribute *attr,
				       char *buf)
{
	return topology_emit_bandwidth(buf, READ_ONCE(to_group(dev)->min_read_bandwidth));
}
static DEVICE_ATTR_RO(min_read_bandwidth);

static ssize_t min_write_bandwidth_show(struct device *dev, struct device_attribute *attr,
					char *buf)
{
	return topology_emit_bandwidth(buf, READ_ONCE(to_group(dev)->min_write_bandwidth));
}
static DEVICE_ATTR_RO(min_write_bandwidth);

/* As a CPU list; like snprintf(), returns what it would take. */
static size_t topology_print_ids(struct drm_pagemap_group *group, char *buf, size_t size)
{
	const char *comma = "";
	size_t len = 0;
	u32 first, last, next;

	for (first = topology_next_in_group(group, 1); first; first = next) {
		last = first;
		while ((next = topology_next_in_group(group, last + 1)) == last + 1)
			last = next;

		len += snprintf(buf + min(len, size), size - min(len, size),
				first == last ? "%s%u" : "%s%u-%u", comma, first, last);
		comma = ",";
	}

	len += snprintf(buf + min(len, size), size - min(len, size), "\n");
	return len;
}

static ssize_t pagemap_list_read(struct file *file, struct kobject *kobj,
				 const struct bin_attribute *attr, char *buf,
				 loff_t offset, size_t count)
{
	char *text __free(kvfree) = NULL;
	struct drm_pagemap_group *group = to_group(kobj_to_dev(kobj));
	size_t size = topology_print_ids(group, NULL, 0) + 1;

	text = kvmalloc(size, GFP_KERNEL);
	if (!text)
		return -ENOMEM;

	/* It may have grown in between; what fits is shown. */
	size = min(topology_print_ids(group, text, size), size - 1);
	return memory_read_from_buffer(buf, count, &offset, text, size);
}

static const BIN_ATTR_RO(pagemap_list, 0);

static struct attribute *group_attrs[] = {
	&dev_attr_origin.attr,
	&dev_attr_users.attr,
	&dev_attr_pending.attr,
	&dev_attr_members_expected.attr,
	&dev_attr_members_joined.attr,
	&dev_attr_complete.attr,
	&dev_attr_min_read_bandwidth.attr,
	&dev_attr_min_write_bandwidth.attr,
	NULL
};

static const struct bin_attribute *const group_bin_attrs[] = {
	&bin_attr_pagemap_list,
	NULL
};

static umode_t group_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct drm_pagemap_group *group = to_group(kobj_to_dev(kobj));

	if (attr == &dev_attr_members_expected.attr ||
	    attr == &dev_attr_members_joined.attr || attr == &dev_attr_complete.attr)
		return group->admin ? attr->mode : 0;

	return attr->mode;
}

static const struct attribute_group topology_group_group = {
	.attrs = group_attrs,
	.bin_attrs = group_bin_attrs,
	.is_visible = group_attr_visible,
};

const struct attribute_group *topology_group_groups[] = {
	&topology_group_group,
	NULL
};

static int topology_group_dirs(struct drm_pagemap_group *group)
{
	group->pagemaps_dir = kobject_create_and_add("pagemaps", &group->dev.kobj);
	group->initiators_dir = kobject_create_and_add("initiators", &group->dev.kobj);

	return group->pagemaps_dir && group->initiators_dir ? 0 : -ENOMEM;
}

/**
 * topology_sysfs_add_group() - Publish a group, without members
 * @group: The group.
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_add_group(struct drm_pagemap_group *group)
{
	int err;

	dev_set_uevent_suppress(&group->dev, true);
	err = device_add(&group->dev);
	if (err)
		return err;

	group->announce = TOPOLOGY_ANNOUNCE_ADD;
	err = topology_group_dirs(group);
	if (err) {
		topology_sysfs_del_group(group);
		return err;
	}

	group->users_file = sysfs_get_dirent(group->dev.kobj.sd, "users");
	group->pending_file = sysfs_get_dirent(group->dev.kobj.sd, "pending");
	group->complete_file = sysfs_get_dirent(group->dev.kobj.sd, "complete");
	return 0;
}

/**
 * topology_sysfs_del_group() - Undo topology_sysfs_add_group()
 * @group: The group, published or not. It has no members.
 */
void topology_sysfs_del_group(struct drm_pagemap_group *group)
{
	if (!device_is_registered(&group->dev))
		return;

	kobject_put(group->pagemaps_dir);
	kobject_put(group->initiators_dir);
	group->pagemaps_dir = NULL;
	group->initiators_dir = NULL;
	device_del(&group->dev);
}

/**
 * topology_sysfs_add_member() - Link a group to an initiator and its pagemaps
 * @group: The group.
 * @initiator: The initiator.
 *
 * Return: 0 on success, or a negative error code; undone by
 * topology_sysfs_del_member() in both cases.
 */
int topology_sysfs_add_member(struct drm_pagemap_group *group,
			      struct drm_pagemap_initiator *initiator)
{
	unsigned int i;
	int err;

	err = sysfs_create_link(group->initiators_dir, &initiator->dev.kobj,
				initiator->uid);
	if (err)
		return err;

	for (i = 0; i < initiator->num_regions; i++) {
		struct device *dev = &initiator->regions[i]->dev;

		err = sysfs_create_link(group->pagemaps_dir, &dev->kobj, dev_name(dev));
		if (err)
			return err;
	}

	return 0;
}

/**
 * topology_sysfs_del_member() - Undo topology_sysfs_add_member()
 * @group: The group.
 * @initiator: The initiator, linked wholly, in part, or not at all.
 */
void topology_sysfs_del_member(struct drm_pagemap_group *group,
			       struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link(group->pagemaps_dir,
				  dev_name(&initiator->regions[i]->dev));
	sysfs_remove_link(group->initiators_dir, initiator->uid);
}

/*
 * The new link can't be made ahead, since the old one has its name. So this
 * waits for the little memory that it takes, as with __GFP_NOFAIL.
 */
static void topology_sysfs_link_one(struct device *dev, struct drm_pagemap_group *group)
{
	while (sysfs_create_link(&dev->kobj, &group->dev.kobj, "group") == -ENOMEM)
		fsleep(USEC_PER_MSEC);
}

/**
 * topology_sysfs_link_group() - Link an initiator and its pagemaps to their group
 * @initiator: The initiator.
 * @group: The group.
 *
 * Can't fail, so that it is called once there is no way back.
 */
void topology_sysfs_link_group(struct drm_pagemap_initiator *initiator,
			       struct drm_pagemap_group *group)
{
	unsigned int i;

	topology_sysfs_link_one(&initiator->dev, group);
	for (i = 0; i < initiator->num_regions; i++)
		topology_sysfs_link_one(&initiator->regions[i]->dev, group);
}

/**
 * topology_sysfs_unlink_group() - Undo topology_sysfs_link_group()
 * @initiator: The initiator.
 */
void topology_sysfs_unlink_group(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link(&initiator->regions[i]->dev.kobj, "group");
	sysfs_remove_link(&initiator->dev.kobj, "group");
}
