// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

struct gpusvm_nearest {
	struct gpusvm_topology *topology;
	struct list links;
	size_t next;
};

/* Returns the lower one of two values, or the one that is known */
static struct figure lower(const struct figure *a, const struct figure *b)
{
	if (!b->known || (a->known && a->value < b->value))
		return *a;
	return *b;
}

/* Returns the higher one of two values, or the one that is known */
static struct figure higher(const struct figure *a, const struct figure *b)
{
	if (!b->known || (a->known && a->value > b->value))
		return *a;
	return *b;
}

/* Ascending order, with unknown values last */
static int compare_figures(struct figure a, struct figure b)
{
	if (!a.known || !b.known)
		return b.known - a.known;
	return (a.value > b.value) - (a.value < b.value);
}

/* Returns the bandwidth of a link for comparisons: the lower one of read and write */
struct figure link_bandwidth(const struct gpusvm_link *link)
{
	return lower(&link->read_bandwidth, &link->write_bandwidth);
}

static int compare_bandwidths(const struct gpusvm_link *a, const struct gpusvm_link *b)
{
	struct figure left = link_bandwidth(a);
	struct figure right = link_bandwidth(b);

	if (left.known && right.known)
		return compare_figures(right, left);
	return compare_figures(left, right);
}

static int compare_latencies(const struct gpusvm_link *a, const struct gpusvm_link *b)
{
	return compare_figures(higher(&a->read_latency, &a->write_latency),
			       higher(&b->read_latency, &b->write_latency));
}

static int compare_nearness(const void *a, const void *b)
{
	const struct gpusvm_link *left = *(const struct gpusvm_link *const *)a;
	const struct gpusvm_link *right = *(const struct gpusvm_link *const *)b;
	int order;

	order = compare_bandwidths(left, right);
	if (!order)
		order = compare_latencies(left, right);
	if (!order)
		order = compare_figures(left->hops, right->hops);
	if (order)
		return order;
	return (left->pagemap->id > right->pagemap->id) -
	       (left->pagemap->id < right->pagemap->id);
}

static bool is_wanted(const struct gpusvm_link *link, unsigned int flags)
{
	if (!gpusvm_link_is_direct(link))
		return flags & GPUSVM_NEAR_REFUSED;
	return gpusvm_link_is_usable(link) || flags & GPUSVM_NEAR_UNUSABLE;
}

GPUSVM_EXPORT int gpusvm_nearest_new(const struct gpusvm_initiator *initiator,
				     unsigned int flags, struct gpusvm_nearest **nearest)
{
	const struct gpusvm_link *link;
	struct gpusvm_nearest *new;

	if (flags & ~(GPUSVM_NEAR_UNUSABLE | GPUSVM_NEAR_REFUSED))
		return -EINVAL;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->topology = gpusvm_topology_ref(initiator->topology);

	gpusvm_initiator_link_foreach(initiator, link) {
		if (is_wanted(link, flags) && list_add(&new->links, (void *)link)) {
			gpusvm_nearest_free(new);
			return -ENOMEM;
		}
	}
	list_sort(&new->links, compare_nearness);
	*nearest = new;
	return 0;
}

GPUSVM_EXPORT const struct gpusvm_link *gpusvm_nearest_next(struct gpusvm_nearest *nearest)
{
	return list_get(&nearest->links, nearest->next++);
}

GPUSVM_EXPORT void gpusvm_nearest_free(struct gpusvm_nearest *nearest)
{
	if (!nearest)
		return;
	list_free(&nearest->links, NULL);
	gpusvm_topology_unref(nearest->topology);
	free(nearest);
}
