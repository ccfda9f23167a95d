// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>

#include "topology_change.h"
#include "topology_configfs.h"
#include "topology_hold.h"
#include "topology_node.h"
#include "topology_regroup.h"
#include "topology_sysfs.h"

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

/**
 * DOC: Layers
 *
 * A file of this module includes and calls only what is below it; tests/lib/layers
 * checks that. From the bottom:
 *
 * - topology_change: the mutex, the generation, and the queue of uevents. Knows
 *   no object.
 * - topology_node, topology_initiator, topology_link, topology_group: the objects
 *   as data. Know no policy, no holders, and no sysfs file.
 * - topology_rule, topology_reconcile: which groups are best, and which can be had
 *   now. Pure functions of numbers.
 * - topology_access: who may place memory on another GPU. Knows render nodes only.
 * - topology_outcome, topology_peers: peer groups as data, and what they have to
 *   fulfil. Knows no configfs.
 * - topology_hold, topology_lookup: holders of groups, and the way from an ID to
 *   pages.
 * - topology_plan: the groups as they are to be, with all that can fail had before
 *   the first change.
 * - topology_sysfs: publishes what has changed.
 * - topology_regroup: from what groups depend on to groups that are published.
 * - topology_register, topology_update, topology_configfs, topology_main: the ways
 *   in, from drivers, admins, and the module loader.
 */

static int __init topology_init(void)
{
	int err;

	err = drm_pagemap_topology_sysfs_init();
	if (err)
		goto err_wait;

	drm_pagemap_topology_hold_init(drm_pagemap_topology_regroup_if_pending);
	err = drm_pagemap_topology_configfs_init();
	if (err)
		goto err_sysfs;

	return 0;

err_sysfs:
	drm_pagemap_topology_sysfs_fini();
err_wait:
	drm_pagemap_topology_objects_wait();
	return err;
}

static void __exit topology_exit(void)
{
	drm_pagemap_topology_configfs_fini();
	drm_pagemap_topology_hold_fini();
	drm_pagemap_topology_sysfs_fini();
	drm_pagemap_topology_nodes_fini();
	drm_pagemap_topology_objects_wait();
}

module_init(topology_init);
module_exit(topology_exit);

MODULE_DESCRIPTION("Static topology of GPU device memories for SVM");
MODULE_LICENSE("Dual MIT/GPL");
