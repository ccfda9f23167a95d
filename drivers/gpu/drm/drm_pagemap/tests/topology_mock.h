/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_MOCK_H_
#define _TOPOLOGY_MOCK_H_

#include <linux/memremap.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include <kunit/test.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>

#include "../topology_access.h"
#include "../topology_change.h"
#include "../topology_group.h"
#include "../topology_initiator.h"
#include "../topology_link.h"
#include "../topology_node.h"
#include "../topology_peers.h"
#include "../topology_regroup.h"

#define MOCK_GPUS	8
#define MOCK_REGIONS	2
#define MOCK_PEERS	8

struct mock_gpu;
struct mock_world;

/**
 * struct mock_region - Memory of a mock GPU
 * @gpu: Whose.
 * @cache: The cache of @dpagemap.
 * @dpagemap: The pagemap once it was created; with real device-private pages.
 * @pagemap: Likewise.
 * @destroy_work: Unmaps the pages.
 * @num_created: How often pages were created.
 * @create_error: Makes creating fail.
 * @create_delay: In milliseconds: makes creating last.
 * @creating: It is under way.
 */
struct mock_region {
	struct mock_gpu *gpu;
	struct drm_pagemap_cache *cache;
	struct drm_pagemap dpagemap;
	struct dev_pagemap pagemap;
	struct work_struct destroy_work;
	unsigned int num_created;
	int create_error;
	unsigned int create_delay;
	bool creating;
};

/**
 * struct mock_gpu - A GPU that is nothing but links and memory
 * @world: Where it is.
 * @name: One letter; also its device's name. Names sort as indices do.
 * @identity: Of the card.
 * @forgets_itself: Its driver reports no link to its own memory.
 * @num_regions: How many of @regions it has.
 * @regions: Its memories.
 * @dev: Its device; %NULL if it is not there.
 * @drm: The DRM device.
 * @initiator: Its registration; %NULL if it has none.
 */
struct mock_gpu {
	struct mock_world *world;
	char name[2];
	const char *identity;
	bool forgets_itself;
	unsigned int num_regions;
	struct mock_region regions[MOCK_REGIONS];
	struct device *dev;
	struct drm_device *drm;
	struct drm_pagemap_initiator *initiator;
};

/**
 * struct mock_world - Some mock GPUs, A to H, and what is between them
 * @test: The test that has it.
 * @driver: Of all mock devices.
 * @gpus: The GPUs.
 * @bandwidth: From a GPU to each region of another; 0: there is no path.
 * @peers: Peer groups, made by mock_peer_group().
 * @num_peers: How many.
 * @outcome: Of the last mock_enable(), as last_error has it.
 * @probe_generation: What the generation was at the last &probe_link call.
 * @text: Work space of mock_groups().
 */
struct mock_world {
	struct kunit *test;
	struct device_driver *driver;
	struct mock_gpu gpus[MOCK_GPUS];
	u32 bandwidth[MOCK_GPUS][MOCK_GPUS];
	struct topology_peer_group *peers[MOCK_PEERS];
	unsigned int num_peers;
	char outcome[TOPOLOGY_OUTCOME_MAX];
	u64 probe_generation;
	char text[3 * MOCK_GPUS];
};

int mock_world_init(struct kunit *test);
struct mock_gpu *mock_gpu(struct mock_world *world, char name);

void mock_path(struct mock_world *world, const char *path, u32 bandwidth);
void mock_clique(struct mock_world *world, const char *members, u32 bandwidth);
int mock_change_link(struct drm_pagemap_initiator *initiator,
		     struct drm_pagemap_node *target,
		     const struct drm_pagemap_link_info *info);
void mock_update_link(struct mock_world *world, char a, char b, u32 bandwidth);

void mock_describe(struct mock_gpu *gpu, struct drm_pagemap_initiator_info *info,
		   struct drm_pagemap_region_info *regions);
int mock_try_register(struct mock_gpu *gpu);
void mock_register(struct mock_gpu *gpu);
void mock_unregister(struct mock_gpu *gpu);
void mock_plug(struct mock_world *world, const char *names);
void mock_unplug(struct mock_gpu *gpu);
u32 mock_id(struct mock_gpu *gpu, u16 instance);

struct drm_pagemap_group *mock_hold(struct mock_world *world, char name);
void mock_release(struct mock_world *world, struct drm_pagemap_group *group);
struct drm_pagemap_node *mock_find(struct drm_device *drm,
				   struct drm_pagemap_group *group, u32 id);
struct drm_pagemap_node *
mock_lookup(struct mock_world *world, char from, struct drm_pagemap_group *group,
	    u32 id);
struct drm_pagemap *mock_resolve(struct mock_world *world,
				 struct drm_pagemap_node *node,
				 struct drm_pagemap_group *group);
void mock_put(struct mock_world *world, struct drm_pagemap *dpagemap);

struct drm_pagemap_group *mock_group(struct mock_world *world, char name);
const char *mock_groups(struct mock_world *world);
const char *mock_groups_wait(struct mock_world *world, const char *expected);
bool mock_pending(struct mock_world *world, char name);
int mock_users(struct mock_world *world, char name);
void mock_threshold(struct mock_world *world, u32 min_bandwidth);

void mock_peer_group(struct mock_world *world, const char *members);
int mock_enable(struct mock_world *world, unsigned long peers);

#endif
