/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_PAGEMAP_PATH_H_
#define _XE_PAGEMAP_PATH_H_

#include <drm/drm_pagemap_pci.h>

void xe_pagemap_path_get(struct device *a, struct device *b,
			 struct drm_pagemap_pci_path *path);
u32 xe_pagemap_path_bandwidth(struct device *a, struct device *b);
void xe_pagemap_path_forget(struct device *dev);

void xe_pagemap_path_measure(struct device *a, struct device *b,
			     struct drm_pagemap_pci_path *path);
u32 xe_pagemap_path_measure_bandwidth(struct device *a, struct device *b);

#endif
