/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_PAGEMAP_PATH_H_
#define _XE_PAGEMAP_PATH_H_

#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct device;
struct pci_dev;

/**
 * struct xe_pagemap_path - Path between two devices, the same in both directions
 * @refusal: %DRM_PAGEMAP_DIRECT, or the reason without peer-to-peer access.
 * @hops: Number of bridges on the path; negative if unknown.
 * @bandwidth: Current bandwidth of the slowest link, in MB/s; 0 if unknown.
 * @max_bandwidth: Maximum bandwidth of the path, in MB/s; 0 if unknown.
 */
struct xe_pagemap_path {
	enum drm_pagemap_refusal refusal;
	int hops;
	u32 bandwidth;
	u32 max_bandwidth;
};

void xe_pagemap_path_get(struct device *a, struct device *b,
			 struct xe_pagemap_path *path);
void xe_pagemap_path_forget(struct device *dev);

void xe_pagemap_path_measure(struct device *a, struct device *b,
			     struct xe_pagemap_path *path);
void xe_pagemap_path_describe(struct pci_dev *a, struct pci_dev *b,
			      int distance, struct xe_pagemap_path *path);

#endif
