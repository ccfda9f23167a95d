// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Devices for the tests of pagemaps: xe devices on KUnit's bus, with the parts that
 * the topology needs. They have real device-private pages, which nothing copies to,
 * and synthetic paths between them.
 *
 * KUnit's actions release the resources of a test in reverse order. So a test that
 * fails midway leaves nothing behind.
 */

#include <linux/device.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/kernfs.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>

#include <kunit/device.h>
#include <kunit/static_stub.h>

#include "tests/xe_pagemap_fake.h"
#include "tests/xe_pci_test.h"
#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_svm_unplug.h"
#include "xe_tile.h"
#include "xe_vram_types.h"

DEFINE_DRM_GEM_FOPS(xe_fake_fops);

/* All devices have one driver, because a driver decodes only its own addresses. */
static const struct drm_driver xe_fake_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.fops = &xe_fake_fops,
	.name = "xe-fake",
	.desc = "Fake xe device",
	.major = 1,
};

static bool xe_fake_is_file(const struct file *file)
{
	return file->f_op == &xe_fake_fops;
}

static unsigned int xe_fake_index(struct xe_fake_world *world, struct device *dev)
{
	unsigned int i;

	for (i = 0; i < XE_FAKE_GPUS; i++)
		if (world->gpus[i].dev == dev)
			break;
	KUNIT_ASSERT_LT(world->test, i, XE_FAKE_GPUS);

	return i;
}

static void xe_fake_measure(struct device *a, struct device *b,
			    struct drm_pagemap_pci_path *path)
{
	struct xe_fake_world *world = kunit_get_current_test()->priv;
	unsigned int i = xe_fake_index(world, a), j = xe_fake_index(world, b);

	*path = world->paths[min(i, j)][max(i, j)];
	world->num_measured++;
	/* One of them is the device that is being registered. */
	world->num_asleep += !world->gpus[i].awake && !world->gpus[j].awake;
}

static u32 xe_fake_measure_bandwidth(struct device *a, struct device *b)
{
	struct xe_fake_world *world = kunit_get_current_test()->priv;
	unsigned int i = xe_fake_index(world, a), j = xe_fake_index(world, b);

	return world->paths[min(i, j)][max(i, j)].bandwidth;
}

static void xe_fake_resume(struct device *dev)
{
	struct xe_fake_world *world = kunit_get_current_test()->priv;

	world->gpus[xe_fake_index(world, dev)].awake = true;
}

static void xe_fake_suspend(struct device *dev)
{
	struct xe_fake_world *world = kunit_get_current_test()->priv;

	world->gpus[xe_fake_index(world, dev)].awake = false;
}

static void xe_fake_identify(struct xe_device *xe, char *identity, size_t size)
{
	struct xe_fake_world *world = kunit_get_current_test()->priv;

	strscpy(identity, world->gpus[xe_fake_index(world, xe->drm.dev)].identity, size);
}

/**
 * xe_fake_init() - Prepare a test, without plugging in a device
 * @test: The test. Its private data becomes the &struct xe_fake_world.
 *
 * For &kunit_suite.init.
 *
 * Return: 0 on success, or a negative error code.
 */
int xe_fake_init(struct kunit *test)
{
	static const char * const names[XE_FAKE_GPUS] = { "xe-a", "xe-b", "xe-c" };
	struct xe_fake_world *world;
	unsigned int i;

	world = kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);
	if (!world)
		return -ENOMEM;

	world->test = test;
	world->driver = kunit_driver_create(test, "xe-fake");
	if (IS_ERR(world->driver))
		return PTR_ERR(world->driver);

	for (i = 0; i < XE_FAKE_GPUS; i++) {
		world->gpus[i] = (struct xe_fake_gpu) {
			.world = world,
			.name = names[i],
			.identity = "a card",
			.vram = SZ_2M,
			.bar = SZ_2M,
		};
	}

	kunit_activate_static_stub(test, xe_pagemap_path_measure, xe_fake_measure);
	kunit_activate_static_stub(test, xe_pagemap_path_measure_bandwidth,
				   xe_fake_measure_bandwidth);
	kunit_activate_static_stub(test, xe_pagemap_topology_identify, xe_fake_identify);
	kunit_activate_static_stub(test, xe_pagemap_topology_resume, xe_fake_resume);
	kunit_activate_static_stub(test, xe_pagemap_topology_suspend, xe_fake_suspend);
	kunit_activate_static_stub(test, xe_is_xe_file, xe_fake_is_file);
	test->priv = world;

	return 0;
}

static void xe_fake_destroy_wq(struct drm_device *drm, void *arg)
{
	destroy_workqueue(to_xe_device(drm)->destroy_wq);
}

/* No device in the driver's list has a second tile. */
static void xe_fake_add_tile(struct kunit *test, struct xe_device *xe)
{
	struct xe_tile *tile = &xe->tiles[1];

	xe->info.tile_count = 2;
	KUNIT_ASSERT_EQ(test, 0, xe_tile_init_early(tile, xe, 1));
	KUNIT_ASSERT_EQ(test, 0, xe_tile_alloc_vram(tile));
}

/* The driver's helper reads its data from the test's private data, so swap these. */
static void xe_fake_init_info(struct xe_fake_gpu *gpu)
{
	struct xe_pci_fake_data data = {
		.platform = gpu->platform,
		.subplatform = XE_SUBPLATFORM_NONE,
	};
	struct kunit *test = gpu->world->test;
	int err;

	/* On newer platforms, the test has to choose the versions. */
	if (gpu->platform == XE_BATTLEMAGE || gpu->platform == XE_PVC) {
		data.platform = XE_BATTLEMAGE;
		data.graphics_verx100 = 2001;
		data.media_verx100 = 1301;
	} else if (gpu->platform == XE_LUNARLAKE) {
		data.graphics_verx100 = 2004;
		data.media_verx100 = 2000;
	}

	test->priv = &data;
	err = xe_pci_fake_device_init(gpu->xe);
	test->priv = gpu->world;
	KUNIT_ASSERT_EQ(test, err, 0);

	if (gpu->platform == XE_PVC)
		xe_fake_add_tile(test, gpu->xe);
}

static void xe_fake_init_memory(struct xe_fake_gpu *gpu)
{
	struct kunit *test = gpu->world->test;
	struct xe_device *xe = gpu->xe;
	struct xe_vram_region *vr;
	struct xe_tile *tile;
	u8 id;

	xe->info.mem_region_mask = 1;
	for_each_tile(tile, xe, id) {
		KUNIT_ASSERT_EQ(test, 0, xe_pagemap_cache_create(tile));
		vr = xe_tile_to_vr(tile);
		if (!vr)
			continue;
		vr->usable_size = gpu->vram;
		vr->io_size = gpu->bar;
		xe->info.mem_region_mask |= BIT(vr->id + 1);
	}
}

static void xe_fake_setup(struct xe_fake_gpu *gpu)
{
	struct kunit *test = gpu->world->test;
	struct xe_device *xe = gpu->xe;

	init_rwsem(&xe->usm.lock);
	xa_init_flags(&xe->usm.asid_to_vm, XA_FLAGS_ALLOC);
	xe->destroy_wq = alloc_workqueue("xe-fake-destroy", WQ_UNBOUND, 0);
	KUNIT_ASSERT_NOT_NULL(test, xe->destroy_wq);
	KUNIT_ASSERT_EQ(test, 0, drmm_add_action_or_reset(&xe->drm, xe_fake_destroy_wq,
							  NULL));
	KUNIT_ASSERT_EQ(test, 0, xe_pagemap_shrinker_create(xe));

	xe_fake_init_info(gpu);
	xe_fake_init_memory(gpu);
	xe_pagemap_topology_init_early(xe);
}

/* Do the steps of xe_device_remove(). */
static void xe_fake_fini(void *data)
{
	struct xe_fake_gpu *gpu = data;

	xe_pagemap_topology_kill(gpu->xe);
	if (!drm_dev_is_unplugged(&gpu->xe->drm))
		drm_dev_unplug(&gpu->xe->drm);
	xe_svm_unplug_vms(gpu->xe);
	xe_svm_unplug_memory(gpu->xe);
	xe_pagemap_topology_unregister(gpu->xe);
}

/**
 * xe_fake_plug() - Plug in a device
 * @test: The test.
 * @gpu: Index of the device. Its &struct xe_fake_gpu has the other properties.
 * @platform: Platform of the device.
 *
 * Return: The device.
 */
struct xe_device *xe_fake_plug(struct kunit *test, unsigned int gpu,
			       enum xe_platform platform)
{
	struct xe_fake_world *world = test->priv;
	struct xe_fake_gpu *fake = &world->gpus[gpu];

	fake->platform = platform;
	fake->dev = kunit_device_register_with_driver(test, fake->name, world->driver);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->dev);
	fake->xe = devm_drm_dev_alloc(fake->dev, &xe_fake_driver, struct xe_device, drm);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->xe);

	xe_fake_setup(fake);
	KUNIT_ASSERT_EQ(test, 0, drm_dev_register(&fake->xe->drm, 0));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, xe_fake_fini, fake));
	xe_pagemap_topology_register(fake->xe);
	KUNIT_ASSERT_NOT_NULL(test, fake->xe->usm.initiator);

	return fake->xe;
}

/**
 * xe_fake_unregister() - Do the steps of remove()
 * @test: The test.
 * @gpu: Index of the device.
 */
void xe_fake_unregister(struct kunit *test, unsigned int gpu)
{
	struct xe_fake_world *world = test->priv;

	kunit_release_action(test, xe_fake_fini, &world->gpus[gpu]);
}

/**
 * xe_fake_unplug() - Remove a device and its managed resources
 * @test: The test.
 * @gpu: Index of the device.
 */
void xe_fake_unplug(struct kunit *test, unsigned int gpu)
{
	struct xe_fake_world *world = test->priv;
	struct xe_fake_gpu *fake = &world->gpus[gpu];

	xe_fake_unregister(test, gpu);
	kunit_device_unregister(test, fake->dev);
	fake->dev = NULL;
	fake->xe = NULL;
}

/**
 * xe_fake_vram() - Get the VRAM region of a tile
 * @xe: The device.
 * @tile: Index of the tile.
 *
 * Return: The region.
 */
struct xe_vram_region *xe_fake_vram(struct xe_device *xe, unsigned int tile)
{
	return xe_tile_to_vr(&xe->tiles[tile]);
}

/**
 * xe_fake_id() - Get the pagemap ID of the VRAM region of a tile
 * @test: The test.
 * @xe: The device.
 * @tile: Index of the tile.
 *
 * Return: The ID.
 */
u32 xe_fake_id(struct kunit *test, struct xe_device *xe, unsigned int tile)
{
	u32 id = xe_pagemap_topology_id(xe_fake_vram(xe, tile));

	KUNIT_ASSERT_NE(test, id, 0);

	return id;
}

KUNIT_DEFINE_ACTION_WRAPPER(xe_fake_action_release, drm_pagemap_group_release,
			    struct drm_pagemap_group *);
KUNIT_DEFINE_ACTION_WRAPPER(xe_fake_action_put, drm_pagemap_put,
			    struct drm_pagemap *);

static void xe_fake_later(struct kunit *test, kunit_action_t *action, void *data)
{
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, action, data));
}

/**
 * xe_fake_read() - Read a file in sysfs
 * @test: The test.
 * @xe: The device.
 * @child: Name of a child of the device.
 * @file: Name of a file of @child.
 *
 * Return: The content, without the newline; %NULL if @child or the file does not exist,
 * or the file can't be read.
 */
const char *xe_fake_read(struct kunit *test, struct xe_device *xe, const char *child,
			 const char *file)
{
	struct device *dev = device_find_child_by_name(xe->drm.dev, child);
	struct device_attribute *attr;
	struct kernfs_node *kn;
	ssize_t length = -1;
	char *buf;

	if (!dev)
		return NULL;

	/* sysfs_emit() takes a whole page. */
	buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	kn = kernfs_find_and_get(dev->kobj.sd, file);
	if (kn) {
		attr = container_of((struct attribute *)kn->priv, struct device_attribute, attr);
		length = attr->show(dev, attr, buf);
		kernfs_put(kn);
	}
	put_device(dev);

	return length < 0 ? NULL : strim(buf);
}

/**
 * xe_fake_read_link() - Read a file of a link
 * @test: The test.
 * @xe: The device.
 * @vr: The region that the link leads to.
 * @file: Name of the file.
 *
 * Return: As xe_fake_read().
 */
const char *xe_fake_read_link(struct kunit *test, struct xe_device *xe,
			      struct xe_vram_region *vr, const char *file)
{
	char link[64];

	snprintf(link, sizeof(link), "kunit-%s--pagemap%u", dev_name(xe->drm.dev),
		 xe_pagemap_topology_id(vr));

	return xe_fake_read(test, xe, link, file);
}

static void xe_fake_close(void *data)
{
	close_fd((unsigned long)data);
}

/**
 * xe_fake_open() - Open a device
 * @test: The test.
 * @xe: The device.
 *
 * Return: The file descriptor. xe_fake_close_fd() or the end of the test closes it.
 */
int xe_fake_open(struct kunit *test, struct xe_device *xe)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	KUNIT_ASSERT_GE(test, fd, 0);
	file = mock_drm_getfile(xe->drm.render, O_RDWR);
	if (IS_ERR(file))
		put_unused_fd(fd);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	fd_install(fd, file);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, xe_fake_close,
							   (void *)(unsigned long)fd));

	return fd;
}

/**
 * xe_fake_close_fd() - Close a file descriptor of xe_fake_open()
 * @test: The test.
 * @fd: The file descriptor.
 */
void xe_fake_close_fd(struct kunit *test, int fd)
{
	kunit_release_action(test, xe_fake_close, (void *)(unsigned long)fd);
}

/**
 * xe_fake_hold() - Hold the group of a device, as an SVM VM does
 * @test: The test.
 * @xe: The device.
 *
 * Return: The group. xe_fake_release() or the end of the test releases it.
 */
struct drm_pagemap_group *xe_fake_hold(struct kunit *test, struct xe_device *xe)
{
	struct drm_pagemap_group *group = xe_pagemap_topology_hold(xe);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, group);
	xe_fake_later(test, xe_fake_action_release, group);

	return group;
}

/**
 * xe_fake_release() - Release a group, as a VM does when it is closed
 * @test: The test.
 * @group: Return value of xe_fake_hold().
 */
void xe_fake_release(struct kunit *test, struct drm_pagemap_group *group)
{
	kunit_release_action(test, xe_fake_action_release, group);
}

/**
 * xe_fake_resolve() - Resolve a node, as a page fault does
 * @test: The test.
 * @node: The node.
 * @group: The group that the VM holds.
 *
 * Return: See drm_pagemap_node_resolve(). xe_fake_put() or the end of the test drops
 * the reference.
 */
struct drm_pagemap *xe_fake_resolve(struct kunit *test, struct drm_pagemap_node *node,
				    struct drm_pagemap_group *group)
{
	struct drm_pagemap *dpagemap = drm_pagemap_node_resolve(node, group);

	if (!IS_ERR(dpagemap))
		xe_fake_later(test, xe_fake_action_put, dpagemap);

	return dpagemap;
}

/**
 * xe_fake_put() - Drop the reference of xe_fake_resolve()
 * @test: The test.
 * @dpagemap: Return value of xe_fake_resolve().
 */
void xe_fake_put(struct kunit *test, struct drm_pagemap *dpagemap)
{
	kunit_release_action(test, xe_fake_action_put, dpagemap);
}
