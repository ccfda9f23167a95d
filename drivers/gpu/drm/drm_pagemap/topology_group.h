/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_GROUP_H_
#define _DRM_PAGEMAP_TOPOLOGY_GROUP_H_

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/list.h>

#include "topology_change.h"

struct drm_pagemap_initiator;

/* The names of hardware groups begin with this, and no others do. */
#define TOPOLOGY_AUTO_PREFIX	"auto-"

/* &drm_pagemap_group.users of a group that cannot get holders now */
#define TOPOLOGY_FROZEN		(-1)

/**
 * struct drm_pagemap_group - A group; its address is the owner of its members' pages
 * @dev: Device in sysfs, which has the reference count.
 * @event: Uevent of @dev.
 * @entry: Entry in drm_pagemap_topology_groups.
 * @initiators: The members, by @drm_pagemap_initiator.at_group.
 * @users: Number of holders: open VMs, and pagemaps with pages in use.
 *	   %TOPOLOGY_FROZEN while a group without holders may change.
 * @vms: The open VMs among @users.
 * @held: The group had holders when the current change froze the groups.
 * @admin: The group is a peer group.
 * @staged: A plan that is not committed yet has created the group.
 * @pending: Holders delay a change that the rule wants.
 * @members_expected: Number of configured members of a peer group.
 * @members_joined: Number of members of a peer group that are in it.
 * @min_read_bandwidth: Lowest maximum read bandwidth of the links inside, in MB/s;
 *			0 if unknown.
 * @min_write_bandwidth: Likewise for writes.
 * @users_file: The file "users", for poll().
 * @pending_file: The file "pending", for poll().
 * @complete_file: The file "complete", for poll(); %NULL for a hardware group.
 * @rcu: Defers freeing the structure.
 */
struct drm_pagemap_group {
	struct device dev;
	struct topology_event event;
	struct list_head entry;
	struct list_head initiators;
	atomic_t users;
	atomic_t vms;
	bool held;
	bool admin;
	bool staged;
	bool pending;
	unsigned int members_expected;
	unsigned int members_joined;
	u32 min_read_bandwidth;
	u32 min_write_bandwidth;
	struct kernfs_node *users_file;
	struct kernfs_node *pending_file;
	struct kernfs_node *complete_file;
	struct rcu_head rcu;
};

#define to_group(d)	container_of_const(d, struct drm_pagemap_group, dev)

/* Accessed only within a change. Not sorted. */
extern struct list_head drm_pagemap_topology_groups;

struct drm_pagemap_group *drm_pagemap_topology_group_of(struct drm_pagemap_initiator *initiator);
struct drm_pagemap_group *
drm_pagemap_topology_group_get(const struct drm_pagemap_initiator *initiator);
struct drm_pagemap_group *drm_pagemap_topology_group_find(const char *name);
bool drm_pagemap_topology_group_named_after(struct drm_pagemap_group *group, const char *uid);
struct drm_pagemap_group *drm_pagemap_topology_group_create(const char *name, bool admin);
void drm_pagemap_topology_group_destroy(struct drm_pagemap_group *group);
void drm_pagemap_topology_group_move(struct drm_pagemap_initiator *initiator,
				     struct drm_pagemap_group *group);
void drm_pagemap_topology_group_set_pending(struct drm_pagemap_group *group, bool pending);
void drm_pagemap_topology_group_set_joined(struct drm_pagemap_group *group, unsigned int joined);
void drm_pagemap_topology_group_update_bandwidth(struct drm_pagemap_group *group);

#endif
