// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The paths between GPUs on PCI Express, each measured once.
 */

#include <kunit/static_stub.h>

#include "xe_pagemap_path.h"

static struct drm_pagemap_pci_paths xe_pagemap_paths = {
	.lock = __MUTEX_INITIALIZER(xe_pagemap_paths.lock),
	.list = LIST_HEAD_INIT(xe_pagemap_paths.list),
	.measure = xe_pagemap_path_measure,
};

/**
 * xe_pagemap_path_measure() - Measure the path between two devices
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 */
void xe_pagemap_path_measure(struct device *a, struct device *b,
			     struct drm_pagemap_pci_path *path)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_path_measure, a, b, path);

	drm_pagemap_pci_path_measure(a, b, path);
}

/**
 * xe_pagemap_path_get() - Get the path between two devices
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 *
 * The path is the same in both directions, and is measured once.
 */
void xe_pagemap_path_get(struct device *a, struct device *b,
			 struct drm_pagemap_pci_path *path)
{
	drm_pagemap_pci_path_get(&xe_pagemap_paths, a, b, path);
}

/**
 * xe_pagemap_path_measure_bandwidth() - Read how a path is trained now
 * @a: One device.
 * @b: Another device that @a can reach.
 *
 * Return: The bandwidth in MB/s; 0 if unknown.
 */
u32 xe_pagemap_path_measure_bandwidth(struct device *a, struct device *b)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_path_measure_bandwidth, a, b);

	return drm_pagemap_pci_path_bandwidth(a, b);
}

/**
 * xe_pagemap_path_bandwidth() - Get the current bandwidth of a path
 * @a: One device.
 * @b: Another device.
 *
 * Return: The bandwidth in MB/s; 0 if unknown, or if the path has no direct access.
 */
u32 xe_pagemap_path_bandwidth(struct device *a, struct device *b)
{
	struct drm_pagemap_pci_path path;

	xe_pagemap_path_get(a, b, &path);

	return path.refusal == DRM_PAGEMAP_DIRECT ? xe_pagemap_path_measure_bandwidth(a, b) : 0;
}

/**
 * xe_pagemap_path_forget() - Forget all paths of a device
 * @dev: The device, which is gone.
 */
void xe_pagemap_path_forget(struct device *dev)
{
	drm_pagemap_pci_path_forget(&xe_pagemap_paths, dev);
}
