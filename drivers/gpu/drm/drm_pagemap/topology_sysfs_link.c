// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/sysfs.h>

#include "topology_internal.h"

/* The links: a directory each, below the pagemap they lead to. */

#define to_link(k)	container_of(k, struct topology_link, kobj)

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

static ssize_t type_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", link_type_names[READ_ONCE(to_link(kobj)->info.type)]);
}

static struct kobj_attribute type_attr = __ATTR_RO(type);

static ssize_t hops_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	int hops = READ_ONCE(to_link(kobj)->info.hops);

	return hops >= 0 ? sysfs_emit(buf, "%d\n", hops) : -ENODATA;
}

static struct kobj_attribute hops_attr = __ATTR_RO(hops);

/* A bandwidth or a latency. 0 is unknown. */
struct link_number {
	struct kobj_attribute attr;
	size_t offset;			/* of a u32 in struct topology_link */
	u32 needs;			/* of enum drm_pagemap_link_attributes */
};

static ssize_t number_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct link_number *number = container_of(attr, struct link_number, attr);
	u32 value = READ_ONCE(*(const u32 *)((const char *)to_link(kobj) + number->offset));

	return value ? sysfs_emit(buf, "%u\n", value) : -ENODATA;
}

#define LINK_NUMBER(_name, _needs) {					\
	.attr = {							\
		.attr = { .name = __stringify(_name), .mode = 0444 },	\
		.show = number_show,					\
	},								\
	.offset = offsetof(struct topology_link, info._name),		\
	.needs = _needs,						\
}

static struct link_number link_numbers[] = {
	LINK_NUMBER(read_bandwidth, DRM_PAGEMAP_LINK_HAS_BANDWIDTH),
	LINK_NUMBER(write_bandwidth, DRM_PAGEMAP_LINK_HAS_BANDWIDTH),
	LINK_NUMBER(max_read_bandwidth, DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH),
	LINK_NUMBER(max_write_bandwidth, DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH),
	LINK_NUMBER(read_latency, DRM_PAGEMAP_LINK_HAS_LATENCY),
	LINK_NUMBER(write_latency, DRM_PAGEMAP_LINK_HAS_LATENCY),
};

static ssize_t access_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(to_link(kobj)->refusal) ? "none" : "direct");
}

static struct kobj_attribute access_attr = __ATTR_RO(access);

static ssize_t reason_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  topology_refusal_names[READ_ONCE(to_link(kobj)->refusal)]);
}

static struct kobj_attribute reason_attr = __ATTR_RO(reason);

static ssize_t usable_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(to_link(kobj)->usable) == TOPOLOGY_USABLE);
}

static struct kobj_attribute usable_attr = __ATTR_RO(usable);

static ssize_t usable_reason_show(struct kobject *kobj, struct kobj_attribute *attr,
				  char *buf)
{
	return sysfs_emit(buf, "%s\n", link_usable_names[READ_ONCE(to_link(kobj)->usable)]);
}

static struct kobj_attribute usable_reason_attr = __ATTR_RO(usable_reason);

static struct attribute *link_attrs[] = {
	&type_attr.attr,
	&hops_attr.attr,
	&link_numbers[0].attr.attr,
	&link_numbers[1].attr.attr,
	&link_numbers[2].attr.attr,
	&link_numbers[3].attr.attr,
	&link_numbers[4].attr.attr,
	&link_numbers[5].attr.attr,
	&access_attr.attr,
	&reason_attr.attr,
	&usable_attr.attr,
	&usable_reason_attr.attr,
	NULL
};

static u32 link_attr_needs(struct attribute *attr)
{
	if (attr == &hops_attr.attr)
		return DRM_PAGEMAP_LINK_HAS_HOPS;
	if (container_of(attr, struct kobj_attribute, attr)->show == number_show)
		return container_of(attr, struct link_number, attr.attr)->needs;

	return 0;
}

static umode_t link_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	u32 needs = link_attr_needs(attr);

	return (to_link(kobj)->info.attributes & needs) == needs ? attr->mode : 0;
}

static const struct attribute_group link_group = {
	.attrs = link_attrs,
	.is_visible = link_attr_visible,
};
__ATTRIBUTE_GROUPS(link);

static void topology_link_release(struct kobject *kobj)
{
	kfree(to_link(kobj));
	topology_object_put();
}

const struct kobj_type topology_link_type = {
	.release = topology_link_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = link_groups,
};

static int topology_link_ends(struct topology_link *link)
{
	struct drm_pagemap_initiator *initiator = link->initiator;
	struct drm_pagemap_region *region = link->region;
	int err;

	err = sysfs_create_link(&link->kobj, &initiator->dev.kobj, "initiator");
	if (err)
		return err;

	err = sysfs_create_link(&link->kobj, &region->dev.kobj, "pagemap");
	if (err)
		return err;

	return sysfs_create_link(initiator->targets_dir, &region->dev.kobj,
				 dev_name(&region->dev));
}

/**
 * topology_sysfs_add_link() - Publish a link
 * @link: The link; both of its ends are published.
 *
 * Return: 0 on success, or a negative error code.
 */
int topology_sysfs_add_link(struct topology_link *link)
{
	int err;

	err = kobject_add(&link->kobj, link->region->links_dir, "%s", link->initiator->uid);
	if (err)
		return err;

	link->published = true;
	return topology_link_ends(link);
}

/**
 * topology_sysfs_del_link() - Undo topology_sysfs_add_link()
 * @link: The link.
 */
void topology_sysfs_del_link(struct topology_link *link)
{
	sysfs_remove_link(link->initiator->targets_dir, dev_name(&link->region->dev));
	kobject_del(&link->kobj);
	link->published = false;
}
