// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthetic.h"

/* Bus numbers have decimal digits only, so that uids have the order of GPUs */
#define BUSES 99
#define FIRST_RENDER 128

/* Up to this number of GPUs, the kernel's rule for groups considers all partitions */
#define MOST_EXACT 12

/* The path from a GPU to the memory of another one */
struct path {
	const char *type;
	uint64_t bandwidth;
	uint64_t latency;
	unsigned int hops;
	bool direct;
};

static struct figure known(uint64_t value)
{
	return (struct figure){ .value = value, .known = true };
}

/* 0 means unknown */
static struct figure if_known(uint64_t value)
{
	return (struct figure){ .value = value, .known = value };
}

/* Returns the island or switch of a GPU. Their sizes differ by at most 1 */
static unsigned int part_of(const struct synthetic *synthetic, unsigned int gpu)
{
	return (uint64_t)gpu * synthetic->parts / synthetic->gpus;
}

static bool is_neighbour(const struct synthetic *synthetic, unsigned int a, unsigned int b)
{
	unsigned int distance = a > b ? a - b : b - a;

	return distance == 1 || (synthetic->shape == SYNTHETIC_RING &&
				 distance == synthetic->gpus - 1);
}

static bool is_direct(const struct synthetic *synthetic, unsigned int a, unsigned int b)
{
	switch (synthetic->shape) {
	case SYNTHETIC_FULL:
	case SYNTHETIC_SWITCHES:
		return true;
	case SYNTHETIC_RING:
	case SYNTHETIC_LINE:
		return a == b || is_neighbour(synthetic, a, b);
	case SYNTHETIC_ISLANDS:
		return part_of(synthetic, a) == part_of(synthetic, b);
	default:
		return a == b;
	}
}

static struct path path_between(const struct synthetic *synthetic, unsigned int a,
				unsigned int b)
{
	if (a == b)
		return (struct path){ "local", synthetic->local_bandwidth,
				      synthetic->local_latency, 0, true };
	if (!is_direct(synthetic, a, b))
		return (struct path){ .type = synthetic->type };
	if (synthetic->shape == SYNTHETIC_SWITCHES &&
	    part_of(synthetic, a) != part_of(synthetic, b))
		return (struct path){ synthetic->type, synthetic->far_bandwidth,
				      synthetic->far_latency, 3, true };
	return (struct path){ synthetic->type, synthetic->bandwidth, synthetic->latency, 1,
			      true };
}

/* Copies its arguments. Returns NULL if memory is short */
static struct gpusvm_initiator *make_initiator(struct gpusvm_topology *topology,
					       unsigned int gpu)
{
	struct gpusvm_initiator *initiator = calloc(1, sizeof(*initiator));

	if (!initiator)
		return NULL;
	initiator->topology = topology;
	if (asprintf(&initiator->device, "%04u:%02u:00.0", gpu / BUSES, gpu % BUSES + 1) < 0)
		initiator->device = NULL;
	else if (asprintf(&initiator->uid, "pci-%s", initiator->device) < 0)
		initiator->uid = NULL;
	else if (asprintf(&initiator->render, "renderD%u", FIRST_RENDER + gpu) < 0)
		initiator->render = NULL;
	if (initiator->render && !list_add(&topology->initiators, initiator))
		return initiator;
	initiator_free(initiator);
	return NULL;
}

static int fill_pagemap(const struct synthetic *synthetic, unsigned int gpu,
			unsigned int region, struct gpusvm_pagemap *pagemap)
{
	pagemap->region_instance = known(region);
	pagemap->size = known(synthetic->memory);
	pagemap->free = known(synthetic->memory);
	pagemap->numa_node = known(-1);
	if (synthetic->nodes)
		pagemap->numa_node = known((uint64_t)gpu * synthetic->nodes / synthetic->gpus);

	pagemap->state = strdup("idle");
	pagemap->device = strdup(pagemap->initiator->device);
	pagemap->render = strdup(pagemap->initiator->render);
	if (asprintf(&pagemap->uid, "%s-vram%u", pagemap->initiator->uid, region) < 0)
		pagemap->uid = NULL;
	return pagemap->state && pagemap->device && pagemap->render && pagemap->uid ?
	       0 : -ENOMEM;
}

static int make_pagemap(const struct synthetic *synthetic, unsigned int gpu,
			unsigned int region, struct gpusvm_initiator *initiator)
{
	struct gpusvm_topology *topology = initiator->topology;
	struct gpusvm_pagemap *pagemap = calloc(1, sizeof(*pagemap));
	int err;

	if (!pagemap)
		return -ENOMEM;
	pagemap->topology = topology;
	pagemap->id = topology->pagemaps.count + 1;
	pagemap->initiator = initiator;
	pagemap->group = initiator->group;
	err = fill_pagemap(synthetic, gpu, region, pagemap);
	if (!err)
		err = list_add(&topology->pagemaps, pagemap);
	if (err)
		pagemap_free(pagemap);
	return err;
}

static int fill_link(const struct synthetic *synthetic, const struct path *path,
		     struct gpusvm_link *link)
{
	bool usable = path->direct && link->initiator->group == link->pagemap->group;

	link->type = strdup(path->type);
	link->access = strdup(path->direct ? "direct" : "none");
	link->usable = known(usable);
	if (!link->type || !link->access)
		return -ENOMEM;
	if (!path->direct) {
		link->reason = strdup(synthetic->reason);
		return link->reason ? 0 : -ENOMEM;
	}

	link->hops = known(path->hops);
	link->read_bandwidth = known(path->bandwidth);
	link->write_bandwidth = known(path->bandwidth);
	link->max_read_bandwidth = known(path->bandwidth);
	link->max_write_bandwidth = known(path->bandwidth);
	link->read_latency = if_known(path->latency);
	link->write_latency = if_known(path->latency);
	if (!usable)
		link->usable_reason = strdup("clique");
	return usable || link->usable_reason ? 0 : -ENOMEM;
}

static int make_link(const struct synthetic *synthetic, unsigned int from, unsigned int to,
		     struct gpusvm_pagemap *pagemap)
{
	const struct path path = path_between(synthetic, from, to);
	struct gpusvm_link *link;
	int err;

	if (!path.direct && !synthetic->reason)
		return 0;
	link = calloc(1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->initiator = list_get(&pagemap->topology->initiators, from);
	link->pagemap = pagemap;
	err = fill_link(synthetic, &path, link);
	if (!err)
		err = list_add(&pagemap->links, link);
	if (err)
		link_free(link);
	return err;
}

static struct gpusvm_group *make_group(struct gpusvm_topology *topology,
				       const struct gpusvm_initiator *first)
{
	struct gpusvm_group *group = calloc(1, sizeof(*group));

	if (!group)
		return NULL;
	group->topology = topology;
	group->users = known(0);
	group->pending = known(0);
	group->origin = strdup("hardware");
	if (asprintf(&group->name, "auto-%s", first->uid) < 0)
		group->name = NULL;
	if (group->name && group->origin && !list_add(&topology->groups, group))
		return group;
	group_free(group);
	return NULL;
}

static bool is_memless(const struct synthetic *synthetic, unsigned int gpu)
{
	return gpu >= synthetic->gpus - synthetic->memless;
}

/*
 * An odd number of GPUs in a row leaves one alone. Among partitions of equal weight, the
 * rule chooses the one with the first GPU alone if it considers all partitions. With more
 * GPUs, the last one is alone.
 */
static bool first_is_alone(const struct synthetic *synthetic)
{
	bool is_row = synthetic->shape == SYNTHETIC_LINE ||
		      (synthetic->shape == SYNTHETIC_RING && synthetic->gpus > 3);

	return is_row && synthetic->gpus % 2 && synthetic->gpus <= MOST_EXACT;
}

/* As in the kernel's rule, two GPUs without memory match */
static bool match(const struct synthetic *synthetic, unsigned int a, unsigned int b)
{
	if (first_is_alone(synthetic) && (!a || !b))
		return false;
	return is_direct(synthetic, a, b) ||
	       (is_memless(synthetic, a) && is_memless(synthetic, b));
}

/* While GPUs are being added, their number is their index in the list */
static bool fits(const struct synthetic *synthetic, const struct gpusvm_topology *topology,
		 const struct gpusvm_group *group, unsigned int gpu)
{
	for (unsigned int other = 0; other < gpu; other++) {
		const struct gpusvm_initiator *initiator =
			list_get(&topology->initiators, other);

		if (initiator->group == group && !match(synthetic, gpu, other))
			return false;
	}
	return true;
}

/*
 * Returns the first group in which the GPU matches all members. For these shapes, with equal
 * bandwidths, the kernel's rule has the same result.
 */
static struct gpusvm_group *find_group(const struct synthetic *synthetic,
				       struct gpusvm_topology *topology, unsigned int gpu)
{
	for (size_t i = 0; i < topology->groups.count; i++) {
		struct gpusvm_group *group = topology->groups.items[i];

		if (fits(synthetic, topology, group, gpu))
			return group;
	}
	return make_group(topology, list_get(&topology->initiators, gpu));
}

static int make_gpu(const struct synthetic *synthetic, struct gpusvm_topology *topology,
		    unsigned int gpu)
{
	struct gpusvm_initiator *initiator = make_initiator(topology, gpu);
	int err = 0;

	if (!initiator)
		return -ENOMEM;
	initiator->group = find_group(synthetic, topology, gpu);
	if (!initiator->group)
		return -ENOMEM;
	if (is_memless(synthetic, gpu))
		return 0;
	for (unsigned int region = 0; !err && region < synthetic->regions; region++)
		err = make_pagemap(synthetic, gpu, region, initiator);
	return err;
}

static int make_links(const struct synthetic *synthetic, struct gpusvm_topology *topology)
{
	int err = 0;

	for (size_t i = 0; !err && i < topology->pagemaps.count; i++) {
		struct gpusvm_pagemap *pagemap = topology->pagemaps.items[i];
		unsigned int to = i / synthetic->regions;

		for (unsigned int from = 0; !err && from < synthetic->gpus; from++)
			err = make_link(synthetic, from, to, pagemap);
	}
	return err;
}

static void lower(struct figure *least, const struct figure *figure)
{
	if (!least->known || figure->value < least->value)
		*least = *figure;
}

/* Sets pagemap_list, and the lowest maximum bandwidth of the links inside */
static int finish_group(struct gpusvm_group *group)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	size_t length;
	FILE *stream;

	stream = open_memstream(&group->pagemap_list, &length);
	if (!stream)
		return -ENOMEM;
	gpusvm_group_pagemap_foreach(group, pagemap) {
		fprintf(stream, "%s%u", ftell(stream) ? "," : "", pagemap->id);
		gpusvm_pagemap_link_foreach(pagemap, link) {
			if (!gpusvm_link_is_usable(link))
				continue;
			lower(&group->min_read_bandwidth, &link->max_read_bandwidth);
			lower(&group->min_write_bandwidth, &link->max_write_bandwidth);
		}
	}
	return fclose(stream) ? -ENOMEM : 0;
}

static int make_topology(const struct synthetic *synthetic, struct gpusvm_topology *topology)
{
	int err = 0;

	for (unsigned int gpu = 0; !err && gpu < synthetic->gpus; gpu++)
		err = make_gpu(synthetic, topology, gpu);
	if (!err)
		err = make_links(synthetic, topology);
	if (err)
		return err;

	groups_connect(topology);
	err = initiators_connect(topology);
	if (!err)
		err = pagemaps_connect(topology);
	for (size_t i = 0; !err && i < topology->groups.count; i++)
		err = finish_group(topology->groups.items[i]);
	return err;
}

GPUSVM_EXPORT int gpusvm_topology_new_synthetic(struct gpusvm_ctx *ctx,
						const char *description,
						struct gpusvm_topology **topology)
{
	struct gpusvm_topology *new;
	struct synthetic synthetic;
	int err;

	err = synthetic_parse(ctx, description, &synthetic);
	if (err)
		return err;

	new = topology_alloc(ctx);
	err = new ? make_topology(&synthetic, new) : -ENOMEM;
	free(synthetic.text);
	if (err) {
		gpusvm_topology_unref(new);
		return err;
	}
	new->synthetic = true;
	new->consistent = true;
	*topology = new;
	return 0;
}

GPUSVM_EXPORT bool gpusvm_topology_is_synthetic(const struct gpusvm_topology *topology)
{
	return topology->synthetic;
}
