/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_DEVICE_H_
#define _VGPUSVM_DEVICE_H_

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_device.h>

#include "vgpusvm_stats.h"

struct drm_pagemap_initiator;
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
 * @regions: Memory regions of the GPU.
 * @num_regions: Number of entries in @regions.
 * @vms: List of open &struct vgpusvm_vm.
 * @stats: Counters of the GPU.
 */
struct vgpusvm_device {
	struct drm_device drm;
	struct vgpusvm_config *config;
	struct completion probed;
	struct drm_pagemap_initiator *initiator;
	struct vgpusvm_region *regions;
	unsigned int num_regions;
	/** @vms_lock: Protects @vms. */
	struct mutex vms_lock;
	struct list_head vms;
	struct vgpusvm_stats stats;
};

const struct file_operations *vgpusvm_fops_get(void);

static inline struct vgpusvm_device *to_vgpusvm(struct drm_device *drm)
{
	return container_of(drm, struct vgpusvm_device, drm);
}

bool vgpusvm_is_device(const struct drm_device *drm);
int vgpusvm_device_init(struct vgpusvm_device *vdev,
			struct vgpusvm_config *config);
int vgpusvm_device_register(struct vgpusvm_device *vdev);
void vgpusvm_device_remove(struct vgpusvm_device *vdev);

#endif
