// SPDX-License-Identifier: GPL-2.0-only OR MIT
/**
 * DOC: The group rule
 *
 * Groups are the blocks of a partition, because an initiator compares pages with one
 * owner. Each block is a clique, because every member must reach each page that has
 * the owner of its group. The rule chooses one such partition. It is a pure function
 * of the links, the threshold and the peer groups. The order of events does not
 * matter.
 *
 * Two initiators share an *edge* if each reaches every pagemap of the other with a
 * bandwidth at or above the threshold. The bandwidth of a link is the lower one of
 * its read and its write bandwidth. An unknown bandwidth is below every threshold
 * except 0. The *weight* of an edge is the sum of the bandwidths of its links, where
 * an unknown bandwidth counts 1.
 *
 * An initiator without memory has no pagemap that others could reach, so links in one
 * direction are enough. Two such initiators share an edge of weight 0 without any
 * link. Otherwise they could not both be in the group of a third initiator, whose
 * memory they reach.
 *
 * The members of a peer group are always a block, whatever their edges are. The rule
 * divides the other initiators so that the edges inside blocks have as much weight as
 * possible. It divides each connected component separately:
 *
 * - A component that is a clique stays whole. The exhaustive search below would give
 *   the same result: no partition has more weight, and none has fewer blocks.
 * - A component of up to 12 initiators gets the partition with the most weight. Among
 *   those with equal weight, it gets the one with the fewest blocks. Among these, it
 *   gets the lowest one as a list: the initiators of each block in uid order, and the
 *   blocks in the order of their first initiators. The lists of lists are compared
 *   from the left, and a list that is the beginning of another one is lower. Hence the
 *   path A-B-C with equal weights becomes {A} {B C}.
 * - A larger component gets the partition with more weight of two that are quick to
 *   find, or the first one if their weights are equal. (a) Take the edges by weight,
 *   heavy ones first, then by the lower uid, then by the higher uid, and merge the
 *   blocks of the two ends if the result is a clique. (b) Take the initiators in uid
 *   order, and put each into the first block with which it is a clique.
 *
 * Two matrices take n^2 bits of memory each. The rest of the memory is proportional to
 * the number of initiators, links and edges. There are not more edges than links,
 * except those between initiators without memory. The time is a constant number of
 * passes over the links, sorting the edges of large components, O(n^2) look-ups, and
 * 3^12 / 2 steps for each small component that is not a clique.
 */

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "topology_rule.h"

/* An exhaustive search divides components up to this size. */
#define RULE_EXACT_MAX 12

struct rule_edge {
	u64 weight;
	u32 a;
	u32 b;
};

/**
 * struct topology_rule_graph - Graph of the initiators that reach each other
 * @num_vertices: Number of initiators.
 * @row_longs: Length of a row of @adjacency.
 * @adjacency: A row of bits for each initiator.
 * @num_edges: Number of edges.
 * @edges: The edges, sorted by their lower, then by their higher initiator.
 * @first: For each initiator, the index in @edges of the first edge that has it as the
 *	   lower one. One more entry at the end is @num_edges.
 */
struct topology_rule_graph {
	unsigned int num_vertices;
	unsigned int row_longs;
	unsigned long *adjacency;
	unsigned int num_edges;
	struct rule_edge *edges;
	u32 *first;
};

/* The links between two initiators, while they are being collected. */
struct rule_pair {
	u64 weight;
	u32 upward;
	u32 downward;
	bool slow;
};

static unsigned long *adjacency_row(const struct topology_rule_graph *graph,
				    unsigned int vertex)
{
	return graph->adjacency + (size_t)vertex * graph->row_longs;
}

static int check_links(const struct topology_rule_input *in)
{
	for (unsigned int i = 0; i < in->num_links; i++) {
		const struct topology_rule_link *link = &in->links[i];

		if (link->from >= in->num_initiators ||
		    link->to >= in->num_initiators)
			return -EINVAL;
	}

	return 0;
}

/*
 * Fills @order with the indices of the links, sorted by the lower initiator at their
 * ends. The links of initiator i are from @start[i] on, up to before @start[i + 1].
 */
static void bucket_links(const struct topology_rule_input *in, u32 *start,
			 u32 *order)
{
	const struct topology_rule_link *link;
	unsigned int i;

	for (i = 0; i < in->num_links; i++) {
		link = &in->links[i];
		if (link->from != link->to)
			start[min(link->from, link->to)]++;
	}

	for (i = 1; i <= in->num_initiators; i++)
		start[i] += start[i - 1];

	for (i = 0; i < in->num_links; i++) {
		link = &in->links[i];
		if (link->from != link->to)
			order[--start[min(link->from, link->to)]] = i;
	}
}

static int pair_add_link(struct rule_pair *pair,
			 const struct topology_rule_input *in,
			 const struct topology_rule_link *link)
{
	u32 bandwidth = min(link->read_bandwidth, link->write_bandwidth);
	u32 *count = link->from < link->to ? &pair->upward : &pair->downward;

	if (++*count > in->num_pagemaps[link->to])
		return -EINVAL;

	if (bandwidth < in->min_bandwidth)
		pair->slow = true;
	pair->weight += max(bandwidth, 1u);

	return 0;
}

static bool pair_is_edge(const struct rule_pair *pair,
			 const struct topology_rule_input *in,
			 unsigned int a, unsigned int b)
{
	return !pair->slow && pair->upward == in->num_pagemaps[b] &&
	       pair->downward == in->num_pagemaps[a];
}

static void graph_add_edge(struct topology_rule_graph *graph, unsigned int a,
			   unsigned int b, u64 weight)
{
	graph->edges[graph->num_edges++] = (struct rule_edge) {
		.weight = weight,
		.a = a,
		.b = b,
	};
	__set_bit(a, adjacency_row(graph, b));
}

static void mark_without_memory(const struct topology_rule_input *in,
				unsigned int a, unsigned long *row)
{
	if (in->num_pagemaps[a])
		return;

	for (unsigned int b = a + 1; b < in->num_initiators; b++)
		if (!in->num_pagemaps[b])
			__set_bit(b, row);
}

/*
 * Adds the edges from @a to higher initiators. The row of @a first marks all
 * candidates, so that the edges are sorted. Then the function clears the bits of
 * candidates that share no edge with @a.
 */
static int graph_add_edges(struct topology_rule_graph *graph,
			   const struct topology_rule_input *in, unsigned int a,
			   const u32 *order, unsigned int num,
			   struct rule_pair *pairs)
{
	unsigned long *row = adjacency_row(graph, a);
	unsigned int b;
	int err;

	for (unsigned int i = 0; i < num; i++) {
		const struct topology_rule_link *link = &in->links[order[i]];

		b = max(link->from, link->to);
		err = pair_add_link(&pairs[b], in, link);
		if (err)
			return err;
		__set_bit(b, row);
	}

	mark_without_memory(in, a, row);
	b = a + 1;
	for_each_set_bit_from(b, row, graph->num_vertices) {
		if (pair_is_edge(&pairs[b], in, a, b))
			graph_add_edge(graph, a, b, pairs[b].weight);
		else
			__clear_bit(b, row);
		pairs[b] = (struct rule_pair) {};
	}

	return 0;
}

static int graph_fill(struct topology_rule_graph *graph,
		      const struct topology_rule_input *in)
{
	u32 *start __free(kvfree) = kvzalloc_objs(u32, in->num_initiators + 1);
	u32 *order __free(kvfree) = kvmalloc_objs(u32, in->num_links);
	struct rule_pair *pairs __free(kvfree) =
		kvzalloc_objs(*pairs, in->num_initiators);
	int err;

	if (!start || !order || !pairs)
		return -ENOMEM;

	bucket_links(in, start, order);

	for (unsigned int a = 0; a < in->num_initiators; a++) {
		graph->first[a] = graph->num_edges;
		err = graph_add_edges(graph, in, a, order + start[a],
				      start[a + 1] - start[a], pairs);
		if (err)
			return err;
	}
	graph->first[in->num_initiators] = graph->num_edges;

	return 0;
}

static u64 num_pairs(u64 num)
{
	return num * (num - 1) / 2;
}

static u64 max_edges(const struct topology_rule_input *in)
{
	unsigned int without_memory = 0;

	for (unsigned int i = 0; i < in->num_initiators; i++)
		without_memory += !in->num_pagemaps[i];

	return min(in->num_links + num_pairs(without_memory),
		   num_pairs(in->num_initiators));
}

/**
 * drm_pagemap_topology_rule_graph_create() - Find the edges between the initiators
 * @in: The links and the threshold. &topology_rule_input.admin_block does not matter.
 *
 * Return: The graph, to be freed with drm_pagemap_topology_rule_graph_destroy(), or an
 * error pointer: -EINVAL if an index of a link is out of range, or if an initiator has
 * more links to another one than the other one has pagemaps, -ENOMEM.
 */
struct topology_rule_graph *
drm_pagemap_topology_rule_graph_create(const struct topology_rule_input *in)
{
	struct topology_rule_graph *graph __free(topology_rule_graph) = NULL;
	size_t row_longs = BITS_TO_LONGS((size_t)in->num_initiators);
	int err;

	err = check_links(in);
	if (err)
		return ERR_PTR(err);

	graph = kzalloc_obj(*graph);
	if (!graph)
		return ERR_PTR(-ENOMEM);

	graph->num_vertices = in->num_initiators;
	graph->row_longs = row_longs;
	graph->adjacency = kvzalloc_objs(*graph->adjacency,
					 size_mul(in->num_initiators, row_longs));
	graph->edges = kvmalloc_objs(*graph->edges, max_edges(in));
	graph->first = kvmalloc_objs(*graph->first, in->num_initiators + 1);
	if (!graph->adjacency || !graph->edges || !graph->first)
		return ERR_PTR(-ENOMEM);

	err = graph_fill(graph, in);
	if (err)
		return ERR_PTR(err);

	return no_free_ptr(graph);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_rule_graph_create);

/**
 * drm_pagemap_topology_rule_graph_destroy() - Free a graph
 * @graph: The graph, an error pointer, or %NULL.
 */
void drm_pagemap_topology_rule_graph_destroy(struct topology_rule_graph *graph)
{
	if (IS_ERR_OR_NULL(graph))
		return;

	kvfree(graph->adjacency);
	kvfree(graph->edges);
	kvfree(graph->first);
	kfree(graph);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_rule_graph_destroy);

/**
 * drm_pagemap_topology_rule_graph_has_edge() - Check whether two initiators share an edge
 * @graph: The graph.
 * @a: Index of an initiator.
 * @b: Index of another initiator.
 *
 * Takes constant time.
 *
 * Return: %true if they do. An initiator shares no edge with itself.
 */
bool drm_pagemap_topology_rule_graph_has_edge(const struct topology_rule_graph *graph,
					      unsigned int a, unsigned int b)
{
	return test_bit(b, adjacency_row(graph, a));
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_rule_graph_has_edge);

/**
 * struct rule_partition - A partition that is being computed
 * @graph: The graph that is divided.
 * @admin_block: Number of the peer group of each initiator, or %NULL.
 * @label: For each initiator, the lowest initiator of its block.
 * @component: For each initiator, the lowest initiator of its connected component.
 * @size: Number of initiators of a component, at the index of its lowest initiator.
 * @num_edges: Number of edges of a component, at the index of its lowest initiator.
 */
struct rule_partition {
	const struct topology_rule_graph *graph;
	const u32 *admin_block;
	u32 *label;
	u32 *component;
	u32 *size;
	u32 *num_edges;
};

static bool is_automatic(const struct rule_partition *part, unsigned int v)
{
	return !part->admin_block || !part->admin_block[v];
}

static u32 find_lowest(u32 *lower, u32 v)
{
	while (lower[v] != v) {
		lower[v] = lower[lower[v]];
		v = lower[v];
	}

	return v;
}

static void join_lowest(u32 *lower, u32 a, u32 b)
{
	a = find_lowest(lower, a);
	b = find_lowest(lower, b);
	lower[max(a, b)] = min(a, b);
}

static bool is_inside_component(const struct rule_partition *part,
				const struct rule_edge *edge)
{
	return part->component[edge->a] == part->component[edge->b];
}

/* Each member of a peer group becomes a component of its own. */
static void find_components(struct rule_partition *part)
{
	const struct topology_rule_graph *graph = part->graph;
	const struct rule_edge *edge, *end = graph->edges + graph->num_edges;
	unsigned int v;

	for (v = 0; v < graph->num_vertices; v++)
		part->component[v] = v;

	for (edge = graph->edges; edge < end; edge++)
		if (is_automatic(part, edge->a) && is_automatic(part, edge->b))
			join_lowest(part->component, edge->a, edge->b);

	for (v = 0; v < graph->num_vertices; v++) {
		part->component[v] = find_lowest(part->component, v);
		part->size[part->component[v]]++;
	}

	for (edge = graph->edges; edge < end; edge++)
		if (is_inside_component(part, edge))
			part->num_edges[part->component[edge->a]]++;
}

static bool is_clique(const struct rule_partition *part, u32 component)
{
	return part->num_edges[component] == num_pairs(part->size[component]);
}

static bool is_small(const struct rule_partition *part, u32 component)
{
	return part->size[component] <= RULE_EXACT_MAX;
}

/**
 * struct rule_subset - Result for a subset of a small component
 * @inside: Weight of the edges inside the subset.
 * @kept: Weight inside the blocks of the best partition of the subset.
 * @block: Block of this partition that has the lowest initiator.
 * @num_blocks: Number of blocks of this partition.
 * @is_clique: Whether the subset is a clique.
 */
struct rule_subset {
	u64 inside;
	u64 kept;
	u16 block;
	u8 num_blocks;
	bool is_clique;
};

/**
 * struct rule_exact - Work space of the exhaustive search
 * @num: Number of initiators in the component.
 * @member: Indices of the initiators, ascending. The position is the bit in a subset.
 * @weight: Weights of the edges; 0 between two members without an edge.
 * @adjacent: For each member, the set of members that it shares an edge with.
 * @subset: Result for each subset. Zeroed.
 */
struct rule_exact {
	unsigned int num;
	u32 member[RULE_EXACT_MAX];
	u64 weight[RULE_EXACT_MAX][RULE_EXACT_MAX];
	u16 adjacent[RULE_EXACT_MAX];
	struct rule_subset subset[];
};

static unsigned int exact_position(const struct rule_exact *exact, u32 vertex)
{
	unsigned int i = 0;

	while (exact->member[i] != vertex)
		i++;

	return i;
}

static void exact_add_edge(struct rule_exact *exact,
			   const struct rule_edge *edge)
{
	unsigned int i = exact_position(exact, edge->a);
	unsigned int j = exact_position(exact, edge->b);

	exact->weight[i][j] = edge->weight;
	exact->weight[j][i] = edge->weight;
	exact->adjacent[i] |= BIT(j);
	exact->adjacent[j] |= BIT(i);
}

static void exact_load(struct rule_exact *exact,
		       const struct rule_partition *part, u32 component)
{
	const struct topology_rule_graph *graph = part->graph;

	for (u32 v = component; exact->num < part->size[component]; v++)
		if (part->component[v] == component)
			exact->member[exact->num++] = v;

	for (unsigned int i = 0; i < exact->num; i++) {
		u32 v = exact->member[i];

		for (u32 e = graph->first[v]; e < graph->first[v + 1]; e++)
			if (is_inside_component(part, &graph->edges[e]))
				exact_add_edge(exact, &graph->edges[e]);
	}
}

/* Both blocks contain the lowest initiator of the set that they are part of. */
static bool exact_block_is_lower(u16 block, u16 than)
{
	u16 lowest_difference = (block ^ than) & -(block ^ than);
	u16 above = ~(lowest_difference | (lowest_difference - 1));

	if (block & lowest_difference)
		return than & above;

	return !(block & above);
}

static bool exact_is_better(const struct rule_subset *candidate,
			    const struct rule_subset *than)
{
	if (candidate->kept != than->kept)
		return candidate->kept > than->kept;
	if (candidate->num_blocks != than->num_blocks)
		return candidate->num_blocks < than->num_blocks;

	return exact_block_is_lower(candidate->block, than->block);
}

/* The set without its lowest member has already been measured. */
static void exact_measure(struct rule_exact *exact, unsigned long set)
{
	struct rule_subset *subset = &exact->subset[set];
	unsigned int low = __ffs(set), i;
	unsigned long rest = set & ~BIT(low);

	subset->is_clique = exact->subset[rest].is_clique &&
			    !(rest & ~exact->adjacent[low]);
	subset->inside = exact->subset[rest].inside;
	for_each_set_bit(i, &rest, RULE_EXACT_MAX)
		subset->inside += exact->weight[low][i];
}

static void exact_try_block(struct rule_exact *exact, unsigned long set,
			    unsigned long block)
{
	const struct rule_subset *rest = &exact->subset[set & ~block];
	struct rule_subset *subset = &exact->subset[set], candidate;

	if (!exact->subset[block].is_clique)
		return;

	candidate = *subset;
	candidate.kept = exact->subset[block].inside + rest->kept;
	candidate.block = block;
	candidate.num_blocks = rest->num_blocks + 1;

	if (!subset->num_blocks || exact_is_better(&candidate, subset))
		*subset = candidate;
}

/* One block contains the lowest member, so it is enough to try all blocks that do. */
static void exact_solve(struct rule_exact *exact, unsigned long set)
{
	unsigned long low = set & -set, rest = set & ~low, others = rest;

	exact_measure(exact, set);

	while (others) {
		exact_try_block(exact, set, low | others);
		others = (others - 1) & rest;
	}
	exact_try_block(exact, set, low);
}

static void exact_label(const struct rule_exact *exact, u32 *label)
{
	unsigned long set = BIT(exact->num) - 1;

	while (set) {
		unsigned long block = exact->subset[set].block;
		unsigned int low = __ffs(block), i;

		for_each_set_bit(i, &block, RULE_EXACT_MAX)
			label[exact->member[i]] = exact->member[low];
		set &= ~block;
	}
}

static int divide_small(struct rule_partition *part, u32 component)
{
	struct rule_exact *exact __free(kvfree) =
		kvzalloc_flex(*exact, subset, BIT(part->size[component]));

	if (!exact)
		return -ENOMEM;

	exact_load(exact, part, component);

	exact->subset[0].is_clique = true;
	for (unsigned long set = 1; set < BIT(exact->num); set++)
		exact_solve(exact, set);

	exact_label(exact, part->label);

	return 0;
}

/**
 * struct rule_large - Work space for all large components at once
 * @num_edges: Number of edges inside large components.
 * @edges: These edges.
 * @joinable: Matrix of the blocks, each at the index of its lowest initiator. A bit is
 *	      set if the union of two blocks is a clique. The rows of all other
 *	      initiators are stale.
 * @greedy: Labels of the first method.
 * @first_fit: Labels of the second method.
 * @greedy_kept: For each component, the weight that the first method keeps.
 * @first_fit_kept: For each component, the weight that the second method keeps.
 */
struct rule_large {
	unsigned int num_edges;
	struct rule_edge *edges;
	unsigned long *joinable;
	u32 *greedy;
	u32 *first_fit;
	u64 *greedy_kept;
	u64 *first_fit_kept;
};

static unsigned long *joinable_row(const struct rule_partition *part,
				   const struct rule_large *large, u32 block)
{
	return large->joinable + (size_t)block * part->graph->row_longs;
}

/* Initially, each initiator is a block. */
static void joinable_reset(struct rule_partition *part,
			   struct rule_large *large)
{
	const struct topology_rule_graph *graph = part->graph;

	memset(large->joinable, 0, array3_size(graph->num_vertices,
					       graph->row_longs,
					       sizeof(*large->joinable)));

	for (unsigned int i = 0; i < large->num_edges; i++) {
		const struct rule_edge *edge = &large->edges[i];

		__set_bit(edge->a, joinable_row(part, large, edge->b));
		__set_bit(edge->b, joinable_row(part, large, edge->a));
	}
}

/* A block can join the union if it could join both. */
static void joinable_merge(struct rule_partition *part,
			   struct rule_large *large, u32 into, u32 from)
{
	unsigned int n = part->graph->num_vertices, block;
	unsigned long *into_row = joinable_row(part, large, into);
	unsigned long *from_row = joinable_row(part, large, from);

	for_each_set_bit(block, from_row, n)
		__clear_bit(from, joinable_row(part, large, block));
	for_each_andnot_bit(block, into_row, from_row, n)
		__clear_bit(into, joinable_row(part, large, block));
	bitmap_and(into_row, into_row, from_row, n);
}

static void labels_reset(const struct rule_partition *part, u32 *label)
{
	for (unsigned int v = 0; v < part->graph->num_vertices; v++)
		label[v] = v;
}

static int compare_edges(const void *left, const void *right)
{
	const struct rule_edge *l = left, *r = right;

	if (l->weight != r->weight)
		return l->weight > r->weight ? -1 : 1;
	if (l->a != r->a)
		return l->a < r->a ? -1 : 1;

	return l->b < r->b ? -1 : 1;
}

static void divide_greedily(struct rule_partition *part,
			    struct rule_large *large)
{
	u32 *label = large->greedy;

	labels_reset(part, label);
	joinable_reset(part, large);
	sort_nonatomic(large->edges, large->num_edges, sizeof(*large->edges),
		       compare_edges, NULL);

	for (unsigned int i = 0; i < large->num_edges; i++) {
		u32 a = find_lowest(label, large->edges[i].a);
		u32 b = find_lowest(label, large->edges[i].b);

		if (!test_bit(a, joinable_row(part, large, b)))
			continue;
		joinable_merge(part, large, min(a, b), max(a, b));
		label[max(a, b)] = min(a, b);
	}

	for (unsigned int v = 0; v < part->graph->num_vertices; v++)
		label[v] = find_lowest(label, v);
}

static void divide_by_first_fit(struct rule_partition *part,
				struct rule_large *large)
{
	u32 *label = large->first_fit;

	labels_reset(part, label);
	joinable_reset(part, large);

	for (u32 v = 1; v < part->graph->num_vertices; v++) {
		u32 block = find_first_bit(joinable_row(part, large, v), v);

		if (block == v)
			continue;
		joinable_merge(part, large, block, v);
		label[v] = block;
	}
}

static void weigh_components(struct rule_partition *part,
			     const struct rule_large *large, const u32 *label,
			     u64 *kept)
{
	for (unsigned int i = 0; i < large->num_edges; i++) {
		const struct rule_edge *edge = &large->edges[i];

		if (label[edge->a] == label[edge->b])
			kept[part->component[edge->a]] += edge->weight;
	}
}

static bool needs_methods(const struct rule_partition *part, u32 component)
{
	return !is_small(part, component) && !is_clique(part, component);
}

static void select_edges(struct rule_partition *part, struct rule_large *large)
{
	const struct topology_rule_graph *graph = part->graph;

	for (unsigned int i = 0; i < graph->num_edges; i++) {
		const struct rule_edge *edge = &graph->edges[i];

		if (is_inside_component(part, edge) &&
		    needs_methods(part, part->component[edge->a]))
			large->edges[large->num_edges++] = *edge;
	}
}

static void take_heavier(struct rule_partition *part,
			 const struct rule_large *large)
{
	for (unsigned int v = 0; v < part->graph->num_vertices; v++) {
		u32 component = part->component[v];

		if (!needs_methods(part, component))
			continue;
		if (large->first_fit_kept[component] >
		    large->greedy_kept[component])
			part->label[v] = large->first_fit[v];
		else
			part->label[v] = large->greedy[v];
	}
}

static int divide_large(struct rule_partition *part)
{
	const struct topology_rule_graph *graph = part->graph;
	unsigned int n = graph->num_vertices;
	struct rule_edge *edges __free(kvfree) =
		kvmalloc_objs(*edges, graph->num_edges);
	unsigned long *joinable __free(kvfree) =
		kvmalloc_objs(*joinable, size_mul(n, graph->row_longs));
	u32 *greedy __free(kvfree) = kvmalloc_objs(*greedy, n);
	u32 *first_fit __free(kvfree) = kvmalloc_objs(*first_fit, n);
	u64 *greedy_kept __free(kvfree) = kvzalloc_objs(*greedy_kept, n);
	u64 *first_fit_kept __free(kvfree) = kvzalloc_objs(*first_fit_kept, n);
	struct rule_large large = {
		.edges = edges,
		.joinable = joinable,
		.greedy = greedy,
		.first_fit = first_fit,
		.greedy_kept = greedy_kept,
		.first_fit_kept = first_fit_kept,
	};

	if (!edges || !joinable || !greedy || !first_fit || !greedy_kept ||
	    !first_fit_kept)
		return -ENOMEM;

	select_edges(part, &large);
	divide_greedily(part, &large);
	divide_by_first_fit(part, &large);
	weigh_components(part, &large, greedy, greedy_kept);
	weigh_components(part, &large, first_fit, first_fit_kept);
	take_heavier(part, &large);

	return 0;
}

static int divide_components(struct rule_partition *part)
{
	unsigned int n = part->graph->num_vertices;
	bool any_large = false;
	int err;

	for (unsigned int v = 0; v < n; v++)
		part->label[v] = part->component[v];

	for (unsigned int v = 0; v < n; v++) {
		if (part->component[v] != v || is_clique(part, v))
			continue;
		if (!is_small(part, v)) {
			any_large = true;
			continue;
		}
		err = divide_small(part, v);
		if (err)
			return err;
	}

	return any_large ? divide_large(part) : 0;
}

static void label_admin_groups(struct rule_partition *part)
{
	const u32 *number = part->admin_block;

	for (unsigned int v = 0; v < part->graph->num_vertices; v++) {
		if (is_automatic(part, v))
			continue;
		part->label[v] = 0;
		while (number[part->label[v]] != number[v])
			part->label[v]++;
	}
}

/**
 * drm_pagemap_topology_rule_compute() - Divide the initiators into groups
 * @in: The input of the rule.
 * @block: For each initiator, set to the index of the lowest initiator in its block.
 *	   Unchanged on error.
 *
 * "The group rule" describes the result. May sleep.
 *
 * Return: 0; -EINVAL if an index of a link is out of range, or if an initiator has
 * more links to another one than the other one has pagemaps; -ENOMEM.
 */
int drm_pagemap_topology_rule_compute(const struct topology_rule_input *in, u32 *block)
{
	unsigned int n = in->num_initiators;
	struct topology_rule_graph *graph __free(topology_rule_graph) =
		drm_pagemap_topology_rule_graph_create(in);
	u32 *label __free(kvfree) = kvmalloc_objs(*label, n);
	u32 *component __free(kvfree) = kvmalloc_objs(*component, n);
	u32 *size __free(kvfree) = kvzalloc_objs(*size, n);
	u32 *num_edges __free(kvfree) = kvzalloc_objs(*num_edges, n);
	struct rule_partition part = {
		.graph = graph,
		.admin_block = in->admin_block,
		.label = label,
		.component = component,
		.size = size,
		.num_edges = num_edges,
	};
	int err;

	if (IS_ERR(graph))
		return PTR_ERR(graph);
	if (!label || !component || !size || !num_edges)
		return -ENOMEM;

	find_components(&part);
	err = divide_components(&part);
	if (err)
		return err;
	label_admin_groups(&part);

	memcpy(block, label, array_size(n, sizeof(*block)));

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_rule_compute);
