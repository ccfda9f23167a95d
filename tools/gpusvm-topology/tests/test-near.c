// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of nearness, with and without figures. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "tap.h"

#define KNOWN(number) { .value = number, .known = true }

static struct gpusvm_ctx ctx;
static struct gpusvm_topology topology = { .ctx = &ctx };
static struct gpusvm_pagemap pagemaps[10];
static struct gpusvm_initiator initiator = { .topology = &topology };

/* Pagemaps 1 to 9 in the order in which they should come, with what decides */
static struct gpusvm_link links[] = {
	/* the higher bandwidth, of which the lower way counts */
	{ .read_bandwidth = KNOWN(300), .write_bandwidth = KNOWN(500) },
	{ .read_bandwidth = KNOWN(900), .write_bandwidth = KNOWN(200),
	  .read_latency = KNOWN(5) },
	/* one way is known */
	{ .read_bandwidth = KNOWN(100), .read_latency = KNOWN(10),
	  .write_latency = KNOWN(20), .hops = KNOWN(9) },
	/* the lower latency, of which the higher way counts */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30),
	  .write_latency = KNOWN(1), .hops = KNOWN(1) },
	/* fewer hops */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30), .hops = KNOWN(2) },
	/* hops that are not known */
	{ .write_bandwidth = KNOWN(100), .read_latency = KNOWN(30) },
	/* latency that is not known */
	{ .write_bandwidth = KNOWN(100), .hops = KNOWN(0) },
	/* bandwidth that is not known; then the lower ID */
	{ .read_latency = KNOWN(1), .hops = KNOWN(0) },
	{ .read_latency = KNOWN(1), .hops = KNOWN(0) },
};

#define LINKS (sizeof(links) / sizeof(*links))

static void prepare(void)
{
	/* From the last to the first, so that the order is not by chance */
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
	/* gpusvm_initiator_get_next_link() goes by the index */
	prepare();
	for (size_t i = 0; i < initiator.links.count; i++)
		((struct gpusvm_link *)initiator.links.items[i])->index_in_initiator = i;

	check(order(0) == 123456789, "near: bandwidth, latency, hops, ID; unknown last");

	links[1].usable.value = 0;
	links[3].access = (char *)"none";
	links[3].usable.value = 0;
	links[5].access = NULL;
	links[6].usable.known = false;
	check(order(0) == 13589, "near: usable ones only");
	check(order(GPUSVM_NEAR_UNUSABLE) == 1235789, "near: unusable ones, too");
	check(order(GPUSVM_NEAR_REFUSED) == 1345689, "near: refused ones, too");
	check(order(GPUSVM_NEAR_UNUSABLE | GPUSVM_NEAR_REFUSED) == 123456789, "near: all");

	list_free(&initiator.links, NULL);
	return tap_status();
}
