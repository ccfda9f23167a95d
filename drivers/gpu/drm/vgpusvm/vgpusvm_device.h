/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_DEVICE_H_
#define _VGPUSVM_DEVICE_H_

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_pagemap_topology.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_stats.h"
#include "vgpusvm_traffic.h"

struct drm_pagemap_initiator;
struct file_operations;
struct vgpusvm_config;
struct vgpusvm_inject;
struct vgpusvm_region;

/**
 * struct vgpusvm_path - The path from a GPU on PCI to a pagemap of another one
 * @rcu: To free the path.
 * @info: Attributes of the path.
 */
struct vgpusvm_path {
	struct rcu_head rcu;
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_device - A virtual GPU while the driver is bound, or while its
 * files are open
 * @drm: DRM device.
 * @config: Configuration of the GPU. %NULL after remove().
 * @inject: Failures of the GPU, with a reference; %NULL for a GPU without any.
 * @probed: Completed when probe() has succeeded or failed.
 * @initiator: Initiator of the GPU in the topology. %NULL after remove().
 * @bound: Entry in the list of GPUs whose links may change.
 * @regions: Memory regions of the GPU.
 * @num_regions: Number of entries in @regions.
 * @vms: List of the VMs of the GPU.
 * @stats: Counters of the GPU.
 * @traffic: Counters of its links.
 * @paths: For a GPU on PCI, the &struct vgpusvm_path to each other GPU's pagemap,
 *	   by its ID. Kept until the GPU is gone, because accesses may count after
 *	   the link is gone.
 */
struct vgpusvm_device {
	struct drm_device drm;
	struct vgpusvm_config *config;
	struct vgpusvm_inject *inject;
	struct completion probed;
	struct drm_pagemap_initiator *initiator;
	struct list_head bound;
	struct vgpusvm_region *regions;
	unsigned int num_regions;
	/** @vms_lock: Protects @vms. */
	struct mutex vms_lock;
	struct list_head vms;
	struct vgpusvm_stats stats;
	struct vgpusvm_traffic traffic;
	struct xarray paths;
};

/* The BAR that is the memory of a GPU on PCI */
#define VGPUSVM_PCI_BAR		2

/* The file operations identify files and devices of this driver */
extern const struct file_operations vgpusvm_fops;

static inline struct vgpusvm_device *to_vgpusvm(struct drm_device *drm)
{
	return container_of(drm, struct vgpusvm_device, drm);
}

bool vgpusvm_is_device(const struct drm_device *drm);
bool vgpusvm_device_is_pci(const struct vgpusvm_device *vdev);
bool vgpusvm_device_has_huge_folios(const struct vgpusvm_device *vdev);
enum drm_vgpusvm_place
vgpusvm_device_place(const struct vgpusvm_device *vdev,
		     const struct vgpusvm_region *region);
bool vgpusvm_device_link(const struct vgpusvm_device *vdev,
			 const struct vgpusvm_region *region,
			 struct drm_pagemap_link_info *info);
struct vgpusvm_region *
vgpusvm_device_find_instance(const struct vgpusvm_device *vdev, u16 instance);
struct vgpusvm_region *
vgpusvm_device_find_id(const struct vgpusvm_device *vdev, u32 id);

#endif
