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
 * The memory regions of all GPUs of a machine, and the paths to them, change only by
 * hot-plug. Drivers report them to this module once. Programs and other drivers
 * look them up here:
 *
 * - Each region of device memory is a pagemap with a numeric ID (&struct
 *   drm_pagemap_node), whether or not struct pages exist for it.
 * - Each GPU is an initiator (&struct drm_pagemap_initiator), with or without memory
 *   of its own.
 * - Each path from an initiator to a pagemap is a link, with its type, bandwidth and
 *   latency.
 * - Initiators that reach all of each other's memory form a group. The group is the
 *   owner (&dev_pagemap.owner) of the pages of all its members.
 *
 * sysfs shows all of this below /sys/class/drm_pagemap*. In configfs, below
 * /sys/kernel/config/drm_pagemap, an administrator makes peer groups.
 *
 * A driver registers a GPU with drm_pagemap_initiator_register(), and gets the owner
 * for an SVM VM from drm_pagemap_group_hold(). It turns the ID that a program passes
 * into a node with drm_pagemap_node_lookup(), and the node into a
 * &struct drm_pagemap with drm_pagemap_node_resolve() at a fault or a prefetch.
 */

/**
 * DOC: Layers
 *
 * A file of this module includes and calls only what is below it; tests/lib/layers
 * checks that. From the bottom:
 *
 * - topology_pci, topology_residency: how two PCI devices reach each other, and where
 *   the pages of a process are, for drivers. Know nothing of the topology.
 * - topology_change: the mutex, the generation, and the queue of uevents. Knows no
 *   other object.
 * - topology_node, topology_initiator, topology_link, topology_group: the objects as
 *   data. Know no policy, no holders, and no sysfs file.
 * - topology_rule, topology_reconcile: which groups are best, and which are possible
 *   now. Pure functions of numbers.
 * - topology_access: who may place memory on another GPU. Knows render nodes only.
 * - topology_outcome, topology_peers: peer groups as data, and their validation. Know
 *   no configfs.
 * - topology_scope: the initiators whose groups a change can affect.
 * - topology_hold, topology_lookup: holders of groups, and the way from an ID to its
 *   pages.
 * - topology_plan: the next groups. Makes everything that can fail before the first
 *   change.
 * - topology_sysfs: publishes the changes.
 * - topology_regroup: computes the groups in the scope anew, applies and publishes them.
 * - topology_register, topology_update, topology_configfs, topology_main: the entry
 *   points for drivers, administrators and the module loader.
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

MODULE_DESCRIPTION("Static topology of GPU memory for SVM");
MODULE_LICENSE("Dual MIT/GPL");
