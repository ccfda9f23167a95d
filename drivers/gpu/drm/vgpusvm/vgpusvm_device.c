// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A GPU with its regions and links. vgpusvm_probe.c has its life cycle.
 */

#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_options.h"
#include "vgpusvm_vram.h"

const struct file_operations vgpusvm_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = drm_ioctl,
	.compat_ioctl = drm_compat_ioctl,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.fop_flags = FOP_UNSIGNED_OFFSET,
	.show_fdinfo = drm_show_fdinfo,
};

/**
 * vgpusvm_is_device() - Check whether a DRM device belongs to this driver
 * @drm: DRM device.
 *
 * Return: True if it belongs to this driver.
 */
bool vgpusvm_is_device(const struct drm_device *drm)
{
	return drm->driver->fops == &vgpusvm_fops;
}

/**
 * vgpusvm_device_is_pci() - Check whether a GPU is a PCI device
 * @vdev: The GPU.
 *
 * Return: True if PCI decides which other GPUs it reaches, false if its
 * configuration does.
 */
bool vgpusvm_device_is_pci(const struct vgpusvm_device *vdev)
{
	return dev_is_pci(vdev->drm.dev);
}

/**
 * vgpusvm_device_has_huge_folios() - Check whether new VMs of a GPU have huge
 * folios
 * @vdev: The GPU.
 *
 * Return: True if the option is set and the memory of the GPU may have them,
 * see vgpusvm_mem_bar.c.
 */
bool vgpusvm_device_has_huge_folios(const struct vgpusvm_device *vdev)
{
	return READ_ONCE(vgpusvm_huge_folios) && !vgpusvm_device_is_pci(vdev);
}

/* The GPUs are different, and both are on PCI. */
static bool vgpusvm_device_pci_link(const struct vgpusvm_device *vdev,
				    const struct vgpusvm_region *region,
				    struct drm_pagemap_link_info *info)
{
	const struct vgpusvm_path *path;

	guard(rcu)();
	path = xa_load((struct xarray *)&vdev->paths, region->id);
	if (path)
		*info = path->info;

	return path;
}

/**
 * vgpusvm_device_place() - Get the place of a region, as seen by a GPU
 * @vdev: The GPU.
 * @region: The region, %NULL for system memory.
 *
 * Return: The place.
 */
enum drm_vgpusvm_place
vgpusvm_device_place(const struct vgpusvm_device *vdev,
		     const struct vgpusvm_region *region)
{
	if (!region)
		return DRM_VGPUSVM_PLACE_SYSTEM;

	return region->drm == &vdev->drm ? DRM_VGPUSVM_PLACE_LOCAL :
					   DRM_VGPUSVM_PLACE_PEER;
}

/**
 * vgpusvm_device_link() - Get the attributes of the path from a GPU to a region
 * @vdev: GPU that is bound.
 * @region: Region of any GPU that is bound.
 * @info: Returned: attributes of the path.
 *
 * The function does not sleep.
 *
 * Return: True if there is a path, or a reason why it is refused.
 */
bool vgpusvm_device_link(const struct vgpusvm_device *vdev,
			 const struct vgpusvm_region *region,
			 struct drm_pagemap_link_info *info)
{
	const struct vgpusvm_device *owner = to_vgpusvm(region->drm);

	if (vgpusvm_device_is_pci(owner) != vgpusvm_device_is_pci(vdev))
		return false;
	if (owner != vdev && vgpusvm_device_is_pci(vdev))
		return vgpusvm_device_pci_link(vdev, region, info);

	if (owner == vdev)
		*info = region->info;
	else if (!vgpusvm_config_link_info(vdev->config, owner->config->name,
					   info))
		return false;

	/* An admin may set any of them at any time */
	info->attributes = DRM_PAGEMAP_LINK_HAS_ALL |
			   DRM_PAGEMAP_LINK_HAS_STATISTICS;

	return true;
}

/**
 * vgpusvm_device_find_instance() - Find a region of a GPU by its number
 * @vdev: The GPU.
 * @instance: Number of the region.
 *
 * Return: The region or %NULL.
 */
struct vgpusvm_region *
vgpusvm_device_find_instance(const struct vgpusvm_device *vdev, u16 instance)
{
	unsigned int i;

	for (i = 0; i < vdev->num_regions; i++)
		if (vdev->regions[i].instance == instance)
			return &vdev->regions[i];

	return NULL;
}

/**
 * vgpusvm_device_find_id() - Find a region of a GPU by its pagemap ID
 * @vdev: The GPU.
 * @id: Pagemap ID.
 *
 * Return: The region or %NULL.
 */
struct vgpusvm_region *
vgpusvm_device_find_id(const struct vgpusvm_device *vdev, u32 id)
{
	unsigned int i;

	for (i = 0; i < vdev->num_regions; i++)
		if (vdev->regions[i].id == id)
			return &vdev->regions[i];

	return NULL;
}
