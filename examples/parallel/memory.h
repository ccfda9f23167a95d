/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "team.h"

enum placement {
	PLACEMENT_DEFAULT,	/* no preference: pages stay where the CPU has made them */
	PLACEMENT_NEAR,		/* on the pagemap nearest to the GPU that uses them most */
	PLACEMENTS,
};

/* Ordinary memory of the process */
struct block {
	void *start;
	size_t length;
	unsigned int user;	/* number of the GPU that uses it most */
};

/* Where pages are, as the GPU sees it that uses them most */
struct pages {
	uint64_t at[DRM_VGPUSVM_PLACES];
	uint64_t absent;
};

/* With the user informed, the int functions return 0 or EXIT_FAILURE. */
int block_new(struct block *block, size_t length, unsigned int user);
void block_free(struct block *block);
int block_place(const struct block *block, const struct team *team, enum placement placement);
int block_count(const struct block *block, const struct team *team, struct pages *pages);

#endif
