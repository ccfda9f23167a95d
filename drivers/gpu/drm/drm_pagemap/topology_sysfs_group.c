// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "topology_group.h"
#include "topology_hold.h"
#include "topology_initiator.h"
#include "topology_node.h"
#include "topology_scope.h"
#include "topology_sysfs_internal.h"

/* The groups. Their values change while they are read, so each is a single word. */

/* Enough for most lists of IDs: those of GPUs that were probed together are one range. */
#define TOPOLOGY_USUAL_LIST	16

static ssize_t origin_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_group(dev)->admin ? "admin" : "hardware");
}
static DEVICE_ATTR_RO(origin);

static ssize_t users_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", drm_pagemap_topology_group_users(to_group(dev)));
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

/* Finds the next ID of a pagemap in a group, from @id on; 0 after the last one. */
static u32 topology_next_in_group(struct drm_pagemap_group *group, unsigned long id)
{
	struct drm_pagemap_region *region;

	guard(rcu)();
	for (; (region = drm_pagemap_topology_region_next(&id)); id++)
		if (rcu_access_pointer(region->initiator->group) == group)
			return id;

	return 0;
}

/* Prints the format of a CPU list. Returns the needed length, like snprintf(). */
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

/*
 * Returns the list and its length, or NULL. A list that does not fit needs another pass, in which
 * it can have grown.
 */
static char *topology_list_ids(struct drm_pagemap_group *group, size_t *len)
{
	size_t size = TOPOLOGY_USUAL_LIST;
	char *text;

	for (;;) {
		text = kvmalloc(size, GFP_KERNEL);
		if (!text)
			return NULL;

		*len = topology_print_ids(group, text, size);
		if (*len < size)
			return text;
		kvfree(text);
		size = *len + 1;
	}
}

static ssize_t pagemap_list_read(struct file *file, struct kobject *kobj,
				 const struct bin_attribute *attr, char *buf,
				 loff_t offset, size_t count)
{
	char *text __free(kvfree) = NULL;
	size_t len;

	text = topology_list_ids(to_group(kobj_to_dev(kobj)), &len);
	if (!text)
		return -ENOMEM;

	return memory_read_from_buffer(buf, count, &offset, text, len);
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

static const struct attribute_group group_group = {
	.attrs = group_attrs,
	.bin_attrs = group_bin_attrs,
	.is_visible = group_attr_visible,
};

static const struct attribute_group *group_groups[] = {
	&group_group,
	&drm_pagemap_topology_sysfs_members_group,
	&drm_pagemap_topology_sysfs_pagemaps_group,
	NULL
};

static int group_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	return add_uevent_var(env, "GROUP=%s", dev_name(dev));
}

const struct class drm_pagemap_topology_group_class = {
	.name = "drm_pagemap_group",
	.dev_groups = group_groups,
	.dev_uevent = group_uevent,
};

static int topology_sysfs_add_group(struct drm_pagemap_group *group)
{
	int err;

	group->dev.class = &drm_pagemap_topology_group_class;
	err = drm_pagemap_topology_sysfs_add_device(&group->dev, &group->event);
	if (err)
		return err;

	group->users_file = sysfs_get_dirent(group->dev.kobj.sd, "users");
	group->pending_file = sysfs_get_dirent(group->dev.kobj.sd, "pending");
	group->complete_file = sysfs_get_dirent(group->dev.kobj.sd, "complete");

	return 0;
}

/**
 * drm_pagemap_topology_sysfs_del_group() - Remove a group
 * @group: The group, published or not, without members.
 */
void drm_pagemap_topology_sysfs_del_group(struct drm_pagemap_group *group)
{
	drm_pagemap_topology_sysfs_del_device(&group->dev);
}

/* Also after a failure, topology_sysfs_del_member() undoes it. */
static int topology_sysfs_add_member(struct drm_pagemap_group *group,
				     struct drm_pagemap_initiator *initiator)
{
	unsigned int i;
	int err;

	drm_pagemap_topology_touch();
	err = sysfs_add_link_to_group(&group->dev.kobj, TOPOLOGY_SYSFS_MEMBERS,
				      &initiator->dev.kobj, initiator->uid);
	if (err)
		return err;

	for (i = 0; i < initiator->num_regions; i++) {
		struct device *dev = &initiator->regions[i]->dev;

		err = sysfs_add_link_to_group(&group->dev.kobj, TOPOLOGY_SYSFS_PAGEMAPS,
					      &dev->kobj, dev_name(dev));
		if (err)
			return err;
	}

	return 0;
}

static void topology_sysfs_del_member(struct drm_pagemap_group *group,
				      struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	drm_pagemap_topology_touch();
	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link_from_group(&group->dev.kobj, TOPOLOGY_SYSFS_PAGEMAPS,
					     dev_name(&initiator->regions[i]->dev));
	sysfs_remove_link_from_group(&group->dev.kobj, TOPOLOGY_SYSFS_MEMBERS,
				     initiator->uid);
}

/*
 * The new link cannot be created in advance, because the old link has its name. So
 * this waits for the small amount of memory, like __GFP_NOFAIL.
 */
static void topology_sysfs_link_group(struct device *dev, struct drm_pagemap_group *group)
{
	while (sysfs_create_link(&dev->kobj, &group->dev.kobj, "group") == -ENOMEM)
		fsleep(USEC_PER_MSEC);
}

static void topology_sysfs_enter_group(struct drm_pagemap_initiator *initiator,
				       struct drm_pagemap_group *group)
{
	unsigned int i;

	topology_sysfs_link_group(&initiator->dev, group);
	for (i = 0; i < initiator->num_regions; i++)
		topology_sysfs_link_group(&initiator->regions[i]->dev, group);
	initiator->shown = group;
}

/**
 * drm_pagemap_topology_sysfs_leave_group() - Remove an initiator from its group in sysfs
 * @initiator: The initiator.
 */
void drm_pagemap_topology_sysfs_leave_group(struct drm_pagemap_initiator *initiator)
{
	unsigned int i;

	if (!initiator->shown)
		return;

	topology_sysfs_del_member(initiator->shown, initiator);
	for (i = 0; i < initiator->num_regions; i++)
		sysfs_remove_link(&initiator->regions[i]->dev.kobj, "group");
	sysfs_remove_link(&initiator->dev.kobj, "group");
	initiator->shown = NULL;
}

/**
 * drm_pagemap_topology_sysfs_stage_groups() - Publish new groups and members of a plan early
 *
 * This is the last step that can fail. drm_pagemap_topology_sysfs_follow_groups() undoes it
 * if the plan was not committed.
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_sysfs_stage_groups(void)
{
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_group *group;
	int err;

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry) {
		err = group->staged ? topology_sysfs_add_group(group) : 0;
		if (err)
			return err;
	}

	list_for_each_entry(initiator, &drm_pagemap_topology_scope, at_scope) {
		if (!initiator->next || initiator->next == initiator->shown)
			continue;
		initiator->staged = initiator->next;
		err = topology_sysfs_add_member(initiator->next, initiator);
		if (err)
			return err;
	}

	return 0;
}

/**
 * drm_pagemap_topology_sysfs_follow_groups() - Show the initiators in their current groups
 *
 * Cannot fail, so that it can follow the commit of a plan.
 */
void drm_pagemap_topology_sysfs_follow_groups(void)
{
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_group *group;

	list_for_each_entry(initiator, &drm_pagemap_topology_scope, at_scope) {
		group = drm_pagemap_topology_group_of(initiator);
		if (initiator->staged && initiator->staged != group)
			topology_sysfs_del_member(initiator->staged, initiator);
		initiator->staged = NULL;
		if (group == initiator->shown)
			continue;

		drm_pagemap_topology_sysfs_leave_group(initiator);
		if (group)
			topology_sysfs_enter_group(initiator, group);
	}
}
