// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the group rule. In small tests, the initiators are letters in uid order,
 * and a text such as "AC BD" is a partition.
 */

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/test.h>

#include "../topology_rule.h"
#include "topology_random.h"
#include "topology_rule_model.h"

#define SCENE_MAX RULE_MODEL_MAX
#define SCENE_MAX_REGIONS 2
#define SCENE_MAX_LINKS (SCENE_MAX * SCENE_MAX * SCENE_MAX_REGIONS)

/**
 * struct rule_scene - An input of the rule, and its result
 * @in: Input; points to the arrays below.
 * @num_pagemaps: Number of pagemaps of each initiator.
 * @admin_block: Number of the peer group of each initiator, or 0.
 * @links: The links.
 * @block: Result.
 * @other_block: Another result, for comparison.
 * @model: Reference implementation.
 * @rnd: State of the random generator.
 * @text: Result in letters.
 */
struct rule_scene {
	struct topology_rule_input in;
	u16 num_pagemaps[SCENE_MAX];
	u32 admin_block[SCENE_MAX];
	struct topology_rule_link links[SCENE_MAX_LINKS];
	u32 block[SCENE_MAX];
	u32 other_block[SCENE_MAX];
	struct rule_model model;
	struct rnd_state rnd;
	char text[2 * SCENE_MAX + 1];
};

/* Each initiator has one pagemap and no link, and is in no peer group. */
static void scene_reset(struct rule_scene *scene, unsigned int num)
{
	for (unsigned int v = 0; v < num; v++) {
		scene->num_pagemaps[v] = 1;
		scene->admin_block[v] = 0;
	}

	scene->in = (struct topology_rule_input) {
		.num_initiators = num,
		.num_pagemaps = scene->num_pagemaps,
		.links = scene->links,
		.admin_block = scene->admin_block,
	};
}

static void scene_add_link(struct rule_scene *scene, u32 from, u32 to, u32 read,
			   u32 write)
{
	scene->links[scene->in.num_links++] = (struct topology_rule_link) {
		.from = from,
		.to = to,
		.read_bandwidth = read,
		.write_bandwidth = write,
	};
}

static void scene_link(struct rule_scene *scene, char from, char to,
		       u32 bandwidth)
{
	scene_add_link(scene, from - 'A', to - 'A', bandwidth, bandwidth);
}

/* Links in both directions, to each pagemap of the other initiator. */
static void scene_join(struct rule_scene *scene, char a, char b, u32 bandwidth)
{
	for (unsigned int i = 0; i < scene->num_pagemaps[b - 'A']; i++)
		scene_link(scene, a, b, bandwidth);
	for (unsigned int i = 0; i < scene->num_pagemaps[a - 'A']; i++)
		scene_link(scene, b, a, bandwidth);
}

/* Joins neighbours in @path, with this bandwidth in each direction. */
static void scene_path(struct rule_scene *scene, const char *path,
		       u32 bandwidth)
{
	for (; path[1]; path++)
		scene_join(scene, path[0], path[1], bandwidth);
}

static void scene_clique(struct rule_scene *scene, const char *members,
			 u32 bandwidth)
{
	for (; *members; members++)
		for (const char *other = members + 1; *other; other++)
			scene_join(scene, *members, *other, bandwidth);
}

static void scene_admin(struct rule_scene *scene, const char *members,
			u32 number)
{
	for (; *members; members++)
		scene->admin_block[*members - 'A'] = number;
}

static void scene_spell(struct rule_scene *scene)
{
	unsigned int num = scene->in.num_initiators;
	char *out = scene->text;

	for (unsigned int v = 0; v < num; v++) {
		if (scene->block[v] != v)
			continue;
		if (v)
			*out++ = ' ';
		for (unsigned int u = v; u < num; u++)
			if (scene->block[u] == v)
				*out++ = 'A' + u;
	}
	*out = '\0';
}

static const char *scene_groups(struct kunit *test, struct rule_scene *scene)
{
	KUNIT_ASSERT_EQ(test, 0, drm_pagemap_topology_rule_compute(&scene->in, scene->block));
	scene_spell(scene);

	return scene->text;
}

/* The weight of the edges inside the blocks of the result. */
static u64 scene_weight(struct rule_scene *scene)
{
	rule_model_load(&scene->model, &scene->in);

	return rule_model_weight(&scene->model, scene->block);
}

static u32 scene_random(struct rule_scene *scene, u32 below)
{
	return prandom_u32_state(&scene->rnd) % below;
}

static void scene_shuffle_links(struct rule_scene *scene)
{
	for (unsigned int i = scene->in.num_links; i > 1; i--) {
		unsigned int other = scene_random(scene, i);

		swap(scene->links[i - 1], scene->links[other]);
	}
}

/* Compares the result with the reference, and checks that it is valid. */
static void scene_check(struct kunit *test, struct rule_scene *scene)
{
	struct rule_model *model = &scene->model;
	unsigned int num = scene->in.num_initiators;

	KUNIT_ASSERT_EQ(test, 0, drm_pagemap_topology_rule_compute(&scene->in, scene->block));
	rule_model_load(model, &scene->in);
	rule_model_solve(model);

	KUNIT_ASSERT_TRUE(test, rule_model_is_partition_into_cliques(model,
								     scene->block));
	KUNIT_ASSERT_MEMEQ(test, scene->block, model->label,
			   num * sizeof(*scene->block));
}

static void rule_test_nothing(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 0);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "");

	scene_reset(scene, 3);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B C");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 0);
}

static void rule_test_path_of_three(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 3);
	scene_path(scene, "ABC", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 20);

	scene_reset(scene, 3);
	scene_join(scene, 'A', 'B', 11);
	scene_join(scene, 'B', 'C', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 22);

	scene_reset(scene, 3);
	scene_path(scene, "BAC", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");
}

static void rule_test_ring_of_four(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 4);
	scene_path(scene, "ABCDA", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CD");

	scene_reset(scene, 4);
	scene_path(scene, "ABCD", 10);
	scene_join(scene, 'D', 'A', 11);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AD BC");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 42);

	/* One edge with more weight than any two others. */
	scene_reset(scene, 4);
	scene_path(scene, "BCDA", 10);
	scene_join(scene, 'A', 'B', 31);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CD");
}

static void rule_test_shared_node(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 5);
	scene_clique(scene, "ABC", 10);
	scene_clique(scene, "CDE", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CDE");

	scene_reset(scene, 5);
	scene_clique(scene, "ABC", 11);
	scene_clique(scene, "CDE", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "ABC DE");

	scene_reset(scene, 5);
	scene_clique(scene, "ADC", 10);
	scene_clique(scene, "CBE", 11);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AD BCE");
}

static void rule_test_one_way(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 3);
	scene_link(scene, 'A', 'B', 1000);
	scene_join(scene, 'B', 'C', 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC");

	scene_link(scene, 'B', 'A', 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 1001);
}

static void rule_test_local_links(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 2);
	scene_link(scene, 'A', 'A', 500);
	scene_link(scene, 'B', 'B', 500);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");

	scene_join(scene, 'A', 'B', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 20);
}

static void rule_test_without_memory(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* An initiator without memory only has to reach the others. */
	scene_reset(scene, 2);
	scene->num_pagemaps[0] = 0;
	scene_link(scene, 'A', 'B', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 10);

	scene_reset(scene, 2);
	scene->num_pagemaps[1] = 0;
	scene_link(scene, 'B', 'A', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");

	/* Two initiators without memory can be in the group of a third one. */
	scene_reset(scene, 3);
	scene->num_pagemaps[0] = 0;
	scene->num_pagemaps[1] = 0;
	scene_link(scene, 'A', 'C', 10);
	scene_link(scene, 'B', 'C', 11);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "ABC");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 21);

	/* They are in different groups if each reaches another one. */
	scene_reset(scene, 4);
	scene->num_pagemaps[0] = 0;
	scene->num_pagemaps[1] = 0;
	scene_link(scene, 'A', 'C', 10);
	scene_link(scene, 'B', 'D', 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AC BD");

	/* Without links, they stay in one group. */
	scene_reset(scene, 3);
	scene->num_pagemaps[0] = 0;
	scene->num_pagemaps[2] = 0;
	scene->in.min_bandwidth = 1;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AC B");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 0);
}

static void rule_test_two_regions(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* B reaches one of the two regions of A. */
	scene_reset(scene, 2);
	scene->num_pagemaps[0] = 2;
	scene_link(scene, 'A', 'B', 10);
	scene_link(scene, 'B', 'A', 100);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");

	scene_link(scene, 'B', 'A', 7);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 117);

	/* One of the regions is below the threshold. */
	scene->in.min_bandwidth = 8;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");
	scene->in.min_bandwidth = 7;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");

	/* Two regions of the initiator with the higher uid. */
	scene_reset(scene, 2);
	scene->num_pagemaps[1] = 2;
	scene_link(scene, 'B', 'A', 10);
	scene_link(scene, 'A', 'B', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");
	scene_link(scene, 'A', 'B', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
}

static void rule_test_threshold(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 4);
	scene_path(scene, "AB", 100);
	scene_path(scene, "CD", 50);
	scene->in.min_bandwidth = 50;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CD");
	scene->in.min_bandwidth = 51;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C D");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 200);
	scene->in.min_bandwidth = 101;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B C D");

	/* The lower one of read and write bandwidth counts, in the slower direction. */
	scene_reset(scene, 2);
	scene_add_link(scene, 0, 1, 100, 100);
	scene_add_link(scene, 1, 0, 90, 40);
	scene->in.min_bandwidth = 40;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 140);
	scene->in.min_bandwidth = 41;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");
}

static void rule_test_unknown_bandwidth(struct kunit *test)
{
	static const u32 figures[][2] = { { 0, 0 }, { 9, 0 }, { 0, 9 } };
	struct rule_scene *scene = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(figures); i++) {
		scene_reset(scene, 2);
		scene_add_link(scene, 0, 1, 10, 10);
		scene_add_link(scene, 1, 0, figures[i][0], figures[i][1]);
		KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB");
		KUNIT_EXPECT_EQ(test, scene_weight(scene), 11);
		scene->in.min_bandwidth = 1;
		KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B");
	}

	/* Without a threshold, an unknown link is an edge, and has a weight. */
	scene_reset(scene, 3);
	scene_path(scene, "AB", 0);
	scene_path(scene, "BC", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 2);

	/* The weight of an unknown link decides between AB with 2 + 1 and BC with 1 + 1. */
	scene_reset(scene, 3);
	scene_link(scene, 'A', 'B', 2);
	scene_link(scene, 'B', 'A', 0);
	scene_path(scene, "BC", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 3);
}

static void rule_test_heavy_weights(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 3);
	scene->num_pagemaps[0] = 2;
	scene->num_pagemaps[1] = 2;
	scene->num_pagemaps[2] = 2;
	scene_join(scene, 'A', 'B', U32_MAX - 1);
	scene_join(scene, 'B', 'C', U32_MAX);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 4ULL * U32_MAX);
}

static void rule_test_admin_groups(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* A peer group is a part of a clique. The rest is still a clique. */
	scene_reset(scene, 5);
	scene_clique(scene, "ABCDE", 10);
	scene_admin(scene, "BD", 7);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "ACE BD");
	scene_admin(scene, "E", 3);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AC BD E");
	scene_admin(scene, "AC", 4000000000);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AC BD E");

	/* Peer groups against the weights of a path of three, and in its middle. */
	scene_reset(scene, 3);
	scene_join(scene, 'A', 'B', 11);
	scene_join(scene, 'B', 'C', 10);
	scene_admin(scene, "BC", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC");
	scene_admin(scene, "C", 0);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B C");

	/* The other partition of a ring. */
	scene_reset(scene, 4);
	scene_path(scene, "ABCDA", 10);
	scene_admin(scene, "BC", 2);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AD BC");

	/* The initiator that two cliques share. */
	scene_reset(scene, 5);
	scene_clique(scene, "ABC", 10);
	scene_clique(scene, "CDE", 10);
	scene_admin(scene, "C", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C DE");

	/* An initiator without memory in a peer group. */
	scene_reset(scene, 3);
	scene->num_pagemaps[0] = 0;
	scene_link(scene, 'A', 'B', 10);
	scene_link(scene, 'A', 'C', 11);
	scene_admin(scene, "AB", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");

	/* The threshold does not apply to peer groups. */
	scene_reset(scene, 4);
	scene_path(scene, "ABCD", 10);
	scene->in.min_bandwidth = 11;
	scene_admin(scene, "AB", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C D");

	/* One-way links and two regions: the caller has checked the group. */
	scene_reset(scene, 3);
	scene->num_pagemaps[1] = 2;
	scene_link(scene, 'A', 'B', 10);
	scene_admin(scene, "AB", 1);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB C");
}

static void rule_test_no_admin_array(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 3);
	scene_clique(scene, "ABC", 10);
	scene->in.admin_block = NULL;
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "ABC");
}

static void rule_test_ties(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* Four blocks would have the same weight as three. */
	scene_reset(scene, 6);
	scene_join(scene, 'A', 'B', 20);
	scene_join(scene, 'B', 'C', 10);
	scene_join(scene, 'A', 'D', 10);
	scene_join(scene, 'E', 'F', 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AD BC EF");

	/* With equal numbers of blocks, the order of the lists decides. */
	scene_reset(scene, 4);
	scene_path(scene, "ABCDA", 0);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CD");

	scene_reset(scene, 5);
	scene_path(scene, "ABCDEA", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC DE");

	/* A block that is the beginning of another one comes first. */
	scene_reset(scene, 4);
	scene_clique(scene, "ABC", 10);
	scene_join(scene, 'C', 'D', 20);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "AB CD");

	/* Components do not influence each other. */
	scene_reset(scene, 6);
	scene_path(scene, "AEC", 10);
	scene_path(scene, "BDF", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A B CE DF");
}

/*
 * A path with two traps: greedy merging takes BC, first fit takes EF. All edges behind
 * D are light, except FG.
 */
static void scene_trap(struct rule_scene *scene, const char *tail)
{
	scene_reset(scene, strlen(tail) + 6);
	scene_path(scene, "AB", 10);
	scene_path(scene, "BC", 11);
	scene_path(scene, "CD", 10);
	scene_path(scene, "DEF", 1);
	scene_path(scene, "FG", 10);
	scene_path(scene, tail, 1);
}

static void rule_test_limit_of_search(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_trap(scene, "GHIJKL");
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "AB CD E FG H IJ KL");

	scene_trap(scene, "GHIJKLM");
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "A BC DE FG HI JK LM");
}

static void rule_test_large_takes_greedy(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* First fit takes AB and loses the heavy edge. */
	scene_reset(scene, 13);
	scene_path(scene, "ABCDEFGHIJKLM", 10);
	scene_join(scene, 'A', 'M', 40);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "AM BC DE FG HI JK L");
}

static void rule_test_large_takes_first_fit(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* Greedy merging takes BC and loses its neighbours. */
	scene_reset(scene, 14);
	scene_path(scene, "AB", 10);
	scene_path(scene, "BC", 11);
	scene_path(scene, "CDEFGHIJKLMN", 10);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "AB CD EF GH IJ KL MN");
}

/* First fit would choose AB CD, which has the same weight as BC. */
static void rule_test_large_tie(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 13);
	scene_path(scene, "AB", 2);
	scene_path(scene, "BC", 3);
	scene_path(scene, "CDE", 1);
	for (const char *pair = "EFGHIJKLM"; pair[1]; pair += 2) {
		scene_join(scene, pair[0], pair[1], 2);
		scene_join(scene, pair[1], pair[2], 1);
	}
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "A BC D EF GH IJ KL M");
	KUNIT_EXPECT_EQ(test, scene_weight(scene), 22);
}

/* Each component is divided by the method that gives it more weight. */
static void rule_test_large_components(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	scene_reset(scene, 26);
	scene_path(scene, "AB", 10);
	scene_path(scene, "BC", 11);
	scene_path(scene, "CDEFGHIJKL", 10);
	scene_path(scene, "LM", 1);
	scene_path(scene, "NOPQRSTUVWXYZ", 10);
	scene_join(scene, 'N', 'Z', 40);
	KUNIT_EXPECT_STREQ(test, scene_groups(test, scene),
			   "AB CD EF GH IJ KL M NZ OP QR ST UV WX Y");
}

static void rule_test_registration_order(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	for (unsigned int code = 0; code < 120; code++) {
		char order[] = "ABCDE";

		/* The digits of @code select the element that is swapped to the end. */
		for (unsigned int i = 5, rest = code; i > 1; rest /= i--)
			swap(order[i - 1], order[rest % i]);

		scene_reset(scene, 5);
		for (unsigned int i = 0; i < 5; i++) {
			for (unsigned int j = 0; j < i; j++) {
				int distance = abs(order[i] - order[j]);

				if (distance == 1 || distance == 4)
					scene_join(scene, order[i], order[j], 9);
			}
		}
		KUNIT_EXPECT_STREQ(test, scene_groups(test, scene), "A BC DE");
	}
}

static void rule_test_graph(struct kunit *test)
{
	struct rule_scene *scene = test->priv;
	struct topology_rule_graph *graph __free(topology_rule_graph) = NULL;

	scene_reset(scene, 4);
	scene_join(scene, 'A', 'C', 10);
	scene_join(scene, 'D', 'B', 9);
	scene_link(scene, 'A', 'B', 10);
	scene_admin(scene, "AC", 1);
	scene->in.min_bandwidth = 10;
	graph = drm_pagemap_topology_rule_graph_create(&scene->in);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, graph);

	for (unsigned int a = 0; a < 4; a++)
		for (unsigned int b = 0; b < 4; b++)
			KUNIT_EXPECT_EQ(test, a + b == 2 && a != b,
					drm_pagemap_topology_rule_graph_has_edge(graph, a, b));
}

static void expect_refused(struct kunit *test, struct rule_scene *scene)
{
	struct topology_rule_graph *graph;

	memset(scene->block, 0x5a, sizeof(scene->block));
	memset(scene->other_block, 0x5a, sizeof(scene->other_block));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			drm_pagemap_topology_rule_compute(&scene->in, scene->block));
	KUNIT_EXPECT_MEMEQ(test, scene->block, scene->other_block,
			   sizeof(scene->block));

	graph = drm_pagemap_topology_rule_graph_create(&scene->in);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(graph));
	drm_pagemap_topology_rule_graph_destroy(graph);
}

static void rule_test_bad_input(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	/* The array has an entry for C, but the input does not. */
	scene_reset(scene, 3);
	scene->in.num_initiators = 2;
	scene_join(scene, 'A', 'B', 10);
	scene_link(scene, 'A', 'C', 10);
	expect_refused(test, scene);

	scene->in.num_links = 0;
	scene_link(scene, 'C', 'A', 10);
	expect_refused(test, scene);

	/* More links than the target has pagemaps. */
	scene_reset(scene, 2);
	scene_join(scene, 'A', 'B', 10);
	scene_link(scene, 'A', 'B', 10);
	expect_refused(test, scene);

	scene_reset(scene, 2);
	scene->num_pagemaps[0] = 0;
	scene_link(scene, 'B', 'A', 10);
	expect_refused(test, scene);
}

/* Each digit of @code is the bandwidth between two of the initiators. */
static void scene_decode(struct rule_scene *scene, unsigned int num,
			 unsigned int code, unsigned int base)
{
	scene_reset(scene, num);
	for (char a = 'A'; a < 'A' + num; a++) {
		for (char b = a + 1; b < 'A' + num; b++) {
			if (code % base)
				scene_join(scene, a, b, code % base);
			code /= base;
		}
	}
}

/* No edge, a light edge, or an edge as heavy as two light ones. */
static void rule_test_all_weighted_graphs(struct kunit *test)
{
	struct rule_scene *scene = test->priv;
	unsigned int codes = 1;

	for (unsigned int num = 1; num <= 4; num++) {
		for (unsigned int code = 0; code < codes; code++) {
			scene_decode(scene, num, code, 3);
			scene_check(test, scene);
		}
		for (unsigned int i = 0; i < num; i++)
			codes *= 3;
	}
}

/* Five initiators have too many combinations of weights, so try a random sample. */
static void rule_test_all_graphs_of_five(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	topology_random_seed(test, &scene->rnd);
	for (unsigned int code = 0; code < BIT(5 * 4 / 2); code++) {
		scene_decode(scene, 5, code, 2);
		scene_check(test, scene);

		for (unsigned int i = 0; i < scene->in.num_links; i++) {
			scene->links[i].read_bandwidth = scene_random(scene, 4);
			scene->links[i].write_bandwidth = 3;
		}
		scene_check(test, scene);
	}
}

/**
 * struct rule_mix - Parameters of a random scene
 * @density: Number of links out of 8 possible ones.
 * @num_bandwidths: Number of different bandwidths, including an unknown one.
 * @oddities: Add one-way links, several regions or none, peer groups, a threshold.
 */
struct rule_mix {
	unsigned int density;
	unsigned int num_bandwidths;
	bool oddities;
};

static void scene_add_random_link(struct rule_scene *scene,
				  const struct rule_mix *mix, u32 from, u32 to)
{
	for (unsigned int i = 0; i < scene->num_pagemaps[to]; i++) {
		if (mix->oddities && !scene_random(scene, 32))
			continue;
		scene_add_link(scene, from, to,
			       scene_random(scene, mix->num_bandwidths),
			       scene_random(scene, mix->num_bandwidths));
	}
}

static void scene_add_oddities(struct rule_scene *scene)
{
	unsigned int num = scene->in.num_initiators;

	scene->in.min_bandwidth = scene_random(scene, 2);
	for (unsigned int v = 0; v < num; v++) {
		if (!scene_random(scene, 4))
			scene->num_pagemaps[v] = scene_random(scene, 3);
		if (!scene_random(scene, 8))
			scene->admin_block[v] = scene_random(scene, num);
	}
}

static void scene_randomize(struct rule_scene *scene, unsigned int num)
{
	static const unsigned int num_bandwidths[] = { 1, 2, 4, 1000, 100000 };
	struct rule_mix mix = {
		.density = 1 + scene_random(scene, 8),
		.num_bandwidths = num_bandwidths[scene_random(scene, 5)],
		.oddities = scene_random(scene, 2),
	};

	scene_reset(scene, num);
	if (mix.oddities)
		scene_add_oddities(scene);

	for (u32 a = 0; a < num; a++) {
		for (u32 b = a + 1; b < num; b++) {
			if (scene_random(scene, 8) >= mix.density)
				continue;
			scene_add_random_link(scene, &mix, a, b);
			scene_add_random_link(scene, &mix, b, a);
		}
	}
	scene_shuffle_links(scene);
}

static void rule_test_random_exact(struct kunit *test)
{
	struct rule_scene *scene = test->priv;

	topology_random_seed(test, &scene->rnd);
	for (unsigned int i = 0; i < 400; i++) {
		scene_randomize(scene, 6 + scene_random(scene, 7));
		scene_check(test, scene);
	}
}

static void rule_test_random_large(struct kunit *test)
{
	struct rule_scene *scene = test->priv;
	u32 first_fit[SCENE_MAX];

	topology_random_seed(test, &scene->rnd);
	for (unsigned int i = 0; i < 2000; i++) {
		unsigned int most = 2 + scene_random(scene, SCENE_MAX - 1);
		unsigned int num = 1 + scene_random(scene, most);

		scene_randomize(scene, num);
		scene_check(test, scene);

		rule_model_first_fit(&scene->model, first_fit);
		KUNIT_ASSERT_GE(test, scene_weight(scene),
				rule_model_weight(&scene->model, first_fit));

		scene_shuffle_links(scene);
		KUNIT_ASSERT_EQ(test, 0,
				drm_pagemap_topology_rule_compute(&scene->in,
								  scene->other_block));
		KUNIT_ASSERT_MEMEQ(test, scene->block, scene->other_block,
				   num * sizeof(*scene->block));
	}
}

#define HUGE_NUM 1024

/**
 * struct rule_huge - A scene of many initiators with one pagemap each
 * @in: Input.
 * @block: Result.
 */
struct rule_huge {
	struct topology_rule_input in;
	u32 *block;
};

KUNIT_DEFINE_ACTION_WRAPPER(rule_kvfree, kvfree, const void *);

static void *huge_alloc(struct kunit *test, size_t num, size_t size)
{
	void *memory = kvcalloc(num, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, rule_kvfree, memory));

	return memory;
}

/* Joins each two initiators for which @is_edge returns true. */
static void huge_compute(struct kunit *test, struct rule_huge *huge,
			 bool (*is_edge)(u32 a, u32 b),
			 u32 (*bandwidth)(u32 a, u32 b))
{
	struct topology_rule_link *links =
		huge_alloc(test, HUGE_NUM * (HUGE_NUM - 1), sizeof(*links));
	u16 *num_pagemaps = huge_alloc(test, HUGE_NUM, sizeof(*num_pagemaps));
	unsigned int num_links = 0;

	for (u32 a = 0; a < HUGE_NUM; a++) {
		num_pagemaps[a] = 1;
		for (u32 b = 0; b < HUGE_NUM; b++) {
			if (a == b || !is_edge(min(a, b), max(a, b)))
				continue;
			links[num_links++] = (struct topology_rule_link) {
				.from = a,
				.to = b,
				.read_bandwidth = bandwidth(min(a, b), max(a, b)),
				.write_bandwidth = U32_MAX,
			};
		}
	}

	huge->block = huge_alloc(test, HUGE_NUM, sizeof(*huge->block));
	huge->in = (struct topology_rule_input) {
		.num_initiators = HUGE_NUM,
		.num_pagemaps = num_pagemaps,
		.links = links,
		.num_links = num_links,
	};

	KUNIT_ASSERT_EQ(test, 0, drm_pagemap_topology_rule_compute(&huge->in, huge->block));
}

static u32 same_bandwidth(u32 a, u32 b)
{
	return 10;
}

static bool always(u32 a, u32 b)
{
	return true;
}

static void rule_test_huge_clique(struct kunit *test)
{
	struct rule_huge huge;

	huge_compute(test, &huge, always, same_bandwidth);
	for (u32 v = 0; v < HUGE_NUM; v++)
		KUNIT_EXPECT_EQ(test, huge.block[v], 0);
}

static bool no_twins(u32 a, u32 b)
{
	return (a ^ b) != 1;
}

static void rule_test_huge_without_twins(struct kunit *test)
{
	struct rule_huge huge;

	huge_compute(test, &huge, no_twins, same_bandwidth);
	for (u32 v = 0; v < HUGE_NUM; v++)
		KUNIT_EXPECT_EQ(test, huge.block[v], v & 1);
}

/* Islands of 32. Initiators at the same position in neighbouring islands share a light edge. */
static bool islands(u32 a, u32 b)
{
	return a / 32 == b / 32 || b - a == 32;
}

static u32 islands_bandwidth(u32 a, u32 b)
{
	return b - a == 32 ? 3 : 5;
}

static void rule_test_huge_islands(struct kunit *test)
{
	struct rule_huge huge;

	huge_compute(test, &huge, islands, islands_bandwidth);
	for (u32 v = 0; v < HUGE_NUM; v++)
		KUNIT_EXPECT_EQ(test, huge.block[v], v / 32 * 32);
}

/* Each component has the maximum size for the exhaustive search. */
static bool dozens(u32 a, u32 b)
{
	return a / 12 == b / 12 && (a ^ b) != 1;
}

static void rule_test_huge_search(struct kunit *test)
{
	struct rule_huge huge;

	huge_compute(test, &huge, dozens, same_bandwidth);
	for (u32 v = 0; v < HUGE_NUM; v++)
		KUNIT_EXPECT_EQ(test, huge.block[v], v / 12 * 12 + (v & 1));
}

static int rule_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct rule_scene), GFP_KERNEL);

	return test->priv ? 0 : -ENOMEM;
}

static struct kunit_case rule_test_cases[] = {
	KUNIT_CASE(rule_test_nothing),
	KUNIT_CASE(rule_test_path_of_three),
	KUNIT_CASE(rule_test_ring_of_four),
	KUNIT_CASE(rule_test_shared_node),
	KUNIT_CASE(rule_test_one_way),
	KUNIT_CASE(rule_test_local_links),
	KUNIT_CASE(rule_test_without_memory),
	KUNIT_CASE(rule_test_two_regions),
	KUNIT_CASE(rule_test_threshold),
	KUNIT_CASE(rule_test_unknown_bandwidth),
	KUNIT_CASE(rule_test_heavy_weights),
	KUNIT_CASE(rule_test_admin_groups),
	KUNIT_CASE(rule_test_no_admin_array),
	KUNIT_CASE(rule_test_ties),
	KUNIT_CASE(rule_test_limit_of_search),
	KUNIT_CASE(rule_test_large_takes_greedy),
	KUNIT_CASE(rule_test_large_takes_first_fit),
	KUNIT_CASE(rule_test_large_tie),
	KUNIT_CASE(rule_test_large_components),
	KUNIT_CASE_SLOW(rule_test_registration_order),
	KUNIT_CASE(rule_test_graph),
	KUNIT_CASE(rule_test_bad_input),
	KUNIT_CASE_SLOW(rule_test_all_weighted_graphs),
	KUNIT_CASE_SLOW(rule_test_all_graphs_of_five),
	KUNIT_CASE_SLOW(rule_test_random_exact),
	KUNIT_CASE_SLOW(rule_test_random_large),
	KUNIT_CASE_SLOW(rule_test_huge_clique),
	KUNIT_CASE_SLOW(rule_test_huge_without_twins),
	KUNIT_CASE_SLOW(rule_test_huge_islands),
	KUNIT_CASE_SLOW(rule_test_huge_search),
	{}
};

static struct kunit_suite rule_test_suite = {
	.name = "drm_pagemap_topology_rule",
	.init = rule_test_init,
	.test_cases = rule_test_cases,
};

kunit_test_suite(rule_test_suite);

MODULE_DESCRIPTION("KUnit tests of the pagemap topology");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
