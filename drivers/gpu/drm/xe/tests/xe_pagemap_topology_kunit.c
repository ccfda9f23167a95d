// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the regions and links that an xe device registers, and of access to the
 * memory of other devices.
 */

#include <linux/module.h>
#include <linux/sizes.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap.h>

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "tests/xe_pagemap_fake.h"
#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_tile.h"
#include "xe_vram_types.h"

static const struct drm_pagemap_pci_path direct_path = {
	.hops = 3,
	.bandwidth = 31506,
	.max_bandwidth = 63014,
};

static void connect(struct kunit *test, const struct drm_pagemap_pci_path *path)
{
	struct xe_fake_world *world = test->priv;

	for (unsigned int i = 0; i < XE_FAKE_GPUS; i++)
		for (unsigned int j = i + 1; j < XE_FAKE_GPUS; j++)
			world->paths[i][j] = *path;
}

static void expect_link(struct kunit *test, struct xe_device *from, struct xe_vram_region *to,
			const char *file, const char *value)
{
	KUNIT_EXPECT_STREQ(test, xe_fake_read_link(test, from, to, file) ?: "", value);
}

/* The instances of the UAPI begin with 1. */
static unsigned int count_regions(struct xe_device *xe)
{
	struct drm_pagemap_node *node;
	unsigned int num = 0;

	for (u16 i = 0; i <= XE_MAX_TILES_PER_DEVICE; i++) {
		node = drm_pagemap_initiator_node(xe->usm.initiator, i);
		num += !!node;
		drm_pagemap_node_put(node);
	}

	return num;
}

static void publishes_vram(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	struct drm_pagemap_node *node;
	char name[32], size[32];

	KUNIT_EXPECT_EQ(test, count_regions(xe), 1);
	node = drm_pagemap_initiator_node(xe->usm.initiator, 1);
	KUNIT_EXPECT_PTR_EQ(test, node, vr->pagemap_node);
	drm_pagemap_node_put(node);
	KUNIT_EXPECT_NULL(test, drm_pagemap_initiator_node(xe->usm.initiator, 0));

	snprintf(name, sizeof(name), "pagemap%u", xe_fake_id(test, xe, 0));
	snprintf(size, sizeof(size), "%u", SZ_2M);
	KUNIT_EXPECT_STREQ(test, xe_fake_read(test, xe, name, "size") ?: "", size);

	expect_link(test, xe, vr, "type", "local");
	expect_link(test, xe, vr, "access", "direct");
	expect_link(test, xe, vr, "hops", "0");
	KUNIT_EXPECT_NULL(test, xe_fake_read_link(test, xe, vr, "max_read_bandwidth"));

	/* The region has an ID, and no struct pages yet. */
	KUNIT_EXPECT_EQ(test, atomic_read(&vr->num_pagemaps), 0);
}

static void publishes_each_tile(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_PVC);

	KUNIT_ASSERT_EQ(test, xe->info.tile_count, 2);
	KUNIT_EXPECT_EQ(test, count_regions(xe), 2);
	KUNIT_EXPECT_NE(test, xe_fake_id(test, xe, 0), xe_fake_id(test, xe, 1));

	expect_link(test, xe, xe_fake_vram(xe, 0), "type", "local");
	expect_link(test, xe, xe_fake_vram(xe, 1), "type", "tile");
	expect_link(test, xe, xe_fake_vram(xe, 1), "access", "direct");
	expect_link(test, xe, xe_fake_vram(xe, 1), "hops", "1");
}

static int check(struct xe_device *xe, unsigned int tile, struct drm_pagemap_group *group)
{
	return xe_pagemap_topology_check(xe_fake_vram(xe, tile)->pagemap_node, group);
}

static void publishes_integrated(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_LUNARLAKE);

	KUNIT_ASSERT_FALSE(test, IS_DGFX(xe));
	KUNIT_ASSERT_NOT_NULL(test, xe->usm.initiator);
	KUNIT_EXPECT_EQ(test, count_regions(xe), 0);
	xe_fake_hold(test, xe);
}

static void publishes_without_page_faults(struct kunit *test)
{
	struct xe_device *own, *other;

	connect(test, &direct_path);
	own = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	other = xe_fake_plug(test, 1, XE_DG2);
	KUNIT_ASSERT_FALSE(test, other->info.has_usm);
	KUNIT_EXPECT_EQ(test, count_regions(other), 1);

	/* The device itself cannot use the group, but other devices use its memory. */
	KUNIT_EXPECT_EQ(test, 0, check(other, 0, xe_fake_hold(test, own)));
}

static void keeps_ids(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *xe = xe_fake_plug(test, 0, XE_PVC);
	u32 id[2] = { xe_fake_id(test, xe, 0), xe_fake_id(test, xe, 1) };

	xe_fake_unplug(test, 0);
	xe = xe_fake_plug(test, 0, XE_PVC);
	KUNIT_EXPECT_EQ(test, xe_fake_id(test, xe, 0), id[0]);
	KUNIT_EXPECT_EQ(test, xe_fake_id(test, xe, 1), id[1]);

	/* Another slot. */
	xe = xe_fake_plug(test, 1, XE_PVC);
	KUNIT_EXPECT_NE(test, xe_fake_id(test, xe, 0), id[0]);

	/* Another card in the slot, then the first card again. */
	xe_fake_unplug(test, 0);
	world->gpus[0].identity = "another card";
	xe = xe_fake_plug(test, 0, XE_PVC);
	KUNIT_EXPECT_NE(test, xe_fake_id(test, xe, 0), id[0]);
	KUNIT_EXPECT_NE(test, xe_fake_id(test, xe, 1), id[1]);
	xe_fake_unplug(test, 0);
	world->gpus[0].identity = "a card";
	xe = xe_fake_plug(test, 0, XE_PVC);
	KUNIT_EXPECT_EQ(test, xe_fake_id(test, xe, 0), id[0]);
}

static void removes_all(struct kunit *test)
{
	struct xe_device *xe, *other;
	struct xe_vram_region *vr;

	connect(test, &direct_path);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	other = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vr = xe_fake_vram(other, 0);
	expect_link(test, xe, vr, "access", "direct");

	xe_fake_unregister(test, 1);
	KUNIT_EXPECT_NULL(test, other->usm.initiator);
	KUNIT_EXPECT_NULL(test, xe_fake_read_link(test, xe, vr, "access"));
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_pagemap_topology_hold(other)), -ENODEV);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_pagemap_topology_lookup(other, 1)), -ENODEV);

	/* A second call does nothing. */
	xe_pagemap_topology_unregister(other);
}

static void links_have_attributes(struct kunit *test)
{
	static const char * const attributes[][2] = {
		{ "type", "pcie-p2p" }, { "access", "direct" }, { "reason", "none" },
		{ "hops", "3" }, { "read_bandwidth", "31506" }, { "write_bandwidth", "31506" },
		{ "max_read_bandwidth", "63014" }, { "max_write_bandwidth", "63014" },
	};
	struct xe_device *a, *b;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);

	for (unsigned int i = 0; i < ARRAY_SIZE(attributes); i++) {
		expect_link(test, a, xe_fake_vram(b, 0), attributes[i][0], attributes[i][1]);
		expect_link(test, b, xe_fake_vram(a, 0), attributes[i][0], attributes[i][1]);
	}
	KUNIT_EXPECT_NULL(test, xe_fake_read_link(test, a, xe_fake_vram(b, 0), "read_latency"));
}

/* Links are trained again at any time. The path is not measured again for that. */
static void links_have_current_bandwidth(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_vram_region *vr;
	struct xe_device *xe;

	connect(test, &direct_path);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	vr = xe_fake_vram(xe_fake_plug(test, 1, XE_BATTLEMAGE), 0);
	world->paths[0][1].bandwidth = 250;
	expect_link(test, xe, vr, "read_bandwidth", "250");
	expect_link(test, xe, vr, "write_bandwidth", "250");
	expect_link(test, xe, vr, "max_read_bandwidth", "63014");
	KUNIT_EXPECT_EQ(test, world->num_measured, 1);

	world->paths[0][1].bandwidth = 0;
	KUNIT_EXPECT_NULL(test, xe_fake_read_link(test, xe, vr, "read_bandwidth"));
}

/* Resuming a device can take long, so this is not done under the topology's lock. */
static void devices_are_awake_when_measured(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;

	connect(test, &direct_path);
	xe_fake_plug(test, 0, XE_BATTLEMAGE);
	xe_fake_plug(test, 1, XE_BATTLEMAGE);
	KUNIT_EXPECT_EQ(test, world->num_measured, 1);
	KUNIT_EXPECT_EQ(test, world->num_asleep, 0);
	KUNIT_EXPECT_FALSE(test, world->gpus[0].awake);
}

static void links_are_measured_once(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;

	connect(test, &direct_path);
	xe_fake_plug(test, 0, XE_PVC);
	KUNIT_EXPECT_EQ(test, world->num_measured, 0);
	xe_fake_plug(test, 1, XE_PVC);
	KUNIT_EXPECT_EQ(test, world->num_measured, 1);
	xe_fake_plug(test, 2, XE_LUNARLAKE);
	KUNIT_EXPECT_EQ(test, world->num_measured, 3);

	/* A new device in the slot needs a new measurement. */
	xe_fake_unplug(test, 1);
	xe_fake_plug(test, 1, XE_BATTLEMAGE);
	KUNIT_EXPECT_EQ(test, world->num_measured, 5);
}

static void refusals_have_reasons(struct kunit *test)
{
	static const struct {
		enum drm_pagemap_refusal refusal;
		const char *reason;
	} refusals[] = {
		{ DRM_PAGEMAP_REFUSED_ACS, "acs" },
		{ DRM_PAGEMAP_REFUSED_HOST_BRIDGE, "host-bridge" },
	};
	struct xe_device *a, *b;

	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct drm_pagemap_pci_path path = {
			.refusal = refusals[i].refusal,
			.hops = -1,
			.bandwidth = 31506,
		};

		connect(test, &path);
		b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
		expect_link(test, a, xe_fake_vram(b, 0), "reason", refusals[i].reason);
		expect_link(test, b, xe_fake_vram(a, 0), "reason", refusals[i].reason);
		KUNIT_EXPECT_NULL(test, xe_fake_read_link(test, a, xe_fake_vram(b, 0),
							  "read_bandwidth"));
		xe_fake_unplug(test, 1);
	}
}

static void small_bar_is_refused(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *a, *b;

	connect(test, &direct_path);
	world->gpus[1].bar = SZ_1M;
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	expect_link(test, a, xe_fake_vram(b, 0), "reason", "bar-size");

	/* So the other direction is not usable either. */
	expect_link(test, b, xe_fake_vram(a, 0), "reason", "one-way");

	/* The device still reaches its own memory. */
	expect_link(test, b, xe_fake_vram(b, 0), "reason", "none");
}

static void groups_follow_links(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *a, *b, *c;

	connect(test, &(struct drm_pagemap_pci_path) {
		.refusal = DRM_PAGEMAP_REFUSED_HOST_BRIDGE, .hops = -1,
	});
	world->paths[0][1] = direct_path;
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_PVC);
	c = xe_fake_plug(test, 2, XE_BATTLEMAGE);

	KUNIT_EXPECT_PTR_EQ(test, xe_fake_hold(test, a), xe_fake_hold(test, b));
	KUNIT_EXPECT_PTR_NE(test, xe_fake_hold(test, a), xe_fake_hold(test, c));
}

static void groups_take_integrated(struct kunit *test)
{
	struct xe_device *a, *b;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_LUNARLAKE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);

	KUNIT_EXPECT_PTR_EQ(test, xe_fake_hold(test, a), xe_fake_hold(test, b));
}

static int lookup_error(struct xe_device *xe, u32 id)
{
	struct drm_pagemap_node *node = xe_pagemap_topology_lookup(xe, id);

	if (!IS_ERR(node))
		drm_pagemap_node_put(node);

	return PTR_ERR_OR_ZERO(node);
}

static void lookup_returns_each_error(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct drm_pagemap_group *group;
	struct xe_device *a, *b, *c;
	u32 own, peer;

	connect(test, &(struct drm_pagemap_pci_path) {
		.refusal = DRM_PAGEMAP_REFUSED_ACS, .hops = -1,
	});
	world->paths[0][1] = direct_path;
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	c = xe_fake_plug(test, 2, XE_BATTLEMAGE);
	own = xe_fake_id(test, a, 0);
	peer = xe_fake_id(test, b, 0);
	group = xe_fake_hold(test, a);

	KUNIT_EXPECT_EQ(test, lookup_error(a, own), 0);
	KUNIT_EXPECT_EQ(test, lookup_error(a, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, lookup_error(a, U32_MAX), -ENOENT);
	/* A kernel thread has no /dev, so it could not open the render node. */
	KUNIT_EXPECT_EQ(test, lookup_error(a, peer), -EACCES);

	KUNIT_EXPECT_EQ(test, check(a, 0, group), 0);
	KUNIT_EXPECT_EQ(test, check(b, 0, group), 0);
	KUNIT_EXPECT_EQ(test, check(c, 0, group), -ENOLINK);
	KUNIT_EXPECT_EQ(test, check(a, 0, NULL), -ENOLINK);

	xe_pagemap_topology_kill(b);
	KUNIT_EXPECT_EQ(test, lookup_error(a, peer), -ENODEV);
	xe_fake_unplug(test, 1);
	KUNIT_EXPECT_EQ(test, lookup_error(a, peer), -ENODEV);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	KUNIT_EXPECT_EQ(test, lookup_error(a, peer), -EACCES);
	KUNIT_EXPECT_EQ(test, check(b, 0, group), 0);

	/* None of these look-ups created struct pages. */
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(a, 0)->num_pagemaps), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(c, 0)->num_pagemaps), 0);
}

/* Cards without a serial number: the device object tells a rebind from a swap. */
static void identities_differ(struct kunit *test)
{
	static const u16 model[4] = { 0x8086, 0xe20b, 0x1849, 0x6020 };
	struct device *a, *b;
	char first[64], second[64];

	a = kunit_device_register(test, "xe-serial-a");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	xe_pagemap_topology_print_identity(a, model, 0, first, sizeof(first));
	xe_pagemap_topology_print_identity(a, model, 0, second, sizeof(second));
	KUNIT_EXPECT_STREQ(test, first, second);

	/* Another card in the same slot. */
	kunit_device_unregister(test, a);
	b = kunit_device_register(test, "xe-serial-a");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	xe_pagemap_topology_print_identity(b, model, 0, second, sizeof(second));
	KUNIT_EXPECT_STRNEQ(test, first, second);

	/* With a serial number, the device object has no effect. */
	xe_pagemap_topology_print_identity(b, model, 7, first, sizeof(first));
	KUNIT_EXPECT_STREQ(test, first, "8086:e20b 1849:6020 0000000000000007");
}

static void owners_are_equal(struct kunit *test)
{
	struct drm_pagemap_group *group;
	struct xe_vram_region *vr;
	struct drm_pagemap *dpagemap;
	struct xe_device *a, *b;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_PVC);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	group = xe_fake_hold(test, a);

	for (unsigned int i = 0; i < 3; i++) {
		vr = i < 2 ? xe_fake_vram(a, i) : xe_fake_vram(b, 0);
		dpagemap = xe_fake_resolve(test, vr->pagemap_node, group);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
		KUNIT_EXPECT_PTR_EQ(test, dpagemap->pagemap->owner,
				    drm_pagemap_group_owner(group));
		KUNIT_EXPECT_EQ(test, dpagemap->pagemap->type, MEMORY_DEVICE_PRIVATE);
	}
}

static void owners_follow_groups(struct kunit *test)
{
	struct drm_pagemap_group *group, *alone;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;
	struct xe_device *a, *b;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	group = xe_fake_hold(test, a);
	node = drm_pagemap_node_get(xe_fake_vram(b, 0)->pagemap_node);

	/* The device returns in a place without links. */
	xe_fake_unplug(test, 1);
	dpagemap = xe_fake_resolve(test, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENODEV);
	connect(test, &(struct drm_pagemap_pci_path) {
		.refusal = DRM_PAGEMAP_REFUSED_ACS, .hops = -1,
	});
	alone = xe_fake_hold(test, xe_fake_plug(test, 1, XE_BATTLEMAGE));
	KUNIT_EXPECT_PTR_NE(test, alone, group);
	dpagemap = xe_fake_resolve(test, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENOLINK);
	drm_pagemap_node_put(node);
}

static void pages_are_created_at_first_use(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_group *group = xe_fake_hold(test, xe);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	struct drm_pagemap *dpagemap, *again;

	dpagemap = xe_fake_resolve(test, vr->pagemap_node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_EQ(test, atomic_read(&vr->num_pagemaps), 1);
	again = xe_fake_resolve(test, vr->pagemap_node, group);
	KUNIT_EXPECT_PTR_EQ(test, again, dpagemap);
	xe_fake_put(test, again);
	xe_fake_put(test, dpagemap);

	/* The cached pagemap is used again. */
	KUNIT_EXPECT_EQ(test, atomic_read(&vr->num_pagemaps), 1);
	again = xe_fake_resolve(test, vr->pagemap_node, group);
	KUNIT_EXPECT_PTR_EQ(test, again, dpagemap);
	KUNIT_EXPECT_EQ(test, atomic_read(&vr->num_pagemaps), 1);
}

static void too_many_pages_fail(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct drm_pagemap *dpagemap;
	struct xe_device *xe;

	/* The size exceeds any physical address space. */
	world->gpus[0].vram = BIT_ULL(62);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	dpagemap = xe_fake_resolve(test, xe_fake_vram(xe, 0)->pagemap_node,
				   xe_fake_hold(test, xe));
	KUNIT_EXPECT_TRUE(test, IS_ERR(dpagemap));
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 0)->num_pagemaps), 0);
	flush_workqueue(xe->destroy_wq);
}

/*
 * The last reference goes away after unplug. Devres and the cache access the
 * pagemap later, and KASAN reports if it was freed too early.
 */
static void pages_may_outlive_unplug(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_group *group = xe_fake_hold(test, xe);
	struct drm_pagemap *dpagemap;

	dpagemap = xe_fake_resolve(test, xe_fake_vram(xe, 0)->pagemap_node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);

	xe_pagemap_topology_kill(xe);
	drm_dev_unplug(&xe->drm);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 0)->num_pagemaps), 1);
	xe_fake_put(test, dpagemap);
	flush_workqueue(xe->destroy_wq);
	xe_fake_release(test, group);
	xe_fake_unplug(test, 0);
	KUNIT_EXPECT_NULL(test, world->gpus[0].xe);
}

static struct kunit_case xe_pagemap_topology_cases[] = {
	KUNIT_CASE(publishes_vram),
	KUNIT_CASE(publishes_each_tile),
	KUNIT_CASE(publishes_integrated),
	KUNIT_CASE(publishes_without_page_faults),
	KUNIT_CASE(keeps_ids),
	KUNIT_CASE(removes_all),
	KUNIT_CASE(links_have_attributes),
	KUNIT_CASE(links_have_current_bandwidth),
	KUNIT_CASE(devices_are_awake_when_measured),
	KUNIT_CASE(links_are_measured_once),
	KUNIT_CASE(refusals_have_reasons),
	KUNIT_CASE(small_bar_is_refused),
	KUNIT_CASE(groups_follow_links),
	KUNIT_CASE(groups_take_integrated),
	KUNIT_CASE(lookup_returns_each_error),
	KUNIT_CASE(identities_differ),
	KUNIT_CASE(owners_are_equal),
	KUNIT_CASE(owners_follow_groups),
	KUNIT_CASE(pages_are_created_at_first_use),
	KUNIT_CASE(too_many_pages_fail),
	KUNIT_CASE(pages_may_outlive_unplug),
	{}
};

struct kunit_suite xe_pagemap_topology_suite = {
	.name = "xe_pagemap_topology",
	.init = xe_fake_init,
	.test_cases = xe_pagemap_topology_cases,
};
EXPORT_SYMBOL_IF_KUNIT(xe_pagemap_topology_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
