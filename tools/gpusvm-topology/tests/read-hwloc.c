// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the pagemaps that the plugin of hwloc adds, and the matrices of distances between them,
 * as a program that uses hwloc reads them.
 */
#include <hwloc.h>
#include <hwloc/distances.h>
#include <stdio.h>
#include <string.h>

#define DISTANCES_MOST 8

static void print_devices(hwloc_topology_t topology)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_osdev(topology, object))) {
		const char *size = hwloc_obj_get_info_by_name(object, "GPUSVMMemorySize");
		hwloc_obj_t place = hwloc_get_non_io_ancestor_obj(topology, object);
		char cpus[64], parent[64];

		if (!object->subtype || strcmp(object->subtype, "GPUSVM"))
			continue;
		hwloc_bitmap_list_snprintf(cpus, sizeof(cpus), place->cpuset);
		hwloc_obj_type_snprintf(parent, sizeof(parent), object->parent, 0);
		printf("%s %s group %s, %s KiB, in %s, CPUs %s\n", object->name,
		       hwloc_obj_get_info_by_name(object, "GPUSVMPagemap"),
		       hwloc_obj_get_info_by_name(object, "GPUSVMGroup"), size ? size : "?",
		       parent, cpus);
	}
}

static void print_matrix(hwloc_topology_t topology, struct hwloc_distances_s *matrix)
{
	printf("%s %s%s%s\n", hwloc_distances_get_name(topology, matrix),
	       matrix->kind & HWLOC_DISTANCES_KIND_FROM_OS ? "from-os" : "",
	       matrix->kind & HWLOC_DISTANCES_KIND_MEANS_LATENCY ? " latency" : "",
	       matrix->kind & HWLOC_DISTANCES_KIND_MEANS_BANDWIDTH ? " bandwidth" : "");
	for (unsigned int i = 0; i < matrix->nbobjs; i++) {
		printf("%s:", matrix->objs[i]->name);
		for (unsigned int j = 0; j < matrix->nbobjs; j++) {
			unsigned long long value = matrix->values[i * matrix->nbobjs + j];

			if (value == ~0ULL)
				printf(" far");
			else
				printf(" %llu", value);
		}
		putchar('\n');
	}
}

int main(void)
{
	static const char *const names[] = { "GPUSVMBandwidth", "GPUSVMLatency", "GPUSVMHops" };
	hwloc_topology_t topology;

	if (hwloc_topology_init(&topology) ||
	    hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_IMPORTANT) ||
	    hwloc_topology_load(topology))
		return 1;
	print_devices(topology);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct hwloc_distances_s *matrices[DISTANCES_MOST];
		unsigned int count = DISTANCES_MOST;

		if (hwloc_distances_get_by_name(topology, names[i], &count, matrices, 0))
			return 1;
		for (unsigned int j = 0; j < count; j++) {
			print_matrix(topology, matrices[j]);
			hwloc_distances_release(topology, matrices[j]);
		}
	}
	hwloc_topology_destroy(topology);
	return 0;
}
