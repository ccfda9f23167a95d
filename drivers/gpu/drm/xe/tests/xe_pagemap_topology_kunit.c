// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the regions and links that an xe device registers, and of access to the
 * memory of other devices.
 */

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap.h>

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "../drm_pagemap/topology_access.h"
#include "../drm_pagemap/topology_initiator.h"
#include "../drm_pagemap/topology_link.h"
#include "../drm_pagemap/topology_node.h"
#include "tests/xe_pagemap_fake.h"
#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_svm_unplug.h"
#include "xe_tile.h"
#include "xe_vram_types.h"

static const struct xe_pagemap_path direct_path = {
	.hops = 3,
	.bandwidth = 31506,
	.max_bandwidth = 63014,
};

static void connect(struct kunit *test, const struct xe_pagemap_path *path)
{
	struct xe_fake_world *world = test->priv;

	for (unsigned int i = 0; i < XE_FAKE_GPUS; i++)
		for (unsigned int j = i + 1; j < XE_FAKE_GPUS; j++)
			world->paths[i][j] = *path;
}

/* Get the link from a device to a region, with the refusal that sysfs shows. */
static bool find_link(struct xe_device *from, struct xe_vram_region *to,
		      struct drm_pagemap_link_info *info)
{
	struct topology_link *link;

	guard(topology_change)();
	link = xa_load(&from->usm.initiator->links, drm_pagemap_node_id(to->pagemap_node));
	if (!link)
		return false;

	*info = link->info;
	info->refusal = link->refusal;

	return true;
}

static unsigned int count_regions(struct xe_device *xe)
{
	return xe->usm.initiator->num_regions;
}

static void publishes_vram(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	struct drm_pagemap_link_info info;
	struct drm_pagemap_node *node;

	KUNIT_EXPECT_EQ(test, count_regions(xe), 1);
	node = drm_pagemap_initiator_node(xe->usm.initiator, 1);
	KUNIT_EXPECT_PTR_EQ(test, node, vr->pagemap_node);
	drm_pagemap_node_put(node);
	KUNIT_EXPECT_NULL(test, drm_pagemap_initiator_node(xe->usm.initiator, 0));
	KUNIT_EXPECT_EQ(test, xe->usm.initiator->regions[0]->info.size, SZ_2M);

	KUNIT_ASSERT_TRUE(test, find_link(xe, vr, &info));
	KUNIT_EXPECT_EQ(test, info.type, DRM_PAGEMAP_LINK_LOCAL);
	KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_DIRECT);
	KUNIT_EXPECT_EQ(test, info.hops, 0);
	KUNIT_EXPECT_EQ(test, info.read_bandwidth, 0);

	/* The region has an ID, and no struct pages yet. */
	KUNIT_EXPECT_EQ(test, atomic_read(&vr->num_pagemaps), 0);
}

static void publishes_each_tile(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_PVC);
	struct drm_pagemap_link_info info;

	KUNIT_ASSERT_EQ(test, xe->info.tile_count, 2);
	KUNIT_EXPECT_EQ(test, count_regions(xe), 2);
	KUNIT_EXPECT_NE(test, xe_fake_id(test, xe, 0), xe_fake_id(test, xe, 1));

	KUNIT_ASSERT_TRUE(test, find_link(xe, xe_fake_vram(xe, 0), &info));
	KUNIT_EXPECT_EQ(test, info.type, DRM_PAGEMAP_LINK_LOCAL);
	KUNIT_ASSERT_TRUE(test, find_link(xe, xe_fake_vram(xe, 1), &info));
	KUNIT_EXPECT_EQ(test, info.type, DRM_PAGEMAP_LINK_TILE);
	KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_DIRECT);
	KUNIT_EXPECT_EQ(test, info.hops, 1);
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
	struct drm_pagemap_group *group;
	struct drm_pagemap_node *node;

	connect(test, &direct_path);
	own = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	other = xe_fake_plug(test, 1, XE_DG2);
	KUNIT_ASSERT_FALSE(test, other->info.has_usm);
	KUNIT_EXPECT_EQ(test, count_regions(other), 1);

	/* The device itself cannot use the group, but other devices use its memory. */
	group = xe_fake_hold(test, own);
	node = xe_fake_lookup(test, own, group, xe_fake_id(test, other, 0));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, node);
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
	struct drm_pagemap_link_info info;
	struct xe_vram_region *vr;

	connect(test, &direct_path);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	other = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vr = xe_fake_vram(other, 0);
	KUNIT_EXPECT_TRUE(test, find_link(xe, vr, &info));

	xe_fake_unregister(test, 1);
	KUNIT_EXPECT_NULL(test, other->usm.initiator);
	KUNIT_EXPECT_FALSE(test, find_link(xe, vr, &info));
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_pagemap_topology_hold(other)), -ENODEV);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_pagemap_topology_lookup(other, (void *)1, 1)),
			-ENODEV);

	/* Devres calls it a second time. */
	xe_pagemap_topology_unregister(other);
}

static void links_have_attributes(struct kunit *test)
{
	struct xe_device *a, *b;
	struct drm_pagemap_link_info info;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);

	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, find_link(a, xe_fake_vram(b, 0), &info));
		KUNIT_EXPECT_EQ(test, info.type, DRM_PAGEMAP_LINK_PCIE_P2P);
		KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_DIRECT);
		KUNIT_EXPECT_EQ(test, info.hops, 3);
		KUNIT_EXPECT_EQ(test, info.read_bandwidth, 31506);
		KUNIT_EXPECT_EQ(test, info.write_bandwidth, 31506);
		KUNIT_EXPECT_EQ(test, info.max_read_bandwidth, 63014);
		KUNIT_EXPECT_EQ(test, info.max_write_bandwidth, 63014);
		KUNIT_EXPECT_EQ(test, info.read_latency, 0);
		/* Then the opposite link. */
		swap(a, b);
	}
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
	static const enum drm_pagemap_refusal reasons[] = {
		DRM_PAGEMAP_REFUSED_ACS, DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	};
	struct xe_device *a, *b;
	struct drm_pagemap_link_info info;

	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++) {
		struct xe_pagemap_path path = { .refusal = reasons[i], .hops = -1 };

		connect(test, &path);
		b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
		KUNIT_ASSERT_TRUE(test, find_link(a, xe_fake_vram(b, 0), &info));
		KUNIT_EXPECT_EQ(test, info.refusal, reasons[i]);
		KUNIT_ASSERT_TRUE(test, find_link(b, xe_fake_vram(a, 0), &info));
		KUNIT_EXPECT_EQ(test, info.refusal, reasons[i]);
		xe_fake_unplug(test, 1);
	}
}

static void small_bar_is_refused(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *a, *b;
	struct drm_pagemap_link_info info;

	connect(test, &direct_path);
	world->gpus[1].bar = SZ_1M;
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	KUNIT_ASSERT_TRUE(test, find_link(a, xe_fake_vram(b, 0), &info));
	KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_REFUSED_BAR_SIZE);

	/* So the other direction is not usable either. */
	KUNIT_ASSERT_TRUE(test, find_link(b, xe_fake_vram(a, 0), &info));
	KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_REFUSED_ONE_WAY);

	/* The device still reaches its own memory. */
	KUNIT_ASSERT_TRUE(test, find_link(b, xe_fake_vram(b, 0), &info));
	KUNIT_EXPECT_EQ(test, info.refusal, DRM_PAGEMAP_DIRECT);
}

static void groups_follow_links(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *a, *b, *c;

	connect(test, &(struct xe_pagemap_path) {
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

static int lookup_error(struct kunit *test, struct xe_device *xe,
			struct drm_pagemap_group *group, u32 id)
{
	return PTR_ERR_OR_ZERO(xe_fake_lookup(test, xe, group, id));
}

static void lookup_returns_each_error(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct drm_pagemap_group *group;
	struct xe_device *a, *b, *c;
	u32 own, peer, unlinked;

	connect(test, &(struct xe_pagemap_path) {
		.refusal = DRM_PAGEMAP_REFUSED_ACS, .hops = -1,
	});
	world->paths[0][1] = direct_path;
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	c = xe_fake_plug(test, 2, XE_BATTLEMAGE);
	own = xe_fake_id(test, a, 0);
	peer = xe_fake_id(test, b, 0);
	unlinked = xe_fake_id(test, c, 0);
	group = xe_fake_hold(test, a);

	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, own), 0);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, peer), 0);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, U32_MAX), -ENOENT);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, unlinked), -ENOLINK);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, NULL, own), -EINVAL);

	xe_pagemap_topology_kill(b);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, peer), -ENODEV);
	xe_fake_unplug(test, 1);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, peer), -ENODEV);
	xe_fake_plug(test, 1, XE_BATTLEMAGE);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, peer), 0);

	/* None of these look-ups created struct pages. */
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(a, 0)->num_pagemaps), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(c, 0)->num_pagemaps), 0);
}

static void lookup_checks_permission(struct kunit *test)
{
	const struct cred *old;
	struct drm_pagemap_group *group;
	struct xe_device *a, *b;
	struct cred *cred;
	int own, peer;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	group = xe_fake_hold(test, a);

	drm_pagemap_topology_access_set(TOPOLOGY_ACCESS_NONE);
	KUNIT_EXPECT_EQ(test, lookup_error(test, a, group, xe_fake_id(test, b, 0)), 0);

	cred = prepare_creds();
	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_SYS_ADMIN);
	old = override_creds(cred);
	own = lookup_error(test, a, group, xe_fake_id(test, a, 0));
	peer = lookup_error(test, a, group, xe_fake_id(test, b, 0));
	revert_creds(old);
	put_cred(cred);

	KUNIT_EXPECT_EQ(test, own, 0);
	KUNIT_EXPECT_EQ(test, peer, -EACCES);
}

static void owners_are_equal(struct kunit *test)
{
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;
	struct xe_device *a, *b;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_PVC);
	b = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	group = xe_fake_hold(test, a);

	for (unsigned int i = 0; i < 3; i++) {
		u32 id = i < 2 ? xe_fake_id(test, a, i) : xe_fake_id(test, b, 0);

		node = xe_fake_lookup(test, a, group, id);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
		dpagemap = xe_fake_resolve(test, node, group);
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
	struct xe_device *a;
	u32 peer;

	connect(test, &direct_path);
	a = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_id(test, xe_fake_plug(test, 1, XE_BATTLEMAGE), 0);
	group = xe_fake_hold(test, a);
	node = xe_fake_lookup(test, a, group, peer);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);

	/* The device returns in a place without links. */
	xe_fake_unplug(test, 1);
	dpagemap = xe_fake_resolve(test, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENODEV);
	connect(test, &(struct xe_pagemap_path) {
		.refusal = DRM_PAGEMAP_REFUSED_ACS, .hops = -1,
	});
	alone = xe_fake_hold(test, xe_fake_plug(test, 1, XE_BATTLEMAGE));
	KUNIT_EXPECT_PTR_NE(test, alone, group);
	dpagemap = xe_fake_resolve(test, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENOLINK);
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

static bool fake_is_lost(struct xe_device *xe)
{
	return true;
}

/* Nobody gets other data instead of the pages of a card that was pulled out. */
static void pages_of_a_lost_card_stay(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_group *group = xe_fake_hold(test, xe);
	struct drm_pagemap_addr addr = { .addr = PAGE_SIZE };
	struct drm_pagemap *dpagemap;
	struct page *page;

	dpagemap = xe_fake_resolve(test, xe_fake_vram(xe, 0)->pagemap_node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	page = pfn_to_page(PHYS_PFN(dpagemap->pagemap->range.start));

	kunit_activate_static_stub(test, xe_svm_is_lost, fake_is_lost);
	KUNIT_EXPECT_EQ(test, -ENODEV, xe_svm_copy_to_ram(&page, &addr, 1, NULL));

	/* Removal does not wait for these pages, because they may never move. */
	xe_pagemap_topology_kill(xe);
	drm_dev_unplug(&xe->drm);
	xe_svm_unplug_memory(xe);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 0)->num_pagemaps), 1);
	xe_fake_put(test, dpagemap);
	xe_fake_release(test, group);
	xe_fake_unplug(test, 0);
}

static struct kunit_case xe_pagemap_topology_cases[] = {
	KUNIT_CASE(publishes_vram),
	KUNIT_CASE(publishes_each_tile),
	KUNIT_CASE(publishes_integrated),
	KUNIT_CASE(publishes_without_page_faults),
	KUNIT_CASE(keeps_ids),
	KUNIT_CASE(removes_all),
	KUNIT_CASE(links_have_attributes),
	KUNIT_CASE(links_are_measured_once),
	KUNIT_CASE(refusals_have_reasons),
	KUNIT_CASE(small_bar_is_refused),
	KUNIT_CASE(groups_follow_links),
	KUNIT_CASE(groups_take_integrated),
	KUNIT_CASE(lookup_returns_each_error),
	KUNIT_CASE(lookup_checks_permission),
	KUNIT_CASE(owners_are_equal),
	KUNIT_CASE(owners_follow_groups),
	KUNIT_CASE(pages_are_created_at_first_use),
	KUNIT_CASE(too_many_pages_fail),
	KUNIT_CASE(pages_may_outlive_unplug),
	KUNIT_CASE(pages_of_a_lost_card_stay),
	{}
};

struct kunit_suite xe_pagemap_topology_suite = {
	.name = "xe_pagemap_topology",
	.init = xe_fake_init,
	.test_cases = xe_pagemap_topology_cases,
};
EXPORT_SYMBOL_IF_KUNIT(xe_pagemap_topology_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
