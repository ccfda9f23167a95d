// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "root.h"

#define MOST_CPUS 8192
#define LENGTH_MAX 65536

/* Reads a line from a file below the sysroot. A synthetic topology has no such files */
char *machine_read(const struct options *options, const char *format, ...)
{
	char *name, *text = NULL;
	size_t length;
	va_list args;

	if (options->synthetic)
		return NULL;
	va_start(args, format);
	name = text_vformat(format, args);
	va_end(args);

	if (root_read(options->sysroot, name, LENGTH_MAX, &text, &length))
		text = NULL;
	free(name);
	if (text && !length) {
		free(text);
		return NULL;
	}
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static int read_number(const struct options *options, const char *directory,
		       unsigned int index, const char *file)
{
	char *text = machine_read(options, "%s%u/%s", directory, index, file);
	int number = text ? atoi(text) : -1;

	free(text);
	return number;
}

/* Returns the NUMA node of a GPU, from its pagemaps or from its bus */
int machine_node_of(const struct options *options, const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_pagemap *pagemap;
	int node = -1;
	char *text;

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(initiator), pagemap) {
		if (gpusvm_pagemap_get_initiator(pagemap) == initiator &&
		    !gpusvm_pagemap_get_numa_node(pagemap, &node) && node >= 0)
			return node;
	}
	text = machine_read(options, "sys/class/drm_pagemap_initiator/%s/device/numa_node",
			    gpusvm_initiator_get_uid(initiator));
	node = text ? atoi(text) : -1;
	free(text);
	return node;
}

/*
 * Returns the PCI root complex that a GPU is below, such as "pci0000:00", from the path of its
 * directory in /sys/devices. NULL if it is not on PCI.
 */
char *machine_pci_root(const struct options *options, const struct gpusvm_initiator *initiator)
{
	static const char devices[] = "/devices/pci";
	char *name, *target = NULL, *found, *root = NULL;

	if (options->synthetic)
		return NULL;
	name = text_format("sys/class/drm_pagemap_initiator/%s",
			   gpusvm_initiator_get_uid(initiator));
	found = root_read_link(options->sysroot, name, &target) ? NULL : strstr(target, devices);
	if (found) {
		found += strlen(devices) - strlen("pci");
		root = text_format("%.*s", (int)strcspn(found, "/"), found);
	}
	free(target);
	free(name);
	return root;
}

/* Parses a possible CPU number. Returns false for anything else */
static bool take_cpu(const char **list, unsigned int *cpu)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)**list))
		return false;
	number = strtoul(*list, &end, 10);
	*list = end;
	*cpu = number;
	return number < MOST_CPUS;
}

/*
 * Sets @cpu to the lowest CPU of a list such as "0-3,8" that is at least @cpu. Returns false
 * if the list has no such CPU. Stops at the first malformed entry.
 */
bool machine_next_cpu(const char *list, unsigned int *cpu)
{
	unsigned int first, last;

	while (take_cpu(&list, &first)) {
		last = first;
		if (*list == '-') {
			list++;
			if (!take_cpu(&list, &last) || last < first)
				return false;
		}
		if (last >= *cpu) {
			*cpu = first > *cpu ? first : *cpu;
			return true;
		}
		if (*list == ',')
			list++;
	}
	return false;
}

char *machine_cpus_of_node(const struct options *options, int node)
{
	char *list = node < 0 ? NULL :
		     machine_read(options, "sys/devices/system/node/node%d/cpulist", node);

	if (list && !*list) {
		free(list);
		return NULL;
	}
	return list;
}

/* A core, counted as Slurm and hwloc do: by package, then by its lowest online CPU */
struct core {
	int package;
	int id;
	unsigned int package_cpu;
	unsigned int cpu;
	bool is_chosen;
};

struct cores {
	struct core *cores;
	size_t count;
};

static int compare_cores(const void *a, const void *b)
{
	const struct core *left = a, *right = b;

	if (left->package_cpu != right->package_cpu)
		return left->package_cpu < right->package_cpu ? -1 : 1;
	return (left->cpu > right->cpu) - (left->cpu < right->cpu);
}

/* Returns the core of a CPU. The caller passes CPUs in ascending order */
static struct core *core_of(struct cores *cores, const struct options *options,
			    unsigned int cpu)
{
	static const char directory[] = "sys/devices/system/cpu/cpu";
	struct core core = {
		.package = read_number(options, directory, cpu, "topology/physical_package_id"),
		.id = read_number(options, directory, cpu, "topology/core_id"),
		.package_cpu = cpu,
		.cpu = cpu,
	};

	for (size_t i = 0; i < cores->count; i++) {
		struct core *other = &cores->cores[i];

		if (other->package != core.package)
			continue;
		if (other->id == core.id)
			return other;
		core.package_cpu = other->package_cpu;
	}
	cores->cores[cores->count] = core;
	return &cores->cores[cores->count++];
}

static bool is_in(const char *list, unsigned int cpu)
{
	unsigned int next = cpu;

	return machine_next_cpu(list, &next) && next == cpu;
}

/* Adds all cores with a CPU in @online, and chooses those that also have one in @cpus */
static void read_cores(struct cores *cores, const struct options *options,
		       const char *online, const char *cpus)
{
	cores->cores = check_memory(calloc(MOST_CPUS, sizeof(*cores->cores)));
	for (unsigned int cpu = 0; machine_next_cpu(online, &cpu); cpu++) {
		struct core *core = core_of(cores, options, cpu);

		core->is_chosen |= is_in(cpus, cpu);
	}
	qsort(cores->cores, cores->count, sizeof(*cores->cores), compare_cores);
}

/* Returns the chosen cores in the format of Slurm, such as "0-7"; NULL without cores */
static char *list_chosen(const struct cores *cores)
{
	uint32_t *ids = check_memory(calloc(cores->count + 1, sizeof(*ids)));
	unsigned int chosen = 0;
	char *text;

	for (size_t i = 0; i < cores->count; i++) {
		if (cores->cores[i].is_chosen)
			ids[chosen++] = i;
	}
	text = chosen ? text_ids(ids, chosen) : NULL;
	free(ids);
	return text;
}

/*
 * Returns the cores of a node as a list that the caller frees; NULL if unknown. If the node is
 * unknown, these are all cores: Slurm ignores links of GPUs without cores. A core belongs
 * to each node that has one of its threads. Slurm and hwloc do not count offline CPUs.
 */
char *machine_cores_of_node(const struct options *options, int node)
{
	char *online = machine_read(options, "sys/devices/system/cpu/online"), *cpus, *text;
	struct cores cores = { 0 };

	cpus = machine_cpus_of_node(options, node) ?: text_copy(online ?: "");
	read_cores(&cores, options, online ?: "", cpus);
	text = list_chosen(&cores);
	free(cores.cores);
	free(online);
	free(cpus);
	return text;
}
