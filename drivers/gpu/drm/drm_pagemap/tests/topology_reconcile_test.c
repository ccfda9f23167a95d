// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the partition that holders permit: each combination of a wanted partition
 * and held groups, for up to four initiators.
 */

#include <linux/bits.h>
#include <linux/minmax.h>

#include <kunit/test.h>

#include "../topology_reconcile.h"

#define CASE_MAX 4

/**
 * struct reconcile_case - A combination, and its result
 * @in: Input; points to the arrays below.
 * @wanted: For each initiator, the lowest initiator in its wanted block.
 * @wanted_admin: Number of the peer group of this block.
 * @held: For each initiator, the lowest initiator of its held group.
 * @held_admin: Number of the peer group that the held group implements.
 * @block: Resulting block of each initiator.
 * @pending: Whether the rule wants another block.
 */
struct reconcile_case {
	struct topology_reconcile_input in;
	u32 wanted[CASE_MAX];
	u32 wanted_admin[CASE_MAX];
	u32 held[CASE_MAX];
	u32 held_admin[CASE_MAX];
	u32 block[CASE_MAX];
	bool pending[CASE_MAX];
};

/*
 * Each digit of @code is the block of an initiator, by the lowest initiator in the
 * block. The highest digit means no block. Codes of another form are refused.
 */
static bool decode_blocks(unsigned int num, unsigned int code, u32 *block)
{
	for (unsigned int i = 0; i < num; i++, code /= CASE_MAX + 1) {
		block[i] = code % (CASE_MAX + 1);
		if (block[i] == CASE_MAX)
			block[i] = TOPOLOGY_NOT_HELD;
		else if (block[i] > i || block[block[i]] != block[i])
			return false;
	}

	return true;
}

static bool decode_wanted(unsigned int num, unsigned int code, u32 *block)
{
	if (!decode_blocks(num, code, block))
		return false;

	for (unsigned int i = 0; i < num; i++)
		if (block[i] == TOPOLOGY_NOT_HELD)
			return false;

	return true;
}

/* Block b is peer group b + 1 if bit b of @code is set. */
static bool decode_admin(unsigned int num, unsigned int code, const u32 *block,
			 u32 *admin)
{
	for (unsigned int i = 0; i < num; i++) {
		if (code & BIT(i) && block[i] != i)
			return false;
		admin[i] = block[i] < num && code & BIT(block[i]) ? block[i] + 1 : 0;
	}

	return true;
}

static bool is_held(const struct reconcile_case *rc, unsigned int i)
{
	return rc->held[i] != TOPOLOGY_NOT_HELD;
}

/* Checks whether the wanted block of @i has the whole held group of @g, under its name. */
static bool could_grow(const struct reconcile_case *rc, unsigned int g, unsigned int i)
{
	for (unsigned int k = 0; k < rc->in.num_initiators; k++)
		if (rc->held[k] == rc->held[g] &&
		    (rc->wanted[k] != rc->wanted[i] ||
		     rc->held_admin[k] != rc->wanted_admin[i]))
			return false;

	return true;
}

static void check_pair(struct kunit *test, const struct reconcile_case *rc,
		       unsigned int i, unsigned int j)
{
	bool together = rc->block[i] == rc->block[j];
	bool wanted = rc->wanted[i] == rc->wanted[j];

	/* Held groups neither split nor merge. */
	if (is_held(rc, i) && is_held(rc, j)) {
		KUNIT_EXPECT_EQ(test, together, rc->held[i] == rc->held[j]);
		return;
	}

	/* Free initiators are in the wanted block. */
	if (!is_held(rc, i) && !is_held(rc, j)) {
		KUNIT_EXPECT_EQ(test, together, wanted);
		return;
	}

	if (is_held(rc, j))
		swap(i, j);
	if (together)
		KUNIT_EXPECT_TRUE(test, could_grow(rc, i, j));
}

/* If a held group can take the initiator, one does. */
static void check_growth(struct kunit *test, const struct reconcile_case *rc,
			 unsigned int i)
{
	bool could = false, has = false;

	if (is_held(rc, i))
		return;

	for (unsigned int g = 0; g < rc->in.num_initiators; g++) {
		if (!is_held(rc, g))
			continue;
		could |= could_grow(rc, g, i);
		has |= rc->block[g] == rc->block[i];
	}
	KUNIT_EXPECT_EQ(test, has, could);
}

static bool differs(const struct reconcile_case *rc, unsigned int i)
{
	if (is_held(rc, i) && rc->held_admin[i] != rc->wanted_admin[i])
		return true;

	for (unsigned int j = 0; j < rc->in.num_initiators; j++) {
		bool together = rc->block[i] == rc->block[j];
		bool wanted = rc->wanted[i] == rc->wanted[j];

		if (together != wanted)
			return true;
	}

	return false;
}

static void check_pending(struct kunit *test, const struct reconcile_case *rc)
{
	bool any_differs = false, any_pending = false;

	for (unsigned int i = 0; i < rc->in.num_initiators; i++) {
		if (differs(rc, i))
			KUNIT_EXPECT_TRUE(test, rc->pending[rc->block[i]]);
		any_differs |= differs(rc, i);
		any_pending |= rc->pending[i];
	}
	KUNIT_EXPECT_EQ(test, any_pending, any_differs);
}

static void check_case(struct kunit *test, struct reconcile_case *rc)
{
	unsigned int num = rc->in.num_initiators;

	KUNIT_ASSERT_EQ(test, drm_pagemap_topology_reconcile(&rc->in, rc->block, rc->pending), 0);

	for (unsigned int i = 0; i < num; i++) {
		KUNIT_ASSERT_LE(test, rc->block[i], i);
		KUNIT_ASSERT_EQ(test, rc->block[rc->block[i]], rc->block[i]);
	}
	for (unsigned int i = 0; i < num; i++) {
		for (unsigned int j = 0; j < i; j++)
			check_pair(test, rc, i, j);
		check_growth(test, rc, i);
	}
	check_pending(test, rc);
}

static void check_admin_groups(struct kunit *test, struct reconcile_case *rc)
{
	unsigned int num = rc->in.num_initiators;

	for (unsigned int wanted = 0; wanted < BIT(num); wanted++) {
		if (!decode_admin(num, wanted, rc->wanted, rc->wanted_admin))
			continue;
		for (unsigned int held = 0; held < BIT(num); held++)
			if (decode_admin(num, held, rc->held, rc->held_admin))
				check_case(test, rc);
	}
}

static void reconcile_test_all(struct kunit *test)
{
	struct reconcile_case *rc = kunit_kzalloc(test, sizeof(*rc), GFP_KERNEL);
	unsigned int codes = 1;

	KUNIT_ASSERT_NOT_NULL(test, rc);
	rc->in = (struct topology_reconcile_input) {
		.wanted = rc->wanted,
		.wanted_admin = rc->wanted_admin,
		.held = rc->held,
		.held_admin = rc->held_admin,
	};

	for (unsigned int num = 1; num <= CASE_MAX; num++) {
		codes *= CASE_MAX + 1;
		rc->in.num_initiators = num;
		for (unsigned int wanted = 0; wanted < codes; wanted++) {
			if (!decode_wanted(num, wanted, rc->wanted))
				continue;
			for (unsigned int held = 0; held < codes; held++)
				if (decode_blocks(num, held, rc->held))
					check_admin_groups(test, rc);
		}
	}
}

static struct kunit_case reconcile_test_cases[] = {
	KUNIT_CASE_SLOW(reconcile_test_all),
	{}
};

static struct kunit_suite reconcile_test_suite = {
	.name = "drm_pagemap_topology_reconcile",
	.test_cases = reconcile_test_cases,
};

kunit_test_suite(reconcile_test_suite);
