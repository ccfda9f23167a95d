/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_PCI_H_
#define _DRM_PAGEMAP_PCI_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct device;
struct pci_dev;

/**
 * struct drm_pagemap_pci_path - Path between two PCI devices, the same in both
 * directions
 * @refusal: %DRM_PAGEMAP_DIRECT, or the reason without peer-to-peer access.
 * @hops: Number of bridges on the path; negative if unknown.
 * @bandwidth: Current bandwidth of the slowest link, in MB/s; 0 if unknown.
 * @max_bandwidth: Maximum bandwidth of the path, in MB/s; 0 if unknown.
 */
struct drm_pagemap_pci_path {
	enum drm_pagemap_refusal refusal;
	int hops;
	u32 bandwidth;
	u32 max_bandwidth;
};

/**
 * struct drm_pagemap_pci_paths - The measured paths between a driver's devices,
 * statically initialized by the driver
 * @list: List of measured paths.
 * @measure: Function that measures a path, such as
 *	     drm_pagemap_pci_path_measure().
 */
struct drm_pagemap_pci_paths {
	/** @lock: Protects @list. Held while a path is measured. */
	struct mutex lock;
	struct list_head list;
	void (*measure)(struct device *a, struct device *b,
			struct drm_pagemap_pci_path *path);
};

void drm_pagemap_pci_path_get(struct drm_pagemap_pci_paths *paths,
			      struct device *a, struct device *b,
			      struct drm_pagemap_pci_path *path);
void drm_pagemap_pci_path_forget(struct drm_pagemap_pci_paths *paths,
				 struct device *dev);

void drm_pagemap_pci_path_measure(struct device *a, struct device *b,
				  struct drm_pagemap_pci_path *path);
void drm_pagemap_pci_path_describe(struct pci_dev *a, struct pci_dev *b,
				   int distance,
				   struct drm_pagemap_pci_path *path);
u32 drm_pagemap_pci_path_bandwidth(struct device *a, struct device *b);
enum drm_pagemap_refusal
drm_pagemap_pci_check_bar(struct device *initiator, struct pci_dev *target,
			  int bar, u64 size);

#endif
