/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_CHANGE_H_
#define _DRM_PAGEMAP_TOPOLOGY_CHANGE_H_

#include <linux/cleanup.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/types.h>

struct device;

/*
 * A change is everything between drm_pagemap_topology_change_begin() and
 * drm_pagemap_topology_change_end(). One mutex, private to topology_change.c, protects
 * the lists of initiators, links and groups, the group of each initiator, the scope, the
 * peer groups, and what sysfs publishes of them. Ioctls and the probe and remove
 * callbacks of drivers may begin a change. Never begin one
 *
 * - in show() of a sysfs attribute. Removing the attribute within a change waits
 *   for the reader. Readers use values that are constant while the device exists,
 *   single words (READ_ONCE), and lists protected by RCU;
 * - under mmap_lock, in reclaim, or in an MMU notifier;
 * - around drm_dev_unplug().
 *
 * Within a change, drm_dev_enter() and the spinlock of a pagemap cache may be taken.
 * The lookup lock of a cache must be taken before the change begins.
 */

/**
 * struct topology_event - A uevent that waits for the end of a change
 * @entry: Entry in the queue; empty while the event is not queued.
 * @dev: Device to report; referenced while the event is queued.
 * @action: %KOBJ_ADD or %KOBJ_CHANGE.
 */
struct topology_event {
	struct list_head entry;
	struct device *dev;
	enum kobject_action action;
};

void drm_pagemap_topology_change_begin(void);
void drm_pagemap_topology_change_end(void);
void drm_pagemap_topology_change_assert(void);
void drm_pagemap_topology_touch(void);
u64 drm_pagemap_topology_generation(void);

DEFINE_LOCK_GUARD_0(topology_change, drm_pagemap_topology_change_begin(),
		    drm_pagemap_topology_change_end())

void drm_pagemap_topology_event_init(struct topology_event *event, struct device *dev);
void drm_pagemap_topology_event_queue(struct topology_event *event, enum kobject_action action);
void drm_pagemap_topology_change_set_device(struct device *dev);
void drm_pagemap_topology_change_unset_device(void);

void drm_pagemap_topology_object_get(void);
void drm_pagemap_topology_object_put(void);
void drm_pagemap_topology_objects_wait(void);

#endif
