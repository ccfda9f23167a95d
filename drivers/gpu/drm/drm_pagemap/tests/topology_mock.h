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
 * struct mock_region - A region of a mock GPU
 * @gpu: GPU that the region belongs to.
 * @id: ID of the pagemap, from the registration.
 * @cache: Cache of @dpagemap.
 * @dpagemap: The pagemap, once it has been created.
 * @pagemap: The device-private pages of @dpagemap.
 * @destroy_work: Work that unmaps the pages.
 * @num_created: Number of times that pages were created.
 * @create_error: Error of the next attempts to create pages, or 0.
 * @create_delay: Duration of creating pages, in milliseconds.
 * @creating: Whether pages are being created.
 */
struct mock_region {
	struct mock_gpu *gpu;
	u32 id;
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
 * struct mock_gpu - A GPU that has only links and memory
 * @world: The world that the GPU is in.
 * @name: Letter of the GPU, and name of its device. The names sort like the indices.
 * @identity: Identity of the card.
 * @forgets_itself: The driver reports no link to the GPU's own memory.
 * @num_regions: Number of entries of @regions that are used.
 * @regions: Regions of the GPU.
 * @dev: Device, or %NULL if the GPU is not plugged in.
 * @drm: DRM device.
 * @initiator: The registered initiator, or %NULL.
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
 * struct mock_world - The mock GPUs A to H, and the links between them
 * @test: The current test.
 * @driver: Driver of all mock devices.
 * @gpus: The GPUs.
 * @bandwidth: Bandwidth from a GPU to each region of another one; 0 for no link.
 * @peers: Peer groups created by mock_peer_group().
 * @num_peers: Number of entries in @peers.
 * @outcome: Outcome of the last mock_enable(), in the grammar of last_error.
 * @probe_generation: The generation at the last call of &probe_link.
 * @probe_id: &mock_region.id of the target of this call.
 * @text: Work space of mock_groups().
 * @auto_name: Work space of mock_auto_name().
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
	u32 probe_id;
	char text[3 * MOCK_GPUS];
	char auto_name[2 * TOPOLOGY_UID_MAX];
};

int mock_world_init(struct kunit *test);
struct mock_gpu *mock_gpu(struct mock_world *world, char name);

bool mock_describe_link(struct mock_gpu *from, struct mock_gpu *to,
			struct drm_pagemap_link_info *info);
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
const char *mock_auto_name(struct mock_world *world, char name, const char *suffix);
bool mock_pending(struct mock_world *world, char name);
int mock_users(struct mock_world *world, char name);
void mock_threshold(struct mock_world *world, u32 min_bandwidth);

void mock_peer_group(struct mock_world *world, const char *members);
int mock_enable(struct mock_world *world, unsigned long peers);

#endif
