// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPUs for tests: DRM devices on KUnit's bus. Their memory is real for the topology:
 * device-private pages in a pagemap cache.
 *
 * KUnit's actions release all resources of a test in reverse order. So a test that
 * fails halfway leaves nothing behind.
 */

#include <linux/delay.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_pagemap_util.h>

#include <kunit/device.h>

#include "topology_mock.h"

/* Longer than the topology needs to notice that pages are out of use. */
#define MOCK_PATIENCE	(10 * HZ)

DEFINE_DRM_GEM_FOPS(mock_fops);

static const struct drm_driver mock_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.fops = &mock_fops,
	.name = "topology-mock",
	.desc = "Mock GPU of the pagemap topology",
	.major = 1,
};

static unsigned int mock_index(const struct mock_gpu *gpu)
{
	return gpu - gpu->world->gpus;
}

/**
 * mock_gpu() - Get a GPU by its letter
 * @world: The GPUs.
 * @name: The letter, from 'A' on.
 *
 * Return: The GPU, plugged in or not.
 */
struct mock_gpu *mock_gpu(struct mock_world *world, char name)
{
	return &world->gpus[name - 'A'];
}

static void mock_join(struct mock_world *world, char a, char b, u32 bandwidth)
{
	world->bandwidth[a - 'A'][b - 'A'] = bandwidth;
	world->bandwidth[b - 'A'][a - 'A'] = bandwidth;
}

/**
 * mock_path() - Set the links between neighbours, in both directions
 * @world: The GPUs.
 * @path: The letters of the GPUs, in order.
 * @bandwidth: Bandwidth in MB/s; 0 for no link.
 *
 * Affects only GPUs that are registered later.
 */
void mock_path(struct mock_world *world, const char *path, u32 bandwidth)
{
	for (; path[0] && path[1]; path++)
		mock_join(world, path[0], path[1], bandwidth);
}

/**
 * mock_clique() - Set the links between each two GPUs, in both directions
 * @world: The GPUs.
 * @members: The letters of the GPUs.
 * @bandwidth: Bandwidth in MB/s; 0 for no link.
 *
 * Affects only GPUs that are registered later.
 */
void mock_clique(struct mock_world *world, const char *members, u32 bandwidth)
{
	for (; *members; members++)
		for (const char *other = members + 1; *other; other++)
			mock_join(world, *members, *other, bandwidth);
}

/**
 * mock_describe_link() - Describe a link as &mock_world.bandwidth has it
 * @from: The start of the link.
 * @to: The end of the link.
 * @info: Filled in, except for the number of hops.
 *
 * Return: %true if the link exists.
 */
bool mock_describe_link(struct mock_gpu *from, struct mock_gpu *to,
			struct drm_pagemap_link_info *info)
{
	struct mock_world *world = from->world;
	u32 bandwidth = world->bandwidth[mock_index(from)][mock_index(to)];

	info->type = DRM_PAGEMAP_LINK_VIRTUAL;
	info->attributes = DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH;
	if (from == to) {
		info->type = DRM_PAGEMAP_LINK_LOCAL;
		bandwidth = from->forgets_itself ? 0 : 100000;
	}
	info->max_read_bandwidth = bandwidth;
	info->max_write_bandwidth = bandwidth;

	return bandwidth;
}

static bool mock_probe_link(void *private, struct drm_pagemap_node *target,
			    struct drm_pagemap_link_info *info)
{
	struct mock_gpu *gpu = private;
	struct mock_region *region;

	if (drm_pagemap_node_drm(target)->driver != &mock_driver)
		return false;

	region = drm_pagemap_node_private(target);
	gpu->world->probe_generation = drm_pagemap_topology_generation();
	gpu->world->probe_id = region->id;

	return mock_describe_link(gpu, region->gpu, info);
}

static const struct drm_pagemap_initiator_ops mock_initiator_ops = {
	.probe_link = mock_probe_link,
};

/**
 * mock_change_link() - Report the change of one link
 * @initiator: The start of the link.
 * @target: The end of the link.
 * @info: The new description, or %NULL.
 *
 * Return: As for drm_pagemap_update_links().
 */
int mock_change_link(struct drm_pagemap_initiator *initiator,
		     struct drm_pagemap_node *target,
		     const struct drm_pagemap_link_info *info)
{
	const struct drm_pagemap_link_change change = {
		.initiator = initiator,
		.target = target,
		.info = info,
	};

	return drm_pagemap_update_links(&change, 1);
}

/**
 * mock_update_link() - Change the links between two registered GPUs, in both directions
 * @world: The GPUs.
 * @a: The letter of one GPU, which has one region.
 * @b: The letter of the other GPU, which has one region.
 * @bandwidth: Bandwidth in MB/s; 0 for no link.
 */
void mock_update_link(struct mock_world *world, char a, char b, u32 bandwidth)
{
	char ends[][2] = { { a, b }, { b, a } };

	mock_join(world, a, b, bandwidth);
	for (unsigned int i = 0; i < ARRAY_SIZE(ends); i++) {
		struct mock_gpu *from = mock_gpu(world, ends[i][0]);
		struct mock_gpu *to = mock_gpu(world, ends[i][1]);
		struct drm_pagemap_link_info info = { .hops = -1 };
		struct drm_pagemap_node *node;
		bool there;
		int err;

		there = mock_describe_link(from, to, &info);
		node = drm_pagemap_initiator_node(to->initiator, 0);
		err = mock_change_link(from->initiator, node, there ? &info : NULL);
		drm_pagemap_node_put(node);
		KUNIT_ASSERT_EQ(world->test, err, 0);
	}
}

/* After the device was unplugged, its managed resources unmap the pages. */
static void mock_destroy_work(struct work_struct *work)
{
	struct mock_region *region =
		container_of(work, struct mock_region, destroy_work);
	struct drm_device *drm = region->dpagemap.drm;
	int idx;

	if (!drm_dev_enter(drm, &idx))
		return;

	devm_memunmap_pages(drm->dev, &region->pagemap);
	devm_release_mem_region(drm->dev, region->pagemap.range.start,
				range_len(&region->pagemap.range));
	drm_dev_exit(idx);
}

static void mock_destroy(struct drm_pagemap *dpagemap, bool is_atomic_or_reclaim)
{
	struct mock_region *region =
		container_of(dpagemap, struct mock_region, dpagemap);

	schedule_work(&region->destroy_work);
	if (!is_atomic_or_reclaim)
		flush_work(&region->destroy_work);
}

static const struct drm_pagemap_ops mock_pagemap_ops = {
	.destroy = mock_destroy,
};

static struct drm_pagemap *mock_create_pages(struct mock_region *region, void *owner)
{
	struct drm_device *drm = region->gpu->drm;
	struct resource *res;
	void *addr;
	int err;

	if (region->create_error)
		return ERR_PTR(region->create_error);

	flush_work(&region->destroy_work);
	res = devm_request_free_mem_region(drm->dev, &iomem_resource, SZ_2M);
	if (IS_ERR(res))
		return ERR_CAST(res);

	memset(&region->pagemap, 0, sizeof(region->pagemap));
	region->pagemap.type = MEMORY_DEVICE_PRIVATE;
	region->pagemap.range.start = res->start;
	region->pagemap.range.end = res->end;
	region->pagemap.nr_range = 1;
	region->pagemap.owner = owner;
	region->pagemap.ops = drm_pagemap_pagemap_ops_get();
	addr = devm_memremap_pages(drm->dev, &region->pagemap);
	if (IS_ERR(addr)) {
		err = PTR_ERR(addr);
		goto err_region;
	}

	err = drm_pagemap_init(&region->dpagemap, &region->pagemap, drm,
			       &mock_pagemap_ops);
	if (err)
		goto err_pages;

	region->num_created++;
	return &region->dpagemap;

err_pages:
	devm_memunmap_pages(drm->dev, &region->pagemap);
err_region:
	devm_release_mem_region(drm->dev, res->start, resource_size(res));
	return ERR_PTR(err);
}

static struct drm_pagemap *mock_create(void *private, void *owner)
{
	struct mock_region *region = private;
	struct drm_pagemap *dpagemap;

	WRITE_ONCE(region->creating, true);
	msleep(region->create_delay);
	dpagemap = mock_create_pages(region, owner);
	WRITE_ONCE(region->creating, false);

	return dpagemap;
}

static const struct drm_pagemap_region_ops mock_region_ops = {
	.create = mock_create,
};

/**
 * mock_describe() - Describe a GPU that is plugged in, for its registration
 * @gpu: The GPU.
 * @info: Filled in.
 * @regions: Filled in. Has room for %MOCK_REGIONS entries.
 */
void mock_describe(struct mock_gpu *gpu, struct drm_pagemap_initiator_info *info,
		   struct drm_pagemap_region_info *regions)
{
	*info = (struct drm_pagemap_initiator_info) {
		.drm = gpu->drm,
		.identity = gpu->identity,
		.ops = &mock_initiator_ops,
		.private = gpu,
		.regions = regions,
		.num_regions = gpu->num_regions,
	};

	for (unsigned int i = 0; i < gpu->num_regions; i++)
		regions[i] = (struct drm_pagemap_region_info) {
			.instance = i,
			.numa_node = NUMA_NO_NODE,
			.size = SZ_2M,
			.id = &gpu->regions[i].id,
			.cache = gpu->regions[i].cache,
			.ops = &mock_region_ops,
			.private = &gpu->regions[i],
		};
}

/**
 * mock_try_register() - Register a GPU that is plugged in
 * @gpu: The GPU.
 *
 * Return: 0 on success, or the error of the registration.
 */
int mock_try_register(struct mock_gpu *gpu)
{
	struct drm_pagemap_region_info regions[MOCK_REGIONS];
	struct drm_pagemap_initiator_info info;
	struct drm_pagemap_initiator *initiator;

	mock_describe(gpu, &info, regions);
	initiator = drm_pagemap_initiator_register(&info);
	if (IS_ERR(initiator))
		return PTR_ERR(initiator);

	gpu->initiator = initiator;
	return 0;
}

/**
 * mock_register() - Register a GPU that is plugged in
 * @gpu: The GPU.
 */
void mock_register(struct mock_gpu *gpu)
{
	KUNIT_ASSERT_EQ(gpu->world->test, mock_try_register(gpu), 0);
}

/**
 * mock_unregister() - Unregister a GPU that stays plugged in
 * @gpu: The GPU.
 */
void mock_unregister(struct mock_gpu *gpu)
{
	struct drm_pagemap_initiator *initiator = gpu->initiator;

	gpu->initiator = NULL;
	drm_pagemap_initiator_unregister(initiator);
}

static void mock_gpu_fini(void *data)
{
	struct mock_gpu *gpu = data;

	if (gpu->initiator)
		drm_pagemap_initiator_kill(gpu->initiator);
	drm_dev_unplug(gpu->drm);
	mock_unregister(gpu);
	for (unsigned int i = 0; i < gpu->num_regions; i++)
		flush_work(&gpu->regions[i].destroy_work);
}

static void mock_plug_one(struct mock_gpu *gpu)
{
	struct kunit *test = gpu->world->test;
	struct drm_pagemap_shrinker *shrinker;

	gpu->dev = kunit_device_register_with_driver(test, gpu->name,
						     gpu->world->driver);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, gpu->dev);

	gpu->drm = __devm_drm_dev_alloc(gpu->dev, &mock_driver,
					sizeof(*gpu->drm), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, gpu->drm);

	shrinker = drm_pagemap_shrinker_create_devm(gpu->drm);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shrinker);
	for (unsigned int i = 0; i < gpu->num_regions; i++) {
		struct mock_region *region = &gpu->regions[i];

		region->cache = drm_pagemap_cache_create_devm(shrinker);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, region->cache);
	}

	KUNIT_ASSERT_EQ(test, drm_dev_register(gpu->drm, 0), 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, mock_gpu_fini, gpu));

	mock_register(gpu);
}

/**
 * mock_plug() - Plug GPUs in and register them, one after the other
 * @world: The GPUs.
 * @names: Their letters.
 */
void mock_plug(struct mock_world *world, const char *names)
{
	for (; *names; names++)
		mock_plug_one(mock_gpu(world, *names));
}

/**
 * mock_unplug() - Unplug a GPU, as the remove() callback of a driver does
 * @gpu: The GPU, with no pages in use.
 */
void mock_unplug(struct mock_gpu *gpu)
{
	struct kunit *test = gpu->world->test;

	kunit_release_action(test, mock_gpu_fini, gpu);
	kunit_device_unregister(test, gpu->dev);
	gpu->dev = NULL;
	gpu->drm = NULL;
}

/**
 * mock_id() - Get the ID of a region of a registered GPU
 * @gpu: The GPU.
 * @instance: The number of the region.
 *
 * Return: The ID.
 */
u32 mock_id(struct mock_gpu *gpu, u16 instance)
{
	struct drm_pagemap_node *node =
		drm_pagemap_initiator_node(gpu->initiator, instance);
	u32 id;

	KUNIT_ASSERT_NOT_NULL(gpu->world->test, node);
	id = drm_pagemap_node_id(node);
	drm_pagemap_node_put(node);

	return id;
}

KUNIT_DEFINE_ACTION_WRAPPER(mock_action_release, drm_pagemap_group_release,
			    struct drm_pagemap_group *);
KUNIT_DEFINE_ACTION_WRAPPER(mock_action_node_put, drm_pagemap_node_put,
			    struct drm_pagemap_node *);
KUNIT_DEFINE_ACTION_WRAPPER(mock_action_put, drm_pagemap_put,
			    struct drm_pagemap *);

static void mock_later(struct mock_world *world, kunit_action_t *action, void *data)
{
	KUNIT_ASSERT_EQ(world->test, 0,
			kunit_add_action_or_reset(world->test, action, data));
}

/**
 * mock_hold() - Hold the group of a GPU, as a VM does
 * @world: The GPUs.
 * @name: The letter of the GPU.
 *
 * Return: The group, released by mock_release() or at the end of the test.
 */
struct drm_pagemap_group *mock_hold(struct mock_world *world, char name)
{
	struct drm_pagemap_group *group =
		drm_pagemap_group_hold(mock_gpu(world, name)->initiator);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(world->test, group);
	mock_later(world, mock_action_release, group);

	return group;
}

/**
 * mock_release() - Release a group, as a VM that is destroyed does
 * @world: The GPUs.
 * @group: The group from mock_hold().
 */
void mock_release(struct mock_world *world, struct drm_pagemap_group *group)
{
	kunit_release_action(world->test, mock_action_release, group);
}

/**
 * mock_find() - Look up an ID as a driver does
 * @drm: The GPU of a VM.
 * @group: The group that the VM holds.
 * @id: The ID.
 *
 * Return: The node, or the error of drm_pagemap_node_lookup() or
 * drm_pagemap_node_check_group().
 */
struct drm_pagemap_node *mock_find(struct drm_device *drm,
				   struct drm_pagemap_group *group, u32 id)
{
	struct drm_pagemap_node *node = drm_pagemap_node_lookup(drm, id);
	int err;

	if (IS_ERR(node))
		return node;

	err = drm_pagemap_node_check_group(node, group);
	if (!err)
		return node;

	drm_pagemap_node_put(node);
	return ERR_PTR(err);
}

/**
 * mock_lookup() - Look up an ID for a VM
 * @world: The GPUs.
 * @from: The letter of the VM's GPU.
 * @group: The group that the VM holds.
 * @id: The ID.
 *
 * Return: As for mock_find(). The reference is dropped at the end of the test.
 */
struct drm_pagemap_node *
mock_lookup(struct mock_world *world, char from, struct drm_pagemap_group *group,
	    u32 id)
{
	struct drm_pagemap_node *node = mock_find(mock_gpu(world, from)->drm, group, id);

	if (!IS_ERR(node))
		mock_later(world, mock_action_node_put, node);

	return node;
}

/**
 * mock_resolve() - Get the pages of a node, as a fault does
 * @world: The GPUs.
 * @node: The node.
 * @group: The group that the VM holds.
 *
 * Return: As for drm_pagemap_node_resolve(). The reference is dropped by mock_put() or
 * at the end of the test.
 */
struct drm_pagemap *mock_resolve(struct mock_world *world,
				 struct drm_pagemap_node *node,
				 struct drm_pagemap_group *group)
{
	struct drm_pagemap *dpagemap = drm_pagemap_node_resolve(node, group);

	if (!IS_ERR(dpagemap))
		mock_later(world, mock_action_put, dpagemap);

	return dpagemap;
}

/**
 * mock_put() - Put pages out of use
 * @world: The GPUs.
 * @dpagemap: The pages from mock_resolve().
 */
void mock_put(struct mock_world *world, struct drm_pagemap *dpagemap)
{
	kunit_release_action(world->test, mock_action_put, dpagemap);
}

static struct drm_pagemap_group *mock_group_locked(struct mock_gpu *gpu)
{
	drm_pagemap_topology_change_assert();

	return gpu->initiator ? rcu_access_pointer(gpu->initiator->group) : NULL;
}

/**
 * mock_group() - Get the group of a GPU
 * @world: The GPUs.
 * @name: The letter of the GPU.
 *
 * Return: The group. Unless it is held, only its address is valid.
 */
struct drm_pagemap_group *mock_group(struct mock_world *world, char name)
{
	guard(topology_change)();

	return mock_group_locked(mock_gpu(world, name));
}

/**
 * mock_groups() - Print the groups of the registered GPUs
 * @world: The GPUs.
 *
 * Return: A text such as "AB C", valid until the next call.
 */
const char *mock_groups(struct mock_world *world)
{
	struct mock_gpu *gpu, *end = world->gpus + MOCK_GPUS, *other;
	char *out = world->text;

	guard(topology_change)();

	for (gpu = world->gpus; gpu < end; gpu++) {
		struct drm_pagemap_group *group = mock_group_locked(gpu);

		for (other = world->gpus; other < gpu; other++)
			if (mock_group_locked(other) == group)
				break;
		if (!group || other < gpu)
			continue;

		if (out > world->text)
			*out++ = ' ';
		for (other = gpu; other < end; other++)
			if (mock_group_locked(other) == group)
				*out++ = other->name[0];
	}
	*out = '\0';

	return world->text;
}

/**
 * mock_groups_wait() - Wait until the groups are as expected
 * @world: The GPUs.
 * @expected: The text that mock_groups() returns for them.
 *
 * Return: The text for the current groups, also after a timeout.
 */
const char *mock_groups_wait(struct mock_world *world, const char *expected)
{
	unsigned long end = jiffies + MOCK_PATIENCE;

	while (strcmp(mock_groups(world), expected) && time_before(jiffies, end))
		msleep(20);

	return world->text;
}

/**
 * mock_auto_name() - Get the name of a hardware group
 * @world: The GPUs.
 * @name: The letter of the GPU that the group is named after.
 * @suffix: Text behind the uid.
 *
 * Return: The name, valid until the next call.
 */
const char *mock_auto_name(struct mock_world *world, char name, const char *suffix)
{
	scnprintf(world->auto_name, sizeof(world->auto_name), "auto-%s%s",
		  mock_gpu(world, name)->initiator->uid, suffix);

	return world->auto_name;
}

/**
 * mock_pending() - Check whether holders delay a change of the group of a GPU
 * @world: The GPUs.
 * @name: The letter of the GPU.
 *
 * Return: The value of the file "pending".
 */
bool mock_pending(struct mock_world *world, char name)
{
	guard(topology_change)();

	return mock_group_locked(mock_gpu(world, name))->pending;
}

/**
 * mock_users() - Count the holders of the group of a GPU
 * @world: The GPUs.
 * @name: The letter of the GPU.
 *
 * Return: The number, including pagemaps that have gone out of use unnoticed.
 */
int mock_users(struct mock_world *world, char name)
{
	guard(topology_change)();

	return atomic_read(&mock_group_locked(mock_gpu(world, name))->users);
}

/**
 * mock_threshold() - Set the threshold of hardware groups
 * @world: The GPUs.
 * @min_bandwidth: The threshold in MB/s.
 */
void mock_threshold(struct mock_world *world, u32 min_bandwidth)
{
	guard(topology_change)();

	KUNIT_ASSERT_EQ(world->test, drm_pagemap_topology_change_min_bandwidth(min_bandwidth), 0);
}

static void mock_action_reset(void *data)
{
	mock_threshold(data, 0);
	drm_pagemap_topology_access_set(TOPOLOGY_ACCESS_OPEN);
}

/* The group is usually disabled by now. If the test failed, this disables it. */
static void mock_peer_fini(void *data)
{
	struct topology_peer_group *group = data;
	struct topology_peer_member *member, *next;

	guard(topology_change)();

	group->enabled = false;
	list_for_each_entry_safe(member, next, &group->members, entry)
		drm_pagemap_topology_peer_member_destroy(member);
	drm_pagemap_topology_peer_group_destroy(group);
}

/**
 * mock_peer_group() - Create a peer group that is not enabled
 * @world: The GPUs.
 * @members: The letters of GPUs that have been plugged in at least once.
 *
 * mock_enable() numbers the groups from 0 on, in the order of creation.
 */
void mock_peer_group(struct mock_world *world, const char *members)
{
	struct kunit *test = world->test;
	struct topology_peer_group *group;
	char name[16];

	scnprintf(name, sizeof(name), "peer%u", world->num_peers);
	scoped_guard(topology_change)
		group = drm_pagemap_topology_peer_group_create(name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, group);
	world->peers[world->num_peers++] = group;
	mock_later(world, mock_peer_fini, group);

	for (; *members; members++) {
		struct mock_gpu *gpu = mock_gpu(world, *members);
		struct topology_peer_member *member;

		scoped_guard(topology_change)
			member = drm_pagemap_topology_peer_member_create(group,
									 gpu->initiator->uid);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, member);
	}
}

/**
 * mock_enable() - Enable exactly a set of peer groups
 * @world: The GPUs.
 * @peers: A bit for each peer group.
 *
 * Return: As for drm_pagemap_topology_enable_wanted(). &mock_world.outcome has the details.
 */
int mock_enable(struct mock_world *world, unsigned long peers)
{
	struct topology_peer_group *group;
	struct topology_outcome outcome;
	int err;

	guard(topology_change)();

	list_for_each_entry(group, &drm_pagemap_topology_peer_groups, entry)
		group->wanted = group->enabled;
	for (unsigned int i = 0; i < world->num_peers; i++)
		world->peers[i]->wanted = peers & BIT(i);

	err = drm_pagemap_topology_enable_wanted(&outcome);
	drm_pagemap_topology_outcome_print(&outcome, world->outcome, sizeof(world->outcome));

	return err;
}

/**
 * mock_world_init() - Set up a world without GPUs, for &kunit_suite.init
 * @test: The test. Its private data is set to the &struct mock_world.
 *
 * Return: 0 on success, or a negative error code.
 */
int mock_world_init(struct kunit *test)
{
	struct mock_world *world = kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);

	if (!world)
		return -ENOMEM;

	world->test = test;
	world->driver = kunit_driver_create(test, "topology-mock");
	if (IS_ERR(world->driver))
		return PTR_ERR(world->driver);

	for (unsigned int i = 0; i < MOCK_GPUS; i++) {
		struct mock_gpu *gpu = &world->gpus[i];

		gpu->world = world;
		gpu->name[0] = 'A' + i;
		gpu->identity = "mock";
		gpu->num_regions = 1;
		for (unsigned int j = 0; j < MOCK_REGIONS; j++) {
			gpu->regions[j].gpu = gpu;
			INIT_WORK(&gpu->regions[j].destroy_work,
				  mock_destroy_work);
		}
	}

	test->priv = world;
	/* A kernel thread has no /dev that would contain a render node. */
	drm_pagemap_topology_access_set(TOPOLOGY_ACCESS_CGROUP);
	return kunit_add_action_or_reset(test, mock_action_reset, world);
}
