// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rankings of pagemaps by their distance from a CPU or a NUMA node. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ranking.h"

#define NODES "/sys/devices/system/node"
#define CPUS "/sys/devices/system/cpu"

/* More than any distance, because a table of distances has bytes */
#define FAR 256

/* A pagemap and its distance */
struct place {
	const struct gpusvm_pagemap *pagemap;
	unsigned int distance;
};

static int open_node(const struct gpusvm_topology *topology, int node, struct dir *dir)
{
	char path[sizeof(NODES) + 32];

	snprintf(path, sizeof(path), NODES "/node%d", node);
	return dir_open(dir, (struct gpusvm_topology *)topology, path);
}

/* Without NUMA, these directories do not exist */
static int read_nodes(const struct gpusvm_topology *topology, char **list)
{
	struct dir dir;
	int err;

	if (topology->synthetic)
		return -ENOENT;
	err = dir_open(&dir, (struct gpusvm_topology *)topology, NODES);
	if (err)
		return err;
	err = dir_read(&dir, "online", list);
	dir_close(&dir);
	return err;
}

/* Returns the number at an index of a line, separated by spaces; FAR after the last one */
static unsigned int number_at(const char *text, unsigned int index)
{
	uint64_t number = FAR;

	for (;; index--) {
		text += strspn(text, " ");
		if (!parse_digits(&text, FAR, &number))
			return FAR;
		if (!index)
			return number;
	}
}

/* The file "distance" has a number for each online node, in their order */
static void read_distances(const struct gpusvm_topology *topology, int node,
			   const char *nodes, struct place *places, size_t count)
{
	char *distances = NULL;
	struct dir dir;

	if (open_node(topology, node, &dir))
		return;
	if (!dir_read(&dir, "distance", &distances)) {
		for (size_t i = 0; i < count; i++) {
			int its = INT_MIN, index;

			gpusvm_pagemap_get_numa_node(places[i].pagemap, &its);
			index = its < 0 ? -1 : range_list_index(nodes, its);
			if (index >= 0)
				places[i].distance = number_at(distances, index);
		}
	}
	free(distances);
	dir_close(&dir);
}

/* Without a table of distances, a node is near only to itself */
static void set_distances(const struct gpusvm_topology *topology, int node,
			  const char *nodes, struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int its = -1;

		gpusvm_pagemap_get_numa_node(places[i].pagemap, &its);
		places[i].distance = node >= 0 && its == node ? 0 : FAR;
	}
	if (node >= 0 && nodes)
		read_distances(topology, node, nodes, places, count);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->distance != right->distance)
		return left->distance < right->distance ? -1 : 1;
	return (left->pagemap->id > right->pagemap->id) -
	       (left->pagemap->id < right->pagemap->id);
}

static int add_places(struct gpusvm_ranking *ranking, const struct place *places, size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = ranking_add(ranking, places[i].pagemap);
	return err;
}

static int rank(const struct gpusvm_topology *topology, int node, const char *nodes,
		struct gpusvm_ranking *ranking)
{
	size_t count = topology->pagemaps.count;
	struct place *places;
	int err;

	places = calloc(count + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		places[i].pagemap = topology->pagemaps.items[i];

	set_distances(topology, node, nodes, places, count);
	qsort(places, count, sizeof(*places), compare_places);
	err = add_places(ranking, places, count);
	free(places);
	return err;
}

static int rank_new(const struct gpusvm_topology *topology, int node, const char *nodes,
		    struct gpusvm_ranking **ranking)
{
	struct gpusvm_ranking *new = ranking_new(topology);
	int err;

	if (!new)
		return -ENOMEM;
	err = rank(topology, node, nodes, new);
	if (err)
		gpusvm_ranking_free(new);
	else
		*ranking = new;
	return err;
}

GPUSVM_EXPORT int gpusvm_ranking_by_node(const struct gpusvm_topology *topology, int node,
					 struct gpusvm_ranking **ranking)
{
	char *nodes = NULL;
	int err;

	if (node < 0)
		return -EINVAL;
	err = read_nodes(topology, &nodes);
	if (err == -ENOMEM)
		return err;

	if (nodes && range_list_index(nodes, node) < 0)
		err = -ENOENT;
	else
		err = rank_new(topology, node, nodes, ranking);
	free(nodes);
	return err;
}

static bool has_cpu(const struct gpusvm_topology *topology, int node, unsigned int cpu)
{
	bool has = false;
	struct dir dir;
	char *cpus;

	if (open_node(topology, node, &dir))
		return false;
	if (!dir_read(&dir, "cpulist", &cpus)) {
		has = range_list_index(cpus, cpu) >= 0;
		free(cpus);
	}
	dir_close(&dir);
	return has;
}

/* Returns -1 if no node has the CPU */
static int node_of_cpu(const struct gpusvm_topology *topology, const char *nodes,
		       unsigned int cpu)
{
	uint64_t first, last;

	while (next_range(&nodes, &first, &last)) {
		for (; first <= last; first++) {
			if (has_cpu(topology, first, cpu))
				return first;
		}
	}
	return -1;
}

static bool is_cpu(const struct gpusvm_topology *topology, unsigned int cpu)
{
	char path[sizeof(CPUS) + 32];
	struct dir dir;

	if (topology->synthetic)
		return false;
	snprintf(path, sizeof(path), CPUS "/cpu%u", cpu);
	if (dir_open(&dir, (struct gpusvm_topology *)topology, path))
		return false;
	dir_close(&dir);
	return true;
}

GPUSVM_EXPORT int gpusvm_ranking_by_cpu(const struct gpusvm_topology *topology,
					unsigned int cpu, struct gpusvm_ranking **ranking)
{
	char *nodes = NULL;
	int err, node = -1;

	err = read_nodes(topology, &nodes);
	if (err == -ENOMEM)
		return err;
	if (nodes)
		node = node_of_cpu(topology, nodes, cpu);

	if (node < 0 && !is_cpu(topology, cpu))
		err = -ENOENT;
	else
		err = rank_new(topology, node, nodes, ranking);
	free(nodes);
	return err;
}
