// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How good groups are: those of the group rule, against those of mainline's
 * drm_pagemap_acquire_owner(), where devices join one after the other. Better is what keeps more
 * bandwidth inside groups. The rule is compiled into this module once more, with the plain
 * implementation of the KUnit tests, which tries all partitions of up to 12 devices.
 */

#include <linux/cleanup.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_pagemap_util.h>

#include "../../drivers/gpu/drm/drm_pagemap/topology_rule.c"
#include "../../drivers/gpu/drm/drm_pagemap/tests/topology_rule_model.c"

#include "bench.h"

/* All orders of up to that many devices are tried, and some orders of more. */
#define GRAPH_MAX_ALL_ORDERS	6
#define GRAPH_MAX_ORDERS	720
#define GRAPH_SOME_ORDERS	24

#define GRAPH_MAX		RULE_MODEL_MAX
#define GRAPH_MAX_LINKS		(GRAPH_MAX * GRAPH_MAX)

/**
 * struct graph_totals - What one graph, or all of them, gave
 * @graphs: Number of graphs.
 * @small: Number of those with up to 12 devices.
 * @optimal: Number of the small ones for which no partition keeps more than the rule's.
 * @orders: Number of orders in which the devices of the graphs joined.
 * @worse: Number of these orders in which mainline keeps more than the rule.
 * @worse_small: Number of these for small graphs.
 * @rule_answers: Number of different partitions by the rule, over the orders of each graph.
 * @mainline_answers: Likewise by mainline.
 * @rule_kept: Bandwidth inside the groups of the rule, once for each order.
 * @mainline_kept: Likewise of mainline.
 */
struct graph_totals {
	u64 graphs, small, optimal;
	u64 orders, worse, worse_small;
	u64 rule_answers, mainline_answers;
	u64 rule_kept, mainline_kept;
};

/**
 * struct graph - A graph, and work space to divide it
 * @in: Input of the rule.
 * @num_pagemaps: 1 for each device.
 * @links: The links.
 * @model: The plain implementation, which also has the edges.
 * @block: Result of the rule.
 * @other: Another result.
 * @order: The order in which devices join.
 * @peers: The devices, as mainline knows them. &drm_pagemap_peer.private is their number.
 * @answers: Different partitions by mainline, as hashes.
 * @num_answers: Number of them.
 * @rnd: State of the random generator.
 */
struct graph {
	struct topology_rule_input in;
	u16 num_pagemaps[GRAPH_MAX];
	struct topology_rule_link links[GRAPH_MAX_LINKS];
	struct rule_model model;
	u32 block[GRAPH_MAX], other[GRAPH_MAX];
	u32 order[GRAPH_MAX];
	struct drm_pagemap_peer peers[GRAPH_MAX];
	u64 answers[GRAPH_MAX_ORDERS];
	unsigned int num_answers;
	struct rnd_state rnd;
};

/* Measurements run one at a time: the parameters of a module have a lock. */
static struct graph *graph_now;
static DRM_PAGEMAP_OWNER_LIST_DEFINE(graph_owners);

static u32 graph_random(struct graph *graph, u32 below)
{
	return prandom_u32_state(&graph->rnd) % below;
}

static void graph_reset(struct graph *graph, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++) {
		graph->num_pagemaps[i] = 1;
		graph->order[i] = i;
	}
	graph->in = (struct topology_rule_input) {
		.num_initiators = num,
		.num_pagemaps = graph->num_pagemaps,
		.links = graph->links,
	};
	graph->num_answers = 0;
}

static void graph_join(struct graph *graph, u32 a, u32 b, u32 bandwidth)
{
	struct topology_rule_link link = {
		.from = a,
		.to = b,
		.read_bandwidth = bandwidth,
		.write_bandwidth = bandwidth,
	};

	graph->links[graph->in.num_links++] = link;
	swap(link.from, link.to);
	graph->links[graph->in.num_links++] = link;
}

static bool graph_has_interconnect(struct drm_pagemap_peer *a, struct drm_pagemap_peer *b)
{
	return graph_now->model.edge[(uintptr_t)a->private][(uintptr_t)b->private];
}

/* Sets @graph->other to the lowest device of the group of each device. */
static int graph_divide_by_mainline(struct graph *graph)
{
	unsigned int num = graph->in.num_initiators, joined, i;
	struct drm_pagemap_peer *peer;
	int err = 0;

	for (joined = 0; joined < num; joined++) {
		peer = &graph->peers[graph->order[joined]];
		*peer = (struct drm_pagemap_peer) {
			.private = (void *)(uintptr_t)graph->order[joined],
		};
		err = drm_pagemap_acquire_owner(peer, &graph_owners, graph_has_interconnect);
		if (err)
			break;
	}

	for (i = 0; i < num && !err; i++) {
		graph->other[i] = 0;
		while (graph->peers[graph->other[i]].owner != graph->peers[i].owner)
			graph->other[i]++;
	}

	while (joined--)
		drm_pagemap_release_owner(&graph->peers[graph->order[joined]]);

	return err;
}

static u64 graph_hash(const u32 *label, unsigned int num)
{
	u64 hash = 0xcbf29ce484222325;
	unsigned int i;

	for (i = 0; i < num; i++)
		hash = (hash ^ label[i]) * 0x100000001b3;

	return hash;
}

static void graph_add_answer(struct graph *graph)
{
	u64 hash = graph_hash(graph->other, graph->in.num_initiators);
	unsigned int i;

	for (i = 0; i < graph->num_answers; i++)
		if (graph->answers[i] == hash)
			return;
	graph->answers[graph->num_answers++] = hash;
}

/* The next one of all orders; false after the last one. */
static bool graph_next_order(struct graph *graph)
{
	unsigned int num = graph->in.num_initiators, i, j;
	u32 *order = graph->order;

	for (i = num - 1; i && order[i - 1] > order[i]; i--)
		;
	if (!i)
		return false;

	for (j = num - 1; order[j] < order[i - 1]; j--)
		;
	swap(order[i - 1], order[j]);
	for (j = num - 1; i < j; i++, j--)
		swap(order[i], order[j]);

	return true;
}

static void graph_shuffle(struct graph *graph)
{
	unsigned int i, other;

	for (i = graph->in.num_initiators; i > 1; i--) {
		other = graph_random(graph, i);
		swap(graph->order[i - 1], graph->order[other]);
	}
}

/* The order of links is that of registration. */
static void graph_shuffle_links(struct graph *graph)
{
	unsigned int i, other;

	for (i = graph->in.num_links; i > 1; i--) {
		other = graph_random(graph, i);
		swap(graph->links[i - 1], graph->links[other]);
	}
}

static int graph_try_order(struct graph *graph, u64 kept, struct graph_totals *totals)
{
	u64 mainline;
	int err;

	err = graph_divide_by_mainline(graph);
	if (err)
		return err;

	graph_add_answer(graph);
	mainline = rule_model_weight(&graph->model, graph->other);
	totals->orders++;
	totals->rule_kept += kept;
	totals->mainline_kept += mainline;
	if (mainline > kept) {
		totals->worse++;
		totals->worse_small += graph->in.num_initiators <= RULE_EXACT_MAX;
	}

	return 0;
}

static int graph_try_orders(struct graph *graph, u64 kept, struct graph_totals *totals)
{
	bool all = graph->in.num_initiators <= GRAPH_MAX_ALL_ORDERS, more = true;
	unsigned int i;
	int err = 0;

	for (i = 0; more && !err; i++) {
		err = graph_try_order(graph, kept, totals);
		if (all) {
			more = graph_next_order(graph);
		} else {
			graph_shuffle(graph);
			more = i + 1 < GRAPH_SOME_ORDERS;
		}
		cond_resched();
	}
	totals->mainline_answers += graph->num_answers;

	return err;
}

static int graph_solve(struct graph *graph, struct graph_totals *totals)
{
	unsigned int num = graph->in.num_initiators;
	u64 kept;
	int err;

	rule_model_load(&graph->model, &graph->in);
	err = drm_pagemap_topology_rule_compute(&graph->in, graph->block);
	if (err)
		return err;

	kept = rule_model_weight(&graph->model, graph->block);
	totals->graphs++;
	if (num <= RULE_EXACT_MAX) {
		rule_model_solve(&graph->model);
		totals->small++;
		totals->optimal += kept == rule_model_weight(&graph->model, graph->model.label);
	}

	graph_shuffle_links(graph);
	err = drm_pagemap_topology_rule_compute(&graph->in, graph->other);
	if (err)
		return err;
	totals->rule_answers += memcmp(graph->block, graph->other, num * sizeof(u32)) ? 2 : 1;

	return graph_try_orders(graph, kept, totals);
}

static void graph_report(const struct graph_totals *totals)
{
	bench_clear_result();
	bench_report("graphs", totals->graphs);
	bench_report("small", totals->small);
	bench_report("optimal", totals->optimal);
	bench_report("orders", totals->orders);
	bench_report("worse", totals->worse);
	bench_report("worse_small", totals->worse_small);
	bench_report("rule_answers", totals->rule_answers);
	bench_report("mainline_answers", totals->mainline_answers);
	bench_report("rule_kept", totals->rule_kept);
	bench_report("mainline_kept", totals->mainline_kept);
}

static struct graph *graph_alloc(void)
{
	struct graph *graph = kvzalloc(sizeof(*graph), GFP_KERNEL);

	if (graph)
		prandom_seed_state(&graph->rnd, 1);
	graph_now = graph;

	return graph;
}

/* The text: the number of devices, then edges as A-B:BANDWIDTH. */
static int graph_parse(struct graph *graph, char *text)
{
	unsigned int num, a, b, bandwidth;
	char *word;

	text = strim(text);
	word = strsep(&text, " ");
	if (kstrtouint(word, 0, &num) || !num || num > GRAPH_MAX)
		return -EINVAL;

	graph_reset(graph, num);
	while ((word = strsep(&text, " "))) {
		if (!*word)
			continue;
		if (sscanf(word, "%u-%u:%u", &a, &b, &bandwidth) != 3 || a >= num || b >= num ||
		    a == b || graph->in.num_links + 2 > GRAPH_MAX_LINKS)
			return -EINVAL;
		graph_join(graph, a, b, bandwidth);
	}

	return 0;
}

static int bench_graph(const char *value, const struct kernel_param *param)
{
	struct graph *graph __free(kvfree) = graph_alloc();
	char *text __free(kfree) = kstrdup(value, GFP_KERNEL);
	struct graph_totals totals = {};
	int err;

	if (!graph || !text)
		return -ENOMEM;

	err = graph_parse(graph, text);
	if (!err)
		err = graph_solve(graph, &totals);
	if (!err)
		graph_report(&totals);

	return err;
}

static void graph_randomize(struct graph *graph, unsigned int num)
{
	static const unsigned int num_bandwidths[] = { 1, 2, 4, 1000 };
	unsigned int bandwidths = num_bandwidths[graph_random(graph, 4)];
	unsigned int density = 1 + graph_random(graph, 8);
	unsigned int a, b;

	graph_reset(graph, num);
	for (a = 0; a < num; a++)
		for (b = a + 1; b < num; b++)
			if (graph_random(graph, 8) < density)
				graph_join(graph, a, b, 1 + graph_random(graph, bandwidths));
}

/* The text: the number of graphs, and the least and the highest number of devices. */
static int bench_random_graphs(const char *value, const struct kernel_param *param)
{
	struct graph *graph __free(kvfree) = graph_alloc();
	struct graph_totals totals = {};
	unsigned int num, least, most, i;
	int err = 0;

	if (sscanf(value, "%u %u %u", &num, &least, &most) != 3 || !least || least > most ||
	    most > GRAPH_MAX)
		return -EINVAL;
	if (!graph)
		return -ENOMEM;

	for (i = 0; i < num && !err; i++) {
		graph_randomize(graph, least + graph_random(graph, most - least + 1));
		err = graph_solve(graph, &totals);
	}
	if (!err)
		graph_report(&totals);

	return err;
}

static const struct kernel_param_ops bench_graph_ops = {
	.set = bench_graph,
};

static const struct kernel_param_ops bench_random_graphs_ops = {
	.set = bench_random_graphs,
};

module_param_cb(graph, &bench_graph_ops, NULL, 0200);
MODULE_PARM_DESC(graph, "Divide a graph, written as NUM A-B:BANDWIDTH ...");
module_param_cb(random_graphs, &bench_random_graphs_ops, NULL, 0200);
MODULE_PARM_DESC(random_graphs, "Divide random graphs, written as NUM LEAST MOST");
