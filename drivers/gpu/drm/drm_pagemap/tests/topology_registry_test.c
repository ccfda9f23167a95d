// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the registry: which ID names which region, for how long, and what
 * readers see during changes.
 */

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/kthread.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include <kunit/static_stub.h>

#include "topology_mock.h"

static void registry_test_uids(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	struct drm_pagemap_node *node;
	char *uid;

	gpu->num_regions = 2;
	mock_plug(world, "A");
	uid = kunit_kzalloc(test, 2 * TOPOLOGY_UID_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, uid);

	scnprintf(uid, 2 * TOPOLOGY_UID_MAX, "kunit-%s", dev_name(gpu->dev));
	KUNIT_EXPECT_STREQ(test, gpu->initiator->uid, uid);

	for (u16 i = 0; i < 2; i++) {
		node = drm_pagemap_initiator_node(gpu->initiator, i);
		KUNIT_ASSERT_NOT_NULL(test, node);
		scnprintf(uid, 2 * TOPOLOGY_UID_MAX, "kunit-%s-vram%u",
			  dev_name(gpu->dev), i);
		KUNIT_EXPECT_STREQ(test, node->uid, uid);
		KUNIT_EXPECT_GE(test, drm_pagemap_node_id(node), 1);
		drm_pagemap_node_put(node);
	}
	KUNIT_EXPECT_NE(test, mock_id(gpu, 0), mock_id(gpu, 1));
	KUNIT_EXPECT_NULL(test, drm_pagemap_initiator_node(gpu->initiator, 2));
}

/* Others can use a region before its registration returns. */
static void registry_test_id_comes_first(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');

	mock_plug(world, "A");
	KUNIT_EXPECT_EQ(test, world->probe_id, mock_id(gpu, 0));

	/* An ID that the driver remembers does not count. */
	mock_unregister(gpu);
	gpu->regions[0].id = 0;
	mock_register(gpu);
	KUNIT_EXPECT_EQ(test, world->probe_id, mock_id(gpu, 0));
}

static void registry_test_id_is_kept(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	u32 id;

	mock_plug(world, "A");
	id = mock_id(gpu, 0);

	/* The same device, as after a reset. */
	mock_unregister(gpu);
	mock_register(gpu);
	KUNIT_EXPECT_EQ(test, mock_id(gpu, 0), id);

	/* Another device in the same slot, with the same card. */
	mock_unplug(gpu);
	mock_plug(world, "BA");
	KUNIT_EXPECT_EQ(test, mock_id(gpu, 0), id);
	KUNIT_EXPECT_NE(test, mock_id(mock_gpu(world, 'B'), 0), id);
}

static void registry_test_id_is_not_reused(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	u32 id, other;

	mock_plug(world, "A");
	id = mock_id(gpu, 0);
	mock_unplug(gpu);

	/* Another slot. */
	mock_plug(world, "B");
	KUNIT_EXPECT_NE(test, mock_id(mock_gpu(world, 'B'), 0), id);

	/* Another card in the slot. */
	gpu->identity = "another";
	mock_plug(world, "A");
	other = mock_id(gpu, 0);
	KUNIT_EXPECT_NE(test, other, id);
	KUNIT_EXPECT_NE(test, other, mock_id(mock_gpu(world, 'B'), 0));

	/* And back again. */
	mock_unplug(gpu);
	gpu->identity = "mock";
	mock_plug(world, "A");
	KUNIT_EXPECT_EQ(test, mock_id(gpu, 0), id);

	/* A region that did not exist before gets a new ID. */
	mock_unplug(gpu);
	gpu->num_regions = 2;
	mock_plug(world, "A");
	KUNIT_EXPECT_EQ(test, mock_id(gpu, 0), id);
	KUNIT_EXPECT_NE(test, mock_id(gpu, 1), other);
}

static int lookup_error(struct mock_world *world, struct drm_pagemap_group *group,
			u32 id)
{
	return PTR_ERR_OR_ZERO(mock_lookup(world, 'A', group, id));
}

static void registry_test_errors(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct drm_pagemap_group *group;
	u32 id, unlinked;

	mock_path(world, "AB", 10);
	mock_plug(world, "ABC");
	id = mock_id(gpu, 0);
	unlinked = mock_id(mock_gpu(world, 'C'), 0);
	group = mock_hold(world, 'A');

	KUNIT_EXPECT_EQ(test, lookup_error(world, group, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, U32_MAX), -ENOENT);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, id), 0);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, unlinked), -ENOLINK);

	/* During removal, the look-up already fails. */
	drm_pagemap_initiator_kill(gpu->initiator);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, id), -ENODEV);
	mock_unplug(gpu);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, id), -ENODEV);

	/* Another card in the slot does not make the old ID valid again. */
	gpu->identity = "another";
	mock_plug(world, "B");
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, id), -ENODEV);
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, mock_id(gpu, 0)), 0);

	mock_unplug(gpu);
	gpu->identity = "mock";
	mock_plug(world, "B");
	KUNIT_EXPECT_EQ(test, lookup_error(world, group, id), 0);
}

/*
 * A test runs in a kernel thread, which no device cgroup restricts. So this takes the
 * place of the cgroup.
 */
static int cgroup_error;
static dev_t cgroup_asked;

static int fake_cgroup(const struct topology_render_node *node)
{
	cgroup_asked = node->devt;

	return cgroup_error;
}

static int query_error(struct mock_world *world, u32 id)
{
	struct drm_pagemap_node *node = drm_pagemap_node_query(mock_gpu(world, 'A')->drm, id);

	if (!IS_ERR(node))
		drm_pagemap_node_put(node);

	return PTR_ERR_OR_ZERO(node);
}

static void registry_test_device_cgroup(struct kunit *test)
{
	static const struct {
		int cgroup, wanted;
	} errors[] = {
		{ 0, 0 },
		{ -EPERM, -EACCES },
		/* These say nothing about permissions. */
		{ -ENOMEM, -ENOMEM },
		{ -EINTR, -EINTR },
	};
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;
	struct drm_pagemap_node *node;
	u32 own, peer;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	own = mock_id(mock_gpu(world, 'A'), 0);
	peer = mock_id(mock_gpu(world, 'B'), 0);
	group = mock_hold(world, 'A');
	kunit_activate_static_stub(test, drm_pagemap_topology_access_cgroup, fake_cgroup);

	cgroup_error = 0;
	node = mock_lookup(world, 'A', group, peer);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++) {
		cgroup_error = errors[i].cgroup;
		cgroup_asked = 0;
		KUNIT_EXPECT_EQ(test, lookup_error(world, group, peer), errors[i].wanted);
		KUNIT_EXPECT_EQ(test, cgroup_asked,
				mock_gpu(world, 'B')->drm->render->kdev->devt);
		KUNIT_EXPECT_EQ(test, query_error(world, peer), errors[i].wanted);

		/* A GPU's own memory takes no further right. */
		cgroup_asked = 0;
		KUNIT_EXPECT_EQ(test, lookup_error(world, group, own), 0);
		KUNIT_EXPECT_EQ(test, query_error(world, own), 0);
		KUNIT_EXPECT_EQ(test, cgroup_asked, 0);
	}

	/* An earlier placement stays granted. */
	KUNIT_EXPECT_EQ(test, 0, PTR_ERR_OR_ZERO(mock_resolve(world, node, group)));
}

static void registry_test_placement_survives(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'A');
	node = mock_lookup(world, 'A', group, mock_id(gpu, 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	mock_put(world, dpagemap);

	mock_unplug(gpu);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENODEV);

	mock_plug(world, "B");
	dpagemap = mock_resolve(world, node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, dpagemap->drm, gpu->drm);
	KUNIT_EXPECT_EQ(test, gpu->regions[0].num_created, 2);
}

static void registry_test_back_off(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;

	mock_plug(world, "A");
	group = mock_hold(world, 'A');
	node = mock_lookup(world, 'A', group, mock_id(gpu, 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);

	gpu->regions[0].create_error = -ENOSPC;
	dpagemap = mock_resolve(world, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENOSPC);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 1);

	gpu->regions[0].create_error = 0;
	dpagemap = mock_resolve(world, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENOSPC);
	KUNIT_EXPECT_EQ(test, gpu->regions[0].num_created, 0);

	msleep(1100);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, dpagemap);
}

static void registry_test_bad_description(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	struct drm_pagemap_region_info regions[MOCK_REGIONS];
	struct drm_pagemap_initiator_ops no_ops = {};
	struct drm_pagemap_region_ops no_region_ops = {};
	struct drm_pagemap_initiator_info info;
	u64 generation;

#define EXPECT_INVALID(change) do { \
	mock_describe(gpu, &info, regions); \
	change; \
	KUNIT_EXPECT_EQ(test, -EINVAL, \
		PTR_ERR_OR_ZERO(drm_pagemap_initiator_register(&info))); \
} while (0)

	gpu->num_regions = 2;
	mock_plug(world, "A");
	KUNIT_EXPECT_EQ(test, mock_try_register(gpu), -EEXIST);

	mock_unregister(gpu);
	generation = drm_pagemap_topology_generation();
	EXPECT_INVALID(info.drm = NULL);
	EXPECT_INVALID(info.ops = NULL);
	EXPECT_INVALID(info.ops = &no_ops);
	EXPECT_INVALID(regions[1].size = 0);
	EXPECT_INVALID(regions[1].cache = NULL);
	EXPECT_INVALID(regions[1].ops = NULL);
	EXPECT_INVALID(regions[1].ops = &no_region_ops);
	EXPECT_INVALID(regions[1].instance = 0);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation);

	/* The registration finds this last, and has to undo everything. */
	gpu->forgets_itself = true;
	mock_path(world, "AB", 10);
	mock_plug(world, "B");
	KUNIT_EXPECT_EQ(test, mock_try_register(gpu), -EINVAL);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation() % 2, 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "B");

	gpu->forgets_itself = false;
	mock_register(gpu);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB");
#undef EXPECT_INVALID
}

static void registry_test_bad_update(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_link_info info = {
		.type = DRM_PAGEMAP_LINK_VIRTUAL,
		.hops = -1,
	};
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_node *own, *foreign;
	struct drm_pagemap_group *group;
	u64 generation;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	initiator = mock_gpu(world, 'A')->initiator;
	group = mock_hold(world, 'A');
	own = mock_lookup(world, 'A', group, mock_id(mock_gpu(world, 'A'), 0));
	foreign = mock_lookup(world, 'A', group, mock_id(mock_gpu(world, 'B'), 0));
	mock_release(world, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, own);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, foreign);

#define EXPECT_ERROR(err, target, info) \
	KUNIT_EXPECT_EQ(test, err, \
		mock_change_link(initiator, target, info))

	generation = drm_pagemap_topology_generation();
	EXPECT_ERROR(-EINVAL, own, NULL);
	info.refusal = DRM_PAGEMAP_REFUSED_DRIVER;
	EXPECT_ERROR(-EINVAL, own, &info);
	info.refusal = DRM_PAGEMAP_REFUSALS;
	EXPECT_ERROR(-EINVAL, foreign, &info);
	info.refusal = DRM_PAGEMAP_DIRECT;
	info.read_latency = 1;
	EXPECT_ERROR(-EINVAL, foreign, &info);
	info.read_latency = 0;
	info.type = DRM_PAGEMAP_LINK_TYPES;
	EXPECT_ERROR(-EINVAL, foreign, &info);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation);

	mock_unplug(mock_gpu(world, 'B'));
	info.type = DRM_PAGEMAP_LINK_VIRTUAL;
	generation = drm_pagemap_topology_generation();
	EXPECT_ERROR(-ENODEV, foreign, &info);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation);
#undef EXPECT_ERROR
}

/* A link that is refused is no slow one. */
static void registry_test_usable_beside_refused(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_link_info refused = {
		.type = DRM_PAGEMAP_LINK_VIRTUAL,
		.refusal = DRM_PAGEMAP_REFUSED_BAR_SIZE,
		.hops = -1,
	};
	struct mock_gpu *from = mock_gpu(world, 'A'), *to = mock_gpu(world, 'B');
	struct topology_link *link;
	struct drm_pagemap_node *node;

	to->num_regions = 2;
	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	mock_threshold(world, 10);
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "AB");

	node = drm_pagemap_initiator_node(to->initiator, 1);
	KUNIT_EXPECT_EQ(test, 0, mock_change_link(from->initiator, node, &refused));
	drm_pagemap_node_put(node);
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "A B");

	guard(topology_change)();
	link = drm_pagemap_topology_link_find(from->initiator, to->initiator->regions[0]);
	KUNIT_ASSERT_NOT_NULL(test, link);
	KUNIT_EXPECT_EQ(test, link->usable, TOPOLOGY_UNUSABLE_CLIQUE);
}

static void registry_test_many_updates(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_link_info refused = {
		.type = DRM_PAGEMAP_LINK_VIRTUAL,
		.refusal = DRM_PAGEMAP_REFUSED_LINK_DOWN,
		.hops = -1,
	}, wrong = refused;
	struct drm_pagemap_link_change changes[] = {
		{ .info = &refused },
		{ .info = NULL },
		{ .info = &wrong },
	};
	static const char * const paths[] = { "AB", "BC", "CA" };
	struct drm_pagemap_group *group;
	u64 generation;

	mock_clique(world, "ABC", 10);
	mock_plug(world, "ABC");
	group = mock_hold(world, 'A');
	for (unsigned int i = 0; i < ARRAY_SIZE(changes); i++) {
		struct mock_gpu *to = mock_gpu(world, paths[i][1]);

		changes[i].initiator = mock_gpu(world, paths[i][0])->initiator;
		changes[i].target = mock_lookup(world, 'A', group, mock_id(to, 0));
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, changes[i].target);
	}
	mock_release(world, group);

	/* If the last change is invalid, none takes effect. */
	generation = drm_pagemap_topology_generation();
	wrong.type = DRM_PAGEMAP_LINK_TYPES;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			drm_pagemap_update_links(changes, ARRAY_SIZE(changes)));
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");

	/* All changes of a call are one step of the generation. */
	wrong.type = DRM_PAGEMAP_LINK_VIRTUAL;
	KUNIT_EXPECT_EQ(test, 0, drm_pagemap_update_links(changes, ARRAY_SIZE(changes)));
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 2);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B C");

	/* Again, only one of them is a change. */
	generation = drm_pagemap_topology_generation();
	changes[0].info = NULL;
	KUNIT_EXPECT_EQ(test, 0, drm_pagemap_update_links(changes, ARRAY_SIZE(changes)));
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 2);
	KUNIT_EXPECT_EQ(test, 0, drm_pagemap_update_links(changes, ARRAY_SIZE(changes)));
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 2);
}

static void registry_test_generation(struct kunit *test)
{
	struct mock_world *world = test->priv;
	u64 generation = drm_pagemap_topology_generation();

	KUNIT_EXPECT_EQ(test, generation % 2, 0);

	/* Each registration is one change, during which the generation is odd. */
	mock_path(world, "AB", 10);
	mock_plug(world, "A");
	KUNIT_EXPECT_EQ(test, world->probe_generation, generation + 1);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 2);

	mock_plug(world, "B");
	KUNIT_EXPECT_EQ(test, world->probe_generation, generation + 3);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 4);

	/* The link in each direction is one change. */
	mock_update_link(world, 'A', 'B', 9);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 8);

	mock_threshold(world, 10);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B");
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 10);

	/* Unregistering is two changes: the GPU is marked as dead, then it is removed. */
	mock_unregister(mock_gpu(world, 'B'));
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation + 14);
}

static void registry_test_generation_at_rest(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;
	u64 generation;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	generation = drm_pagemap_topology_generation();

	group = mock_hold(world, 'A');
	node = mock_lookup(world, 'A', group, mock_id(mock_gpu(world, 'B'), 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	mock_put(world, dpagemap);
	mock_release(world, group);

	/* Give the worker the time to check the pages. */
	msleep(700);
	KUNIT_EXPECT_EQ(test, drm_pagemap_topology_generation(), generation);
}

/**
 * struct reader - A thread that looks up an ID repeatedly
 * @task: The thread.
 * @drm: The GPU of the VM.
 * @group: The group that the VM holds.
 * @id: The ID.
 * @found: Number of successful look-ups.
 * @gone: Number of look-ups that failed with -ENODEV.
 * @apart: Number of look-ups that failed with -ENOLINK.
 * @wrong: The last unexpected result, or 0.
 */
struct reader {
	struct task_struct *task;
	struct drm_device *drm;
	struct drm_pagemap_group *group;
	u32 id;
	unsigned long found;
	unsigned long gone;
	unsigned long apart;
	int wrong;
};

static void reader_count(struct reader *reader, int err)
{
	switch (err) {
	case 0:
		reader->found++;
		break;
	case -ENODEV:
		reader->gone++;
		break;
	case -ENOLINK:
		reader->apart++;
		break;
	case -EINTR:
		/* kthread_stop() interrupts a wait, as a signal does. */
		if (kthread_should_stop())
			break;
		fallthrough;
	default:
		reader->wrong = err;
	}
}

static int reader_thread(void *data)
{
	struct reader *reader = data;
	struct drm_pagemap_node *node;
	struct drm_pagemap *dpagemap;

	while (!kthread_should_stop()) {
		node = mock_find(reader->drm, reader->group, reader->id);
		reader_count(reader, PTR_ERR_OR_ZERO(node));
		if (!IS_ERR(node)) {
			if (drm_pagemap_node_id(node) != reader->id)
				reader->wrong = -EBADSLT;
			dpagemap = drm_pagemap_node_resolve(node, reader->group);
			/* The mock reports -ENOSPC if the look-up got as far as creating pages. */
			if (PTR_ERR_OR_ZERO(dpagemap) == -ENOSPC)
				reader_count(reader, 0);
			else
				reader_count(reader, PTR_ERR_OR_ZERO(dpagemap) ?: 1);
			drm_pagemap_node_put(node);
		}
		usleep_range(10, 100);
	}

	return 0;
}

static void registry_test_lookup_against_removal(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct reader readers[3] = {};
	struct drm_pagemap_group *group;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	gpu->regions[0].create_error = -ENOSPC;
	group = mock_hold(world, 'A');

	for (unsigned int i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].drm = mock_gpu(world, 'A')->drm;
		readers[i].group = group;
		readers[i].id = mock_id(gpu, 0);
		readers[i].task = kthread_run(reader_thread, &readers[i],
					      "topology-reader");
	}

	for (unsigned int i = 0; i < 15; i++) {
		mock_unregister(gpu);
		usleep_range(100, 2000);
		if (mock_try_register(gpu))
			break;
		usleep_range(100, 2000);
	}
	KUNIT_EXPECT_NOT_NULL(test, gpu->initiator);

	for (unsigned int i = 0; i < ARRAY_SIZE(readers); i++) {
		struct reader *reader = &readers[i];

		if (IS_ERR(reader->task))
			continue;
		kthread_stop(reader->task);
		kunit_info(test, "found %lu, gone %lu, apart %lu\n",
			   reader->found, reader->gone, reader->apart);
		KUNIT_EXPECT_GT(test, reader->found, 0);
		KUNIT_EXPECT_GT(test, reader->gone, 0);
		KUNIT_EXPECT_EQ(test, reader->apart, 0);
		KUNIT_EXPECT_EQ(test, reader->wrong, 0);
	}
}

/**
 * struct late_user - A thread that uses a pagemap for the first time
 * @task: The thread.
 * @node: Node of the pagemap.
 * @group: Group that the user holds.
 * @dpagemap: Result of drm_pagemap_node_resolve().
 */
struct late_user {
	struct task_struct *task;
	struct drm_pagemap_node *node;
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
};

static int late_user_thread(void *data)
{
	struct late_user *user = data;

	user->dpagemap = drm_pagemap_node_resolve(user->node, user->group);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);

	return 0;
}

/* A resolves a pagemap of B. Creating the pages takes some time. */
static void late_user_start(struct mock_world *world, struct late_user *user)
{
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct kunit *test = world->test;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	gpu->regions[0].create_delay = 500;
	user->group = mock_hold(world, 'A');
	user->node = mock_lookup(world, 'A', user->group, mock_id(gpu, 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user->node);

	user->task = kthread_run(late_user_thread, user, "topology-late-user");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user->task);
	for (unsigned int i = 0; i < 5000 && !READ_ONCE(gpu->regions[0].creating); i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(gpu->regions[0].creating));
}

/* Otherwise drm_dev_unplug(), which comes next, and a look-up would wait for each other. */
static void registry_test_kill_waits_for_lookups(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct late_user user = {};
	bool creating;

	late_user_start(world, &user);
	drm_pagemap_initiator_kill(gpu->initiator);
	creating = READ_ONCE(gpu->regions[0].creating);
	kthread_stop(user.task);

	KUNIT_EXPECT_FALSE(test, creating);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, user.dpagemap);
	if (!IS_ERR_OR_NULL(user.dpagemap))
		drm_pagemap_put(user.dpagemap);

	/* A later look-up fails. */
	KUNIT_EXPECT_EQ(test, -ENODEV,
			PTR_ERR_OR_ZERO(drm_pagemap_node_resolve(user.node, user.group)));
	KUNIT_EXPECT_EQ(test, gpu->regions[0].num_created, 1);
}

/* A probe that fails late unregisters the initiator without killing it first. */
static void registry_test_unregister_waits_for_lookups(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct late_user user = {};
	bool creating;

	late_user_start(world, &user);
	mock_unregister(gpu);
	creating = READ_ONCE(gpu->regions[0].creating);
	kthread_stop(user.task);

	KUNIT_EXPECT_FALSE(test, creating);
	if (!IS_ERR_OR_NULL(user.dpagemap))
		drm_pagemap_put(user.dpagemap);
	/* The region has released the group that its pages held. */
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 1);
}

static void registry_test_interrupted(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'A');
	struct drm_pagemap_group *group;
	struct drm_pagemap_node *node;

	mock_plug(world, "A");
	group = mock_hold(world, 'A');
	node = mock_lookup(world, 'A', group, mock_id(gpu, 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);

	gpu->regions[0].create_error = -EINTR;
	KUNIT_EXPECT_EQ(test, -EINTR, PTR_ERR_OR_ZERO(mock_resolve(world, node, group)));
	/* The signal does not affect the next caller. */
	gpu->regions[0].create_error = 0;
	KUNIT_EXPECT_EQ(test, 0, PTR_ERR_OR_ZERO(mock_resolve(world, node, group)));
}

static struct kunit_case registry_test_cases[] = {
	KUNIT_CASE(registry_test_uids),
	KUNIT_CASE(registry_test_id_comes_first),
	KUNIT_CASE_SLOW(registry_test_id_is_kept),
	KUNIT_CASE_SLOW(registry_test_id_is_not_reused),
	KUNIT_CASE_SLOW(registry_test_errors),
	KUNIT_CASE(registry_test_device_cgroup),
	KUNIT_CASE_SLOW(registry_test_placement_survives),
	KUNIT_CASE_SLOW(registry_test_back_off),
	KUNIT_CASE(registry_test_bad_description),
	KUNIT_CASE(registry_test_bad_update),
	KUNIT_CASE(registry_test_usable_beside_refused),
	KUNIT_CASE(registry_test_many_updates),
	KUNIT_CASE(registry_test_generation),
	KUNIT_CASE_SLOW(registry_test_generation_at_rest),
	KUNIT_CASE_SLOW(registry_test_lookup_against_removal),
	KUNIT_CASE_SLOW(registry_test_kill_waits_for_lookups),
	KUNIT_CASE_SLOW(registry_test_unregister_waits_for_lookups),
	KUNIT_CASE(registry_test_interrupted),
	{}
};

static struct kunit_suite registry_test_suite = {
	.name = "drm_pagemap_topology_registry",
	.init = mock_world_init,
	.test_cases = registry_test_cases,
};

kunit_test_suite(registry_test_suite);
