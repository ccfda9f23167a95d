// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "topology_access.h"
#include "topology_configfs.h"
#include "topology_group.h"
#include "topology_outcome.h"
#include "topology_peers.h"
#include "topology_plan.h"
#include "topology_regroup.h"

/*
 * Peer groups in configfs. An item is separate from the object that it configures
 * (topology_peers.h): an item lives as long as someone has it open, a peer group or
 * a member only until its directory is removed.
 *
 * Lock order: the mutex of the subsystem (mkdir, rmdir), a change, the locks that
 * configfs_depend_item_unlocked() takes.
 */

struct peer_member {
	struct config_item item;
	struct list_head entry;		/* in peer_group.items */
	struct topology_peer_member *core;
};

struct peer_group {
	struct config_group group;
	struct config_group members;
	struct list_head entry;		/* in peer_groups */
	struct list_head items;
	struct topology_peer_group *core;
	bool pinned;
};

#define to_peer_group(i)	container_of(to_config_group(i), struct peer_group, group)
#define members_to_peer_group(i) \
	container_of(to_config_group(i), struct peer_group, members)
#define to_peer_member(i)	container_of(i, struct peer_member, item)

/* Accessed only within a change. */
static LIST_HEAD(peer_groups);
static struct topology_outcome peer_outcome;

static struct configfs_subsystem peer_subsystem;

/* Size limit of a configfs file, SIMPLE_ATTR_SIZE. It does not depend on the page size. */
#define PEER_FILE_SIZE		4096

/* mkdir adds an item to the lists before it can be pinned. How long to wait for that. */
#define PEER_PIN_TRIES		1000
#define PEER_PIN_DELAY_US	1000

static void peer_group_unpin(struct peer_group *group)
{
	struct peer_member *member;

	if (!group->pinned)
		return;

	list_for_each_entry(member, &group->items, entry)
		configfs_undepend_item(&member->item);
	configfs_undepend_item(&group->group.cg_item);
	group->pinned = false;
}

/* Prevents the removal of the group and of its members. */
static int peer_group_pin(struct peer_group *group, struct topology_outcome *outcome)
{
	struct topology_peer_group *core = group->core;
	struct peer_member *member;

	if (configfs_depend_item_unlocked(&peer_subsystem, &group->group.cg_item)) {
		drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_NO_GROUP, NULL,
						 core->name);
		/* This group's rmdir() waits for this write, so a retry cannot succeed. */
		return outcome == &core->outcome ? -EINVAL : -EAGAIN;
	}

	list_for_each_entry(member, &group->items, entry)
		if (configfs_depend_item_unlocked(&peer_subsystem, &member->item))
			goto err_undepend;

	group->pinned = true;
	return 0;

err_undepend:
	drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_TAKEN, member->core->uid,
					 core->name);
	list_for_each_entry_continue_reverse(member, &group->items, entry)
		configfs_undepend_item(&member->item);
	configfs_undepend_item(&group->group.cg_item);
	return -EAGAIN;
}

/* Only peer groups that are enabled stay pinned. */
static void peer_groups_unpin_disabled(void)
{
	struct peer_group *group;

	list_for_each_entry(group, &peer_groups, entry)
		if (!group->core->enabled)
			peer_group_unpin(group);
}

static int peer_groups_apply(struct topology_outcome *outcome)
{
	struct peer_group *group;
	int err;

	list_for_each_entry(group, &peer_groups, entry) {
		if (!group->core->wanted || group->pinned)
			continue;
		err = peer_group_pin(group, outcome);
		if (err) {
			peer_groups_unpin_disabled();
			return err;
		}
	}

	err = drm_pagemap_topology_enable_wanted(outcome);
	peer_groups_unpin_disabled();
	return err;
}

typedef int (*peer_want)(const void *arg, struct topology_outcome *outcome);

/*
 * Takes the mutex of the subsystem, as mkdir and rmdir do. An item that is about to
 * enter or leave the tree has no parent, and pinning it would crash.
 */
static int peer_groups_try(peer_want want, const void *arg,
			   struct topology_outcome *outcome)
{
	int err;

	guard(mutex)(&peer_subsystem.su_mutex);
	guard(topology_change)();
	err = want(arg, outcome);

	return err ?: peer_groups_apply(outcome);
}

/*
 * Sets topology_peer_group.wanted by @want, and applies it. The caller's open file
 * keeps @outcome and the object at @arg alive.
 */
static int peer_groups_enable(peer_want want, const void *arg,
			      struct topology_outcome *outcome)
{
	unsigned int tries = PEER_PIN_TRIES;
	int err;

	do {
		err = peer_groups_try(want, arg, outcome);
		if (err != -EAGAIN)
			return err;
		fsleep(PEER_PIN_DELAY_US);
	} while (--tries);

	return -EBUSY;
}

static ssize_t peer_emit_outcome(char *page, const struct topology_outcome *outcome)
{
	char text[TOPOLOGY_OUTCOME_MAX];

	drm_pagemap_topology_outcome_print(outcome, text, sizeof(text));
	return sysfs_emit(page, "%s\n", text);
}

/* groups/<name>/members/<uid>/ */

static const char * const peer_state_names[] = {
	[TOPOLOGY_PEER_CONFIGURED] = "configured",
	[TOPOLOGY_PEER_ABSENT] = "absent",
	[TOPOLOGY_PEER_JOINED] = "joined",
	[TOPOLOGY_PEER_REFUSED] = "refused",
};

static ssize_t peer_member_state_show(struct config_item *item, char *page)
{
	guard(topology_change)();
	return sysfs_emit(page, "%s\n", peer_state_names[to_peer_member(item)->core->state]);
}
CONFIGFS_ATTR_RO(peer_member_, state);

static ssize_t peer_member_reason_show(struct config_item *item, char *page)
{
	guard(topology_change)();
	return peer_emit_outcome(page, &to_peer_member(item)->core->reason);
}
CONFIGFS_ATTR_RO(peer_member_, reason);

static struct configfs_attribute *peer_member_attrs[] = {
	&peer_member_attr_state,
	&peer_member_attr_reason,
	NULL
};

static void peer_member_release(struct config_item *item)
{
	kfree(to_peer_member(item));
}

static struct configfs_item_operations peer_member_ops = {
	.release = peer_member_release,
};

static const struct config_item_type peer_member_type = {
	.ct_item_ops = &peer_member_ops,
	.ct_attrs = peer_member_attrs,
	.ct_owner = THIS_MODULE,
};

/* groups/<name>/members/ */

/* A uid is <bus>-<device name>. It also names a directory in sysfs. */
static bool peer_uid_valid(const char *uid)
{
	const char *dash = strchr(uid, '-');
	const char *c;

	if (!dash || dash == uid || !dash[1] || strlen(uid) > TOPOLOGY_UID_MAX)
		return false;

	for (c = uid; *c; c++)
		if (!isascii(*c) || !isgraph(*c))
			return false;

	return true;
}

static struct config_item *peer_members_make_item(struct config_group *members,
						  const char *name)
{
	struct peer_group *group = members_to_peer_group(&members->cg_item);
	struct peer_member *member __free(kfree) = NULL;

	if (!peer_uid_valid(name))
		return ERR_PTR(-EINVAL);

	member = kzalloc_obj(*member);
	if (!member)
		return ERR_PTR(-ENOMEM);

	guard(topology_change)();
	member->core = drm_pagemap_topology_peer_member_create(group->core, name);
	if (IS_ERR(member->core))
		return ERR_CAST(member->core);

	config_item_init_type_name(&member->item, name, &peer_member_type);
	list_add_tail(&member->entry, &group->items);

	return &no_free_ptr(member)->item;
}

static void peer_members_drop_item(struct config_group *members, struct config_item *item)
{
	struct peer_member *member = to_peer_member(item);

	scoped_guard(topology_change) {
		list_del(&member->entry);
		drm_pagemap_topology_peer_member_destroy(member->core);
	}
	config_item_put(item);
}

static struct configfs_group_operations peer_members_group_ops = {
	.make_item = peer_members_make_item,
	.drop_item = peer_members_drop_item,
};

static const struct config_item_type peer_members_type = {
	.ct_group_ops = &peer_members_group_ops,
	.ct_owner = THIS_MODULE,
};

/* groups/<name>/ */

static ssize_t peer_group_enabled_show(struct config_item *item, char *page)
{
	guard(topology_change)();
	return sysfs_emit(page, "%d\n", to_peer_group(item)->core->enabled);
}

struct peer_switch {
	struct topology_peer_group *group;
	bool enabled;
};

static int peer_want_switch(const void *arg, struct topology_outcome *outcome)
{
	const struct peer_switch *one = arg;
	struct topology_peer_group *group;

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		group->wanted = group == one->group ? one->enabled : group->enabled;

	return 0;
}

static ssize_t peer_group_enabled_store(struct config_item *item, const char *page,
					size_t count)
{
	struct topology_peer_group *group = to_peer_group(item)->core;
	struct peer_switch one = { .group = group };
	unsigned int value;
	int err;

	err = kstrtouint(page, 0, &value);
	if (err || value > 1) {
		guard(topology_change)();
		return drm_pagemap_topology_outcome_set(&group->outcome, TOPOLOGY_OUTCOME_SYNTAX,
							NULL, NULL);
	}

	one.enabled = value;
	err = peer_groups_enable(peer_want_switch, &one, &group->outcome);
	return err ?: count;
}
CONFIGFS_ATTR(peer_group_, enabled);

static ssize_t peer_group_last_error_show(struct config_item *item, char *page)
{
	guard(topology_change)();
	return peer_emit_outcome(page, &to_peer_group(item)->core->outcome);
}
CONFIGFS_ATTR_RO(peer_group_, last_error);

static struct configfs_attribute *peer_group_attrs[] = {
	&peer_group_attr_enabled,
	&peer_group_attr_last_error,
	NULL
};

static void peer_group_release(struct config_item *item)
{
	kfree(to_peer_group(item));
}

static struct configfs_item_operations peer_group_ops = {
	.release = peer_group_release,
};

static const struct config_item_type peer_group_type = {
	.ct_item_ops = &peer_group_ops,
	.ct_attrs = peer_group_attrs,
	.ct_owner = THIS_MODULE,
};

/* groups/ */

#define PEER_NAME_MAX	63

static bool peer_name_valid(const char *name)
{
	const char *c;

	if (strlen(name) > PEER_NAME_MAX || strstarts(name, TOPOLOGY_AUTO_PREFIX))
		return false;

	for (c = name; *c; c++) {
		/* islower() and isdigit() also accept Latin-1. */
		if (!isascii(*c))
			return false;
		if (!islower(*c) && !isdigit(*c) && (c == name || !strchr("_.-", *c)))
			return false;
	}

	return true;
}

static struct config_group *peer_groups_make_group(struct config_group *groups,
						   const char *name)
{
	struct peer_group *group __free(kfree) = NULL;

	if (!peer_name_valid(name))
		return ERR_PTR(-EINVAL);

	group = kzalloc_obj(*group);
	if (!group)
		return ERR_PTR(-ENOMEM);

	guard(topology_change)();
	group->core = drm_pagemap_topology_peer_group_create(name);
	if (IS_ERR(group->core))
		return ERR_CAST(group->core);

	INIT_LIST_HEAD(&group->items);
	config_group_init_type_name(&group->group, name, &peer_group_type);
	config_group_init_type_name(&group->members, "members", &peer_members_type);
	configfs_add_default_group(&group->members, &group->group);
	list_add_tail(&group->entry, &peer_groups);

	return &no_free_ptr(group)->group;
}

static void peer_groups_drop_item(struct config_group *groups, struct config_item *item)
{
	struct peer_group *group = to_peer_group(item);

	scoped_guard(topology_change) {
		list_del(&group->entry);
		drm_pagemap_topology_peer_group_destroy(group->core);
	}
	config_item_put(item);
}

static struct configfs_group_operations peer_groups_group_ops = {
	.make_group = peer_groups_make_group,
	.drop_item = peer_groups_drop_item,
};

static const struct config_item_type peer_groups_type = {
	.ct_group_ops = &peer_groups_group_ops,
	.ct_owner = THIS_MODULE,
};

/* auto/ */

static ssize_t peer_auto_min_bandwidth_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", drm_pagemap_topology_min_bandwidth());
}

static ssize_t peer_auto_min_bandwidth_store(struct config_item *item, const char *page,
					     size_t count)
{
	u32 value;
	int err;

	err = kstrtou32(page, 0, &value);
	if (err)
		return err;

	guard(topology_change)();
	err = drm_pagemap_topology_change_min_bandwidth(value);
	return err ?: count;
}
CONFIGFS_ATTR(peer_auto_, min_bandwidth);

static const char * const peer_access_names[] = {
	[TOPOLOGY_ACCESS_OPEN] = "open",
	[TOPOLOGY_ACCESS_CGROUP] = "cgroup",
	[TOPOLOGY_ACCESS_NONE] = "none",
};

static ssize_t peer_auto_foreign_access_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", peer_access_names[drm_pagemap_topology_access_get()]);
}

static ssize_t peer_auto_foreign_access_store(struct config_item *item, const char *page,
					      size_t count)
{
	int access = sysfs_match_string(peer_access_names, page);

	if (access < 0)
		return access;

	drm_pagemap_topology_access_set(access);
	return count;
}
CONFIGFS_ATTR(peer_auto_, foreign_access);

static struct configfs_attribute *peer_auto_attrs[] = {
	&peer_auto_attr_min_bandwidth,
	&peer_auto_attr_foreign_access,
	NULL
};

static const struct config_item_type peer_auto_type = {
	.ct_attrs = peer_auto_attrs,
	.ct_owner = THIS_MODULE,
};

/* The root */

static ssize_t peer_root_enabled_groups_show(struct config_item *item, char *page)
{
	struct topology_peer_group *group;
	const char *space = "";
	size_t len = 0;

	guard(topology_change)();
	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry) {
		if (!group->enabled)
			continue;
		/* Do not return an incomplete set. */
		if (len + strlen(group->name) + 3 > PEER_FILE_SIZE)
			return -EOVERFLOW;
		len += sysfs_emit_at(page, len, "%s%s", space, group->name);
		space = " ";
	}

	return len + sysfs_emit_at(page, len, "\n");
}

/* @arg: Names, separated by white space. */
static int peer_want_names(const void *arg, struct topology_outcome *outcome)
{
	char text[PEER_NAME_MAX + 1];
	struct topology_peer_group *group;
	const char *name = arg;
	size_t len;

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		group->wanted = false;

	for (name = skip_spaces(name); *name; name = skip_spaces(name + len)) {
		for (len = 0; name[len] && !isspace(name[len]); len++)
			;

		group = drm_pagemap_topology_peer_group_find(name, len);
		if (!group) {
			strscpy(text, name, min(len + 1, sizeof(text)));
			return drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_NO_GROUP,
								NULL,
								text);
		}
		group->wanted = true;
	}

	return 0;
}

static ssize_t peer_root_enabled_groups_store(struct config_item *item, const char *page,
					      size_t count)
{
	/* The rest would arrive as another write, and replace this set. */
	if (count >= PEER_FILE_SIZE - 1) {
		guard(topology_change)();
		return drm_pagemap_topology_outcome_set(&peer_outcome, TOPOLOGY_OUTCOME_TOO_LONG,
							NULL, NULL);
	}

	return peer_groups_enable(peer_want_names, page, &peer_outcome) ?: count;
}
CONFIGFS_ATTR(peer_root_, enabled_groups);

static ssize_t peer_root_last_error_show(struct config_item *item, char *page)
{
	guard(topology_change)();
	return peer_emit_outcome(page, &peer_outcome);
}
CONFIGFS_ATTR_RO(peer_root_, last_error);

static struct configfs_attribute *peer_root_attrs[] = {
	&peer_root_attr_enabled_groups,
	&peer_root_attr_last_error,
	NULL
};

static const struct config_item_type peer_root_type = {
	.ct_attrs = peer_root_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group peer_auto_group;
static struct config_group peer_groups_group;

static struct configfs_subsystem peer_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "drm_pagemap",
			.ci_type = &peer_root_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(peer_subsystem.su_mutex),
};

/**
 * drm_pagemap_topology_configfs_init() - Create the directory drm_pagemap in configfs
 *
 * Return: 0 on success, or a negative error code.
 */
int drm_pagemap_topology_configfs_init(void)
{
	config_group_init(&peer_subsystem.su_group);
	config_group_init_type_name(&peer_auto_group, "auto", &peer_auto_type);
	configfs_add_default_group(&peer_auto_group, &peer_subsystem.su_group);
	config_group_init_type_name(&peer_groups_group, "groups", &peer_groups_type);
	configfs_add_default_group(&peer_groups_group, &peer_subsystem.su_group);

	return configfs_register_subsystem(&peer_subsystem);
}

/**
 * drm_pagemap_topology_configfs_fini() - Remove that directory, after all groups are gone
 */
void drm_pagemap_topology_configfs_fini(void)
{
	configfs_unregister_subsystem(&peer_subsystem);
}
