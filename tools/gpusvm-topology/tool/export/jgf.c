// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The JSON Graph Format of Fluxion, the scheduler of Flux: a node that contains groups, which
 * contain GPUs, which contain pagemaps.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "export.h"

/* No rank of a broker: Flux assigns it */
#define NO_RANK -1

struct graph {
	struct json_object *nodes;
	struct json_object *edges;
	int64_t next;
};

/* A vertex that others are in */
struct place {
	int64_t vertex;		/* -1 for the root */
	char *path;
};

/* Attributes of a vertex. @name is NULL for its type and number */
struct resource {
	const char *type;
	const char *name;
	int64_t number;
	int64_t size;
	const char *unit;
};

static void set_vertex(struct json_object *map, const char *key, int64_t vertex)
{
	char *text = text_format("%lld", (long long)vertex);

	json_set(map, key, json_text(text));
	free(text);
}

static void add_edge(struct graph *graph, int64_t from, int64_t to)
{
	struct json_object *edge = json_map(), *metadata = json_map(), *name = json_map();

	/* Readers of versions before and after 0.35 want the one or the other */
	json_set(name, "containment", json_text("contains"));
	json_set(metadata, "name", name);
	json_set(metadata, "subsystem", json_text("containment"));
	json_set(metadata, "relationship", json_text("contains"));
	set_vertex(edge, "source", from);
	set_vertex(edge, "target", to);
	json_set(edge, "metadata", metadata);
	json_append(graph->edges, edge);
}

/* Adds a vertex below @parent. Properties may be NULL. The caller frees the path */
static struct place add_vertex(struct graph *graph, const struct place *parent,
			       const struct resource *resource, struct json_object *properties)
{
	struct place place = { .vertex = graph->next++ };
	struct json_object *vertex = json_map(), *metadata = json_map(), *paths = json_map();
	char *name = resource->name ? text_copy(resource->name) :
		     text_format("%s%lld", resource->type, (long long)resource->number);

	place.path = text_format("%s/%s", parent->path, name);
	json_set(paths, "containment", json_text(place.path));
	json_set(metadata, "type", json_text(resource->type));
	json_set(metadata, "basename", json_text(resource->type));
	json_set(metadata, "name", json_text(name));
	json_set(metadata, "id", json_integer(0, resource->number));
	json_set(metadata, "uniq_id", json_integer(0, place.vertex));
	json_set(metadata, "rank", json_integer(0, NO_RANK));
	json_set(metadata, "exclusive", json_boolean(0, false));
	json_set(metadata, "unit", json_text(resource->unit));
	json_set(metadata, "size", json_integer(0, resource->size));
	json_set(metadata, "properties", properties ?: json_map());
	json_set(metadata, "paths", paths);
	set_vertex(vertex, "id", place.vertex);
	json_set(vertex, "metadata", metadata);
	json_append(graph->nodes, vertex);
	if (parent->vertex >= 0)
		add_edge(graph, parent->vertex, place.vertex);
	free(name);
	return place;
}

/* Properties of a uid */
static struct json_object *name_by_uid(const char *uid)
{
	struct json_object *properties;

	if (!uid)
		return NULL;
	properties = json_map();
	json_set(properties, "uid", json_text(uid));
	return properties;
}

/* In MiB, of which a size has less than 2^44 */
static void add_pagemap(struct graph *graph, const struct place *gpu,
			const struct gpusvm_pagemap *pagemap)
{
	struct resource memory = { "memory", NULL, gpusvm_pagemap_get_id(pagemap), 0, "MiB" };
	uint64_t size = 0;

	gpusvm_pagemap_get_size(pagemap, &size);
	memory.size = size >> 20;
	free(add_vertex(graph, gpu, &memory,
			name_by_uid(gpusvm_pagemap_get_uid(pagemap))).path);
}

static void add_gpu(struct graph *graph, const struct place *group, const struct gpu *gpu,
		    size_t number)
{
	const struct resource resource = { "gpu", NULL, number, 1, "" };
	const struct gpusvm_pagemap *pagemap;
	struct place place = add_vertex(graph, group, &resource, name_by_uid(gpu->uid));

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(gpu->initiator), pagemap) {
		if (gpusvm_pagemap_get_initiator(pagemap) == gpu->initiator)
			add_pagemap(graph, &place, pagemap);
	}
	free(place.path);
}

/* GPUs have numbers by PCI address, as runtimes count them */
static void add_gpus(struct graph *graph, const struct place *place, const struct model *model,
		     const size_t *order, size_t group)
{
	for (size_t i = 0; i < model->count; i++) {
		if (model->gpus[order[i]].group == group)
			add_gpu(graph, place, &model->gpus[order[i]], i);
	}
}

static void add_groups(struct graph *graph, const struct place *node, const struct model *model)
{
	size_t *order = model_order_by_address(model), index = 0;
	const struct gpusvm_group *group;

	gpusvm_group_foreach(model->topology, group) {
		const struct resource resource = { "gpugroup", NULL, index, 1, "" };
		struct json_object *properties = json_map();
		struct place place;

		json_set(properties, "name", json_text(gpusvm_group_get_name(group)));
		place = add_vertex(graph, node, &resource, properties);
		add_gpus(graph, &place, model, order, index++);
		free(place.path);
	}
	add_gpus(graph, node, model, order, model->groups);
	free(order);
}

int export_jgf(const struct gpusvm_topology *topology, const struct options *options)
{
	static const struct resource cluster = { "cluster", NULL, 0, 1, "" };
	const struct resource node = { "node", options->node, 0, 1, "" };
	struct graph graph = { json_array(), json_array(), 0 };
	struct json_object *document = json_map(), *content = json_map();
	struct model *model = model_new(topology);
	struct place top = { -1, "" }, root, machine;

	root = add_vertex(&graph, &top, &cluster, NULL);
	machine = add_vertex(&graph, &root, &node, NULL);
	add_groups(&graph, &machine, model);
	json_set(content, "nodes", graph.nodes);
	json_set(content, "edges", graph.edges);
	json_set(document, "graph", content);
	document_print(document);
	free(machine.path);
	free(root.path);
	model_free(model);
	return 0;
}
