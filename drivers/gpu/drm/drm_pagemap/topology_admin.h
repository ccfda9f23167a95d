/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_ADMIN_H_
#define _DRM_PAGEMAP_TOPOLOGY_ADMIN_H_

#include <linux/list.h>
#include <linux/types.h>

#include "topology_internal.h"

/*
 * The groups that an administrator makes, apart from where they are made: knows
 * nothing of configfs. Everything here is under topology_lock.
 */

/* A line of the form that last_error has; uids are the longest words in it. */
#define TOPOLOGY_OUTCOME_MAX	(2 * TOPOLOGY_UID_MAX + 64)

/**
 * struct topology_outcome - What became of a write, for last_error
 * @text: One line, without a newline.
 */
struct topology_outcome {
	char text[TOPOLOGY_OUTCOME_MAX];
};

enum topology_member_state {
	TOPOLOGY_MEMBER_CONFIGURED,
	TOPOLOGY_MEMBER_ABSENT,
	TOPOLOGY_MEMBER_JOINED,
	TOPOLOGY_MEMBER_REFUSED,
};

/**
 * struct topology_admin_group - A peer group
 * @entry: In topology_admin_groups.
 * @name: Its name.
 * @members: All &struct topology_admin_member, by uid.
 * @num_members: How many.
 * @enabled: Its members are a group, as far as they are present.
 * @wanted: It is in the set that is being enabled.
 * @number: From 1, while a partition is computed.
 * @group: What it is in sysfs while enabled. Owned by the list of groups.
 * @outcome: Of the last write.
 */
struct topology_admin_group {
	struct list_head entry;
	char *name;
	struct list_head members;
	unsigned int num_members;
	bool enabled;
	bool wanted;
	u32 number;
	struct drm_pagemap_group *group;
	struct topology_outcome outcome;
};

/**
 * struct topology_admin_member - An initiator in a peer group, there or not
 * @entry: In @topology_admin_group.members.
 * @owner: The group.
 * @uid: Of the initiator.
 * @state: As shown.
 * @chosen: The partition that is being computed has it in the group.
 * @blocked_from: If it is present and not chosen, who does not reach
 * @blocked_to: what. Both are valid while a partition is computed.
 * @reason: Why it was refused.
 */
struct topology_admin_member {
	struct list_head entry;
	struct topology_admin_group *owner;
	char *uid;
	enum topology_member_state state;
	bool chosen;
	struct drm_pagemap_initiator *blocked_from;
	struct drm_pagemap_region *blocked_to;
	struct topology_outcome reason;
};

/* Sorted by name. */
extern struct list_head topology_admin_groups;

/* For configfs */

struct topology_admin_group *topology_admin_group_create(const char *name);
void topology_admin_group_destroy(struct topology_admin_group *group);
struct topology_admin_group *topology_admin_group_find(const char *name, size_t len);
struct topology_admin_member *
topology_admin_member_create(struct topology_admin_group *group, const char *uid);
void topology_admin_member_destroy(struct topology_admin_member *member);

int topology_admin_enable_wanted(struct topology_outcome *outcome);

u32 topology_admin_min_bandwidth(void);
int topology_admin_set_min_bandwidth(u32 min_bandwidth);

__printf(2, 3)
void topology_outcome_set(struct topology_outcome *outcome, const char *format, ...);

/* For the computation of groups */

void topology_admin_choose(u32 *admin_block);
void topology_admin_settle(void);

#endif
