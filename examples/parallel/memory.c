// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory, where it should be, and where it is */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

/* GPU page tables and migration work best on this alignment. */
#define HUGE_PAGE ((size_t)2 << 20)

int block_new(struct block *block, size_t length, unsigned int user)
{
	size_t size = (length + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;

	block->start = aligned_alloc(HUGE_PAGE, size);
	block->length = length;
	block->user = user;
	if (block->start)
		return 0;
	warn("%zu bytes", length);
	return EXIT_FAILURE;
}

void block_free(struct block *block)
{
	free(block->start);
	block->start = NULL;
}

static size_t count_pages(const struct block *block)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (block->length + page - 1) / page;
}

static size_t whole_pages(const struct block *block)
{
	return count_pages(block) * sysconf(_SC_PAGESIZE);
}

/* All usable pagemaps, the nearest one first. @placements has room for each of the topology. */
static int order(const struct gpusvm_initiator *initiator, struct gpusvm_placement *placements,
		 size_t *number)
{
	struct gpusvm_nearest *nearest;
	const struct gpusvm_link *link;
	int err;

	*number = 0;
	err = gpusvm_nearest_new(initiator, 0, &nearest);
	if (err)
		return err;
	while ((link = gpusvm_nearest_next(nearest))) {
		placements[*number].pagemap_id =
			gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));
		++*number;
	}
	gpusvm_nearest_free(nearest);
	return *number ? 0 : -ENOENT;
}

static struct gpusvm_placement *new_placements(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap;
	size_t number = 0;

	for (pagemap = gpusvm_pagemap_get_first(topology); pagemap;
	     pagemap = gpusvm_pagemap_get_next(pagemap))
		number++;
	return calloc(number + 1, sizeof(struct gpusvm_placement));
}

/* The nearest pagemap with room, by ID, through the file of the GPU that uses the memory. No
 * other GPU of the team has a preference for it: they access the pages where they are.
 */
static int prefer_near(const struct block *block, const struct member *member)
{
	const struct gpusvm_topology *topology =
		gpusvm_initiator_get_topology(member->initiator);
	struct gpusvm_placement *placements = new_placements(topology);
	size_t number;
	int err;

	if (!placements)
		return -ENOMEM;
	err = order(member->initiator, placements, &number) ?:
	      gpusvm_place(gpusvm_topology_get_ctx(topology), member->gpu.fd, member->gpu.vm_id,
			   block->start, whole_pages(block), placements, number, 0, NULL);
	free(placements);
	return err;
}

/* Moves the pages at once, so that the next block finds the free size changed. */
int block_place(const struct block *block, const struct team *team, enum placement placement)
{
	const struct member *member = &team->members[block->user];
	int err = 0;

	if (placement == PLACEMENT_NEAR)
		err = prefer_near(block, member);
	if (!err)
		err = gpusvm_prefetch(member->gpu.fd, member->gpu.vm_id, block->start,
				      whole_pages(block));
	if (!err)
		return 0;
	warnx("%s: cannot place %zu bytes: %s", team_uid(team, block->user), block->length,
	      strerror(-err));
	return EXIT_FAILURE;
}

/* An ID is that of the GPU itself, or else of a peer. */
static enum drm_vgpusvm_place find_place(const struct gpusvm_initiator *initiator, uint32_t id)
{
	const struct gpusvm_pagemap *pagemap;

	if (id == GPUSVM_RESIDENCY_SYSTEM)
		return DRM_VGPUSVM_PLACE_SYSTEM;
	pagemap = gpusvm_pagemap_find_by_id(gpusvm_initiator_get_topology(initiator), id);
	if (pagemap && gpusvm_pagemap_get_initiator(pagemap) == initiator)
		return DRM_VGPUSVM_PLACE_LOCAL;
	return DRM_VGPUSVM_PLACE_PEER;
}

/* Adds the pages of a block to @pages. */
int block_count(const struct block *block, const struct team *team, struct pages *pages)
{
	const struct member *member = &team->members[block->user];
	size_t number = count_pages(block), i;
	uint32_t *ids = calloc(number, sizeof(*ids));
	int err = -ENOMEM;

	if (ids)
		err = gpusvm_query_residency(member->gpu.fd, member->gpu.vm_id, block->start,
					     whole_pages(block), ids);
	for (i = 0; !err && i < number; i++) {
		if (ids[i] == GPUSVM_RESIDENCY_NOT_PRESENT)
			pages->absent++;
		else
			pages->at[find_place(member->initiator, ids[i])]++;
	}
	free(ids);
	if (!err)
		return 0;
	warnx("%s: cannot query where pages are: %s", team_uid(team, block->user),
	      strerror(-err));
	return EXIT_FAILURE;
}
