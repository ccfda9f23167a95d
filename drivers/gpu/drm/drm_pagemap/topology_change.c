// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <linux/wait_bit.h>

#include <kunit/visibility.h>

#include "topology_change.h"

static DEFINE_MUTEX(topology_lock);

/* Odd while a change is being published. Written under topology_lock. */
static atomic64_t topology_gen = ATOMIC64_INIT(0);

/* The queued uevents. Protected by topology_lock. */
static LIST_HEAD(topology_events);

/* The device "topology", and its file "generation". */
static struct device *topology_dev;
static struct kernfs_node *topology_file;

/* Number of objects that are not released yet. Releasing them runs code of this module. */
static atomic_t topology_objects = ATOMIC_INIT(0);

/**
 * drm_pagemap_topology_generation() - Get the generation
 *
 * Return: An odd number while a change is being published.
 */
u64 drm_pagemap_topology_generation(void)
{
	return atomic64_read(&topology_gen);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_generation);

/**
 * drm_pagemap_topology_change_begin() - Begin a change, or a read of protected state
 */
void drm_pagemap_topology_change_begin(void)
{
	mutex_lock(&topology_lock);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_change_begin);

/**
 * drm_pagemap_topology_change_assert() - Assert that the caller is within a change
 */
void drm_pagemap_topology_change_assert(void)
{
	lockdep_assert_held(&topology_lock);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_change_assert);

/**
 * drm_pagemap_topology_touch() - Make the generation odd before the first modification
 *
 * The generation stays odd until the end of the change. Later calls within the
 * same change have no effect.
 */
void drm_pagemap_topology_touch(void)
{
	drm_pagemap_topology_change_assert();

	if (!(drm_pagemap_topology_generation() & 1))
		atomic64_inc(&topology_gen);
	/* Order the odd value before all modifications. */
	smp_mb__after_atomic();
}

static void topology_event_send(struct topology_event *event)
{
	list_del_init(&event->entry);
	if (device_is_registered(event->dev)) {
		dev_set_uevent_suppress(event->dev, false);
		kobject_uevent(&event->dev->kobj, event->action);
	}
	put_device(event->dev);
}

static void topology_generation_send(void)
{
	char text[sizeof("GENERATION=") + 20];
	char *env[2] = {};

	if (!topology_dev)
		return;

	env[0] = text;
	snprintf(text, sizeof(text), "GENERATION=%llu", drm_pagemap_topology_generation());
	kobject_uevent_env(&topology_dev->kobj, KOBJ_CHANGE, env);
	kernfs_notify(topology_file);
}

static void topology_change_publish(void)
{
	struct topology_event *event, *next;

	/* Order all modifications before the even value. */
	smp_mb__before_atomic();
	atomic64_inc(&topology_gen);

	list_for_each_entry_safe(event, next, &topology_events, entry)
		topology_event_send(event);
	topology_generation_send();
}

/**
 * drm_pagemap_topology_change_end() - End a change
 *
 * If anything was modified, makes the generation even and then sends all uevents.
 */
void drm_pagemap_topology_change_end(void)
{
	if (drm_pagemap_topology_generation() & 1)
		topology_change_publish();
	mutex_unlock(&topology_lock);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_change_end);

/**
 * drm_pagemap_topology_event_init() - Initialize the event of an object
 * @event: The event, embedded in the object.
 * @dev: The device of the object.
 */
void drm_pagemap_topology_event_init(struct topology_event *event, struct device *dev)
{
	INIT_LIST_HEAD(&event->entry);
	event->dev = dev;
}

/**
 * drm_pagemap_topology_event_queue() - Send a uevent at the end of the change
 * @event: The event.
 * @action: %KOBJ_ADD or %KOBJ_CHANGE. An event that is already queued keeps its action,
 *	    so that no change is reported for a device that is being added.
 */
void drm_pagemap_topology_event_queue(struct topology_event *event, enum kobject_action action)
{
	drm_pagemap_topology_touch();

	if (!list_empty(&event->entry))
		return;

	get_device(event->dev);
	event->action = action;
	list_add_tail(&event->entry, &topology_events);
}

/**
 * drm_pagemap_topology_change_set_device() - Set the device that shows the generation
 * @dev: The device, with a file "generation".
 */
void drm_pagemap_topology_change_set_device(struct device *dev)
{
	topology_file = sysfs_get_dirent(dev->kobj.sd, "generation");
	topology_dev = dev;
}

/**
 * drm_pagemap_topology_change_unset_device() - Undo drm_pagemap_topology_change_set_device()
 */
void drm_pagemap_topology_change_unset_device(void)
{
	sysfs_put(topology_file);
	topology_dev = NULL;
}

/**
 * drm_pagemap_topology_object_get() - Count an object that this module releases
 */
void drm_pagemap_topology_object_get(void)
{
	atomic_inc(&topology_objects);
}

/**
 * drm_pagemap_topology_object_put() - Drop an object from the count, last in its release
 */
void drm_pagemap_topology_object_put(void)
{
	if (atomic_dec_and_test(&topology_objects))
		wake_up_var(&topology_objects);
}

/**
 * drm_pagemap_topology_objects_wait() - Wait until all objects are released
 */
void drm_pagemap_topology_objects_wait(void)
{
	wait_var_event(&topology_objects, !atomic_read(&topology_objects));
	/* The task that released the last object may be preempted inside this module. */
	synchronize_rcu_tasks();
}
