/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_DEVICE_H_
#define _VGPUSVM_DEVICE_H_

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_device.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_stats.h"
#include "vgpusvm_traffic.h"

struct drm_pagemap_initiator;
struct drm_pagemap_link_info;
struct file_operations;
struct vgpusvm_config;
struct vgpusvm_region;

/**
 * struct vgpusvm_device - A virtual GPU while the driver is bound, or while its
 * files are open
 * @drm: DRM device.
 * @config: Configuration of the GPU. %NULL after remove().
 * @probed: Completed when probe() has succeeded or failed.
 * @initiator: Initiator of the GPU in the topology. %NULL after remove().
 * @bound: Entry in the list of GPUs whose links may change.
 * @regions: Memory regions of the GPU.
 * @num_regions: Number of entries in @regions.
 * @vms: List of the VMs of the GPU.
 * @stats: Counters of the GPU.
 * @traffic: Counters of its links.
 */
struct vgpusvm_device {
	struct drm_device drm;
	struct vgpusvm_config *config;
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
};

/* The file operations identify files and devices of this driver */
extern const struct file_operations vgpusvm_fops;

static inline struct vgpusvm_device *to_vgpusvm(struct drm_device *drm)
{
	return container_of(drm, struct vgpusvm_device, drm);
}

bool vgpusvm_is_device(const struct drm_device *drm);
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
