// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "export.h"

static size_t index_of_group(const struct model *model, const struct gpusvm_group *group)
{
	const struct gpusvm_group *other;
	size_t index = 0;

	gpusvm_group_foreach(model->topology, other) {
		if (other == group)
			return index;
		index++;
	}
	return model->groups;
}

static void add_gpu(struct model *model, const struct gpusvm_initiator *initiator)
{
	struct gpu *gpu;

	model->gpus = check_memory(reallocarray(model->gpus, model->count + 1, sizeof(*gpu)));
	gpu = &model->gpus[model->count++];
	*gpu = (struct gpu){
		.initiator = initiator,
		.uid = gpusvm_initiator_get_uid(initiator),
		.group = index_of_group(model, gpusvm_initiator_get_group(initiator)),
	};
}

static uint64_t bandwidth_of(const struct gpusvm_link *link)
{
	uint64_t read = 0, write = 0;
	int read_err = gpusvm_link_get_read_bandwidth(link, &read);
	int write_err = gpusvm_link_get_write_bandwidth(link, &write);

	if (read_err || (!write_err && write < read))
		return write;
	return read;
}

static enum path_state state_of(const struct gpusvm_link *link)
{
	if (!gpusvm_link_is_direct(link))
		return PATH_REFUSED;
	return gpusvm_link_is_usable(link) ? PATH_USABLE : PATH_UNUSABLE;
}

static void take_link(struct path *path, const struct gpusvm_link *link)
{
	const struct path other = { state_of(link), link, bandwidth_of(link) };

	if (!path->link || other.state > path->state ||
	    (other.state == path->state && other.bandwidth > path->bandwidth))
		*path = other;
}

/* Merges, because the links to a pagemap and the GPUs have the same order */
static void take_pagemap(struct model *model, size_t owner,
			 const struct gpusvm_pagemap *pagemap)
{
	const struct gpusvm_link *link;
	size_t from = 0;
	uint64_t size;

	model->gpus[owner].pagemaps++;
	if (!gpusvm_pagemap_get_size(pagemap, &size))
		model->gpus[owner].size += size;

	gpusvm_pagemap_link_foreach(pagemap, link) {
		while (model->gpus[from].initiator != gpusvm_link_get_initiator(link))
			from++;
		take_link(&model->paths[from * model->count + owner], link);
	}
}

static void take_bandwidths(struct model *model)
{
	for (size_t i = 0; i < model->count * model->count; i++) {
		const struct path *path = &model->paths[i];

		if (i % (model->count + 1) == 0 || path->state < PATH_UNUSABLE ||
		    !path->bandwidth)
			continue;
		if (!model->least_bandwidth || path->bandwidth < model->least_bandwidth)
			model->least_bandwidth = path->bandwidth;
		if (path->bandwidth > model->most_bandwidth)
			model->most_bandwidth = path->bandwidth;
	}
}

/* Skips a pagemap with an unknown initiator, because it belongs to no GPU */
struct model *model_new(const struct gpusvm_topology *topology)
{
	struct model *model = check_memory(calloc(1, sizeof(*model)));
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_group *group;

	model->topology = topology;
	gpusvm_group_foreach(topology, group)
		model->groups++;
	gpusvm_initiator_foreach(topology, initiator)
		add_gpu(model, initiator);
	model->paths = check_memory(calloc(model->count * model->count + 1,
					   sizeof(*model->paths)));

	gpusvm_pagemap_foreach(topology, pagemap) {
		for (size_t i = 0; i < model->count; i++) {
			if (gpusvm_pagemap_get_initiator(pagemap) == model->gpus[i].initiator)
				take_pagemap(model, i, pagemap);
		}
	}
	take_bandwidths(model);
	return model;
}

void model_free(struct model *model)
{
	free(model->gpus);
	free(model->paths);
	free(model);
}

const struct path *model_path(const struct model *model, size_t from, size_t to)
{
	return &model->paths[from * model->count + to];
}

bool model_is_same_both_ways(const struct model *model, size_t a, size_t b)
{
	const struct path *there = model_path(model, a, b), *back = model_path(model, b, a);

	return there->state == back->state && there->bandwidth == back->bandwidth;
}

/* Returns the indices of all GPUs, sorted by group */
size_t *model_order_by_group(const struct model *model)
{
	size_t *order = check_memory(calloc(model->count + 1, sizeof(*order)));
	size_t count = 0;

	for (size_t group = 0; group <= model->groups; group++) {
		for (size_t i = 0; i < model->count; i++) {
			if (model->gpus[i].group == group)
				order[count++] = i;
		}
	}
	return order;
}

bool gpu_is_pci(const struct gpu *gpu)
{
	return !strncmp(gpu->uid, "pci-", strlen("pci-")) &&
	       gpusvm_initiator_get_device(gpu->initiator);
}

/* The fields of a PCI address have fixed widths, except for a long domain in front */
static bool is_before(const struct gpu *gpu, const struct gpu *other)
{
	const char *address, *others;

	if (!gpu_is_pci(gpu) || !gpu_is_pci(other))
		return gpu_is_pci(gpu) && !gpu_is_pci(other);
	address = gpusvm_initiator_get_device(gpu->initiator);
	others = gpusvm_initiator_get_device(other->initiator);
	if (strlen(address) != strlen(others))
		return strlen(address) < strlen(others);
	return strcmp(address, others) < 0;
}

/*
 * Returns the indices of all GPUs, sorted by PCI address. Partitions of a GPU, and GPUs that
 * are not on PCI, which come last, keep the order of the library.
 */
size_t *model_order_by_address(const struct model *model)
{
	size_t *order = check_memory(calloc(model->count + 1, sizeof(*order)));

	for (size_t i = 0; i < model->count; i++) {
		size_t place = i;

		for (; place && is_before(&model->gpus[i], &model->gpus[order[place - 1]]);
		     place--)
			order[place] = order[place - 1];
		order[place] = i;
	}
	return order;
}

/* Returns the first partition of the same PCI device, or the GPU itself */
size_t model_first_of_device(const struct model *model, size_t index)
{
	const struct gpu *gpu = &model->gpus[index];

	if (!gpu_is_pci(gpu))
		return index;
	for (size_t i = 0; i < index; i++) {
		if (gpu_is_pci(&model->gpus[i]) &&
		    !strcmp(gpusvm_initiator_get_device(model->gpus[i].initiator),
			    gpusvm_initiator_get_device(gpu->initiator)))
			return i;
	}
	return index;
}

/* Returns the type of a path, or the reason why it does not exist */
const char *path_describe(const struct path *path)
{
	if (!path->link)
		return "no path";
	if (path->state == PATH_REFUSED)
		return gpusvm_link_get_reason(path->link) ?: "no access";
	return gpusvm_link_get_type(path->link) ?: "unknown";
}

/* Checks whether a bandwidth is below its maximum, as "check" does without a baseline */
bool link_is_degraded(const struct gpusvm_link *link, enum link_way way)
{
	uint64_t is = 0, most = 0;

	if (way == LINK_READ)
		return !gpusvm_link_get_read_bandwidth(link, &is) &&
		       !gpusvm_link_get_max_read_bandwidth(link, &most) && is < most;
	return !gpusvm_link_get_write_bandwidth(link, &is) &&
	       !gpusvm_link_get_max_write_bandwidth(link, &most) && is < most;
}

/* Returns allocated text such as "1-2,5"; NULL without pagemaps */
char *gpu_list_pagemaps(const struct gpu *gpu)
{
	uint32_t *ids = check_memory(calloc(gpu->pagemaps + 1, sizeof(*ids)));
	const struct gpusvm_pagemap *pagemap;
	unsigned int count = 0;
	char *text;

	gpusvm_pagemap_foreach(gpusvm_initiator_get_topology(gpu->initiator), pagemap) {
		if (gpusvm_pagemap_get_initiator(pagemap) == gpu->initiator)
			ids[count++] = gpusvm_pagemap_get_id(pagemap);
	}
	text = count ? text_ids(ids, count) : NULL;
	free(ids);
	return text;
}

/* Returns allocated text that describes the memory of a GPU */
char *gpu_describe(const struct gpu *gpu)
{
	char *ids, *size, *text;

	if (!gpu->pagemaps)
		return text_copy("no memory");
	ids = gpu_list_pagemaps(gpu);
	size = text_size(gpu->size);
	text = text_format("pagemap%s %s, %s", gpu->pagemaps > 1 ? "s" : "", ids, size);
	free(ids);
	free(size);
	return text;
}
