// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ResourceSlices for Dynamic Resource Allocation of Kubernetes, in a List, as kubectl takes it.
 * Limits are those of the API resource.k8s.io/v1.
 */
#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "machine.h"

#define DRIVER "gpusvm-topology"

/* With taints, a slice may have only half of the usual number of devices */
#define DEVICES_MOST 64

/* 32 attributes and capacities; the attributes are at most 5 */
#define CAPACITIES_MOST 27

#define NODE_LENGTH 253

static const struct name_rule device_rule = { "-", '-', '-', 63, true };
static const struct name_rule value_rule = { "-_.:~", '_', '.', 64, false };

static void set_typed(struct json_object *map, const char *key, const char *type,
		      struct json_object *value)
{
	struct json_object *typed = json_map();

	json_set(typed, type, value);
	json_set(map, key, typed);
}

/* Sets no attribute for NULL */
static void set_text(struct json_object *map, const char *key, const char *text)
{
	char *value;

	if (!text)
		return;
	value = name_make(text, &value_rule, false);
	set_typed(map, key, "string", json_text(value));
	free(value);
}

static struct json_object *make_attributes(const struct gpu *gpu, const struct options *options)
{
	const struct gpusvm_group *group = gpusvm_initiator_get_group(gpu->initiator);
	struct json_object *attributes = json_map();
	int node = machine_node_of(options, gpu->initiator);
	char *root = machine_pci_root(options, gpu->initiator);

	set_text(attributes, "uid", gpu->uid);
	set_text(attributes, "group", group ? gpusvm_group_get_name(group) : NULL);
	set_text(attributes, "resource.kubernetes.io/pcieRoot", root);
	if (gpu_is_pci(gpu))
		set_text(attributes, "resource.kubernetes.io/pciBusID",
			 gpusvm_initiator_get_device(gpu->initiator));
	if (node >= 0)
		set_typed(attributes, "resource.kubernetes.io/numaNode", "int",
			  json_integer(0, node));
	free(root);
	return attributes;
}

static void set_capacity(struct json_object *capacities, const char *name, uint64_t bytes)
{
	char *quantity = text_format("%llu", (unsigned long long)bytes);

	set_typed(capacities, name, "value", json_text(quantity));
	free(quantity);
}

/* Adds the capacity of each pagemap. Returns the exit status */
static int set_capacities(struct json_object *device, const struct gpu *gpu)
{
	struct json_object *capacities = json_map();
	const struct gpusvm_pagemap *pagemap;
	unsigned int index = 0;

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(gpu->initiator), pagemap) {
		char *name;
		uint64_t size;

		if (gpusvm_pagemap_get_initiator(pagemap) != gpu->initiator)
			continue;
		name = text_format("vram%u", index++);
		if (index <= CAPACITIES_MOST && !gpusvm_pagemap_get_size(pagemap, &size))
			set_capacity(capacities, name, size);
		free(name);
	}
	json_set(device, "capacity", capacities);
	if (index <= CAPACITIES_MOST)
		return 0;
	say("warning: %s has %u pagemaps: Kubernetes has room for %d", gpu->uid, index,
	    CAPACITIES_MOST);
	return EXIT_WARNINGS;
}

static bool is_down(const struct gpusvm_link *link)
{
	const char *reason = gpusvm_link_get_reason(link);

	return !gpusvm_link_is_direct(link) && reason && !strcmp(reason, "link-down");
}

static bool is_degraded(const struct gpusvm_link *link)
{
	return link_is_degraded(link, LINK_READ) || link_is_degraded(link, LINK_WRITE);
}

/* Adds a taint with the number of links of the GPU that have the problem, unless it is 0 */
static void add_taint(struct json_object *taints, const struct gpu *gpu, const char *key,
		      bool (*has_problem)(const struct gpusvm_link *link))
{
	const struct gpusvm_link *link;
	struct json_object *taint;
	unsigned int count = 0;
	char *value;

	gpusvm_initiator_link_foreach(gpu->initiator, link)
		count += has_problem(link);
	if (!count)
		return;
	value = text_format("%u", count);
	taint = json_map();
	json_set(taint, "key", json_text(key));
	json_set(taint, "value", json_text(value));
	json_set(taint, "effect", json_text("NoSchedule"));
	json_append(taints, taint);
	free(value);
}

static struct json_object *make_device(const struct gpu *gpu, const char *name,
				       const struct options *options, int *status)
{
	struct json_object *device = json_map(), *taints = json_array();

	json_set(device, "name", json_text(name));
	json_set(device, "attributes", make_attributes(gpu, options));
	*status = set_capacities(device, gpu) ?: *status;
	add_taint(taints, gpu, DRIVER "/link-degraded", is_degraded);
	add_taint(taints, gpu, DRIVER "/link-down", is_down);
	if (json_object_array_length(taints))
		json_set(device, "taints", taints);
	else
		json_object_put(taints);
	return device;
}

static struct json_object *make_slice(const struct model *model, const struct options *options,
				      size_t index, size_t count)
{
	struct json_object *slice = json_map(), *metadata = json_map(), *spec = json_map();
	struct json_object *pool = json_map();
	char *name = text_format("%s-" DRIVER "-%zu", options->node, index);
	uint64_t generation = 0;

	gpusvm_topology_get_generation(model->topology, &generation);
	json_set(metadata, "name", json_text(name));
	json_set(pool, "name", json_text(options->node));
	json_set(pool, "generation", json_number(0, generation));
	json_set(pool, "resourceSliceCount", json_number(0, count));
	json_set(spec, "driver", json_text(DRIVER));
	json_set(spec, "pool", pool);
	json_set(spec, "nodeName", json_text(options->node));
	json_set(spec, "devices", json_array());
	json_set(slice, "apiVersion", json_text("resource.k8s.io/v1"));
	json_set(slice, "kind", json_text("ResourceSlice"));
	json_set(slice, "metadata", metadata);
	json_set(slice, "spec", spec);
	free(name);
	return slice;
}

static struct json_object *devices_of(struct json_object *slice)
{
	struct json_object *spec = NULL, *devices = NULL;

	json_object_object_get_ex(slice, "spec", &spec);
	json_object_object_get_ex(spec, "devices", &devices);
	return devices;
}

static struct json_object *make_slices(const struct model *model, const struct options *options,
				       int *status)
{
	size_t count = model->count ? (model->count - 1) / DEVICES_MOST + 1 : 1;
	struct json_object *slices = json_array(), *slice = NULL;
	char **names = name_gpus(model, &device_rule);

	for (size_t i = 0; i < model->count || !slice; i++) {
		if (i % DEVICES_MOST == 0) {
			slice = make_slice(model, options, i / DEVICES_MOST, count);
			json_append(slices, slice);
		}
		if (i < model->count)
			json_append(devices_of(slice), make_device(&model->gpus[i], names[i],
								   options, status));
	}
	name_free(names);
	return slices;
}

/* A name of Kubernetes: labels of lower case letters, digits and '-', with dots between them */
static bool is_subdomain(const char *name)
{
	char before = '.';

	if (!name || strlen(name) > NODE_LENGTH)
		return false;
	for (; *name; before = *name++) {
		bool is_end = before == '.' || !name[1] || name[1] == '.';

		if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) &&
		    !(*name == '-' && !is_end) && !(*name == '.' && before != '.' && name[1]))
			return false;
	}
	return before != '.';
}

int export_dra(const struct gpusvm_topology *topology, const struct options *options)
{
	struct json_object *list;
	struct model *model;
	int status = 0;

	if (!is_subdomain(options->node)) {
		say(options->node ? "\"%s\" is no name of a node in Kubernetes" :
		    "--node is required: the name of a snapshot's node is unknown", options->node);
		return usage_error("export");
	}
	model = model_new(topology);
	list = json_map();
	json_set(list, "apiVersion", json_text("v1"));
	json_set(list, "kind", json_text("List"));
	json_set(list, "items", make_slices(model, options, &status));
	document_print(list);
	model_free(model);
	return status;
}
