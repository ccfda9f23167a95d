// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "export.h"

/* What one NVLink of the third generation gives, which NCCL counts in */
#define LINK_MBPS 25000

static const char *element_of(const struct path *path)
{
	const char *type = gpusvm_link_get_type(path->link);

	return type && !strcmp(type, "xgmi") ? "xgmi" : "nvlink";
}

/* PCIe peers are found from the bus IDs */
static bool is_of_its_own(const struct path *path)
{
	const char *type = path->link ? gpusvm_link_get_type(path->link) : NULL;

	return path->state == PATH_USABLE && type && strcmp(type, "pcie-p2p") &&
	       strcmp(type, "local") && strcmp(type, "tile");
}

static const char *busid_of(const struct gpu *gpu)
{
	return gpusvm_initiator_get_device(gpu->initiator) ?: gpu->uid;
}

static void print_links(const struct model *model, size_t index)
{
	for (size_t other = 0; other < model->count; other++) {
		const struct path *path = model_path(model, index, other);
		uint64_t count = path->bandwidth / LINK_MBPS;

		if (other == index || !is_of_its_own(path))
			continue;
		printf("        <%s", element_of(path));
		xml_attribute("target", busid_of(&model->gpus[other]));
		xml_attribute_number("count", count ?: 1);
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

static void print_gpu(const struct model *model, size_t index, const struct options *options)
{
	const struct gpu *gpu = &model->gpus[index];
	char *class = read_attribute(options, gpu, "class");
	char *speed = read_attribute(options, gpu, "current_link_speed");
	char *width = read_attribute(options, gpu, "current_link_width");

	fputs("    <pci", stdout);
	xml_attribute("busid", busid_of(gpu));
	/* A processing accelerator of another class is a GPU here, too */
	xml_attribute("class", class && !strncmp(class, "0x03", 4) ? class : "0x030000");
	xml_attribute("link_speed", speed ?: "");
	xml_attribute("link_width", width ?: "0");
	puts(">");
	fputs("      <gpu", stdout);
	xml_attribute_number("dev", index);
	puts(">");
	print_links(model, index);
	puts("      </gpu>\n"
	     "    </pci>");
	free(class);
	free(speed);
	free(width);
}

static void print_cpu(const struct model *model, const int *nodes, int node,
		      const struct options *options)
{
	char *map = node < 0 ? NULL :
		    machine_read(options, "sys/devices/system/node/node%d/cpumap", node);

	printf("  <cpu numaid=\"%d\"", node);
	xml_attribute("affinity", map);
	puts(">");
	for (size_t i = 0; i < model->count; i++) {
		if (nodes[i] == node)
			print_gpu(model, i, options);
	}
	puts("  </cpu>");
	free(map);
}

/* What is left out, as the kind of CPU and the capability of the GPU, NCCL finds itself */
int export_nccl(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	int *nodes = check_memory(calloc(model->count + 1, sizeof(*nodes)));
	int highest = -1;

	for (size_t i = 0; i < model->count; i++) {
		nodes[i] = machine_node_of(options, model->gpus[i].initiator);
		if (nodes[i] > highest)
			highest = nodes[i];
	}

	puts("<system version=\"1\">");
	for (int node = -1; node <= highest; node++) {
		for (size_t i = 0; i < model->count; i++) {
			if (nodes[i] != node)
				continue;
			print_cpu(model, nodes, node, options);
			break;
		}
	}
	puts("</system>");
	free(nodes);
	model_free(model);
	return 0;
}
