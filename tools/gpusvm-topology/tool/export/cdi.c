// SPDX-License-Identifier: GPL-2.0-or-later
/* A specification of the Container Device Interface, which gives a container render nodes */
#include <json-c/json.h>
#include <stdlib.h>

#include "export.h"

#define KIND "gpusvm-topology/gpu"

/* Names and kinds in this form, without annotations */
#define VERSION "0.5.0"

static const struct name_rule name_rule = { "-_.:", '_', '.', 128, false };

static struct json_object *make_node(const struct gpu *gpu)
{
	struct json_object *node = json_map();
	char *path = text_format("/dev/dri/%s", gpusvm_initiator_get_render(gpu->initiator));

	json_set(node, "path", json_text(path));
	json_set(node, "permissions", json_text("rw"));
	free(path);
	return node;
}

static void add_device(struct json_object *devices, const char *name, struct json_object *nodes)
{
	struct json_object *device = json_map(), *edits = json_map();

	json_set(edits, "deviceNodes", nodes);
	json_set(device, "name", json_text(name));
	json_set(device, "containerEdits", edits);
	json_append(devices, device);
}

/* Adds a device for each GPU that has a render node. Returns the exit status */
static int add_gpus(const struct model *model, struct json_object *devices)
{
	char **names = name_gpus(model, &name_rule);
	int status = 0;

	for (size_t i = 0; i < model->count; i++) {
		const struct gpu *gpu = &model->gpus[i];
		struct json_object *nodes;

		if (!gpusvm_initiator_get_render(gpu->initiator)) {
			say("warning: %s is omitted: it has no render node", gpu->uid);
			status = EXIT_WARNINGS;
			continue;
		}
		nodes = json_array();
		json_append(nodes, make_node(gpu));
		add_device(devices, names[i], nodes);
	}
	name_free(names);
	return status;
}

/* Adds a device with all render nodes of a group. No uid begins with "group-" */
static void add_group(const struct model *model, struct json_object *devices, size_t index,
		      const char *group)
{
	struct json_object *nodes = json_array();
	char *text = text_format("group-%s", group), *name;
	bool is_empty = true;

	for (size_t i = 0; i < model->count; i++) {
		const struct gpu *gpu = &model->gpus[i];

		if (gpu->group != index || !gpusvm_initiator_get_render(gpu->initiator))
			continue;
		json_append(nodes, make_node(gpu));
		is_empty = false;
	}
	name = name_make(text, &name_rule, false);
	if (is_empty)
		json_object_put(nodes);
	else
		add_device(devices, name, nodes);
	free(name);
	free(text);
}

int export_cdi(const struct gpusvm_topology *topology, const struct options *options)
{
	struct json_object *document = json_map(), *devices = json_array();
	struct model *model = model_new(topology);
	const struct gpusvm_group *group;
	size_t index = 0;
	int status;

	(void)options;
	status = add_gpus(model, devices);
	gpusvm_group_foreach(topology, group)
		add_group(model, devices, index++, gpusvm_group_get_name(group));
	json_set(document, "cdiVersion", json_text(VERSION));
	json_set(document, "kind", json_text(KIND));
	json_set(document, "devices", devices);
	document_print(document);
	model_free(model);
	return status;
}
