// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the scope of a change: which initiators it has, and that the groups of all
 * others would stay the same if they were computed anew, too.
 */

#include "../topology_scope.h"
#include "topology_mock.h"
#include "topology_random.h"

#define SCOPE_STEPS	200
#define SCOPE_HOLDERS	4
#define SCOPE_NO_GROUP	0xff

/* Returns the letters of the GPUs that a change of one GPU can affect. */
static const char *scope_of(struct mock_world *world, char name)
{
	char *out = world->text;

	guard(topology_change)();

	drm_pagemap_topology_scope_add(mock_gpu(world, name)->initiator);
	drm_pagemap_topology_scope_close();
	for (unsigned int i = 0; i < MOCK_GPUS; i++) {
		struct mock_gpu *gpu = &world->gpus[i];

		if (gpu->initiator && drm_pagemap_topology_scope_has(gpu->initiator))
			*out++ = gpu->name[0];
	}
	*out = '\0';
	drm_pagemap_topology_scope_clear();

	return world->text;
}

static void scope_test_follows_links(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_path(world, "ABC", 10);
	mock_path(world, "DE", 10);
	/* From F to E only. */
	world->bandwidth['F' - 'A']['E' - 'A'] = 10;
	mock_plug(world, "ABCDEF");

	KUNIT_EXPECT_STREQ(test, scope_of(world, 'A'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'C'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'D'), "DEF");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'F'), "DEF");

	mock_update_link(world, 'B', 'C', 0);
	mock_update_link(world, 'C', 'D', 10);
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'A'), "AB");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'E'), "CDEF");
}

static void scope_test_stops_at_refusals(struct kunit *test)
{
	const struct drm_pagemap_link_info refused = {
		.hops = -1,
		.refusal = DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	};
	struct mock_world *world = test->priv;
	struct drm_pagemap_node *node;

	mock_path(world, "AB", 10);
	mock_plug(world, "ABC");
	node = drm_pagemap_initiator_node(mock_gpu(world, 'C')->initiator, 0);
	KUNIT_EXPECT_EQ(test, mock_change_link(mock_gpu(world, 'A')->initiator, node, &refused),
			0);
	drm_pagemap_node_put(node);

	KUNIT_EXPECT_STREQ(test, scope_of(world, 'A'), "AB");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'C'), "C");
}

static void scope_expect_empty(struct mock_world *world)
{
	struct topology_peer_group *peers;

	guard(topology_change)();

	KUNIT_EXPECT_TRUE(world->test, list_empty(&drm_pagemap_topology_scope));
	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry)
		KUNIT_EXPECT_FALSE(world->test, peers->in_scope);
}

/* No group depends on it, so the next change has nothing more to compute. */
static void scope_test_current_bandwidth(struct kunit *test)
{
	struct drm_pagemap_link_info info = {
		.type = DRM_PAGEMAP_LINK_VIRTUAL,
		.attributes = DRM_PAGEMAP_LINK_HAS_BANDWIDTH,
		.hops = -1,
	};
	struct mock_world *world = test->priv;
	struct drm_pagemap_node *node;

	mock_plug(world, "AB");
	node = drm_pagemap_initiator_node(mock_gpu(world, 'B')->initiator, 0);
	for (info.read_bandwidth = 1; info.read_bandwidth < 3; info.read_bandwidth++) {
		KUNIT_EXPECT_EQ(test, 0, mock_change_link(mock_gpu(world, 'A')->initiator,
							  node, &info));
		scope_expect_empty(world);
	}
	drm_pagemap_node_put(node);
}

static void scope_test_has_all_without_memory(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_gpu(world, 'B')->num_regions = 0;
	mock_gpu(world, 'C')->num_regions = 0;
	world->bandwidth['B' - 'A'][0] = 10;
	mock_plug(world, "ABCD");

	KUNIT_EXPECT_STREQ(test, scope_of(world, 'A'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'C'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'D'), "D");
}

static void scope_test_has_peers(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_path(world, "AB", 10);
	mock_plug(world, "ABCD");
	mock_peer_group(world, "AC");
	mock_unplug(mock_gpu(world, 'C'));
	KUNIT_EXPECT_EQ(test, mock_enable(world, BIT(0)), 0);

	/* C is refused, and would join if it had links to A. */
	mock_plug(world, "C");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'A'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'C'), "ABC");
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'D'), "D");

	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
	KUNIT_EXPECT_STREQ(test, scope_of(world, 'C'), "C");
}

static void scope_expect_name(struct mock_world *world, char name, char named_after)
{
	struct drm_pagemap_group *group = mock_hold(world, name);

	KUNIT_EXPECT_STREQ(world->test, dev_name(&group->dev),
			   mock_auto_name(world, named_after, ""));
	mock_release(world, group);
}

/* Nobody holds a group any more that still has the name of a GPU that returns. */
static void scope_test_name_outside(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *held;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	held = mock_hold(world, 'B');
	mock_unregister(mock_gpu(world, 'A'));
	mock_release(world, held);

	mock_path(world, "AB", 0);
	mock_register(mock_gpu(world, 'A'));
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B");
	scope_expect_name(world, 'A', 'A');
	scope_expect_name(world, 'B', 'B');
}

/* The first member is replaced, if the group is disabled and does not have the GPU. */
static void scope_replace_member(struct mock_world *world, struct topology_peer_group *peers,
				 struct mock_gpu *gpu)
{
	struct topology_peer_member *member;

	guard(topology_change)();

	if (peers->enabled || !gpu->initiator ||
	    drm_pagemap_topology_peer_group_has(peers, gpu->initiator->uid))
		return;
	member = list_first_entry(&peers->members, struct topology_peer_member, entry);
	drm_pagemap_topology_peer_member_destroy(member);
	member = drm_pagemap_topology_peer_member_create(peers, gpu->initiator->uid);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(world->test, member);
}

/* A peer group that could not be enabled stays in the scope, and its members may change. */
static void scope_test_changed_peers(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_plug(world, "AB");
	mock_peer_group(world, "A");
	scoped_guard(topology_change)
		drm_pagemap_topology_scope_add_peers(world->peers[0]);
	scope_replace_member(world, world->peers[0], mock_gpu(world, 'B'));

	KUNIT_EXPECT_EQ(test, mock_enable(world, BIT(0)), 0);
	KUNIT_EXPECT_FALSE(test, mock_group(world, 'A')->admin);
	KUNIT_EXPECT_TRUE(test, mock_group(world, 'B')->admin);
	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
}

static void scope_print_reason(struct topology_peer_group *peers, char *text, size_t size)
{
	struct topology_peer_member *member;

	*text = '\0';
	list_for_each_entry(member, &peers->members, entry)
		if (member->state == TOPOLOGY_PEER_REFUSED)
			drm_pagemap_topology_outcome_print(&member->reason, text, size);
}

static void scope_expect_reason(struct mock_world *world, const char *reason)
{
	char text[TOPOLOGY_OUTCOME_MAX], expected[TOPOLOGY_OUTCOME_MAX];

	scnprintf(expected, sizeof(expected), "ENOLINK %s %s-vram0 %s",
		  mock_gpu(world, 'B')->initiator->uid, mock_gpu(world, 'A')->initiator->uid,
		  reason);
	scoped_guard(topology_change)
		scope_print_reason(world->peers[0], text, sizeof(text));
	KUNIT_EXPECT_STREQ(world->test, text, expected);
}

/* A link that is withdrawn leaves no path behind, whether it was refused before or not. */
static void scope_test_withdrawn_link(struct kunit *test)
{
	const struct drm_pagemap_link_info refused = {
		.hops = -1,
		.refusal = DRM_PAGEMAP_REFUSED_LINK_DOWN,
	};
	struct mock_world *world = test->priv;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_node *node;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	mock_peer_group(world, "AB");
	KUNIT_EXPECT_EQ(test, mock_enable(world, BIT(0)), 0);
	initiator = mock_gpu(world, 'B')->initiator;
	node = drm_pagemap_initiator_node(mock_gpu(world, 'A')->initiator, 0);

	KUNIT_EXPECT_EQ(test, mock_change_link(initiator, node, NULL), 0);
	scope_expect_reason(world, "no-path");
	KUNIT_EXPECT_EQ(test, mock_change_link(initiator, node, &refused), 0);
	scope_expect_reason(world, "link-down");
	KUNIT_EXPECT_EQ(test, mock_change_link(initiator, node, NULL), 0);
	scope_expect_reason(world, "no-path");

	drm_pagemap_node_put(node);
	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
}

/**
 * struct scope_state - What a regroup can change
 * @group: For each GPU, the lowest GPU of its group, or %SCOPE_NO_GROUP.
 * @pending: For each GPU, whether holders delay a change of its group.
 * @refusal: For each link, why it is refused.
 * @usable: For each link, whether groups let a VM use it.
 * @bandwidth: For each GPU, the lowest bandwidth in its group.
 * @joined: For each GPU, the number of members that its peer group has.
 * @member: For each peer group, the states of its members.
 * @reason: For each peer group, why its last refused member is refused.
 */
struct scope_state {
	u8 group[MOCK_GPUS];
	u8 pending[MOCK_GPUS];
	u8 refusal[MOCK_GPUS][MOCK_GPUS][MOCK_REGIONS];
	u8 usable[MOCK_GPUS][MOCK_GPUS][MOCK_REGIONS];
	u32 bandwidth[MOCK_GPUS];
	u32 joined[MOCK_GPUS];
	u8 member[MOCK_PEERS][MOCK_GPUS];
	char reason[MOCK_PEERS][TOPOLOGY_OUTCOME_MAX];
};

/**
 * struct scope_run - A random run
 * @world: The GPUs.
 * @rnd: State of the random generator.
 * @holders: Groups that are held.
 * @holder_of: For each entry of @holders, the GPU of the VM.
 * @released: A group was released since the last comparison.
 * @applied: What the scoped regroups have led to.
 * @full: What a regroup of all initiators leads to.
 */
struct scope_run {
	struct mock_world *world;
	struct rnd_state rnd;
	struct drm_pagemap_group *holders[SCOPE_HOLDERS];
	struct mock_gpu *holder_of[SCOPE_HOLDERS];
	bool released;
	struct scope_state applied;
	struct scope_state full;
};

static u32 scope_random(struct scope_run *run, u32 below)
{
	return prandom_u32_state(&run->rnd) % below;
}

static struct mock_gpu *scope_random_gpu(struct scope_run *run)
{
	return &run->world->gpus[scope_random(run, MOCK_GPUS)];
}

static struct drm_pagemap_group *scope_group(struct mock_gpu *gpu)
{
	return gpu->initiator ? drm_pagemap_topology_group_of(gpu->initiator) : NULL;
}

static void scope_take_links(struct mock_world *world, unsigned int from,
			     struct scope_state *state)
{
	struct drm_pagemap_initiator *initiator = world->gpus[from].initiator;
	struct drm_pagemap_region *region;
	struct topology_link *link;

	for (unsigned int to = 0; to < MOCK_GPUS; to++) {
		struct drm_pagemap_initiator *owner = world->gpus[to].initiator;

		for (unsigned int i = 0; initiator && owner && i < owner->num_regions; i++) {
			region = owner->regions[i];
			link = drm_pagemap_topology_link_find(initiator, region);
			state->refusal[from][to][i] = link ? link->refusal : U8_MAX;
			state->usable[from][to][i] = link ? link->usable : U8_MAX;
		}
	}
}

static void scope_take(struct mock_world *world, struct scope_state *state)
{
	struct topology_peer_member *member;
	unsigned int i, j;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < MOCK_GPUS; i++) {
		struct drm_pagemap_group *group = scope_group(&world->gpus[i]);

		for (j = 0; scope_group(&world->gpus[j]) != group; j++)
			;
		state->group[i] = group ? j : SCOPE_NO_GROUP;
		state->pending[i] = group && group->pending;
		state->bandwidth[i] = group ? group->min_read_bandwidth : 0;
		state->joined[i] = group ? group->members_joined : 0;
		scope_take_links(world, i, state);
	}

	for (i = 0; i < world->num_peers; i++) {
		j = 0;
		list_for_each_entry(member, &world->peers[i]->members, entry)
			state->member[i][j++] = member->state;
		scope_print_reason(world->peers[i], state->reason[i],
				   sizeof(state->reason[i]));
	}
}

static void scope_hold(struct scope_run *run)
{
	unsigned int i = scope_random(run, SCOPE_HOLDERS);
	struct mock_gpu *gpu = scope_random_gpu(run);

	if (run->holders[i] || !gpu->initiator || gpu->initiator->dead)
		return;

	run->holders[i] = mock_hold(run->world, gpu->name[0]);
	run->holder_of[i] = gpu;
}

static void scope_release(struct scope_run *run, unsigned int i)
{
	if (!run->holders[i])
		return;

	mock_release(run->world, run->holders[i]);
	run->holders[i] = NULL;
	run->holder_of[i] = NULL;
	run->released = true;
}

static void scope_replug(struct scope_run *run)
{
	struct mock_gpu *gpu = scope_random_gpu(run);

	if (!gpu->initiator) {
		mock_register(gpu);
		return;
	}
	if (scope_random(run, 2)) {
		KUNIT_EXPECT_EQ(run->world->test, mock_try_register(gpu), -EEXIST);
		return;
	}

	drm_pagemap_initiator_kill(gpu->initiator);
	if (scope_random(run, 2))
		return;

	for (unsigned int i = 0; i < SCOPE_HOLDERS; i++)
		if (run->holder_of[i] == gpu)
			scope_release(run, i);
	mock_unregister(gpu);
}

static void scope_random_bandwidth(struct scope_run *run, unsigned int from, unsigned int to)
{
	static const u32 bandwidths[] = { 0, 0, 0, 5, 10, 10 };

	run->world->bandwidth[from][to] = bandwidths[scope_random(run, ARRAY_SIZE(bandwidths))];
}

static unsigned int scope_describe(struct mock_gpu *from, struct mock_gpu *to,
				   struct drm_pagemap_link_change *changes,
				   struct drm_pagemap_link_info *info)
{
	bool exists;

	*info = (struct drm_pagemap_link_info) { .hops = -1 };
	exists = mock_describe_link(from, to, info);
	for (unsigned int i = 0; i < to->num_regions; i++)
		changes[i] = (struct drm_pagemap_link_change) {
			.initiator = from->initiator,
			.target = drm_pagemap_initiator_node(to->initiator, i),
			.info = exists ? info : NULL,
		};

	return to->num_regions;
}

/* Often only one direction changes. A link that a held group needs stays. */
static void scope_update(struct scope_run *run)
{
	struct mock_gpu *a = scope_random_gpu(run), *b = scope_random_gpu(run);
	struct drm_pagemap_link_change changes[2 * MOCK_REGIONS];
	struct mock_world *world = run->world;
	struct drm_pagemap_link_info info[2];
	unsigned int num;
	int err;

	if (a == b || !a->initiator || !b->initiator)
		return;

	scope_random_bandwidth(run, a - world->gpus, b - world->gpus);
	num = scope_describe(a, b, changes, &info[0]);
	if (scope_random(run, 2)) {
		scope_random_bandwidth(run, b - world->gpus, a - world->gpus);
		num += scope_describe(b, a, changes + num, &info[1]);
	}

	err = drm_pagemap_update_links(changes, num);
	if (err && err != -EBUSY)
		KUNIT_EXPECT_EQ(world->test, err, -ENODEV);
	while (num--)
		drm_pagemap_node_put(changes[num].target);
}

static void scope_enable(struct scope_run *run)
{
	struct mock_world *world = run->world;
	int err;

	scope_replace_member(world, world->peers[scope_random(run, world->num_peers)],
			     scope_random_gpu(run));
	err = mock_enable(world, scope_random(run, BIT(world->num_peers)));
	if (err && err != -EBUSY)
		KUNIT_EXPECT_EQ(world->test, err, -ENOLINK);
}

static void scope_step(struct scope_run *run)
{
	switch (scope_random(run, 16)) {
	case 0:
		mock_threshold(run->world, scope_random(run, 2) * 6);
		return;
	case 1 ... 2:
		scope_enable(run);
		return;
	case 3 ... 5:
		scope_replug(run);
		return;
	case 6 ... 7:
		scope_hold(run);
		return;
	case 8 ... 9:
		scope_release(run, scope_random(run, SCOPE_HOLDERS));
		return;
	default:
		scope_update(run);
	}
}

static void scope_compare(struct scope_run *run)
{
	struct kunit *test = run->world->test;
	struct scope_state *applied = &run->applied, *full = &run->full;

	/* A worker does this when the last holder leaves. */
	if (run->released)
		drm_pagemap_topology_regroup_if_pending(NULL);
	run->released = false;

	scoped_guard(topology_change) {
		scope_take(run->world, applied);
		drm_pagemap_topology_scope_add_all();
		KUNIT_EXPECT_EQ(test, drm_pagemap_topology_regroup(), 0);
		scope_take(run->world, full);
	}

	KUNIT_EXPECT_MEMEQ(test, applied->group, full->group, sizeof(full->group));
	KUNIT_EXPECT_MEMEQ(test, applied->pending, full->pending, sizeof(full->pending));
	KUNIT_EXPECT_MEMEQ(test, applied->refusal, full->refusal, sizeof(full->refusal));
	KUNIT_EXPECT_MEMEQ(test, applied->usable, full->usable, sizeof(full->usable));
	KUNIT_EXPECT_MEMEQ(test, applied->bandwidth, full->bandwidth, sizeof(full->bandwidth));
	KUNIT_EXPECT_MEMEQ(test, applied->joined, full->joined, sizeof(full->joined));
	KUNIT_EXPECT_MEMEQ(test, applied->member, full->member, sizeof(full->member));
	for (unsigned int i = 0; i < MOCK_PEERS; i++)
		KUNIT_EXPECT_STREQ(test, applied->reason[i], full->reason[i]);
}

/* Changes at random, and after some of them a regroup of all initiators changes nothing. */
static void scope_test_random(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct scope_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, run);
	topology_random_seed(test, &run->rnd);
	run->world = world;

	for (unsigned int i = 0; i < MOCK_GPUS; i++) {
		world->gpus[i].num_regions = scope_random(run, 4) ? 1 : scope_random(run, 3);
		for (unsigned int j = 0; j < MOCK_GPUS; j++)
			if (scope_random(run, 2))
				scope_random_bandwidth(run, i, j);
	}
	mock_plug(world, "HBDFACEG");
	mock_peer_group(world, "AB");
	mock_peer_group(world, "BCD");
	mock_peer_group(world, "EG");

	for (unsigned int i = 0; i < SCOPE_STEPS && test->status != KUNIT_FAILURE; i++) {
		scope_step(run);
		scope_expect_empty(world);
		if (scope_random(run, 2))
			scope_compare(run);
	}

	for (unsigned int i = 0; i < SCOPE_HOLDERS; i++)
		scope_release(run, i);
	drm_pagemap_topology_regroup_if_pending(NULL);
	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
}

static struct kunit_case scope_test_cases[] = {
	KUNIT_CASE(scope_test_follows_links),
	KUNIT_CASE(scope_test_stops_at_refusals),
	KUNIT_CASE(scope_test_current_bandwidth),
	KUNIT_CASE(scope_test_has_all_without_memory),
	KUNIT_CASE_SLOW(scope_test_has_peers),
	KUNIT_CASE(scope_test_name_outside),
	KUNIT_CASE(scope_test_changed_peers),
	KUNIT_CASE(scope_test_withdrawn_link),
	KUNIT_CASE_SLOW(scope_test_random),
	{}
};

static struct kunit_suite scope_test_suite = {
	.name = "drm_pagemap_topology_scope",
	.init = mock_world_init,
	.test_cases = scope_test_cases,
};

kunit_test_suite(scope_test_suite);
