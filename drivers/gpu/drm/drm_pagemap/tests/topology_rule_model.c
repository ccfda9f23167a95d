// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A second implementation of the group rule, as the reference for the first one. It
 * shares neither code nor algorithms with it: each step searches a whole matrix, and
 * small components try all partitions.
 */

#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "topology_rule_model.h"

#define MODEL_EXACT_MAX 12

static void model_add_link(struct rule_model *model,
			   const struct topology_rule_input *in,
			   const struct topology_rule_link *link)
{
	u32 slower = link->read_bandwidth;

	if (link->from == link->to)
		return;

	if (link->write_bandwidth < slower)
		slower = link->write_bandwidth;

	if (slower >= in->min_bandwidth)
		model->links[link->from][link->to]++;

	if (!slower)
		slower = 1;
	model->weight[link->from][link->to] += slower;
	model->weight[link->to][link->from] += slower;
}

static void model_find_edges(struct rule_model *model,
			     const struct topology_rule_input *in)
{
	for (unsigned int a = 0; a < model->num; a++)
		for (unsigned int b = 0; b < model->num; b++)
			model->edge[a][b] = a != b &&
				model->links[a][b] == in->num_pagemaps[b] &&
				model->links[b][a] == in->num_pagemaps[a];
}

/* Spreads the lower numbers until nothing changes. */
static void model_find_components(struct rule_model *model)
{
	bool changed = true;

	for (unsigned int v = 0; v < model->num; v++)
		model->component[v] = v;

	while (changed) {
		changed = false;
		for (unsigned int a = 0; a < model->num; a++) {
			for (unsigned int b = 0; b < model->num; b++) {
				if (!model->automatic[a] ||
				    !model->automatic[b] ||
				    !model->edge[a][b] ||
				    model->component[a] <= model->component[b])
					continue;
				model->component[a] = model->component[b];
				changed = true;
			}
		}
	}
}

/**
 * rule_model_load() - Load an input, and find its edges
 * @model: The model. Overwritten.
 * @in: The input, with at most %RULE_MODEL_MAX initiators.
 */
void rule_model_load(struct rule_model *model,
		     const struct topology_rule_input *in)
{
	model->num = in->num_initiators;
	for (unsigned int a = 0; a < model->num; a++) {
		memset(model->links[a], 0, sizeof(model->links[a]));
		memset(model->weight[a], 0, sizeof(model->weight[a]));
	}

	for (unsigned int i = 0; i < in->num_links; i++)
		model_add_link(model, in, &in->links[i]);
	model_find_edges(model, in);

	for (unsigned int v = 0; v < model->num; v++)
		model->automatic[v] = !in->admin_block || !in->admin_block[v];
	model_find_components(model);

	/* The labels of peer groups are final. */
	for (unsigned int v = 0; v < model->num; v++) {
		model->label[v] = v;
		for (unsigned int u = 0; u < v && !model->automatic[v]; u++) {
			if (in->admin_block[u] != in->admin_block[v])
				continue;
			model->label[v] = u;
			break;
		}
	}
}

static bool model_fits(const struct rule_model *model, const u32 *label,
		       unsigned int num_labelled, u32 block, unsigned int v)
{
	for (unsigned int u = 0; u < num_labelled; u++)
		if (label[u] == block && !model->edge[u][v])
			return false;

	return true;
}

/* Like model_fits(), but considers the members of one component only. */
static bool trial_fits(const struct rule_model *model, unsigned int depth,
		       u32 block)
{
	unsigned int v = model->member[depth];

	for (unsigned int i = 0; i < depth; i++) {
		unsigned int u = model->member[i];

		if (model->trial[u] == block && !model->edge[u][v])
			return false;
	}

	return true;
}

static u64 trial_gain(const struct rule_model *model, unsigned int depth,
		      u32 block)
{
	unsigned int v = model->member[depth];
	u64 gain = 0;

	for (unsigned int i = 0; i < depth; i++)
		if (model->trial[model->member[i]] == block)
			gain += model->weight[model->member[i]][v];

	return gain;
}

/* The most weight that the members from each depth on can add. */
static void trial_hope(struct rule_model *model)
{
	u64 hope = 0;

	for (unsigned int i = model->num_members; i-- > 0;) {
		unsigned int v = model->member[i];

		for (unsigned int j = 0; j < i; j++)
			if (model->edge[v][model->member[j]])
				hope += model->weight[v][model->member[j]];
		model->hope[i] = hope;
	}
}

/*
 * Spells a partition: the members of each block plus one, with 0 at the end of the
 * block. memcmp() of the spellings gives the order of the lists.
 */
static void trial_spell(struct rule_model *model)
{
	u8 *out = model->trial_list;

	memset(model->trial_list, 0, sizeof(model->trial_list));
	for (unsigned int i = 0; i < model->num_members; i++) {
		u32 block = model->member[i];

		if (model->trial[block] != block)
			continue;
		for (unsigned int j = i; j < model->num_members; j++)
			if (model->trial[model->member[j]] == block)
				*out++ = model->member[j] + 1;
		*out++ = 0;
	}
}

static bool trial_is_better(struct rule_model *model, u64 weight,
			    unsigned int blocks)
{
	if (weight != model->best_weight)
		return weight > model->best_weight;
	if (blocks != model->best_blocks)
		return blocks < model->best_blocks;

	trial_spell(model);

	return memcmp(model->trial_list, model->best_list,
		      sizeof(model->best_list)) < 0;
}

static void trial_accept(struct rule_model *model, u64 weight,
			 unsigned int blocks)
{
	trial_spell(model);
	memcpy(model->best_list, model->trial_list, sizeof(model->best_list));
	memcpy(model->best, model->trial, sizeof(model->best));
	model->best_weight = weight;
	model->best_blocks = blocks;
}

/*
 * Puts the member at @depth into each existing block in turn, then into a new block.
 * Gives up only where the best weight so far is out of reach.
 */
static void trial_descend(struct rule_model *model, unsigned int depth,
			  u64 weight, unsigned int blocks)
{
	unsigned int v = model->member[depth];

	if (depth == model->num_members) {
		if (!model->best_blocks ||
		    trial_is_better(model, weight, blocks))
			trial_accept(model, weight, blocks);
		return;
	}

	if (model->best_blocks &&
	    weight + model->hope[depth] < model->best_weight)
		return;

	for (unsigned int i = 0; i < depth; i++) {
		u32 block = model->member[i];

		if (model->trial[block] != block ||
		    !trial_fits(model, depth, block))
			continue;
		model->trial[v] = block;
		trial_descend(model, depth + 1,
			      weight + trial_gain(model, depth, block), blocks);
	}

	model->trial[v] = v;
	trial_descend(model, depth + 1, weight, blocks + 1);
}

static void model_solve_small(struct rule_model *model)
{
	model->best_blocks = 0;
	trial_hope(model);
	trial_descend(model, 0, 0, 0);

	for (unsigned int i = 0; i < model->num_members; i++)
		model->label[model->member[i]] = model->best[model->member[i]];
}

static int model_compare_edges(const void *left, const void *right)
{
	const struct rule_model_edge *l = left, *r = right;
	u64 l_ends = (u64)l->a << 32 | l->b, r_ends = (u64)r->a << 32 | r->b;

	if (l->weight == r->weight)
		return l_ends < r_ends ? -1 : l_ends > r_ends;

	return l->weight < r->weight ? 1 : -1;
}

static bool model_union_is_clique(const struct rule_model *model,
				  const u32 *label, u32 a, u32 b)
{
	for (unsigned int u = 0; u < model->num; u++) {
		if (label[u] != a)
			continue;
		for (unsigned int v = 0; v < model->num; v++)
			if (label[v] == b && !model->edge[u][v])
				return false;
	}

	return true;
}

static void model_merge(const struct rule_model *model, u32 *label, u32 a, u32 b)
{
	for (unsigned int v = 0; v < model->num; v++)
		if (label[v] == max(a, b))
			label[v] = min(a, b);
}

static void model_greedy(struct rule_model *model, u32 *label)
{
	struct rule_model_edge *edges = model->edges;
	unsigned int num = 0;

	for (unsigned int a = 0; a < model->num; a++) {
		label[a] = a;
		for (unsigned int b = a + 1; b < model->num; b++)
			if (model->edge[a][b] &&
			    model->automatic[a] && model->automatic[b])
				edges[num++] = (struct rule_model_edge) {
					model->weight[a][b], a, b
				};
	}
	sort(edges, num, sizeof(*edges), model_compare_edges, NULL);

	for (unsigned int i = 0; i < num; i++) {
		u32 a = label[edges[i].a], b = label[edges[i].b];

		if (a != b && model_union_is_clique(model, label, a, b))
			model_merge(model, label, a, b);
	}
}

/**
 * rule_model_first_fit() - Put each initiator into the first block that fits
 * @model: The model.
 * @label: For each initiator, set to the lowest initiator of its block. Each member of
 *	   a peer group is a block.
 */
void rule_model_first_fit(const struct rule_model *model, u32 *label)
{
	for (unsigned int v = 0; v < model->num; v++) {
		label[v] = v;
		for (unsigned int u = 0; u < v && model->automatic[v]; u++) {
			if (label[u] != u || !model->automatic[u] ||
			    !model_fits(model, label, v, u, v))
				continue;
			label[v] = u;
			break;
		}
	}
}

static u64 model_component_weight(const struct rule_model *model,
				  const u32 *label, u32 component)
{
	u64 weight = 0;

	for (unsigned int a = 0; a < model->num; a++)
		for (unsigned int b = a + 1; b < model->num; b++)
			if (model->component[a] == component &&
			    model->component[b] == component &&
			    label[a] == label[b])
				weight += model->weight[a][b];

	return weight;
}

static void model_solve_large(struct rule_model *model, u32 component)
{
	u32 greedy[RULE_MODEL_MAX], first_fit[RULE_MODEL_MAX], *label = greedy;

	model_greedy(model, greedy);
	rule_model_first_fit(model, first_fit);
	if (model_component_weight(model, first_fit, component) >
	    model_component_weight(model, greedy, component))
		label = first_fit;

	for (unsigned int i = 0; i < model->num_members; i++)
		model->label[model->member[i]] = label[model->member[i]];
}

/**
 * rule_model_solve() - Find the partition that the rule wants
 * @model: The model, loaded. &rule_model.label is filled in.
 */
void rule_model_solve(struct rule_model *model)
{
	for (unsigned int c = 0; c < model->num; c++) {
		if (!model->automatic[c] || model->component[c] != c)
			continue;

		model->num_members = 0;
		for (unsigned int v = c; v < model->num; v++)
			if (model->component[v] == c)
				model->member[model->num_members++] = v;

		if (model->num_members <= MODEL_EXACT_MAX)
			model_solve_small(model);
		else
			model_solve_large(model, c);
	}
}

/**
 * rule_model_weight() - Sum up the weights of edges inside blocks
 * @model: The model, loaded.
 * @label: For each initiator, the lowest initiator of its block.
 *
 * Return: The sum.
 */
u64 rule_model_weight(const struct rule_model *model, const u32 *label)
{
	u64 weight = 0;

	for (unsigned int a = 0; a < model->num; a++)
		for (unsigned int b = a + 1; b < model->num; b++)
			if (label[a] == label[b] && model->edge[a][b])
				weight += model->weight[a][b];

	return weight;
}

/**
 * rule_model_is_partition_into_cliques() - Check that labels are a partition into cliques
 * @model: The model, loaded.
 * @label: For each initiator, the lowest initiator of its block.
 *
 * Return: %true if each label is the lowest initiator with this label, and all
 * initiators with the same label share edges, except members of a peer group.
 */
bool rule_model_is_partition_into_cliques(const struct rule_model *model,
					  const u32 *label)
{
	for (unsigned int a = 0; a < model->num; a++) {
		if (label[a] > a || label[label[a]] != label[a])
			return false;
		for (unsigned int b = 0; b < a; b++)
			if (label[a] == label[b] && !model->edge[a][b] &&
			    (model->automatic[a] || model->automatic[b]))
				return false;
	}

	return true;
}
