// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rankings, on the tree of "make-tree DIR gpus=4 regions=2,1 nodes=3": pagemaps 1 and 2
 * are at node 0, 3 at node 1, 4 at node 2, and 5 at node 0. Sets of pagemaps in random
 * topologies are compared with an exhaustive search.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "tap.h"
#include "tree.h"

#define GPUS 7

static unsigned int take(struct gpusvm_ranking *ranking)
{
	const struct gpusvm_pagemap *pagemap;
	unsigned int ids = 0;

	while ((pagemap = gpusvm_ranking_next(ranking)))
		ids = ids * 10 + gpusvm_pagemap_get_id(pagemap);
	gpusvm_ranking_free(ranking);
	return ids;
}

/* Returns the IDs in their order as digits, or the error */
static int by_node(const struct gpusvm_topology *topology, int node)
{
	struct gpusvm_ranking *ranking;
	int err = gpusvm_ranking_by_node(topology, node, &ranking);

	return err ? err : (int)take(ranking);
}

static int by_cpu(const struct gpusvm_topology *topology, unsigned int cpu)
{
	struct gpusvm_ranking *ranking;
	int err = gpusvm_ranking_by_cpu(topology, cpu, &ranking);

	return err ? err : (int)take(ranking);
}

static int connected(const struct gpusvm_topology *topology, size_t count, unsigned int flags,
		     gpusvm_filter_fn filter, void *data)
{
	struct gpusvm_ranking *ranking = NULL;
	int err = gpusvm_ranking_connected(topology, count, flags, filter, data, &ranking);

	return err ? err : (int)take(ranking);
}

static void test_nodes(const struct gpusvm_topology *topology)
{
	check(by_node(topology, 0) == 12534, "node: the first one");
	check(by_node(topology, 1) == 31245, "node: one in the middle");
	check(by_node(topology, 2) == 43125, "node: the last one");
	check(by_node(topology, 3) == -ENOENT && by_node(topology, -1) == -EINVAL &&
	      by_node(topology, 2147483647) == -ENOENT, "node: it must exist");
	check(by_cpu(topology, 0) == 12534 && by_cpu(topology, 3) == 31245 &&
	      by_cpu(topology, 4) == 43125, "cpu: of each node");
	check(by_cpu(topology, 6) == -ENOENT && by_cpu(topology, 4294967295U) == -ENOENT,
	      "cpu: it must exist");
}

/* Missing and malformed files are like unknown values */
static void test_odd_nodes(const char *sysroot, const struct gpusvm_topology *topology)
{
	const char *distance = "devices/system/node/node1/distance";
	const char *online = "devices/system/node/online";
	struct gpusvm_topology *later;

	change_value(sysroot, "class/drm_pagemap/pagemap1/numa_node", "-1\n");
	later = scan_tree(sysroot);
	check(by_node(later, 0) == 25341, "node: a pagemap without a node comes last");
	gpusvm_topology_unref(later);

	change_value(sysroot, distance, "20 10\n");
	check(by_node(topology, 1) == 31254, "node: a distance is missing");
	change_value(sysroot, distance, "20 ten 20\n");
	check(by_node(topology, 1) == 12534, "node: a malformed distance");
	change_value(sysroot, distance, NULL);
	check(by_node(topology, 1) == 31245, "node: no distances");
	change_value(sysroot, online, "0-4294967295\n");
	check(by_node(topology, 1) == -ENOENT, "node: too many nodes");
	change_value(sysroot, online, NULL);
	check(by_node(topology, 9) == 12345, "node: any number without NUMA");
	check(by_cpu(topology, 5) == 12345 && by_cpu(topology, 6) == -ENOENT,
	      "cpu: not in a node");
}

static bool is_not(void *data, const struct gpusvm_pagemap *pagemap)
{
	return gpusvm_pagemap_get_id(pagemap) != *(uint32_t *)data;
}

static void test_connected(const struct gpusvm_topology *topology)
{
	uint32_t first = 1;

	check(connected(topology, 0, 0, NULL, NULL) == -EINVAL &&
	      connected(topology, 1, 2, NULL, NULL) == -EINVAL, "connected: wrong arguments");
	check(connected(topology, 6, 0, NULL, NULL) == -ENOENT,
	      "connected: more than all pagemaps");
	check(connected(topology, 5, 0, NULL, NULL) == 12345, "connected: all");
	check(connected(topology, 1, 0, NULL, NULL) == 1, "connected: one");
	check(connected(topology, 2, 0, NULL, NULL) == 12, "connected: two of one GPU");
	check(connected(topology, 2, GPUSVM_CONNECTED_ONE_EACH, NULL, NULL) == 13,
	      "connected: two of different GPUs");
	check(connected(topology, 5, GPUSVM_CONNECTED_ONE_EACH, NULL, NULL) == -ENOENT,
	      "connected: one each, more than all GPUs");
	check(connected(topology, 2, GPUSVM_CONNECTED_ONE_EACH, is_not, &first) == 23,
	      "connected: with a filter");
}

/* A random topology of GPUs with one pagemap each, in the structures of the library */
static struct gpusvm_topology machine;
static struct gpusvm_pagemap pagemaps[GPUS];
static struct gpusvm_initiator gpus[GPUS];
static struct gpusvm_link links[GPUS][GPUS];

static void make_machine(void)
{
	for (size_t to = 0; to < GPUS; to++) {
		gpus[to] = (struct gpusvm_initiator){ .topology = &machine, .index = to };
		pagemaps[to] = (struct gpusvm_pagemap){
			.topology = &machine, .index = to, .id = to + 1,
			.initiator = &gpus[to],
		};
		must(!list_add(&machine.pagemaps, &pagemaps[to]), "machine");
		for (size_t from = 0; from < GPUS; from++) {
			links[from][to] = (struct gpusvm_link){
				.initiator = &gpus[from], .pagemap = &pagemaps[to],
				.index_in_pagemap = from, .access = (char *)"direct",
			};
			must(!list_add(&pagemaps[to].links, &links[from][to]), "machine");
		}
	}
}

static void shuffle_machine(void)
{
	for (size_t from = 0; from < GPUS; from++) {
		for (size_t to = 0; to < GPUS; to++) {
			struct figure bandwidth = { random() % 4, true };

			links[from][to].usable = (struct figure){ random() % 8 != 0, true };
			links[from][to].read_bandwidth = bandwidth;
			links[from][to].write_bandwidth = bandwidth;
		}
	}
}

/* Returns -1 if a link is missing */
static int64_t weight_of(unsigned int set)
{
	int64_t sum = 0;

	for (size_t from = 0; from < GPUS; from++) {
		for (size_t to = 0; to < GPUS; to++) {
			const struct gpusvm_link *link = &links[from][to];

			if (!(set >> from & 1) || !(set >> to & 1))
				continue;
			if (!link->usable.value)
				return -1;
			sum += link->read_bandwidth.value ?: 1;
		}
	}
	return sum;
}

static int64_t best_weight(int count)
{
	int64_t best = -1, weight;

	for (unsigned int set = 1; set < 1 << GPUS; set++) {
		weight = __builtin_popcount(set) == count ? weight_of(set) : -1;
		if (weight > best)
			best = weight;
	}
	return best;
}

static int64_t found_weight(int count)
{
	int ids = connected(&machine, count, 0, NULL, NULL);
	unsigned int set = 0;

	if (ids < 0)
		return -1;
	for (; ids; ids /= 10)
		set |= 1 << (ids % 10 - 1);
	return __builtin_popcount(set) == count ? weight_of(set) : -2;
}

static void test_random(void)
{
	bool one = true, two = true, more = true;
	unsigned int seed = time(NULL);
	int64_t found, best;

	printf("# seed %u\n", seed);
	srandom(seed);
	atomic_init(&machine.refs, 1);
	make_machine();
	for (int round = 0; round < 300; round++) {
		shuffle_machine();
		one = one && found_weight(1) == best_weight(1);
		two = two && found_weight(2) == best_weight(2);
		found = found_weight(4);
		best = best_weight(4);
		more = more && (found == -1 || (found > 0 && found <= best));
	}
	check(one, "connected: one is the best in random topologies");
	check(two, "connected: two are the best in random topologies");
	check(more, "connected: four have links between each other");

	list_free(&machine.pagemaps, NULL);
	for (size_t i = 0; i < GPUS; i++)
		list_free(&pagemaps[i].links, NULL);
}

int main(int argc, char **argv)
{
	struct gpusvm_topology *topology;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s TREE\n", argv[0]);
		return 2;
	}

	topology = scan_tree(argv[1]);
	test_nodes(topology);
	test_connected(topology);
	test_odd_nodes(argv[1], topology);
	gpusvm_topology_unref(topology);
	test_random();
	return tap_status();
}
