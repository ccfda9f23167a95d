// SPDX-License-Identifier: GPL-2.0-or-later
/* The same as reach.c, by libgpusvm-topology, which also sees changes during the scan. */
#include <gpusvm-topology.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const struct gpusvm_initiator *gpu;
	const struct gpusvm_link *link;
	struct gpusvm_topology *gpus;
	struct gpusvm_ctx *ctx;

	if (argc < 2 || gpusvm_new(&ctx) || gpusvm_set_sysroot(ctx, argc > 2 ? argv[2] : "/") ||
	    gpusvm_topology_new(ctx, &gpus))
		return 1;
	gpu = gpusvm_initiator_find_by_node(gpus, argv[1]);
	for (link = gpu ? gpusvm_initiator_get_first_link(gpu) : NULL; link;
	     link = gpusvm_initiator_get_next_link(link))
		if (gpusvm_link_is_usable(link))
			printf("%u\n", gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)));
	gpusvm_topology_unref(gpus);
	gpusvm_unref(ctx);
	return 0;
}
