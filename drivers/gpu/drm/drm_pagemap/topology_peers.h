/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_PEERS_H_
#define _DRM_PAGEMAP_TOPOLOGY_PEERS_H_

#include <linux/list.h>
#include <linux/types.h>

#include "topology_outcome.h"

/*
 * Peer groups as data and their validation, without configfs. Call all functions
 * within a change.
 */

/**
 * enum topology_peer_state - State of a member of a peer group
 * @TOPOLOGY_PEER_CONFIGURED: The group is not enabled.
 * @TOPOLOGY_PEER_ABSENT: The initiator is not registered.
 * @TOPOLOGY_PEER_JOINED: The initiator is in the group.
 * @TOPOLOGY_PEER_REFUSED: The initiator can't be in the group.
 */
enum topology_peer_state {
	TOPOLOGY_PEER_CONFIGURED,
	TOPOLOGY_PEER_ABSENT,
	TOPOLOGY_PEER_JOINED,
	TOPOLOGY_PEER_REFUSED,
};

/**
 * struct topology_peer_group - A peer group
 * @entry: Entry in drm_pagemap_topology_peer_groups.
 * @name: Name of the group.
 * @members: All &struct topology_peer_member of the group, by uid.
 * @num_members: Number of entries in @members.
 * @enabled: The present members form a group.
 * @wanted: The peer group is in the set that is to be enabled.
 * @in_scope: The current change can affect the peer group.
 * @number: Number of the peer group from 1 on, while a partition is computed; 0 if it is
 *	    not in the scope.
 * @group: Group in sysfs while the peer group is enabled. Owned by
 *	   drm_pagemap_topology_groups.
 * @outcome: Outcome of the last write.
 */
struct topology_peer_group {
	struct list_head entry;
	char *name;
	struct list_head members;
	unsigned int num_members;
	bool enabled;
	bool wanted;
	bool in_scope;
	u32 number;
	struct drm_pagemap_group *group;
	struct topology_outcome outcome;
};

/**
 * struct topology_peer_member - An initiator in a peer group, present or not
 * @entry: Entry in @topology_peer_group.members.
 * @owner: The peer group.
 * @uid: uid of the initiator.
 * @state: State, as shown in configfs.
 * @chosen: The member is in the group in the partition that is being computed.
 * @blocked_from: If the member is present but not chosen, the initiator that lacks a
 *		  link. Valid while a partition is computed.
 * @blocked_to: The region that @blocked_from does not reach.
 * @reason: Reason why the member was refused.
 */
struct topology_peer_member {
	struct list_head entry;
	struct topology_peer_group *owner;
	char *uid;
	enum topology_peer_state state;
	bool chosen;
	struct drm_pagemap_initiator *blocked_from;
	struct drm_pagemap_region *blocked_to;
	struct topology_outcome reason;
};

/* Sorted by name. */
extern struct list_head drm_pagemap_topology_peer_groups;

struct topology_peer_group *drm_pagemap_topology_peer_group_create(const char *name);
void drm_pagemap_topology_peer_group_destroy(struct topology_peer_group *group);
struct topology_peer_group *drm_pagemap_topology_peer_group_find(const char *name, size_t len);
struct topology_peer_group *drm_pagemap_topology_peer_group_of(struct drm_pagemap_group *group);
bool drm_pagemap_topology_peer_group_has(struct topology_peer_group *group, const char *uid);
struct topology_peer_member *
drm_pagemap_topology_peer_member_create(struct topology_peer_group *group, const char *uid);
void drm_pagemap_topology_peer_member_destroy(struct topology_peer_member *member);

int drm_pagemap_topology_peers_validate(struct topology_outcome *outcome);
void drm_pagemap_topology_peers_flip(void);
void drm_pagemap_topology_peers_choose(u32 *numbers);
void drm_pagemap_topology_peers_settle(void);

#endif
