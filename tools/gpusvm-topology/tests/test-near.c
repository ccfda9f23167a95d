// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of nearness, with and without performance attributes. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "tap.h"

#define KNOWN(number) { .value = number, .known = true }

static struct gpusvm_ctx ctx;
static struct gpusvm_topology topology = { .ctx = &ctx };
static struct gpusvm_pagemap pagemaps[10];
static struct gpusvm_initiator initiator = { .topology = &topology };

/* Pagemaps 1 to 9 in the expected order, with the attribute that decides */
static struct gpusvm_link links[] = {
	/* the higher bandwidth, which is the lower one of read and write */
	{ .read_bandwidth = KNOWN(300), .write_bandwidth = KNOWN(500) },
	{ .read_bandwidth = KNOWN(900), .write_bandwidth = KNOWN(200),
	  .read_latency = KNOWN(5) },
	/* bandwidth of one direction only */
	{ .read_bandwidth = KNOWN(100), .read_latency = KNOWN(10),
	  .write_latency = KNOWN(20), .hops = KNOWN(9) },
	/* the lower latency, which is the higher one of read and write */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30),
	  .write_latency = KNOWN(1), .hops = KNOWN(1) },
	/* fewer hops */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30), .hops = KNOWN(2) },
	/* unknown hops */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30) },
	/* unknown latency */
	{ .write_bandwidth = KNOWN(100), .hops = KNOWN(0) },
	/* unknown bandwidth; then the lower ID */
	{ .read_latency = KNOWN(1), .hops = KNOWN(0) },
	{ .read_latency = KNOWN(1), .hops = KNOWN(0) },
};

#define LINKS (sizeof(links) / sizeof(*links))

static void prepare(void)
{
	/* From the last to the first, so that the order is not that of creation */
	for (size_t i = LINKS; i--;) {
		pagemaps[i].id = i + 1;
		links[i].pagemap = &pagemaps[i];
		links[i].access = (char *)"direct";
		links[i].usable = (struct figure)KNOWN(1);
		if (list_add(&initiator.links, &links[i]))
			abort();
	}
}

static uint64_t order(unsigned int flags)
{
	struct gpusvm_nearest *nearest;
	const struct gpusvm_link *link;
	uint64_t ids = 0;

	if (gpusvm_nearest_new(&initiator, flags, &nearest))
		abort();
	while ((link = gpusvm_nearest_next(nearest)))
		ids = ids * 10 + gpusvm_pagemap_get_id(link->pagemap);
	gpusvm_nearest_free(nearest);
	return ids;
}

int main(void)
{
	atomic_init(&topology.refs, 1);
	for (size_t i = 0; i < LINKS; i++)
		links[i].initiator = &initiator;
	/* gpusvm_initiator_get_next_link() uses the index */
	prepare();
	for (size_t i = 0; i < initiator.links.count; i++)
		((struct gpusvm_link *)initiator.links.items[i])->index_in_initiator = i;

	check(order(0) == 123456789, "near: bandwidth, latency, hops, ID; unknown last");

	links[1].usable.value = 0;
	links[3].access = (char *)"none";
	links[3].usable.value = 0;
	links[5].access = NULL;
	links[6].usable.known = false;
	check(order(0) == 13589, "near: only usable links");
	check(order(GPUSVM_NEAR_UNUSABLE) == 1235789, "near: also unusable links");
	check(order(GPUSVM_NEAR_REFUSED) == 1345689, "near: also refused links");
	check(order(GPUSVM_NEAR_UNUSABLE | GPUSVM_NEAR_REFUSED) == 123456789, "near: all");

	list_free(&initiator.links, NULL);
	return tap_status();
}
