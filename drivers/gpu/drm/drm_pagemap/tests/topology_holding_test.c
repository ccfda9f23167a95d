// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of holders: which changes a group with holders permits, and that the topology
 * applies delayed changes when the holders are gone.
 */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/random.h>

#include "topology_mock.h"

static void holding_test_grows(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;

	mock_clique(world, "ABC", 10);
	mock_plug(world, "B");
	group = mock_hold(world, 'B');

	mock_plug(world, "C");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "BC");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'C'), group);

	/* A new member that sorts first does not change the name of the group. */
	mock_plug(world, "A");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'A'), group);
	KUNIT_EXPECT_STREQ(test, dev_name(&group->dev), mock_auto_name(world, 'B', ""));

	KUNIT_EXPECT_FALSE(test, mock_pending(world, 'A'));
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 1);
	KUNIT_EXPECT_PTR_EQ(test, mock_hold(world, 'C'), group);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 2);
}

static void holding_test_stays_a_clique(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;

	mock_path(world, "ABC", 10);
	mock_plug(world, "AB");
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "AB");
	group = mock_hold(world, 'A');

	/* The rule wants A BC now. */
	mock_plug(world, "C");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB C");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));

	mock_release(world, group);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "A BC"), "A BC");
	for (char name = 'A'; name <= 'C'; name++)
		KUNIT_EXPECT_FALSE(test, mock_pending(world, name));
}

/* The rule would put the first member of the group into a block with the new GPU. */
static void holding_test_stays_without_newcomer(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_path(world, "AB", 10);
	mock_path(world, "AC", 20);
	mock_plug(world, "AB");
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "AB");
	mock_hold(world, 'B');

	mock_plug(world, "C");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB C");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));
}

static void holding_test_never_shrinks(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;

	mock_clique(world, "ABC", 10);
	mock_plug(world, "ABC");
	group = mock_hold(world, 'A');
	mock_hold(world, 'B');

	mock_threshold(world, 11);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'C'));

	/* A slower link does not shrink it either. */
	mock_update_link(world, 'B', 'C', 9);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");

	/* One holder is left. */
	mock_release(world, group);
	msleep(700);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'C'));

	mock_release(world, group);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "A B C"), "A B C");
	KUNIT_EXPECT_FALSE(test, mock_pending(world, 'A'));

	/* Without holders, the change takes effect at once. */
	mock_threshold(world, 10);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB C");
	mock_threshold(world, 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");
}

static void holding_test_never_merges(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *first, *second;

	mock_plug(world, "AB");
	first = mock_hold(world, 'A');
	second = mock_hold(world, 'B');
	KUNIT_ASSERT_PTR_NE(test, first, second);

	mock_update_link(world, 'A', 'B', 10);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'B'));

	/* The group that still has a holder stays. */
	mock_release(world, first);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "AB"), "AB");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'A'), second);
	KUNIT_EXPECT_FALSE(test, mock_pending(world, 'A'));
}

static void holding_test_link_in_use(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_link_info info = {
		.type = DRM_PAGEMAP_LINK_VIRTUAL,
		.refusal = DRM_PAGEMAP_REFUSED_LINK_DOWN,
		.hops = -1,
	};
	struct drm_pagemap_initiator *from;
	struct drm_pagemap_group *group;
	struct drm_pagemap_node *node;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'A');
	from = mock_gpu(world, 'A')->initiator;
	node = mock_lookup(world, 'A', group, mock_id(mock_gpu(world, 'B'), 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);

	KUNIT_EXPECT_EQ(test, -EBUSY,
			mock_change_link(from, node, NULL));
	KUNIT_EXPECT_EQ(test, -EBUSY,
			mock_change_link(from, node, &info));
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB");

	mock_release(world, group);
	KUNIT_EXPECT_EQ(test, 0,
			mock_change_link(from, node, &info));
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B");
}

static void holding_test_members_go(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;
	const char *name;

	mock_clique(world, "ABC", 10);
	mock_plug(world, "ABC");
	group = mock_hold(world, 'B');
	name = mock_auto_name(world, 'A', "");

	mock_unplug(mock_gpu(world, 'A'));
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "BC");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'B'), group);
	KUNIT_EXPECT_STREQ(test, dev_name(&group->dev), name);

	mock_plug(world, "A");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABC");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'A'), group);
}

/* Without waiting for a holder: nobody keeps what depended on the member that is gone. */
static void holding_test_member_gone(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_path(world, "AB", 20);
	mock_path(world, "BC", 10);
	mock_plug(world, "ABC");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB C");
	mock_hold(world, 'B');

	mock_unplug(mock_gpu(world, 'A'));
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "BC");
	KUNIT_EXPECT_FALSE(test, mock_pending(world, 'B'));
}

static void holding_test_name_taken(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;
	const char *name;

	mock_clique(world, "AB", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'B');
	name = mock_auto_name(world, 'A', "");
	mock_unplug(mock_gpu(world, 'A'));

	/* A returns without links to B, while the group of B has the name of A. */
	mock_clique(world, "AB", 0);
	mock_plug(world, "A");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "A B");
	KUNIT_EXPECT_STREQ(test, dev_name(&group->dev), name);
	KUNIT_EXPECT_STREQ(test, dev_name(&mock_group(world, 'A')->dev),
			   mock_auto_name(world, 'A', "~2"));
}

static void holding_test_dead(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_group *group;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	initiator = mock_gpu(world, 'A')->initiator;

	drm_pagemap_initiator_kill(initiator);
	group = drm_pagemap_group_hold(initiator);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(group), -ENODEV);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'B'), 0);
	mock_hold(world, 'B');
}

static bool link_is_usable(struct mock_world *world, char from, char to)
{
	struct drm_pagemap_initiator *target = mock_gpu(world, to)->initiator;

	guard(topology_change)();

	return drm_pagemap_topology_link_find(mock_gpu(world, from)->initiator,
					      target->regions[0])->usable == TOPOLOGY_USABLE;
}

static void holding_test_draining(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;

	mock_clique(world, "ABC", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'A');
	KUNIT_EXPECT_TRUE(test, link_is_usable(world, 'B', 'A'));

	drm_pagemap_initiator_kill(mock_gpu(world, 'A')->initiator);
	KUNIT_EXPECT_FALSE(test, link_is_usable(world, 'B', 'A'));
	KUNIT_EXPECT_FALSE(test, link_is_usable(world, 'A', 'B'));
	KUNIT_EXPECT_FALSE(test, link_is_usable(world, 'A', 'A'));
	KUNIT_EXPECT_TRUE(test, link_is_usable(world, 'B', 'B'));

	/* The VM still exists, so B stays in the group. No other GPU joins. */
	KUNIT_EXPECT_EQ(test, -ENODEV,
			PTR_ERR_OR_ZERO(drm_pagemap_group_hold(mock_gpu(world, 'A')->initiator)));
	mock_plug(world, "C");
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB C");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));

	mock_release(world, group);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "BC"), "BC");
	KUNIT_EXPECT_FALSE(test, mock_pending(world, 'B'));
}

static void holding_test_draining_memoryless(struct kunit *test)
{
	struct mock_world *world = test->priv;

	mock_gpu(world, 'A')->num_regions = 0;
	mock_gpu(world, 'B')->num_regions = 0;
	mock_plug(world, "AB");
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "AB");

	drm_pagemap_initiator_kill(mock_gpu(world, 'A')->initiator);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "B");
	mock_hold(world, 'B');
}

static void *page_owner(struct drm_pagemap *dpagemap)
{
	unsigned long pfn = PHYS_PFN(dpagemap->pagemap->range.start);

	return page_pgmap(pfn_to_page(pfn))->owner;
}

static struct drm_pagemap *resolve_id(struct mock_world *world, char from,
				      struct drm_pagemap_group *group, u32 id)
{
	struct drm_pagemap_node *node = mock_lookup(world, from, group, id);
	struct drm_pagemap *dpagemap;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(world->test, node);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(world->test, dpagemap);

	return dpagemap;
}

static void holding_test_cached_pages(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct mock_gpu *gpu = mock_gpu(world, 'B');
	struct drm_pagemap_group *group, *regrouped;
	struct drm_pagemap *dpagemap;
	u32 id;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	id = mock_id(gpu, 0);

	group = mock_hold(world, 'A');
	dpagemap = resolve_id(world, 'A', group, id);
	KUNIT_EXPECT_PTR_EQ(test, page_owner(dpagemap),
			    drm_pagemap_group_owner(group));
	mock_put(world, dpagemap);
	mock_release(world, group);

	/* A cached pagemap does not hold the group, so the change takes effect at once. */
	mock_threshold(world, 11);
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "A B");

	regrouped = mock_hold(world, 'B');
	KUNIT_ASSERT_PTR_NE(test, regrouped, group);
	KUNIT_EXPECT_PTR_EQ(test, resolve_id(world, 'B', regrouped, id), dpagemap);
	KUNIT_EXPECT_EQ(test, gpu->regions[0].num_created, 1);
	KUNIT_EXPECT_PTR_EQ(test, page_owner(dpagemap),
			    drm_pagemap_group_owner(regrouped));
}

static void holding_test_pages_in_use(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap *dpagemap, *again;
	struct drm_pagemap_group *group;
	u32 id;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	id = mock_id(mock_gpu(world, 'B'), 0);

	group = mock_hold(world, 'A');
	dpagemap = resolve_id(world, 'A', group, id);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 2);
	again = resolve_id(world, 'A', group, id);
	KUNIT_EXPECT_PTR_EQ(test, again, dpagemap);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 2);
	mock_put(world, again);
	mock_release(world, group);

	/* The VM is gone, but its pages are in use. */
	mock_threshold(world, 11);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB");
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));
	KUNIT_EXPECT_EQ(test, mock_users(world, 'A'), 1);

	/* No callback reports this to the topology. */
	mock_put(world, dpagemap);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "A B"), "A B");
}

/* A change that comes after the topology has last looked at the pages. */
static void holding_test_pages_only(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_group *group;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'A');
	dpagemap = resolve_id(world, 'A', group, mock_id(mock_gpu(world, 'B'), 0));
	mock_release(world, group);
	msleep(700);

	mock_threshold(world, 11);
	KUNIT_EXPECT_TRUE(test, mock_pending(world, 'A'));
	mock_put(world, dpagemap);
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "A B"), "A B");
}

static void holding_test_regrouped_target(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	struct drm_pagemap_node *node;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	group = mock_hold(world, 'A');
	node = mock_lookup(world, 'A', group, mock_id(mock_gpu(world, 'B'), 0));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
	mock_release(world, group);

	mock_threshold(world, 11);
	group = mock_hold(world, 'A');
	dpagemap = mock_resolve(world, node, group);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(dpagemap), -ENOLINK);
	KUNIT_EXPECT_EQ(test, mock_gpu(world, 'B')->regions[0].num_created, 0);

	mock_threshold(world, 0);
	dpagemap = mock_resolve(world, node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, page_owner(dpagemap),
			    drm_pagemap_group_owner(group));
}

static void expect_busy(struct kunit *test, char name)
{
	struct mock_world *world = test->priv;
	char expected[TOPOLOGY_OUTCOME_MAX];

	scnprintf(expected, sizeof(expected), "EBUSY %s held",
		  mock_gpu(world, name)->initiator->uid);
	KUNIT_EXPECT_STREQ(test, world->outcome, expected);
}

static void holding_test_swap(struct kunit *test)
{
	struct mock_world *world = test->priv;
	const unsigned long before = BIT(0) | BIT(1) | BIT(2);
	const unsigned long after = BIT(2) | BIT(3) | BIT(4);
	struct drm_pagemap_group *held, *other;

	mock_clique(world, "ABCDEF", 10);
	mock_plug(world, "ABCDEF");
	mock_peer_group(world, "AB");
	mock_peer_group(world, "CD");
	mock_peer_group(world, "EF");
	mock_peer_group(world, "AC");
	mock_peer_group(world, "BD");

	KUNIT_ASSERT_EQ(test, mock_enable(world, before), 0);
	KUNIT_ASSERT_STREQ(test, mock_groups(world), "AB CD EF");
	held = mock_hold(world, 'E');

	KUNIT_EXPECT_EQ(test, mock_enable(world, after), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AC BD EF");
	KUNIT_EXPECT_STREQ(test, world->outcome, "ok");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'F'), held);
	KUNIT_EXPECT_EQ(test, mock_users(world, 'E'), 1);

	/* All or nothing: D has no holder, but stays with B. */
	other = mock_hold(world, 'C');
	KUNIT_EXPECT_EQ(test, mock_enable(world, before), -EBUSY);
	expect_busy(test, 'A');
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AC BD EF");

	mock_release(world, other);
	KUNIT_EXPECT_EQ(test, mock_enable(world, before), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB CD EF");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'E'), held);

	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), -EBUSY);
	expect_busy(test, 'E');
	mock_release(world, held);
	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABCDEF");
}

static void holding_test_swap_beside_automatic(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct drm_pagemap_group *held;

	mock_clique(world, "ABCD", 10);
	mock_path(world, "EF", 10);
	mock_plug(world, "ABCDEF");
	mock_peer_group(world, "AB");
	mock_peer_group(world, "AC");
	held = mock_hold(world, 'F');

	KUNIT_EXPECT_EQ(test, mock_enable(world, BIT(0)), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AB CD EF");
	KUNIT_EXPECT_EQ(test, mock_enable(world, BIT(1)), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "AC BD EF");
	KUNIT_EXPECT_PTR_EQ(test, mock_group(world, 'E'), held);
	KUNIT_EXPECT_EQ(test, mock_enable(world, 0), 0);
	KUNIT_EXPECT_STREQ(test, mock_groups(world), "ABCD EF");
}

/**
 * struct late_release - Work that releases a group while another change runs
 * @work: The work.
 * @group: The group to release.
 * @delay: Delay before the release, in nanoseconds.
 */
struct late_release {
	struct work_struct work;
	struct drm_pagemap_group *group;
	u32 delay;
};

static void late_release_work(struct work_struct *work)
{
	struct late_release *late = container_of(work, struct late_release, work);

	ndelay(late->delay);
	drm_pagemap_group_release(late->group);
}

/* The last holder leaves at a random point of a change that it delays. */
static void holding_test_release_during_change(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct late_release late;
	u64 duration;

	mock_path(world, "AB", 10);
	mock_plug(world, "AB");
	INIT_WORK_ONSTACK(&late.work, late_release_work);

	duration = ktime_get_ns();
	mock_threshold(world, 11);
	duration = min(ktime_get_ns() - duration, NSEC_PER_MSEC);

	for (unsigned int i = 0; i < 50; i++) {
		const char *expected = i % 2 ? "A B" : "AB";

		late.group = drm_pagemap_group_hold(mock_gpu(world, 'A')->initiator);
		late.delay = get_random_u32_below(duration + 1);
		schedule_work(&late.work);
		mock_threshold(world, i % 2 ? 11 : 0);
		flush_work(&late.work);
		mock_groups_wait(world, expected);
		KUNIT_EXPECT_STREQ(test, world->text, expected);
		if (strcmp(world->text, expected))
			break;
	}
	destroy_work_on_stack(&late.work);
}

/**
 * struct holder - A thread that holds and releases a group in a loop
 * @task: The thread.
 * @initiator: The initiator whose group it holds.
 * @holds: Number of times that it held a group.
 * @moved: Number of times that the initiator had left the held group.
 */
struct holder {
	struct task_struct *task;
	struct drm_pagemap_initiator *initiator;
	unsigned long holds;
	unsigned long moved;
};

static int holder_thread(void *data)
{
	struct holder *holder = data;

	while (!kthread_should_stop()) {
		struct drm_pagemap_group *group =
			drm_pagemap_group_hold(holder->initiator);

		if (IS_ERR(group))
			continue;
		holder->holds++;
		for (unsigned int i = 0; i < 100; i++)
			holder->moved +=
				rcu_access_pointer(holder->initiator->group) != group;
		drm_pagemap_group_release(group);
		usleep_range(10, 100);
	}

	return 0;
}

static void holding_test_holders_come_and_go(struct kunit *test)
{
	struct mock_world *world = test->priv;
	struct holder holders[3] = {};

	mock_clique(world, "ABC", 10);
	mock_plug(world, "ABC");
	for (unsigned int i = 0; i < ARRAY_SIZE(holders); i++) {
		holders[i].initiator = mock_gpu(world, 'A' + i)->initiator;
		holders[i].task = kthread_run(holder_thread, &holders[i],
					      "topology-holder");
	}

	for (unsigned int i = 0; i < 50; i++) {
		mock_threshold(world, i % 2 ? 0 : 11);
		usleep_range(500, 3000);
	}
	mock_threshold(world, 11);

	for (unsigned int i = 0; i < ARRAY_SIZE(holders); i++) {
		if (IS_ERR(holders[i].task))
			continue;
		kthread_stop(holders[i].task);
		KUNIT_EXPECT_GT(test, holders[i].holds, 0);
		KUNIT_EXPECT_EQ(test, holders[i].moved, 0);
	}
	KUNIT_EXPECT_STREQ(test, mock_groups_wait(world, "A B C"), "A B C");
	for (char name = 'A'; name <= 'C'; name++)
		KUNIT_EXPECT_EQ(test, mock_users(world, name), 0);
}

static struct kunit_case holding_test_cases[] = {
	KUNIT_CASE(holding_test_grows),
	KUNIT_CASE(holding_test_stays_a_clique),
	KUNIT_CASE(holding_test_stays_without_newcomer),
	KUNIT_CASE_SLOW(holding_test_never_shrinks),
	KUNIT_CASE(holding_test_never_merges),
	KUNIT_CASE(holding_test_link_in_use),
	KUNIT_CASE(holding_test_members_go),
	KUNIT_CASE(holding_test_member_gone),
	KUNIT_CASE(holding_test_name_taken),
	KUNIT_CASE(holding_test_dead),
	KUNIT_CASE(holding_test_draining),
	KUNIT_CASE(holding_test_draining_memoryless),
	KUNIT_CASE(holding_test_cached_pages),
	KUNIT_CASE_SLOW(holding_test_pages_in_use),
	KUNIT_CASE_SLOW(holding_test_pages_only),
	KUNIT_CASE(holding_test_regrouped_target),
	KUNIT_CASE_SLOW(holding_test_swap),
	KUNIT_CASE_SLOW(holding_test_swap_beside_automatic),
	KUNIT_CASE_SLOW(holding_test_release_during_change),
	KUNIT_CASE_SLOW(holding_test_holders_come_and_go),
	{}
};

static struct kunit_suite holding_test_suite = {
	.name = "drm_pagemap_topology_holding",
	.init = mock_world_init,
	.test_cases = holding_test_cases,
};

kunit_test_suite(holding_test_suite);
