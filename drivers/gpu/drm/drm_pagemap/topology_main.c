// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>
#include <linux/wait_bit.h>

#include <kunit/visibility.h>

#include "topology_configfs.h"
#include "topology_internal.h"

/**
 * DOC: Overview
 *
 * The device memories of all GPUs of a machine, and who reaches which, do not
 * change while the machine runs, hot-plug aside. This module is the place where
 * drivers say so, and where everybody can look it up:
 *
 * - each device-memory region, whether or not struct pages exist for it, is a
 *   pagemap with a numeric ID (&struct drm_pagemap_node);
 * - each GPU is an initiator (&struct drm_pagemap_initiator), with memory of its
 *   own or without;
 * - each path from an initiator to a pagemap is a link with its figures;
 * - initiators that reach all of each other's memory form a group, and
 *   the group is the owner (&dev_pagemap.owner) of the pages of all its members.
 *
 * All of it is in sysfs below /sys/class/drm_pagemap*. An administrator reshapes
 * groups in configfs below /sys/kernel/config/drm_pagemap.
 *
 * A driver registers a GPU with drm_pagemap_initiator_register(), takes the
 * owner of an SVM VM from drm_pagemap_group_hold(), turns the ID that a program
 * passes into a node with drm_pagemap_node_lookup(), and at a fault or a prefetch
 * turns that into a &struct drm_pagemap with drm_pagemap_node_resolve().
 */

/* Covers a whole change; see topology_internal.h. */
struct mutex topology_lock = __MUTEX_INITIALIZER(topology_lock);
EXPORT_SYMBOL_IF_KUNIT(topology_lock);

/* Odd while a change is being published. Written under topology_lock. */
static atomic64_t topology_gen = ATOMIC64_INIT(0);

/* Objects whose release is still to come; the module's code has to stay. */
static atomic_t topology_objects = ATOMIC_INIT(0);

/**
 * topology_generation() - The generation for a reader
 *
 * Return: An odd number while a change is being published.
 */
u64 topology_generation(void)
{
	return atomic64_read(&topology_gen);
}
EXPORT_SYMBOL_IF_KUNIT(topology_generation);

/**
 * topology_touch() - A change that readers can see is about to be made
 *
 * May be called many times in a change; ended by topology_change_end().
 */
void topology_touch(void)
{
	lockdep_assert_held(&topology_lock);

	if (!(topology_generation() & 1))
		atomic64_inc(&topology_gen);
	/* The odd value comes before what follows. */
	smp_mb__after_atomic();
}

/**
 * topology_change_end() - All of a change is published
 *
 * Makes the generation even, and tells everybody.
 */
void topology_change_end(void)
{
	lockdep_assert_held(&topology_lock);

	if (!(topology_generation() & 1))
		return;

	/* What came before is seen before the even value. */
	smp_mb__before_atomic();
	atomic64_inc(&topology_gen);
	topology_sysfs_announce();
}

/**
 * topology_object_get() - Count an object whose release function is ours
 */
void topology_object_get(void)
{
	atomic_inc(&topology_objects);
}

/**
 * topology_object_put() - The last thing that a release function does
 */
void topology_object_put(void)
{
	if (atomic_dec_and_test(&topology_objects))
		wake_up_var(&topology_objects);
}

static int __init topology_init(void)
{
	int err;

	err = topology_sysfs_init();
	if (err)
		return err;

	err = topology_groups_init();
	if (err)
		goto err_sysfs;

	err = topology_configfs_init();
	if (err)
		goto err_groups;

	return 0;

err_groups:
	topology_groups_fini();
err_sysfs:
	topology_sysfs_fini();
	return err;
}

static void __exit topology_exit(void)
{
	topology_configfs_fini();
	topology_groups_fini();
	topology_sysfs_fini();
	topology_nodes_fini();
	wait_var_event(&topology_objects, !atomic_read(&topology_objects));
	/* Who dropped the last one may be preempted on its way out of our code. */
	synchronize_rcu_tasks();
	rcu_barrier();
}

module_init(topology_init);
module_exit(topology_exit);

MODULE_DESCRIPTION("Static topology of GPU device memories for SVM");
MODULE_LICENSE("Dual MIT/GPL");
