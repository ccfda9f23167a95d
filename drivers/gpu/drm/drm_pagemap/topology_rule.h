/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_RULE_H_
#define _TOPOLOGY_RULE_H_

#include <linux/cleanup.h>
#include <linux/types.h>

struct topology_rule_graph;

/**
 * struct topology_rule_link - Direct access from an initiator to one pagemap
 * @from: Index of the initiator that accesses.
 * @to: Index of the initiator whose pagemap is accessed. Links of an initiator
 *	to memory of its own are ignored.
 * @read_bandwidth: In MB/s; 0 if unknown.
 * @write_bandwidth: In MB/s; 0 if unknown.
 */
struct topology_rule_link {
	u32 from;
	u32 to;
	u32 read_bandwidth;
	u32 write_bandwidth;
};

/**
 * struct topology_rule_input - What the groups follow from
 * @num_initiators: Number of initiators. They are numbered in uid order, so
 *		    that neither probe order nor IDs have a say in the result.
 * @num_pagemaps: For each initiator, how many pagemaps it has.
 * @links: The links, in any order; at most one for each pair of an initiator
 *	   and a pagemap, and only those that give direct access.
 * @num_links: Number of links.
 * @min_bandwidth: In MB/s: a link makes an edge only if neither its read nor
 *		   its write bandwidth is known to be lower or is unknown.
 *		   0: every link does.
 * @admin_block: For each initiator the number of its admin group, or 0 if the
 *		 initiator is grouped automatically. %NULL if all are. That
 *		 the members of an admin group reach each other is up to the
 *		 caller.
 */
struct topology_rule_input {
	unsigned int num_initiators;
	const u16 *num_pagemaps;
	const struct topology_rule_link *links;
	unsigned int num_links;
	u32 min_bandwidth;
	const u32 *admin_block;
};

struct topology_rule_graph *
drm_pagemap_topology_rule_graph_create(const struct topology_rule_input *in);
void drm_pagemap_topology_rule_graph_destroy(struct topology_rule_graph *graph);
bool drm_pagemap_topology_rule_graph_has_edge(const struct topology_rule_graph *graph,
					      unsigned int a, unsigned int b);
int drm_pagemap_topology_rule_compute(const struct topology_rule_input *in, u32 *block);

DEFINE_FREE(topology_rule_graph, struct topology_rule_graph *,
	    drm_pagemap_topology_rule_graph_destroy(_T))

#endif
