// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The device and its VRAM regions in the pagemap topology, from probe to removal,
 * whether or not they are in use.
 */

#include <linux/cleanup.h>
#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include <kunit/static_stub.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_print.h>

#include "xe_device.h"
#include "xe_pagemap_path.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_tile.h"
#include "xe_ttm_vram_mgr.h"
#include "xe_vram_types.h"

/* For instance "drm/0000:03:00.0/vram0". */
#define XE_DMEM_NAME_LEN	64
#define XE_IDENTITY_LEN		64

/* The registered devices, and the lock that covers this list. */
static LIST_HEAD(xe_topology_devices);
static DEFINE_MUTEX(xe_topology_lock);

static bool xe_link_to_own(struct xe_device *xe, struct xe_vram_region *vr,
			   struct drm_pagemap_link_info *info)
{
	bool root = vr == xe_tile_to_vr(xe_device_get_root_tile(xe));

	info->type = root ? DRM_PAGEMAP_LINK_LOCAL : DRM_PAGEMAP_LINK_TILE;
	info->attributes = DRM_PAGEMAP_LINK_HAS_HOPS;
	info->hops = root ? 0 : 1;

	return true;
}

static bool xe_link_to_peer(struct xe_device *xe, struct xe_vram_region *vr,
			    struct drm_pagemap_link_info *info)
{
	struct drm_pagemap_pci_path path;

	xe_pagemap_path_get(xe->drm.dev, vr->xe->drm.dev, &path);
	info->type = DRM_PAGEMAP_LINK_PCIE_P2P;
	info->refusal = path.refusal;
	info->attributes = DRM_PAGEMAP_LINK_HAS_HOPS | DRM_PAGEMAP_LINK_HAS_BANDWIDTH |
			   DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH;
	info->hops = path.hops;
	info->max_read_bandwidth = path.max_bandwidth;
	info->max_write_bandwidth = path.max_bandwidth;

	/* Memory outside the BAR has no bus address. */
	if (info->refusal == DRM_PAGEMAP_DIRECT && vr->io_size < vr->usable_size)
		info->refusal = DRM_PAGEMAP_REFUSED_BAR_SIZE;

	return true;
}

static bool xe_probe_link(void *private, struct drm_pagemap_node *target,
			  struct drm_pagemap_link_info *info)
{
	struct xe_vram_region *vr;
	struct xe_device *xe = private;

	/* This driver would take addresses of another driver for its own VRAM. */
	if (drm_pagemap_node_drm(target)->driver != xe->drm.driver)
		return false;

	vr = drm_pagemap_node_private(target);

	return vr->xe == xe ? xe_link_to_own(xe, vr, info) :
			      xe_link_to_peer(xe, vr, info);
}

/* Only links to other devices have a bandwidth. */
static void xe_link_bandwidth(void *private, struct drm_pagemap_node *target,
			      u32 *read, u32 *write)
{
	struct xe_vram_region *vr = drm_pagemap_node_private(target);
	struct xe_device *xe = private;

	*read = xe_pagemap_path_bandwidth(xe->drm.dev, vr->xe->drm.dev);
	*write = *read;
}

static const struct drm_pagemap_initiator_ops xe_initiator_ops = {
	.probe_link = xe_probe_link,
	.link_bandwidth = xe_link_bandwidth,
};

static struct drm_pagemap *xe_region_create(void *private, void *owner)
{
	return xe_pagemap_create(private, owner);
}

static bool xe_region_instantiated(void *private)
{
	struct xe_vram_region *vr = private;

	return atomic_read(&vr->num_pagemaps);
}

/* The value is a hint, so it is read without the lock of the manager. */
static u64 xe_region_free(void *private)
{
	struct xe_vram_region *vr = private;

	return READ_ONCE(vr->ttm.mm.avail);
}

static const struct drm_pagemap_region_ops xe_region_ops = {
	.create = xe_region_create,
	.instantiated = xe_region_instantiated,
	.free = xe_region_free,
};

/*
 * A device has the same sysfs directory until it is removed from its slot, and no
 * other directory ever has the same number.
 */
static u64 xe_number_of_device(struct device *dev)
{
	return dev->kobj.sd->id;
}

/**
 * xe_pagemap_topology_print_identity() - Print the identity of a card
 * @dev: The device.
 * @model: Vendor and device, of the chip and of the card.
 * @serial: Serial number; 0 if the card has none.
 * @identity: Buffer for a string that differs from the ones of other cards.
 * @size: Size of @identity.
 *
 * Without a serial number, a card that was pulled out is not recognised when it
 * returns: it might be another one.
 */
void xe_pagemap_topology_print_identity(struct device *dev, const u16 model[4], u64 serial,
					char *identity, size_t size)
{
	scnprintf(identity, size, "%04x:%04x %04x:%04x %s%016llx", model[0], model[1],
		  model[2], model[3], serial ? "" : "device ",
		  serial ?: xe_number_of_device(dev));
}

/**
 * xe_pagemap_topology_identify() - Identify the card in a slot
 * @xe: The device.
 * @identity: Set to a string that differs from the ones of other cards.
 * @size: Size of @identity.
 */
void xe_pagemap_topology_identify(struct xe_device *xe, char *identity, size_t size)
{
	struct pci_dev *pdev;

	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_topology_identify, xe, identity, size);

	pdev = to_pci_dev(xe->drm.dev);
	xe_pagemap_topology_print_identity(&pdev->dev, (const u16[]) {
		pdev->vendor, pdev->device, pdev->subsystem_vendor, pdev->subsystem_device,
	}, pci_get_dsn(pdev), identity, size);
}

static bool xe_has_region(struct xe_device *xe, struct xe_tile *tile)
{
	struct xe_vram_region *vr = xe_tile_to_vr(tile);

	/* The mask has a bit for each instance of the UAPI; 0 is system memory. */
	return vr && xe->info.mem_region_mask & BIT(vr->id + 1) &&
	       vr->dpagemap_cache;
}

static void xe_describe_region(struct xe_vram_region *vr, char *dmem_name,
			       struct drm_pagemap_region_info *info)
{
	struct drm_device *drm = &vr->xe->drm;

	*info = (struct drm_pagemap_region_info) {
		.instance = vr->id + 1,
		.numa_node = dev_to_node(drm->dev),
		.size = vr->usable_size,
		.id = &vr->pagemap_id,
		.cache = vr->dpagemap_cache,
		.ops = &xe_region_ops,
		.private = vr,
	};

	if (!IS_ENABLED(CONFIG_CGROUP_DMEM))
		return;

	scnprintf(dmem_name, XE_DMEM_NAME_LEN, "drm/%s/vram%u", drm->unique, vr->id);
	info->dmem_region = dmem_name;
}

static struct drm_pagemap_initiator *xe_initiator_register(struct xe_device *xe)
{
	struct drm_pagemap_region_info regions[XE_MAX_TILES_PER_DEVICE];
	char dmem_names[XE_MAX_TILES_PER_DEVICE][XE_DMEM_NAME_LEN];
	char identity[XE_IDENTITY_LEN];
	struct drm_pagemap_initiator_info info = {
		.drm = &xe->drm,
		.identity = identity,
		.ops = &xe_initiator_ops,
		.private = xe,
		.regions = regions,
	};
	struct xe_tile *tile;
	u8 id;

	xe_pagemap_topology_identify(xe, identity, sizeof(identity));
	for_each_tile(tile, xe, id) {
		unsigned int n = info.num_regions;

		if (!xe_has_region(xe, tile))
			continue;
		xe_describe_region(xe_tile_to_vr(tile), dmem_names[n], &regions[n]);
		info.num_regions++;
	}

	return drm_pagemap_initiator_register(&info);
}

static void xe_nodes_put(struct drm_device *drm, void *arg)
{
	struct xe_device *xe = arg;
	struct xe_tile *tile;
	u8 id;

	for_each_tile(tile, xe, id) {
		if (!xe_tile_to_vr(tile))
			continue;
		drm_pagemap_node_put(xe_tile_to_vr(tile)->pagemap_node);
		xe_tile_to_vr(tile)->pagemap_node = NULL;
	}
}

/* The nodes stay as long as the DRM device, because VMs may outlive the initiator. */
static int xe_nodes_get(struct xe_device *xe, struct drm_pagemap_initiator *initiator)
{
	struct xe_vram_region *vr;
	struct xe_tile *tile;
	u8 id;

	for_each_tile(tile, xe, id) {
		vr = xe_tile_to_vr(tile);
		if (xe_has_region(xe, tile))
			vr->pagemap_node = drm_pagemap_initiator_node(initiator, vr->id + 1);
	}

	return drmm_add_action_or_reset(&xe->drm, xe_nodes_put, xe);
}

/**
 * xe_pagemap_topology_resume() - Resume a device whose registers are about to be read
 * @dev: The device.
 */
void xe_pagemap_topology_resume(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_topology_resume, dev);

	pm_runtime_get_sync(dev);
}

/**
 * xe_pagemap_topology_suspend() - Undo xe_pagemap_topology_resume()
 * @dev: The device.
 */
void xe_pagemap_topology_suspend(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_topology_suspend, dev);

	pm_runtime_put_autosuspend(dev);
}

/*
 * Registration measures the paths to all other devices, under the lock of the topology.
 * Above a suspended device, ports may have no power, so resume the others before: from
 * D3cold, this takes long.
 */
static void xe_topology_resume_peers(void)
{
	struct xe_device *peer;

	list_for_each_entry(peer, &xe_topology_devices, usm.topology_link)
		xe_pagemap_topology_resume(peer->drm.dev);
}

static void xe_topology_suspend_peers(void)
{
	struct xe_device *peer;

	list_for_each_entry(peer, &xe_topology_devices, usm.topology_link)
		xe_pagemap_topology_suspend(peer->drm.dev);
}

static int xe_topology_register(struct xe_device *xe)
{
	struct drm_pagemap_initiator *initiator;
	int err;

	guard(mutex)(&xe_topology_lock);
	xe_topology_resume_peers();
	initiator = xe_initiator_register(xe);
	xe_topology_suspend_peers();
	if (IS_ERR(initiator)) {
		/* The topology may have measured paths before it failed. */
		xe_pagemap_path_forget(xe->drm.dev);
		return PTR_ERR(initiator);
	}

	err = xe_nodes_get(xe, initiator);
	if (err) {
		drm_pagemap_initiator_unregister(initiator);
		xe_pagemap_path_forget(xe->drm.dev);
		return err;
	}

	list_add(&xe->usm.topology_link, &xe_topology_devices);
	xe->usm.initiator = initiator;

	return 0;
}

/**
 * xe_pagemap_topology_init_early() - Prepare for xe_pagemap_topology_wait()
 * @xe: The device.
 */
void xe_pagemap_topology_init_early(struct xe_device *xe)
{
	init_completion(&xe->usm.initiator_known);
}

/**
 * xe_pagemap_topology_wait() - Wait until the device is in the topology
 * @xe: The device.
 *
 * open() calls this, because the device node exists before the registration.
 *
 * Return: 0 on success, %-ERESTARTSYS on a signal.
 */
int xe_pagemap_topology_wait(struct xe_device *xe)
{
	return wait_for_completion_interruptible(&xe->usm.initiator_known);
}

/**
 * xe_pagemap_topology_register() - Register a device and its VRAM regions
 * @xe: The device, just registered with DRM.
 *
 * Also registers devices without page faults, because other devices may use their
 * memory, and devices without memory, because they use that of others.
 *
 * If this fails, the device works without the topology: its VMs have system memory
 * only.
 */
void xe_pagemap_topology_register(struct xe_device *xe)
{
	int err = 0;

	/* An admin-only device manages others, and runs no VMs. */
	if (!xe_device_is_admin_only(xe))
		err = xe_topology_register(xe);
	if (err)
		drm_warn(&xe->drm, "SVM is without device memory, because registration failed (%pe)\n",
			 ERR_PTR(err));
	complete_all(&xe->usm.initiator_known);
}

/**
 * xe_pagemap_topology_kill() - Refuse new placements on a device
 * @xe: The device, which is about to be unplugged.
 */
void xe_pagemap_topology_kill(struct xe_device *xe)
{
	if (xe->usm.initiator)
		drm_pagemap_initiator_kill(xe->usm.initiator);
}

/**
 * xe_pagemap_topology_unregister() - Remove a device from the topology
 * @xe: The device, whose memory is no longer in use.
 *
 * A second call does nothing.
 */
void xe_pagemap_topology_unregister(struct xe_device *xe)
{
	if (!xe->usm.initiator)
		return;

	scoped_guard(mutex, &xe_topology_lock)
		list_del(&xe->usm.topology_link);
	drm_pagemap_initiator_unregister(xe->usm.initiator);
	xe->usm.initiator = NULL;
	xe_pagemap_path_forget(xe->drm.dev);
}

/**
 * xe_pagemap_topology_hold() - Hold the group of a device for a new SVM VM
 * @xe: The device of the VM.
 *
 * Return: The group, for xe_pagemap_topology_release(); %NULL if the device is not in
 * the topology, so that the VM has system memory only; or an error pointer: %-ENODEV if
 * the device is about to go.
 */
struct drm_pagemap_group *xe_pagemap_topology_hold(struct xe_device *xe)
{
	struct drm_pagemap_group *group = NULL;
	int idx;

	if (!drm_dev_enter(&xe->drm, &idx))
		return ERR_PTR(-ENODEV);

	if (xe->usm.initiator)
		group = drm_pagemap_group_hold(xe->usm.initiator);
	drm_dev_exit(idx);

	return group;
}

/**
 * xe_pagemap_topology_resolve() - Get the pagemap of one of the device's regions
 * @vr: The region, or %NULL.
 * @group: The group that the VM holds.
 *
 * Return: See drm_pagemap_node_resolve(); %-ENODEV if the region has no node.
 */
struct drm_pagemap *xe_pagemap_topology_resolve(struct xe_vram_region *vr,
						struct drm_pagemap_group *group)
{
	if (!vr || !vr->pagemap_node)
		return ERR_PTR(-ENODEV);

	return drm_pagemap_node_resolve(vr->pagemap_node, group);
}

/**
 * xe_pagemap_topology_id() - Get the pagemap ID of a region
 * @vr: The region.
 *
 * Return: The ID, or 0 if the region has no node.
 */
u32 xe_pagemap_topology_id(const struct xe_vram_region *vr)
{
	return xe_pagemap_topology_node_id(vr->pagemap_node);
}

static struct drm_pagemap_node *xe_topology_find(struct xe_device *xe, u32 id, bool query)
{
	if (drm_dev_is_unplugged(&xe->drm))
		return ERR_PTR(-ENODEV);

	return query ? drm_pagemap_node_query(&xe->drm, id) :
		       drm_pagemap_node_lookup(&xe->drm, id);
}

/**
 * xe_pagemap_topology_lookup() - Look up the pagemap ID that a program passed
 * @xe: The device that the program has open.
 * @id: The ID.
 *
 * Return: See drm_pagemap_node_lookup(); also %-ENODEV if @xe is gone.
 */
struct drm_pagemap_node *xe_pagemap_topology_lookup(struct xe_device *xe, u32 id)
{
	return xe_topology_find(xe, id, false);
}

/**
 * xe_pagemap_topology_query() - Look up a pagemap ID without placing memory
 * @xe: The device that the program has open.
 * @id: The ID.
 *
 * Return: As for xe_pagemap_topology_lookup(), but a denial appears in no audit log.
 */
struct drm_pagemap_node *xe_pagemap_topology_query(struct xe_device *xe, u32 id)
{
	return xe_topology_find(xe, id, true);
}

/**
 * xe_pagemap_topology_check() - Check whether a VM can use a pagemap now
 * @node: The pagemap.
 * @group: The group that the VM holds, or %NULL.
 *
 * Return: See drm_pagemap_node_check_group(); %-ENOLINK without a group.
 */
int xe_pagemap_topology_check(struct drm_pagemap_node *node, struct drm_pagemap_group *group)
{
	return group ? drm_pagemap_node_check_group(node, group) : -ENOLINK;
}

/**
 * xe_pagemap_topology_node_get() - Get a reference to a node
 * @node: A node, or %NULL.
 */
void xe_pagemap_topology_node_get(struct drm_pagemap_node *node)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_topology_node_get, node);

	if (node)
		drm_pagemap_node_get(node);
}

/**
 * xe_pagemap_topology_node_put() - Drop a reference to a node
 * @node: A node, or %NULL.
 */
void xe_pagemap_topology_node_put(struct drm_pagemap_node *node)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_topology_node_put, node);

	drm_pagemap_node_put(node);
}
