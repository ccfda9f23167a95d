// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pagemaps with the best links between each other. */
#include <errno.h>
#include <stdlib.h>

#include "ranking.h"

/* Maximum number of links to look at. With more, the search starts at some pagemaps only */
#define WORK_MAX 50000000ULL

/* A pagemap that may be chosen, and the weight that it would add */
struct candidate {
	const struct gpusvm_pagemap *pagemap;
	uint64_t gain;
	bool possible;
};

struct search {
	struct candidate *candidates;
	size_t count;
	size_t wanted;
	unsigned int flags;
	/* Indices of chosen candidates, in the order of choice */
	size_t *chosen;
	size_t *best;
	uint64_t best_weight;
	uint64_t best_standing;
	bool found;
};

/* The weight of a link: the lower one of its bandwidths, or 1 if unknown */
static uint64_t weight_of_link(const struct gpusvm_link *link)
{
	const struct figure bandwidth = link_bandwidth(link);

	return bandwidth.known && bandwidth.value ? bandwidth.value : 1;
}

/* Sets the weight of the link from the owner of @from to @to. Returns false without access */
static bool weigh(const struct gpusvm_pagemap *from, const struct gpusvm_pagemap *to,
		  uint64_t *weight)
{
	const struct gpusvm_link *link;

	link = from->initiator ? gpusvm_link_find(from->initiator, to) : NULL;
	if (!link || !gpusvm_link_is_direct(link) || !gpusvm_link_is_usable(link))
		return false;
	*weight += weight_of_link(link);
	return true;
}

/* Updates the weights of all candidates after a choice */
static void update(struct search *search, const struct gpusvm_pagemap *chosen)
{
	bool apart = search->flags & GPUSVM_CONNECTED_ONE_EACH;

	for (size_t i = 0; i < search->count; i++) {
		struct candidate *other = &search->candidates[i];

		if (!other->possible)
			continue;
		if (other->pagemap == chosen ||
		    (apart && other->pagemap->initiator == chosen->initiator))
			other->possible = false;
		else
			other->possible = weigh(chosen, other->pagemap, &other->gain) &&
					  weigh(other->pagemap, chosen, &other->gain);
	}
}

/* Sets initial weights. Excludes pagemaps that their own GPU cannot use */
static void start(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		struct candidate *candidate = &search->candidates[i];

		candidate->gain = 0;
		candidate->possible = weigh(candidate->pagemap, candidate->pagemap,
					    &candidate->gain);
	}
}

/* Returns the index of the candidate with the most weight and lowest ID, or the count */
static size_t best_candidate(const struct search *search)
{
	size_t best = search->count;

	for (size_t i = 0; i < search->count; i++) {
		const struct candidate *candidate = &search->candidates[i];

		if (candidate->possible &&
		    (best == search->count || candidate->gain > search->candidates[best].gain))
			best = i;
	}
	return best;
}

/* Decides between equal sets: bandwidth with which all GPUs reach the set */
static uint64_t standing(const struct search *search)
{
	const struct gpusvm_link *link;
	uint64_t sum = 0;

	for (size_t i = 0; i < search->wanted; i++) {
		gpusvm_pagemap_link_foreach(search->candidates[search->chosen[i]].pagemap, link) {
			if (gpusvm_link_is_direct(link) && gpusvm_link_is_usable(link))
				sum += weight_of_link(link);
		}
	}
	return sum;
}

static void keep_if_better(struct search *search, uint64_t weight)
{
	uint64_t its = standing(search);

	if (search->found && (weight < search->best_weight ||
			      (weight == search->best_weight && its <= search->best_standing)))
		return;

	for (size_t i = 0; i < search->wanted; i++)
		search->best[i] = search->chosen[i];
	search->best_weight = weight;
	search->best_standing = its;
	search->found = true;
}

/* Chooses @next, then the candidate that adds most, until the set is complete */
static void try_from(struct search *search, size_t next)
{
	uint64_t weight = 0;

	start(search);
	if (!search->candidates[next].possible)
		return;

	for (size_t i = 0; i < search->wanted; i++) {
		if (i)
			next = best_candidate(search);
		if (next == search->count)
			return;
		search->chosen[i] = next;
		weight += search->candidates[next].gain;
		update(search, search->candidates[next].pagemap);
	}
	keep_if_better(search, weight);
}

static void try_all(struct search *search)
{
	uint64_t work = 0;

	for (size_t i = 0; i < search->count && work < WORK_MAX; i++) {
		try_from(search, i);
		work += (uint64_t)search->count * search->wanted;
	}
}

static int compare_indices(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

static int add_best(struct search *search, struct gpusvm_ranking *ranking)
{
	int err = 0;

	qsort(search->best, search->wanted, sizeof(*search->best), compare_indices);
	for (size_t i = 0; !err && i < search->wanted; i++)
		err = ranking_add(ranking, search->candidates[search->best[i]].pagemap);
	return err;
}

static int find_set(struct search *search, struct gpusvm_ranking *ranking)
{
	int err = -ENOENT;

	search->chosen = calloc(search->wanted, sizeof(*search->chosen));
	search->best = calloc(search->wanted, sizeof(*search->best));
	if (search->chosen && search->best) {
		try_all(search);
		if (search->found)
			err = add_best(search, ranking);
	} else {
		err = -ENOMEM;
	}
	free(search->chosen);
	free(search->best);
	return err;
}

static int set_candidates(struct search *search, const struct gpusvm_topology *topology,
			  gpusvm_filter_fn filter, void *data)
{
	const struct gpusvm_pagemap *pagemap;

	search->candidates = calloc(topology->pagemaps.count + 1, sizeof(*search->candidates));
	if (!search->candidates)
		return -ENOMEM;
	gpusvm_pagemap_foreach(topology, pagemap) {
		if (!filter || filter(data, pagemap))
			search->candidates[search->count++].pagemap = pagemap;
	}
	return search->count < search->wanted ? -ENOENT : 0;
}

GPUSVM_EXPORT int gpusvm_ranking_connected(const struct gpusvm_topology *topology,
					   size_t count, unsigned int flags,
					   gpusvm_filter_fn filter, void *data,
					   struct gpusvm_ranking **ranking)
{
	struct search search = { .wanted = count, .flags = flags };
	struct gpusvm_ranking *new;
	int err;

	if (!count || flags & ~GPUSVM_CONNECTED_ONE_EACH)
		return -EINVAL;
	new = ranking_new(topology);
	if (!new)
		return -ENOMEM;

	err = set_candidates(&search, topology, filter, data);
	if (!err)
		err = find_set(&search, new);
	free(search.candidates);
	if (err)
		gpusvm_ranking_free(new);
	else
		*ranking = new;
	return err;
}
