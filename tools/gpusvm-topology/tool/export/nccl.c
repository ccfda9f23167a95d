// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "machine.h"

/* Bandwidth of an NVLink of the third generation, the unit of NCCL */
#define LINK_MBPS 25000

/* Maximum relative error of the counts of links */
#define TOLERANCE 0.05
#define COUNT_MAX 1000000

/* PCI devices, as NCCL sees them, at the index of their first GPU in the model */
struct system {
	const struct model *model;
	const struct options *options;
	size_t *firsts;			/* the first GPU of each GPU's device */
	const struct path **paths;	/* count * count; NULL without a link */
	uint64_t least_bandwidth;	/* of these paths; 0 if unknown */
	uint64_t least_count;		/* number of links of the slowest path */
	size_t printed;
};

static const char *element_of(const struct path *path)
{
	const char *type = gpusvm_link_get_type(path->link);

	return type && !strcmp(type, "xgmi") ? "xgmi" : "nvlink";
}

/* NCCL finds PCIe paths from bus IDs, so other paths need an element */
static bool is_of_its_own(const struct path *path)
{
	const char *type = path->link ? gpusvm_link_get_type(path->link) : NULL;

	return path->state == PATH_USABLE && type && strcmp(type, "pcie-p2p") &&
	       strcmp(type, "local") && strcmp(type, "tile");
}

static bool is_printed(const struct system *system, size_t index)
{
	return system->firsts[index] == index && gpu_is_pci(&system->model->gpus[index]);
}

/* Keeps the best path from any partition of a device to any partition of the other one */
static void take_path(struct system *system, size_t from, size_t to)
{
	const struct path *path = model_path(system->model, from, to), **best;

	from = system->firsts[from];
	to = system->firsts[to];
	if (from == to || !is_of_its_own(path))
		return;
	best = &system->paths[from * system->model->count + to];
	if (!*best || (*best)->bandwidth < path->bandwidth)
		*best = path;
}

/* Returns NULL without a link. NCCL requires links in both directions */
static const struct path *link_between(const struct system *system, size_t from, size_t to)
{
	size_t count = system->model->count;

	if (!is_printed(system, from) || !is_printed(system, to))
		return NULL;
	return system->paths[to * count + from] ? system->paths[from * count + to] : NULL;
}

static void take_least_bandwidth(struct system *system)
{
	size_t count = system->model->count;

	for (size_t i = 0; i < count * count; i++) {
		const struct path *path = link_between(system, i / count, i % count);

		if (path && path->bandwidth && (!system->least_bandwidth ||
						path->bandwidth < system->least_bandwidth))
			system->least_bandwidth = path->bandwidth;
	}
}

/* Number of links of a path if the slowest path has @least. Unknown paths have @least, too */
static double count_exactly(const struct system *system, const struct path *path,
			    uint64_t least)
{
	if (!path->bandwidth)
		return least;
	return (double)path->bandwidth / system->least_bandwidth * least;
}

static bool keeps_ratios(const struct system *system, uint64_t least)
{
	size_t count = system->model->count;

	for (size_t i = 0; i < count * count; i++) {
		const struct path *path = link_between(system, i / count, i % count);
		double exact = path ? count_exactly(system, path, least) : 0;

		if (fabs(round(exact) - exact) > TOLERANCE * exact)
			return false;
	}
	return true;
}

/*
 * Choose a number close to that of NVLink, and the lowest one that keeps the ratios of
 * bandwidths. From 10 on, rounding is within the tolerance.
 */
static void choose_least_count(struct system *system)
{
	system->least_count = round((double)system->least_bandwidth / LINK_MBPS) ?: 1;
	while (!keeps_ratios(system, system->least_count))
		system->least_count++;
}

static void system_init(struct system *system, const struct model *model,
			const struct options *options)
{
	size_t count = model->count;

	*system = (struct system){
		.model = model,
		.options = options,
		.firsts = check_memory(calloc(count + 1, sizeof(*system->firsts))),
		.paths = check_memory(calloc(count * count + 1, sizeof(*system->paths))),
	};
	for (size_t i = 0; i < count; i++)
		system->firsts[i] = model_first_of_device(model, i);
	for (size_t i = 0; i < count * count; i++)
		take_path(system, i / count, i % count);
	take_least_bandwidth(system);
	choose_least_count(system);
}

static void system_free(struct system *system)
{
	free(system->firsts);
	free(system->paths);
}

static const char *busid_of(const struct gpu *gpu)
{
	return gpusvm_initiator_get_device(gpu->initiator);
}

static void print_links(const struct system *system, size_t index)
{
	for (size_t other = 0; other < system->model->count; other++) {
		const struct path *path = link_between(system, index, other);
		double count;

		if (!path)
			continue;
		count = round(count_exactly(system, path, system->least_count));
		printf("        <%s", element_of(path));
		xml_attribute("target", busid_of(&system->model->gpus[other]));
		xml_attribute_number("count", count < COUNT_MAX ? count : COUNT_MAX);
		xml_attribute("tclass", "0x030000");
		puts("/>");
	}
}

static char *read_attribute(const struct options *options, const struct gpu *gpu,
			    const char *file)
{
	return machine_read(options, "sys/class/drm_pagemap_initiator/%s/device/%s", gpu->uid,
			    file);
}

static void print_gpu(struct system *system, size_t index)
{
	const struct gpu *gpu = &system->model->gpus[index];
	char *class = read_attribute(system->options, gpu, "class");
	char *speed = read_attribute(system->options, gpu, "current_link_speed");
	char *width = read_attribute(system->options, gpu, "current_link_width");

	fputs("    <pci", stdout);
	xml_attribute("busid", busid_of(gpu));
	/* Processing accelerators have another class, and are GPUs here, too */
	xml_attribute("class", class && !strncmp(class, "0x03", 4) ? class : "0x030000");
	xml_attribute("link_speed", speed ?: "");
	xml_attribute("link_width", width ?: "0");
	puts(">");
	fputs("      <gpu", stdout);
	xml_attribute_number("dev", system->printed++);
	puts(">");
	print_links(system, index);
	puts("      </gpu>\n"
	     "    </pci>");
	free(class);
	free(speed);
	free(width);
}

static void print_cpu(struct system *system, const int *nodes, int node)
{
	char *map = node < 0 ? NULL :
		    machine_read(system->options, "sys/devices/system/node/node%d/cpumap", node);

	printf("  <cpu numaid=\"%d\"", node);
	xml_attribute("affinity", map);
	puts(">");
	for (size_t i = 0; i < system->model->count; i++) {
		if (is_printed(system, i) && nodes[i] == node)
			print_gpu(system, i);
	}
	puts("  </cpu>");
	free(map);
}

/* Sets @node to the next higher node that has a device */
static bool next_node(const struct system *system, const int *nodes, int *node)
{
	bool any = false;
	int next = 0;

	for (size_t i = 0; i < system->model->count; i++) {
		if (!is_printed(system, i) || nodes[i] <= *node || (any && nodes[i] >= next))
			continue;
		next = nodes[i];
		any = true;
	}
	*node = next;
	return any;
}

static void print_system(struct system *system)
{
	int *nodes = check_memory(calloc(system->model->count + 1, sizeof(*nodes)));
	int node = INT_MIN;

	for (size_t i = 0; i < system->model->count; i++)
		nodes[i] = machine_node_of(system->options, system->model->gpus[i].initiator);
	puts("<system version=\"1\">");
	while (next_node(system, nodes, &node))
		print_cpu(system, nodes, node);
	puts("</system>");
	free(nodes);
}

/* NCCL identifies a GPU by its PCI address, and reads any other name as address 0 */
static int warn_of_others(const struct model *model)
{
	int status = 0;

	for (size_t i = 0; i < model->count; i++) {
		if (gpu_is_pci(&model->gpus[i]))
			continue;
		say("warning: %s is omitted: it is not on PCI", model->gpus[i].uid);
		status = EXIT_WARNINGS;
	}
	return status;
}

/* NCCL detects omitted attributes, such as the kind of CPU and the GPU's capability */
int export_nccl(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	struct system system;
	int status;

	system_init(&system, model, options);
	print_system(&system);
	status = warn_of_others(model);
	system_free(&system);
	model_free(model);
	return status;
}
