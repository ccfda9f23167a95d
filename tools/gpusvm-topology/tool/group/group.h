/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_GROUP_H
#define GPUSVM_TOOL_GROUP_H

#include <gpusvm-peer-groups.h>

#include "tool.h"

#define GROUPS_DIRECTORY "/etc/gpusvm/groups.d"

enum {
	EXIT_REFUSED = 6,	/* by the kernel; nothing has changed */
	EXIT_BUSY = 7,		/* the same, because of somebody who uses a group */
	EXIT_NOT_AS_REQUIRED = 8, /* done, but not all members are there */
	EXIT_BAD_FILE = 14,	/* one that describes groups */
};

/*
 * A change of the peer groups. @wanted is a copy of @current, or of what it is to
 * become; @topology is NULL where the system shows none.
 */
struct peer_change {
	const struct options *options;
	struct gpusvm_ctx *ctx;
	/* What keeps others from changing groups; -1 if nothing is changed here */
	int lock;
	struct gpusvm_topology *topology;
	struct gpusvm_peers *current;
	struct gpusvm_peers *wanted;
	bool dry_run;
	/* Whether members have to be there in the end, as files say */
	bool required;
};

/* plan.c */
int peers_error(const struct gpusvm_peers *peers, int err);
int peers_begin(struct peer_change *change, bool lock);
int peers_carry_out(struct peer_change *change);
void peers_end(struct peer_change *change);

/* show.c */
int peers_show(struct peer_change *change, char **names);
void peers_show_help(void);
void say_holders(const struct gpusvm_group *group);

/* files.c */
int peers_save(struct peer_change *change, const char *directory);
int peers_read(struct gpusvm_peers *peers, const char *path);

#endif
