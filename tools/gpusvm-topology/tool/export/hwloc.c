// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "machine.h"

/* The kind of distances: 2 for "from the user", and 8 for "bandwidth" */
#define DISTANCES_KIND (2 | 8)
#define MOST_NODES 1024

/* Numbers of objects that were printed */
struct tree {
	const struct model *model;
	const struct options *options;
	uint64_t next;		/* gp_index of the next object */
	uint64_t *gpus;		/* gp_index of each GPU */
	int *nodes;		/* NUMA node of each GPU; -1 to show it at no node */
	size_t *firsts;		/* for each GPU, the first one of the same PCI device */
};

/* Formats "0-3,8" as a bitmap of hwloc, in words of 32 bits, the highest first */
static char *make_set(const char *list)
{
	size_t length, words = 1;
	uint32_t *bits = check_memory(calloc(words, sizeof(*bits)));
	FILE *stream;
	char *text;

	for (unsigned int bit = 0; machine_next_cpu(list, &bit); bit++) {
		for (; bit / 32 >= words; bits[words++] = 0)
			bits = check_memory(reallocarray(bits, words + 1, sizeof(*bits)));
		bits[bit / 32] |= 1u << bit % 32;
	}

	stream = check_memory(open_memstream(&text, &length));
	for (size_t i = words; i--;)
		fprintf(stream, "0x%08x%s", bits[i], i ? "," : "");
	if (fclose(stream))
		check_memory(NULL);
	free(bits);
	return text;
}

static void print_set(const char *name, const char *list)
{
	char *set = make_set(list);

	xml_attribute(name, set);
	free(set);
}

/* Prints all sets that an object must have */
static void print_sets(const char *cpus, const char *nodes)
{
	print_set("cpuset", cpus);
	print_set("complete_cpuset", cpus);
	print_set("nodeset", nodes);
	print_set("complete_nodeset", nodes);
}

static void print_object(struct tree *tree, const char *type)
{
	printf("<object type=\"%s\"", type);
	xml_attribute_number("gp_index", tree->next++);
}

static void print_info(const char *name, const char *value)
{
	if (!value)
		return;
	fputs("<info", stdout);
	xml_attribute("name", name);
	xml_attribute("value", value);
	puts("/>");
}

/* Prints the OS device of a GPU. Type 1 is a GPU */
static void print_device(struct tree *tree, size_t index)
{
	const struct gpu *gpu = &tree->model->gpus[index];
	const struct gpusvm_group *group = gpusvm_initiator_get_group(gpu->initiator);
	char *ids = gpu_list_pagemaps(gpu), *size = text_size(gpu->size);

	tree->gpus[index] = tree->next;
	print_object(tree, "OSDev");
	xml_attribute("name", gpusvm_initiator_get_render(gpu->initiator) ?: gpu->uid);
	xml_attribute("subtype", "GPUSVM");
	xml_attribute("osdev_type", "1");
	puts(">");
	print_info("GPUSVMInitiator", gpu->uid);
	print_info("GPUSVMGroup", group ? gpusvm_group_get_name(group) : NULL);
	print_info("GPUSVMPagemaps", ids);
	print_info("GPUSVMMemory", ids ? size : NULL);
	puts("</object>");
	free(size);
	free(ids);
}

static unsigned int read_hex(struct tree *tree, const struct gpu *gpu, const char *file)
{
	char *text = machine_read(tree->options, "sys/class/drm_pagemap_initiator/%s/device/%s",
				  gpu->uid, file);
	unsigned int number = text ? strtoul(text, NULL, 16) : 0;

	free(text);
	return number;
}

/* Returns, for instance, "0380 [8086:0bd5] [8086:0000] 2f". The default class is a GPU */
static char *pci_type(struct tree *tree, const struct gpu *gpu)
{
	return text_format("%04x [%04x:%04x] [%04x:%04x] %02x",
			   read_hex(tree, gpu, "class") >> 8 ?: 0x0300,
			   read_hex(tree, gpu, "vendor"), read_hex(tree, gpu, "device"),
			   read_hex(tree, gpu, "subsystem_vendor"),
			   read_hex(tree, gpu, "subsystem_device"),
			   read_hex(tree, gpu, "revision"));
}

/* Prints a PCI device with all its partitions, at the first partition */
static void print_gpu(struct tree *tree, size_t index)
{
	const struct gpu *gpu = &tree->model->gpus[index];
	char *type;

	if (tree->firsts[index] != index)
		return;
	if (!gpu_is_pci(gpu)) {
		print_device(tree, index);
		return;
	}
	type = pci_type(tree, gpu);
	print_object(tree, "PCIDev");
	xml_attribute("pci_busid", gpusvm_initiator_get_device(gpu->initiator));
	xml_attribute("pci_type", type);
	xml_attribute("pci_link_speed", "0.000000");
	puts(">");
	for (size_t i = index; i < tree->model->count; i++) {
		if (tree->firsts[i] == index)
			print_device(tree, i);
	}
	puts("</object>");
	free(type);
}

static void print_cpus(struct tree *tree, const char *cpus, const char *node)
{
	for (unsigned int cpu = 0; machine_next_cpu(cpus, &cpu); cpu++) {
		char *alone = text_format("%u", cpu);

		print_object(tree, "PU");
		xml_attribute_number("os_index", cpu);
		print_sets(alone, node);
		puts("/>");
		free(alone);
	}
}

static bool has_gpus(const struct tree *tree, int node)
{
	for (size_t i = 0; i < tree->model->count; i++) {
		if (tree->nodes[i] == node)
			return true;
	}
	return false;
}

/* Prints the host bridge that devices must be below. Its bus numbers are unknown */
static void print_gpus(struct tree *tree, int node)
{
	if (!has_gpus(tree, node))
		return;
	print_object(tree, "Bridge");
	puts(" bridge_type=\"0-1\" depth=\"0\" bridge_pci=\"0000:[00-ff]\">");
	for (size_t i = 0; i < tree->model->count; i++) {
		if (tree->nodes[i] == node)
			print_gpu(tree, i);
	}
	puts("</object>");
}

static void print_memory(struct tree *tree, int node, const char *cpus, const char *nodes)
{
	print_object(tree, "NUMANode");
	xml_attribute_number("os_index", node);
	print_sets(cpus, nodes);
	xml_attribute("local_memory", "0");
	puts("/>");
}

static void print_node(struct tree *tree, int node)
{
	char *cpus = machine_cpus_of_node(tree->options, node);
	char *name = text_format("%d", node);

	if (cpus) {
		print_object(tree, "Group");
		print_sets(cpus, name);
		puts(" kind=\"1001\" subkind=\"0\">");
		print_memory(tree, node, cpus, name);
		print_cpus(tree, cpus, name);
		print_gpus(tree, node);
		puts("</object>");
	}
	free(name);
	free(cpus);
}

/* Prints one CPU for an unknown machine, because hwloc requires one */
static void print_unknown_machine(struct tree *tree)
{
	print_sets("0", "0");
	puts(">");
	print_memory(tree, 0, "0", "0");
	print_cpus(tree, "0", "0");
	for (size_t i = 0; i < tree->model->count; i++)
		tree->nodes[i] = -1;
	print_gpus(tree, -1);
}

static void print_known_machine(struct tree *tree, const char *cpus, const char *nodes)
{
	print_sets(cpus, nodes);
	puts(">");
	for (unsigned int node = 0; machine_next_cpu(nodes, &node) && node < MOST_NODES; node++)
		print_node(tree, node);
	print_gpus(tree, -1);
}

/* Returns the nodes with CPUs, or NULL without such nodes */
static char *read_nodes(const struct options *options)
{
	char *nodes = machine_read(options, "sys/devices/system/node/has_cpu");

	if (nodes && *nodes)
		return nodes;
	free(nodes);
	return NULL;
}

static void print_machine(struct tree *tree)
{
	char *nodes = read_nodes(tree->options);
	char *cpus = machine_read(tree->options, "sys/devices/system/cpu/online");

	print_object(tree, "Machine");
	xml_attribute("os_index", "0");
	if (nodes && cpus)
		print_known_machine(tree, cpus, nodes);
	else
		print_unknown_machine(tree);
	puts("</object>");
	free(nodes);
	free(cpus);
}

/* Prints an element with an array and the length of its text */
static void print_array(const char *name, char *text)
{
	printf("<%s length=\"%zu\">%s</%s>\n", name, strlen(text), text, name);
	free(text);
}

static char *join(const uint64_t *numbers, size_t count)
{
	size_t length;
	FILE *stream;
	char *text;

	stream = check_memory(open_memstream(&text, &length));
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%llu ", (unsigned long long)numbers[i]);
	if (fclose(stream))
		check_memory(NULL);
	return text;
}

/* Prints distances in MB/s; 0 without direct access or if unknown */
static void print_distances(const struct tree *tree)
{
	const struct model *model = tree->model;
	size_t count = model->count * model->count;
	uint64_t *values = check_memory(calloc(count + 1, sizeof(*values)));

	for (size_t i = 0; i < count; i++) {
		if (model->paths[i].state >= PATH_UNUSABLE)
			values[i] = model->paths[i].bandwidth;
	}
	printf("<distances2 type=\"OSDev\" indexing=\"gp\" name=\"GPUSVMBandwidth\"");
	printf(" nbobjs=\"%zu\" kind=\"%d\">\n", model->count, DISTANCES_KIND);
	print_array("indexes", join(tree->gpus, model->count));
	print_array("u64values", join(values, count));
	puts("</distances2>");
	free(values);
}

static int node_with_cpus(const struct options *options,
			  const struct gpusvm_initiator *initiator)
{
	int node = machine_node_of(options, initiator);
	char *cpus = machine_cpus_of_node(options, node);

	if (!cpus)
		return -1;
	free(cpus);
	return node;
}

int export_hwloc(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	struct tree tree = {
		.model = model,
		.options = options,
		.next = 1,
		.gpus = check_memory(calloc(model->count + 1, sizeof(*tree.gpus))),
		.nodes = check_memory(calloc(model->count + 1, sizeof(*tree.nodes))),
		.firsts = check_memory(calloc(model->count + 1, sizeof(*tree.firsts))),
	};

	for (size_t i = 0; i < model->count; i++) {
		size_t first = model_first_of_device(model, i);

		tree.firsts[i] = first;
		tree.nodes[i] = first < i ? tree.nodes[first] :
				node_with_cpus(options, model->gpus[i].initiator);
	}
	puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	     "<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
	     "<topology version=\"2.0\">");
	print_machine(&tree);
	/* hwloc requires distances to have at least two objects */
	if (model->count > 1)
		print_distances(&tree);
	puts("</topology>");
	free(tree.gpus);
	free(tree.nodes);
	free(tree.firsts);
	model_free(model);
	return 0;
}
