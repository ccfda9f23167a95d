/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TESTS_PEER_SETS_H
#define GPUSVM_TESTS_PEER_SETS_H

#include <gpusvm-peer-groups.h>

#include "tree.h"

/* Sets of peer groups; what should not fail ends the program */

static inline struct gpusvm_peers *new_peers(struct gpusvm_ctx *ctx)
{
	struct gpusvm_peers *peers;

	must(!gpusvm_peers_new(ctx, &peers), "set");
	return peers;
}

/* A line of NAME REQUIRE MEMBER... for each group */
static inline char *describe(const struct gpusvm_peers *peers)
{
	const struct gpusvm_peer_group *group;
	const char *member;
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	must(stream, "memory");
	for (size_t i = 0; (group = gpusvm_peers_get_group(peers, i)); i++) {
		fprintf(stream, "%s %s", gpusvm_peer_group_get_name(group),
			gpusvm_peer_group_get_require(group));
		for (size_t m = 0; (member = gpusvm_peer_group_get_member(group, m)); m++)
			fprintf(stream, " %s", member);
		fputc('\n', stream);
	}
	must(!fclose(stream), "memory");
	return text;
}

#endif
