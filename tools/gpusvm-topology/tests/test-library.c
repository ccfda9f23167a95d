// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The public interface, on the tree of "make-tree DIR gpus=4 topology=ring regions=2,1
 * memless=1". Of initiators 0 to 3, the first one has pagemaps 1 and 2, the next two have
 * 3 and 4.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gpusvm-topology.h>

#include "tap.h"

static struct gpusvm_topology *scan(const char *sysroot)
{
	struct gpusvm_topology *topology;
	struct gpusvm_ctx *ctx;

	if (gpusvm_new(&ctx))
		abort();
	if (gpusvm_set_sysroot(ctx, sysroot) || gpusvm_topology_new(ctx, &topology))
		topology = NULL;
	gpusvm_unref(ctx);
	return topology;
}

static void test_pagemaps(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap;
	uint32_t expected = 1;
	uint64_t bytes = 0;
	uint16_t instance = 0;
	bool ordered = true;
	int node = 0;

	gpusvm_pagemap_foreach(topology, pagemap)
		ordered = ordered && gpusvm_pagemap_get_id(pagemap) == expected++;
	check(ordered && expected == 5, "pagemaps: have the order of IDs");

	pagemap = gpusvm_pagemap_find_by_id(topology, 2);
	check(pagemap && gpusvm_pagemap_get_id(pagemap) == 2, "pagemaps: found by ID");
	check(gpusvm_pagemap_find_by_uid(topology, "platform-vgpusvm.0-vram1") == pagemap,
	      "pagemaps: found by uid");
	check(!gpusvm_pagemap_find_by_id(topology, 0) && !gpusvm_pagemap_find_by_id(topology, 5),
	      "pagemaps: an unknown ID finds nothing");
	check(!gpusvm_pagemap_find_by_uid(topology, "platform-vgpusvm.0"),
	      "pagemaps: an unknown uid finds nothing");
	check(gpusvm_pagemap_get_topology(pagemap) == topology, "pagemaps: topology");
	check(!strcmp(gpusvm_pagemap_get_uid(pagemap), "platform-vgpusvm.0-vram1"),
	      "pagemaps: uid");
	check(!gpusvm_pagemap_get_region_instance(pagemap, &instance) && instance == 1,
	      "pagemaps: region_instance");
	check(!gpusvm_pagemap_get_size(pagemap, &bytes) && bytes == 64 << 20, "pagemaps: size");
	check(!gpusvm_pagemap_get_free(pagemap, &bytes) && bytes == 64 << 20, "pagemaps: free");
	check(!gpusvm_pagemap_get_numa_node(pagemap, &node) && node == -1, "pagemaps: numa_node");
	check(!strcmp(gpusvm_pagemap_get_state(pagemap), "idle"), "pagemaps: state");
	check(!strcmp(gpusvm_pagemap_get_dmem_region(pagemap), "drm/vgpusvm.0/vram1"),
	      "pagemaps: dmem_region");
	check(!strcmp(gpusvm_pagemap_get_device(pagemap), "vgpusvm.0"), "pagemaps: device");
	check(!strcmp(gpusvm_pagemap_get_render(pagemap), "renderD128"), "pagemaps: render");
	check(gpusvm_pagemap_get_initiator(pagemap) == gpusvm_initiator_get_first(topology),
	      "pagemaps: initiator");
	check(gpusvm_pagemap_get_group(pagemap) == gpusvm_group_get_first(topology),
	      "pagemaps: group");
}

static void test_initiators(const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator;
	unsigned int count = 0;

	gpusvm_initiator_foreach(topology, initiator)
		count++;
	check(count == 4, "initiators: all, including one without memory");

	initiator = gpusvm_initiator_find_by_uid(topology, "platform-vgpusvm.3");
	check(initiator && !gpusvm_initiator_get_next(initiator), "initiators: found by uid");
	check(!gpusvm_initiator_find_by_uid(topology, "platform-vgpusvm.4"),
	      "initiators: an unknown uid finds nothing");
	check(gpusvm_initiator_get_topology(initiator) == topology, "initiators: topology");
	check(!strcmp(gpusvm_initiator_get_uid(initiator), "platform-vgpusvm.3"),
	      "initiators: uid");
	check(!strcmp(gpusvm_initiator_get_device(initiator), "vgpusvm.3"), "initiators: device");
	check(!strcmp(gpusvm_initiator_get_render(initiator), "renderD131"),
	      "initiators: render");
	check(gpusvm_initiator_get_group(initiator) ==
	      gpusvm_group_find_by_name(topology, "auto-platform-vgpusvm.2"),
	      "initiators: group");
}

static void test_link_figures(const struct gpusvm_link *link)
{
	unsigned int hops = 0;
	uint64_t value = 0;

	check(!gpusvm_link_get_hops(link, &hops) && hops == 1, "links: hops");
	check(!gpusvm_link_get_read_bandwidth(link, &value) && value == 53000,
	      "links: read_bandwidth");
	check(!gpusvm_link_get_write_bandwidth(link, &value) && value == 53000,
	      "links: write_bandwidth");
	check(!gpusvm_link_get_max_read_bandwidth(link, &value) && value == 53000,
	      "links: max_read_bandwidth");
	check(!gpusvm_link_get_max_write_bandwidth(link, &value) && value == 53000,
	      "links: max_write_bandwidth");
	check(!gpusvm_link_get_read_latency(link, &value) && value == 900, "links: read_latency");
	check(!gpusvm_link_get_write_latency(link, &value) && value == 900,
	      "links: write_latency");
	check(!gpusvm_link_get_read_bytes(link, &value) && value == 3 << 20,
	      "links: read_bytes");
	check(!gpusvm_link_get_write_bytes(link, &value) && value == 1 << 20,
	      "links: write_bytes");
}

/* Measures the memory of words, because a machine has thousands of links */
static void test_room(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	size_t room = 0, most = 0;

	gpusvm_pagemap_foreach(topology, pagemap) {
		gpusvm_pagemap_link_foreach(pagemap, link) {
			room += malloc_usable_size((void *)gpusvm_link_get_type(link)) +
				malloc_usable_size((void *)gpusvm_link_get_access(link));
			most += 2 * 64;
		}
	}
	check(room && room < most, "links: words take little more than their length");
}

static void test_links(const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	unsigned int from = 0, to = 0;
	bool agree = true;

	gpusvm_initiator_foreach(topology, initiator)
		gpusvm_initiator_link_foreach(initiator, link) {
			agree = agree && gpusvm_link_get_initiator(link) == initiator &&
				gpusvm_link_find(initiator, gpusvm_link_get_pagemap(link)) == link;
			from++;
		}
	gpusvm_pagemap_foreach(topology, pagemap)
		gpusvm_pagemap_link_foreach(pagemap, link) {
			agree = agree && gpusvm_link_get_pagemap(link) == pagemap;
			to++;
		}
	check(from == 12 && to == 12 && agree, "links: the same from both ends");

	initiator = gpusvm_initiator_get_first(topology);
	link = gpusvm_link_find(initiator, gpusvm_pagemap_find_by_id(topology, 3));
	check(link && !strcmp(gpusvm_link_get_type(link), "xelink"), "links: type");
	check(gpusvm_link_is_direct(link) && !strcmp(gpusvm_link_get_access(link), "direct") &&
	      !gpusvm_link_get_reason(link), "links: direct");
	check(gpusvm_link_is_usable(link) && !gpusvm_link_get_usable_reason(link),
	      "links: usable");
	test_link_figures(link);

	check(!gpusvm_link_find(initiator, gpusvm_pagemap_find_by_id(topology, 4)),
	      "links: no path");
	initiator = gpusvm_initiator_find_by_uid(topology, "platform-vgpusvm.3");
	link = gpusvm_link_find(initiator, gpusvm_pagemap_find_by_id(topology, 1));
	check(link && !gpusvm_link_is_usable(link) &&
	      !strcmp(gpusvm_link_get_usable_reason(link), "clique"), "links: not usable");
}

static void test_groups(const struct gpusvm_topology *topology)
{
	const struct gpusvm_group *group = gpusvm_group_get_first(topology);
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	unsigned int count = 0, ids = 0;
	uint64_t number = 1;
	bool flag = true;

	check(!strcmp(gpusvm_group_get_name(group), "auto-platform-vgpusvm.0"), "groups: name");
	check(gpusvm_group_get_topology(group) == topology, "groups: topology");
	check(!gpusvm_group_get_next(gpusvm_group_get_next(group)), "groups: the topology has two");
	check(!gpusvm_group_find_by_name(topology, "auto-platform-vgpusvm.1"),
	      "groups: an unknown name finds nothing");

	gpusvm_group_initiator_foreach(group, initiator)
		count++;
	gpusvm_group_pagemap_foreach(group, pagemap)
		ids = ids * 10 + gpusvm_pagemap_get_id(pagemap);
	check(count == 2 && ids == 123, "groups: members");

	check(!strcmp(gpusvm_group_get_origin(group), "hardware"), "groups: origin");
	check(!strcmp(gpusvm_group_get_pagemap_list(group), "1-3"), "groups: pagemap_list");
	check(!gpusvm_group_get_users(group, &number) && number == 0, "groups: users");
	check(!gpusvm_group_get_pending(group, &flag) && !flag, "groups: pending");
	check(!gpusvm_group_get_min_read_bandwidth(group, &number) && number == 53000,
	      "groups: min_read_bandwidth");
	check(!gpusvm_group_get_min_write_bandwidth(group, &number) && number == 53000,
	      "groups: min_write_bandwidth");
}

static void test_unknown(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_get_first(topology);
	const struct gpusvm_link *link = gpusvm_pagemap_get_first_link(pagemap);
	const struct gpusvm_group *group = gpusvm_group_get_first(topology);
	unsigned int members = 7, hops = 7;
	uint64_t number = 7;
	bool flag = true;

	check(gpusvm_pagemap_get_free(pagemap, &number) == -ENODATA &&
	      !gpusvm_pagemap_get_dmem_region(pagemap), "unknown: of a pagemap");
	check(gpusvm_link_get_hops(link, &hops) == -ENODATA &&
	      gpusvm_link_get_read_bandwidth(link, &number) == -ENODATA &&
	      gpusvm_link_get_write_bandwidth(link, &number) == -ENODATA &&
	      gpusvm_link_get_max_read_bandwidth(link, &number) == -ENODATA &&
	      gpusvm_link_get_max_write_bandwidth(link, &number) == -ENODATA &&
	      gpusvm_link_get_read_latency(link, &number) == -ENODATA &&
	      gpusvm_link_get_write_latency(link, &number) == -ENODATA &&
	      gpusvm_link_get_read_bytes(link, &number) == -ENODATA &&
	      gpusvm_link_get_write_bytes(link, &number) == -ENODATA, "unknown: of a link");
	check(gpusvm_group_get_members_expected(group, &members) == -ENODATA &&
	      gpusvm_group_get_members_joined(group, &members) == -ENODATA &&
	      gpusvm_group_get_complete(group, &flag) == -ENODATA &&
	      gpusvm_group_get_min_read_bandwidth(group, &number) == -ENODATA &&
	      gpusvm_group_get_min_write_bandwidth(group, &number) == -ENODATA,
	      "unknown: of a group");
	check(number == 7 && members == 7 && hops == 7 && flag,
	      "unknown: the functions set nothing");
	check(!gpusvm_topology_count_warnings(topology), "unknown: no warning");
}

static void test_nearest(struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator = gpusvm_initiator_get_first(topology);
	struct gpusvm_nearest *nearest = NULL;
	const struct gpusvm_link *link;
	unsigned int ids = 0;

	check(gpusvm_nearest_new(initiator, 4, &nearest) == -EINVAL && !nearest,
	      "nearest: unknown flag");
	if (gpusvm_nearest_new(initiator, 0, &nearest))
		abort();
	/* The iterator has a reference to the topology */
	gpusvm_topology_unref(topology);
	while ((link = gpusvm_nearest_next(nearest)))
		ids = ids * 10 + gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));
	check(ids == 123, "nearest: own memory first, usable only");
	check(!gpusvm_nearest_next(nearest), "nearest: NULL again after the end");
	gpusvm_nearest_free(nearest);
}

static void test_context(const char *sysroot)
{
	struct gpusvm_topology *topology;
	uint64_t generation = 0;
	struct gpusvm_ctx *ctx;

	if (gpusvm_new(&ctx))
		abort();
	check(gpusvm_set_sysroot(ctx, "/nonexistent") == -ENOENT, "context: the root must exist");
	check(gpusvm_set_sysroot(ctx, "/dev/null") == -ENOTDIR,
	      "context: the root must be a directory");
	check(!gpusvm_set_sysroot(ctx, sysroot), "context: root");
	if (gpusvm_topology_new(ctx, &topology))
		abort();
	check(gpusvm_topology_get_ctx(topology) == ctx, "context: of a topology");
	check(!gpusvm_topology_get_generation(topology, &generation) && generation == 2,
	      "context: generation");
	check(gpusvm_topology_is_consistent(topology), "context: consistent");
	check(gpusvm_topology_ref(topology) == topology, "context: reference");
	gpusvm_topology_unref(topology);
	gpusvm_topology_unref(topology);

	check(!gpusvm_set_sysroot(ctx, "/dev"), "context: other root");
	check(gpusvm_topology_new(ctx, &topology) == -ENOENT, "context: no topology");
	check(gpusvm_ref(ctx) == ctx, "context: reference to a context");
	gpusvm_unref(ctx);
	gpusvm_unref(ctx);
	gpusvm_unref(NULL);
	gpusvm_topology_unref(NULL);
	gpusvm_nearest_free(NULL);
}

/* Reads the shared topology, and drops its own reference */
static void *read_topology(void *data)
{
	struct gpusvm_topology *topology = data;
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_link *link;
	uintptr_t sum = 0;

	for (int i = 0; i < 1000; i++) {
		gpusvm_topology_unref(gpusvm_topology_ref(topology));
		gpusvm_initiator_foreach(topology, initiator)
			gpusvm_initiator_link_foreach(initiator, link)
				sum += gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));
	}
	gpusvm_topology_unref(topology);
	return (void *)sum;
}

static void test_threads(struct gpusvm_topology *topology)
{
	pthread_t threads[4];
	bool good = true;
	void *sum;

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, read_topology,
				   gpusvm_topology_ref(topology)))
			abort();
	gpusvm_topology_unref(topology);
	for (int i = 0; i < 4; i++)
		good = !pthread_join(threads[i], &sum) && sum == (void *)30000UL && good;
	check(good, "threads: all read the same");
}

int main(int argc, char **argv)
{
	struct gpusvm_topology *topology;

	if (argc != 3) {
		fprintf(stderr, "Usage: %s TREE BARE_TREE\n", argv[0]);
		return 2;
	}

	check(!strcmp(gpusvm_version(), GPUSVM_VERSION), "version");
	test_context(argv[1]);
	topology = scan(argv[1]);
	if (!topology)
		return 1;
	test_pagemaps(topology);
	test_initiators(topology);
	test_links(topology);
	test_room(topology);
	test_groups(topology);
	test_nearest(topology);

	test_threads(scan(argv[1]));

	topology = scan(argv[2]);
	if (!topology)
		return 1;
	test_unknown(topology);
	gpusvm_topology_unref(topology);
	return tap_status();
}
