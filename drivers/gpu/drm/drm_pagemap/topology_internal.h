/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_INTERNAL_H_
#define _DRM_PAGEMAP_TOPOLOGY_INTERNAL_H_

#include <linux/device.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include <drm/drm_pagemap_topology.h>

/*
 * Locking
 * =======
 *
 * topology_lock covers a whole change: the lists of initiators, links and
 * groups, which group an initiator is in, the administrator's groups, and what
 * of all that is published in sysfs. It may be taken in the ioctls of a driver
 * and in its probe and remove callbacks; it is never taken
 *
 * - in the show() of a sysfs attribute, because removing the attribute waits
 *   for that under the lock. They read what is stable while the device exists,
 *   and single words (READ_ONCE) or RCU protected lists else;
 * - under mmap_lock, in reclaim, or in an MMU notifier.
 *
 * drm_dev_unplug() is never called with it held. Within it, drm_dev_enter() is
 * fine, and the spinlock of a pagemap cache; a cache's lookup lock is outside.
 */
extern struct mutex topology_lock;

/* Longest uid of an initiator; that of a pagemap has room for "-vram65535". */
#define TOPOLOGY_UID_MAX	128

/* Which uevents of an object go out when the change is visible. */
enum topology_announce {
	TOPOLOGY_ANNOUNCE_NONE,
	TOPOLOGY_ANNOUNCE_ADD,
	TOPOLOGY_ANNOUNCE_CHANGE,
};

/**
 * struct drm_pagemap_node - What stays of a region: its ID
 * @ref: One reference is the registry's, for as long as the module is loaded.
 * @id: The pagemap ID.
 * @uid: See drm_pagemap_initiator_register().
 * @identity: The card that was in this slot.
 * @region: The region while its device is bound. RCU.
 */
struct drm_pagemap_node {
	struct kref ref;
	u32 id;
	char *uid;
	char *identity;
	struct drm_pagemap_region __rcu *region;
};

/**
 * struct drm_pagemap_region - A device-memory region whose device is bound
 * @dev: Its device in sysfs; the reference count.
 * @node: Its ID.
 * @initiator: Its GPU; referenced.
 * @info: What the driver said.
 * @links: All &struct topology_link to here, by @topology_link.at_region.
 * @links_dir: The directory "initiators".
 * @held_group: The group that the pages in use hold, or %NULL. Referenced.
 * @held: @held_group is set. To be read without the lock.
 * @retry_at: In jiffies: no attempt to create pages before that.
 * @retry_error: Why the last attempt failed; 0 if it did not. Both are under
 *		 the lookup lock of the region's cache.
 * @announce: See &enum topology_announce.
 * @rcu: For the release.
 */
struct drm_pagemap_region {
	struct device dev;
	struct drm_pagemap_node *node;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_region_info info;
	struct list_head links;
	struct kobject *links_dir;
	struct drm_pagemap_group *held_group;
	bool held;
	unsigned long retry_at;
	int retry_error;
	enum topology_announce announce;
	struct rcu_head rcu;
};

/**
 * struct drm_pagemap_initiator - A GPU whose device is bound
 * @dev: Its device in sysfs; the reference count.
 * @entry: In topology_initiators, which is sorted by uid.
 * @uid: Stable name.
 * @drm: The DRM device; referenced while the initiator is registered, and for
 *	 who reads with RCU or inside topology_resolve_barrier()'s section.
 * @ops: The driver's callbacks.
 * @private: Their argument.
 * @regions: Its memories.
 * @num_regions: How many.
 * @links: All &struct topology_link from here, by the ID of the pagemap.
 * @targets_dir: The directory "targets".
 * @group: The group it is in; RCU.
 * @at_group: In @drm_pagemap_group.initiators.
 * @index: Place in the list, while a partition is computed.
 * @dead: No new placement, no new VM.
 * @announce: See &enum topology_announce.
 * @rcu: For the release.
 */
struct drm_pagemap_initiator {
	struct device dev;
	struct list_head entry;
	char *uid;
	struct drm_device *drm;
	const struct drm_pagemap_initiator_ops *ops;
	void *private;
	struct drm_pagemap_region **regions;
	unsigned int num_regions;
	struct xarray links;
	struct kobject *targets_dir;
	struct drm_pagemap_group __rcu *group;
	struct list_head at_group;
	unsigned int index;
	bool dead;
	enum topology_announce announce;
	struct rcu_head rcu;
};

/* Why a direct link is of no use as the groups are now. */
enum topology_usable {
	TOPOLOGY_UNUSABLE_NO_ACCESS,
	TOPOLOGY_UNUSABLE_ADMIN_GROUP,
	TOPOLOGY_UNUSABLE_CLIQUE,
	TOPOLOGY_UNUSABLE_THRESHOLD,
	TOPOLOGY_UNUSABLE_HELD,
	TOPOLOGY_UNUSABLE_GOING,
	TOPOLOGY_USABLE,
};

/**
 * struct topology_link - A path from an initiator to a pagemap
 * @kobj: Its directory; the reference count.
 * @initiator: From; alive while the link is published.
 * @region: To; likewise.
 * @at_region: In @drm_pagemap_region.links.
 * @info: What the initiator's driver says.
 * @refusal: The same as @info.refusal, but that one of two GPUs which both
 *	     have memory can't use a path that the other has not.
 * @usable: By the groups as they are.
 * @published: The directory is there.
 */
struct topology_link {
	struct kobject kobj;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_region *region;
	struct list_head at_region;
	struct drm_pagemap_link_info info;
	enum drm_pagemap_refusal refusal;
	enum topology_usable usable;
	bool published;
};

/**
 * struct drm_pagemap_group - An interconnect group; its address is the owner
 * @dev: Its device in sysfs; the reference count.
 * @entry: In topology_groups.
 * @initiators: Its members, by @drm_pagemap_initiator.at_group.
 * @users: Open VMs and pagemaps with pages in use. Negative while nobody may
 *	   come in, because the group is about to change or is gone.
 * @admin: An administrator made it.
 * @staged: In sysfs for a plan that is not yet carried out.
 * @pending: The rule wants something else.
 * @members_expected: Of an administrator's group.
 * @members_joined: Likewise.
 * @min_read_bandwidth: Of the slowest link inside, in MB/s; 0 if unknown.
 * @min_write_bandwidth: Likewise.
 * @pagemaps_dir: The directory "pagemaps".
 * @initiators_dir: The directory "initiators".
 * @users_file: For poll().
 * @pending_file: Likewise.
 * @complete_file: Likewise.
 * @announce: See &enum topology_announce.
 * @rcu: For the release.
 */
struct drm_pagemap_group {
	struct device dev;
	struct list_head entry;
	struct list_head initiators;
	atomic_t users;
	bool admin;
	bool staged;
	bool pending;
	unsigned int members_expected;
	unsigned int members_joined;
	u32 min_read_bandwidth;
	u32 min_write_bandwidth;
	struct kobject *pagemaps_dir;
	struct kobject *initiators_dir;
	struct kernfs_node *users_file;
	struct kernfs_node *pending_file;
	struct kernfs_node *complete_file;
	enum topology_announce announce;
	struct rcu_head rcu;
};

#define to_region(d)	container_of(d, struct drm_pagemap_region, dev)
#define to_initiator(d)	container_of(d, struct drm_pagemap_initiator, dev)
#define to_group(d)	container_of(d, struct drm_pagemap_group, dev)

/* Under topology_lock; sorted by uid. */
extern struct list_head topology_initiators;
/* Under topology_lock; in no order. */
extern struct list_head topology_groups;

/* topology_main.c: changes and their announcement */

void topology_touch(void);
void topology_change_end(void);
u64 topology_generation(void);
void topology_object_get(void);
void topology_object_put(void);

/* topology_node.c: what has an ID */

struct drm_pagemap_node *topology_node_obtain(const char *uid, const char *identity);
struct drm_pagemap_region *topology_node_region_get(struct drm_pagemap_node *node);
struct drm_pagemap_node *topology_node_find(u32 id);
bool topology_region_active(struct drm_pagemap_region *region);
void topology_region_reap(struct drm_pagemap_region *region);
void topology_region_unhold(struct drm_pagemap_region *region);
u32 topology_next_in_group(struct drm_pagemap_group *group, u32 id);
void topology_resolve_barrier(void);
unsigned int topology_idle_holders(struct drm_pagemap_group *group);
void topology_nodes_fini(void);

/* topology_initiator.c */

struct drm_pagemap_initiator *topology_initiator_find(const char *uid);

/* topology_link.c */

struct topology_link *topology_link_find(struct drm_pagemap_initiator *initiator,
					 struct drm_pagemap_region *region);
int topology_link_probe(struct drm_pagemap_initiator *initiator,
			struct drm_pagemap_region *region);
struct topology_link *topology_link_create(struct drm_pagemap_initiator *initiator,
					   struct drm_pagemap_region *region,
					   const struct drm_pagemap_link_info *info);
void topology_link_destroy(struct topology_link *link);
bool topology_link_going(const struct topology_link *link);
bool topology_link_info_valid(const struct drm_pagemap_link_info *info, bool own);
void topology_links_update_refusals(void);
bool topology_links_mutual(struct drm_pagemap_initiator *a,
			   struct drm_pagemap_initiator *b,
			   struct drm_pagemap_initiator **from,
			   struct drm_pagemap_region **to);

/* topology_group.c: which group an initiator is in */

bool topology_group_held(struct drm_pagemap_group *group);
void topology_groups_freeze(void);
void topology_groups_thaw(void);
int topology_regroup(void);
void topology_group_leave(struct drm_pagemap_initiator *initiator);
void topology_group_check_later(void);
int topology_groups_init(void);
void topology_groups_fini(void);

/* topology_sysfs*.c: publication. All but the init functions under the lock. */

extern const struct class topology_pagemap_class;
extern const struct class topology_initiator_class;
extern const struct class topology_group_class;

int topology_sysfs_init(void);
void topology_sysfs_fini(void);
void topology_sysfs_announce(void);
int topology_sysfs_link_render(struct drm_pagemap_initiator *initiator, struct device *dev);

int topology_sysfs_add_initiator(struct drm_pagemap_initiator *initiator);
void topology_sysfs_del_initiator(struct drm_pagemap_initiator *initiator);
int topology_sysfs_add_region(struct drm_pagemap_region *region);
void topology_sysfs_del_region(struct drm_pagemap_region *region);
void topology_sysfs_del_render(struct drm_pagemap_initiator *initiator);
int topology_sysfs_add_link(struct topology_link *link);
void topology_sysfs_del_link(struct topology_link *link);
extern const struct kobj_type topology_link_type;
extern const struct attribute_group *topology_pagemap_groups[];

extern const struct attribute_group *topology_group_groups[];
int topology_sysfs_add_group(struct drm_pagemap_group *group);
void topology_sysfs_del_group(struct drm_pagemap_group *group);
int topology_sysfs_add_member(struct drm_pagemap_group *group,
			      struct drm_pagemap_initiator *initiator);
void topology_sysfs_del_member(struct drm_pagemap_group *group,
			       struct drm_pagemap_initiator *initiator);
void topology_sysfs_link_group(struct drm_pagemap_initiator *initiator,
			       struct drm_pagemap_group *group);
void topology_sysfs_unlink_group(struct drm_pagemap_initiator *initiator);

extern const char * const topology_refusal_names[DRM_PAGEMAP_REFUSALS];

#endif
