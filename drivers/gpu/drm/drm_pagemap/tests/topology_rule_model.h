/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_RULE_MODEL_H_
#define _TOPOLOGY_RULE_MODEL_H_

#include "../topology_rule.h"

#define RULE_MODEL_MAX 64

struct rule_model_edge {
	u64 weight;
	u32 a;
	u32 b;
};

/**
 * struct rule_model - A plain and slow implementation of the group rule
 * @num: Number of initiators.
 * @edge: Whether two initiators share an edge.
 * @weight: Weight of this edge.
 * @automatic: Whether an initiator is in no peer group.
 * @component: Lowest initiator of the connected component of an initiator that is in
 *	       no peer group.
 * @label: Lowest initiator of the block of each initiator.
 */
struct rule_model {
	unsigned int num;
	bool edge[RULE_MODEL_MAX][RULE_MODEL_MAX];
	u64 weight[RULE_MODEL_MAX][RULE_MODEL_MAX];
	bool automatic[RULE_MODEL_MAX];
	u32 component[RULE_MODEL_MAX];
	u32 label[RULE_MODEL_MAX];

	/* private: work space */
	unsigned int links[RULE_MODEL_MAX][RULE_MODEL_MAX];
	unsigned int member[RULE_MODEL_MAX];
	unsigned int num_members;
	u64 hope[RULE_MODEL_MAX];
	u32 trial[RULE_MODEL_MAX];
	u32 best[RULE_MODEL_MAX];
	u64 best_weight;
	unsigned int best_blocks;
	u8 trial_list[2 * RULE_MODEL_MAX];
	u8 best_list[2 * RULE_MODEL_MAX];
	struct rule_model_edge edges[RULE_MODEL_MAX * RULE_MODEL_MAX / 2];
};

void rule_model_load(struct rule_model *model,
		     const struct topology_rule_input *in);
void rule_model_solve(struct rule_model *model);
void rule_model_first_fit(const struct rule_model *model, u32 *label);
u64 rule_model_weight(const struct rule_model *model, const u32 *label);
bool rule_model_is_partition_into_cliques(const struct rule_model *model,
					  const u32 *label);

#endif
