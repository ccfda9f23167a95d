/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_GROUP_H_
#define _DRM_PAGEMAP_TOPOLOGY_GROUP_H_

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/list.h>

#include "topology_change.h"

struct drm_pagemap_initiator;

/* &drm_pagemap_group.users of a group that nobody may hold now */
#define TOPOLOGY_FROZEN		(-1)

/**
 * struct drm_pagemap_group - An interconnect group; its address is the owner
 * @dev: Its device in sysfs, which has the reference count.
 * @event: Its uevent.
 * @entry: In drm_pagemap_topology_groups.
 * @initiators: Its members, by @drm_pagemap_initiator.at_group.
 * @users: Number of holders: open VMs, and pagemaps with pages in use.
 *	   %TOPOLOGY_FROZEN while a group without holders may change.
 * @held: It could not be frozen for the change under way.
 * @admin: It is a peer group.
 * @staged: A plan needs it and is not yet carried out.
 * @pending: The rule wants something else, and holders delay it.
 * @members_expected: Number of members of a peer group.
 * @members_joined: Number of these that are in it.
 * @min_read_bandwidth: Maximum of the slowest link inside, in MB/s; 0 if unknown.
 * @min_write_bandwidth: Likewise for writes.
 * @users_file: The file "users", for poll().
 * @pending_file: Likewise.
 * @complete_file: Likewise; %NULL for an automatic group.
 * @rcu: For the release.
 */
struct drm_pagemap_group {
	struct device dev;
	struct topology_event event;
	struct list_head entry;
	struct list_head initiators;
	atomic_t users;
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

/* Within a change only; in no order. */
extern struct list_head drm_pagemap_topology_groups;

struct drm_pagemap_group *drm_pagemap_topology_group_of(struct drm_pagemap_initiator *initiator);
struct drm_pagemap_group *
drm_pagemap_topology_group_get(const struct drm_pagemap_initiator *initiator);
struct drm_pagemap_group *drm_pagemap_topology_group_find(const char *name);
struct drm_pagemap_group *drm_pagemap_topology_group_create(const char *name, bool admin);
void drm_pagemap_topology_group_destroy(struct drm_pagemap_group *group);
void drm_pagemap_topology_group_move(struct drm_pagemap_initiator *initiator,
				     struct drm_pagemap_group *group);
void drm_pagemap_topology_group_set_pending(struct drm_pagemap_group *group, bool pending);
void drm_pagemap_topology_group_set_joined(struct drm_pagemap_group *group, unsigned int joined);
void drm_pagemap_topology_group_update_bandwidth(struct drm_pagemap_group *group);

#endif
