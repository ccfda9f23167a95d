/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _TOPOLOGY_RULE_H_
#define _TOPOLOGY_RULE_H_

#include <linux/cleanup.h>
#include <linux/types.h>

struct topology_rule_graph;

/**
 * struct topology_rule_link - Direct access from an initiator to one pagemap
 * @from: Index of the initiator at the start of the link.
 * @to: Index of the initiator that has the pagemap. Links of an initiator to its own
 *	pagemaps are ignored.
 * @read_bandwidth: Read bandwidth in MB/s; 0 if unknown.
 * @write_bandwidth: Write bandwidth in MB/s; 0 if unknown.
 */
struct topology_rule_link {
	u32 from;
	u32 to;
	u32 read_bandwidth;
	u32 write_bandwidth;
};

/**
 * struct topology_rule_input - Input of the group rule
 * @num_initiators: Number of initiators. They are numbered in uid order, so that
 *		    neither the order of probes nor IDs influence the result.
 * @num_pagemaps: Number of pagemaps of each initiator.
 * @links: The links with direct access, in any order; at most one from an initiator to
 *	   a pagemap.
 * @num_links: Number of entries in @links.
 * @min_bandwidth: Threshold in MB/s. A link makes an edge only if its read and its
 *		   write bandwidth are at or above it. An unknown bandwidth is below
 *		   every threshold except 0.
 * @admin_block: For each initiator, the number of its peer group, or 0 if it is in
 *		 none. %NULL if no initiator is in one. The caller makes sure that the
 *		 members of a peer group reach each other.
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
