/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEAM_H
#define TEAM_H

#include <stddef.h>
#include <stdint.h>

#include <gpusvm-work.h>

#include "gpu.h"

struct member {
	const struct gpusvm_initiator *initiator;
	struct gpu gpu;
	uint64_t modelled_ns;	/* of all accesses up to the last step */
};

/* What the GPUs of a team did: bytes by place, as each of them sees it. */
struct traffic {
	uint64_t bytes[DRM_VGPUSVM_PLACES];
	uint64_t moved;		/* bytes of pages that moved to a preferred pagemap */
};

/* The GPUs of a group, which compute together. They work in steps: all GPUs start a step at
 * the same time, and the slowest one ends it.
 */
struct team {
	const struct gpusvm_group *group;
	struct member *members;
	unsigned int size;
	uint64_t modelled_ns;	/* sum of the steps since team_start() */
	struct traffic before;	/* up to team_start() */
};

/* Number of GPUs of the group */
unsigned int team_count(const struct gpusvm_group *group);

/* With the user informed, these return 0 or EXIT_FAILURE. */
int team_open(struct team *team, const struct gpusvm_group *group);
void team_close(struct team *team);

int team_start(struct team *team);
int team_step(struct team *team);
int team_traffic(const struct team *team, struct traffic *traffic);

/* Work of the GPU with number @member */
int team_read(const struct team *team, unsigned int member, const void *from, size_t length,
	      void *buffer);
int team_write(const struct team *team, unsigned int member, void *to, size_t length,
	       const void *buffer);
int team_copy(const struct team *team, unsigned int member, void *to, const void *from,
	      size_t length);
int team_add(const struct team *team, unsigned int member, void *to, const void *from,
	     size_t length, uint64_t value);

const char *team_uid(const struct team *team, unsigned int member);

#endif
