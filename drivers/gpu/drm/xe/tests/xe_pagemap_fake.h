/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _XE_PAGEMAP_FAKE_H_
#define _XE_PAGEMAP_FAKE_H_

#include <linux/types.h>

#include <kunit/test.h>

#include "xe_pagemap_path.h"
#include "xe_platform_types.h"

#define XE_FAKE_GPUS	3

struct drm_pagemap;
struct drm_pagemap_group;
struct drm_pagemap_node;
struct xe_device;
struct xe_fake_world;
struct xe_vram_region;

/**
 * struct xe_fake_gpu - A device for tests, whose memory is never accessed
 * @world: The devices of the test.
 * @name: Name of @dev.
 * @platform: Platform of the device.
 * @identity: Identity of the card.
 * @vram: Size of the memory of each tile.
 * @bar: Size of the part of @vram that is in the BAR.
 * @dev: The device, while it is plugged in.
 * @xe: The xe device, while it is plugged in.
 * @awake: The driver has resumed the device.
 */
struct xe_fake_gpu {
	struct xe_fake_world *world;
	const char *name;
	enum xe_platform platform;
	const char *identity;
	u64 vram;
	u64 bar;
	struct device *dev;
	struct xe_device *xe;
	bool awake;
};

/**
 * struct xe_fake_world - The devices of a test
 * @test: The test.
 * @driver: The driver of all devices.
 * @gpus: The devices.
 * @paths: Paths between the devices. The first index is the smaller one.
 * @num_measured: Number of measurements of paths.
 * @num_asleep: Number of these while the other device was not resumed.
 */
struct xe_fake_world {
	struct kunit *test;
	struct device_driver *driver;
	struct xe_fake_gpu gpus[XE_FAKE_GPUS];
	struct drm_pagemap_pci_path paths[XE_FAKE_GPUS][XE_FAKE_GPUS];
	unsigned int num_measured;
	unsigned int num_asleep;
};

extern struct kunit_suite xe_pagemap_topology_suite;
extern struct kunit_suite xe_svm_unplug_suite;
extern struct kunit_suite xe_vm_pagemap_suite;

int xe_fake_init(struct kunit *test);
struct xe_device *xe_fake_plug(struct kunit *test, unsigned int gpu,
			       enum xe_platform platform);
void xe_fake_unplug(struct kunit *test, unsigned int gpu);
void xe_fake_unregister(struct kunit *test, unsigned int gpu);

struct xe_vram_region *xe_fake_vram(struct xe_device *xe, unsigned int tile);
u32 xe_fake_id(struct kunit *test, struct xe_device *xe, unsigned int tile);
struct drm_pagemap_group *xe_fake_hold(struct kunit *test, struct xe_device *xe);
void xe_fake_release(struct kunit *test, struct drm_pagemap_group *group);
const char *xe_fake_read(struct kunit *test, struct xe_device *xe, const char *child,
			 const char *file);
const char *xe_fake_read_link(struct kunit *test, struct xe_device *xe,
			      struct xe_vram_region *vr, const char *file);
int xe_fake_open(struct kunit *test, struct xe_device *xe);
void xe_fake_close_fd(struct kunit *test, int fd);
struct drm_pagemap *xe_fake_resolve(struct kunit *test, struct drm_pagemap_node *node,
				    struct drm_pagemap_group *group);
void xe_fake_put(struct kunit *test, struct drm_pagemap *dpagemap);

#endif
