// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a machine with a synthetic topology. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

#define DEVICES "sys/devices/pci0000:00"
#define GROUPS "sys/devices/virtual/drm_pagemap_group"

static void add_directory(struct snapshot *snapshot, const char *directory)
{
	snapshot_add(snapshot, directory, ENTRY_DIRECTORY, NULL, 0);
}

/* Takes over @text. Adds no file if it is NULL */
static void add_text(struct snapshot *snapshot, const char *directory, const char *file,
		     char *text)
{
	char *name, *line;

	if (!text)
		return;
	name = text_format("%s/%s", directory, file);
	line = text_format("%s\n", text);
	snapshot_add(snapshot, name, ENTRY_FILE, line, strlen(line));
	free(name);
	free(text);
}

static void add_number(struct snapshot *snapshot, const char *directory, const char *file,
		       int err, uint64_t number)
{
	add_text(snapshot, directory, file, err ? NULL : text_format("%" PRIu64, number));
}

/* Adds a symbolic link to @target, a path from the root of the archive */
static void add_link(struct snapshot *snapshot, const char *directory, const char *file,
		     const char *target)
{
	char *name = text_format("%s/%s", directory, file), *path = text_copy("");

	for (const char *slash = directory; slash; slash = strchr(slash + 1, '/')) {
		char *longer = text_format("../%s", path);

		free(path);
		path = longer;
	}
	snapshot_add(snapshot, name, ENTRY_LINK, text_format("%s%s", path, target),
		     strlen(path) + strlen(target));
	free(path);
	free(name);
}

static char *device_of(const struct gpusvm_initiator *initiator)
{
	return text_format(DEVICES "/%s", gpusvm_initiator_get_device(initiator));
}

static char *initiator_path(const struct gpusvm_initiator *initiator)
{
	return text_format(DEVICES "/%s/drm_pagemap_initiator/%s",
			   gpusvm_initiator_get_device(initiator),
			   gpusvm_initiator_get_uid(initiator));
}

static char *pagemap_path(const struct gpusvm_pagemap *pagemap)
{
	return text_format(DEVICES "/%s/drm_pagemap/pagemap%u",
			   gpusvm_pagemap_get_device(pagemap), gpusvm_pagemap_get_id(pagemap));
}

/* Adds the symbolic links that pagemaps and initiators have in common */
static void add_links(struct snapshot *snapshot, const char *directory, const char *device,
		      const char *render, const struct gpusvm_group *group)
{
	char *node = text_format("%s/drm/%s", device, render);
	char *path = text_format(GROUPS "/%s", gpusvm_group_get_name(group));

	add_link(snapshot, directory, "device", device);
	add_link(snapshot, directory, "render", node);
	add_link(snapshot, directory, "group", path);
	free(path);
	free(node);
}

static void add_initiator(struct snapshot *snapshot, const struct gpusvm_initiator *initiator)
{
	char *path = initiator_path(initiator), *device = device_of(initiator);
	char *node = text_format("%s/drm/%s", device, gpusvm_initiator_get_render(initiator));
	char *targets = text_format("%s/targets", path);

	add_directory(snapshot, node);
	add_directory(snapshot, path);
	add_directory(snapshot, targets);
	add_links(snapshot, path, device, gpusvm_initiator_get_render(initiator),
		  gpusvm_initiator_get_group(initiator));
	add_link(snapshot, "sys/class/drm_pagemap_initiator",
		 gpusvm_initiator_get_uid(initiator), path);
	free(targets);
	free(node);
	free(device);
	free(path);
}

static const struct number {
	const char *file;
	int (*get)(const struct gpusvm_link *link, uint64_t *value);
} numbers[] = {
	{ "read_bandwidth", gpusvm_link_get_read_bandwidth },
	{ "write_bandwidth", gpusvm_link_get_write_bandwidth },
	{ "max_read_bandwidth", gpusvm_link_get_max_read_bandwidth },
	{ "max_write_bandwidth", gpusvm_link_get_max_write_bandwidth },
	{ "read_latency", gpusvm_link_get_read_latency },
	{ "write_latency", gpusvm_link_get_write_latency },
};

static void add_link_values(struct snapshot *snapshot, const char *path,
			    const struct gpusvm_link *link)
{
	unsigned int hops = 0;
	int err = gpusvm_link_get_hops(link, &hops);

	add_text(snapshot, path, "type", text_copy(gpusvm_link_get_type(link)));
	add_text(snapshot, path, "access", text_copy(gpusvm_link_get_access(link)));
	add_text(snapshot, path, "reason", text_copy(gpusvm_link_get_reason(link) ?: "none"));
	add_number(snapshot, path, "usable", 0, gpusvm_link_is_usable(link));
	add_text(snapshot, path, "usable_reason",
		 text_copy(gpusvm_link_get_usable_reason(link) ?: "none"));
	add_number(snapshot, path, "hops", err, hops);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t value = 0;

		err = numbers[i].get(link, &value);
		add_number(snapshot, path, numbers[i].file, err, value);
	}
}

/* Adds a symbolic link to @path to a directory of one of its ends */
static void add_to_end(struct snapshot *snapshot, const char *end, const char *directory,
		       const char *name, const char *path)
{
	char *whole = text_format("%s/%s", end, directory);

	add_link(snapshot, whole, name, path);
	free(whole);
}

static void add_link_device(struct snapshot *snapshot, const struct gpusvm_link *link)
{
	const struct gpusvm_initiator *initiator = gpusvm_link_get_initiator(link);
	const struct gpusvm_pagemap *pagemap = gpusvm_link_get_pagemap(link);
	char *device = device_of(initiator), *from = initiator_path(initiator);
	char *to = pagemap_path(pagemap), *to_name = strrchr(to, '/') + 1;
	const char *uid = gpusvm_initiator_get_uid(initiator);
	char *path = text_format("%s/drm_pagemap_link/%s--%s", device, uid, to_name);

	add_directory(snapshot, path);
	add_link_values(snapshot, path, link);
	add_link(snapshot, path, "device", device);
	add_link(snapshot, path, "initiator", from);
	add_link(snapshot, path, "pagemap", to);
	add_link(snapshot, "sys/class/drm_pagemap_link", strrchr(path, '/') + 1, path);
	add_to_end(snapshot, from, "targets", to_name, path);
	add_to_end(snapshot, to, "initiators", uid, path);
	free(path);
	free(to);
	free(from);
	free(device);
}

static void add_values(struct snapshot *snapshot, const char *path,
		       const struct gpusvm_pagemap *pagemap)
{
	uint64_t size = 0, available = 0;
	uint16_t instance = 0;
	int node = -1;

	gpusvm_pagemap_get_size(pagemap, &size);
	gpusvm_pagemap_get_free(pagemap, &available);
	gpusvm_pagemap_get_region_instance(pagemap, &instance);
	gpusvm_pagemap_get_numa_node(pagemap, &node);
	add_number(snapshot, path, "id", 0, gpusvm_pagemap_get_id(pagemap));
	add_text(snapshot, path, "uid", text_copy(gpusvm_pagemap_get_uid(pagemap)));
	add_text(snapshot, path, "state", text_copy(gpusvm_pagemap_get_state(pagemap)));
	add_number(snapshot, path, "region_instance", 0, instance);
	add_number(snapshot, path, "size", 0, size);
	add_number(snapshot, path, "free", 0, available);
	add_text(snapshot, path, "numa_node", text_format("%d", node));
}

static void add_pagemap(struct snapshot *snapshot, const struct gpusvm_pagemap *pagemap)
{
	const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);
	char *path = pagemap_path(pagemap), *device = device_of(initiator);
	char *owner = initiator_path(initiator);
	char *name = text_format("pagemap%u", gpusvm_pagemap_get_id(pagemap));
	char *initiators = text_format("%s/initiators", path);
	const struct gpusvm_link *link;

	add_directory(snapshot, path);
	add_values(snapshot, path, pagemap);
	add_links(snapshot, path, device, gpusvm_pagemap_get_render(pagemap),
		  gpusvm_pagemap_get_group(pagemap));
	add_link(snapshot, path, "initiator", owner);
	add_directory(snapshot, initiators);
	gpusvm_pagemap_link_foreach(pagemap, link)
		add_link_device(snapshot, link);
	add_link(snapshot, "sys/class/drm_pagemap", name, path);
	free(initiators);
	free(name);
	free(owner);
	free(device);
	free(path);
}

static char *list_pagemaps(const struct gpusvm_group *group)
{
	const struct gpusvm_pagemap *pagemap;
	uint32_t *ids = NULL;
	size_t count = 0;
	char *text;

	gpusvm_group_pagemap_foreach(group, pagemap) {
		ids = check_memory(reallocarray(ids, count + 1, sizeof(*ids)));
		ids[count++] = gpusvm_pagemap_get_id(pagemap);
	}
	text = count ? text_ids(ids, count) : text_copy("");
	free(ids);
	return text;
}

static void add_members(struct snapshot *snapshot, const char *path,
			const struct gpusvm_group *group)
{
	char *initiators = text_format("%s/initiators", path);
	char *pagemaps = text_format("%s/pagemaps", path);
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;

	add_directory(snapshot, initiators);
	gpusvm_group_initiator_foreach(group, initiator) {
		char *target = initiator_path(initiator);

		add_link(snapshot, initiators, gpusvm_initiator_get_uid(initiator), target);
		free(target);
	}
	add_directory(snapshot, pagemaps);
	gpusvm_group_pagemap_foreach(group, pagemap) {
		char *target = pagemap_path(pagemap);

		add_link(snapshot, pagemaps, strrchr(target, '/') + 1, target);
		free(target);
	}
	free(pagemaps);
	free(initiators);
}

static void add_group(struct snapshot *snapshot, const struct gpusvm_group *group)
{
	const char *name = gpusvm_group_get_name(group);
	char *path = text_format(GROUPS "/%s", name);
	uint64_t read = 0, write = 0;
	int read_err = gpusvm_group_get_min_read_bandwidth(group, &read);
	int write_err = gpusvm_group_get_min_write_bandwidth(group, &write);

	add_directory(snapshot, path);
	add_text(snapshot, path, "origin", text_copy(gpusvm_group_get_origin(group)));
	add_text(snapshot, path, "pagemap_list", list_pagemaps(group));
	add_number(snapshot, path, "users", 0, 0);
	add_number(snapshot, path, "pending", 0, 0);
	add_number(snapshot, path, "min_read_bandwidth", read_err, read);
	add_number(snapshot, path, "min_write_bandwidth", write_err, write);
	add_members(snapshot, path, group);
	add_link(snapshot, "sys/class/drm_pagemap_group", name, path);
	free(path);
}

void snapshot_make(struct snapshot *snapshot, const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator;
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_group *group;

	add_directory(snapshot, "sys/class/drm_pagemap");
	add_directory(snapshot, "sys/class/drm_pagemap_initiator");
	add_directory(snapshot, "sys/class/drm_pagemap_link");
	add_directory(snapshot, "sys/class/drm_pagemap_group");
	add_text(snapshot, "sys/devices/virtual/drm_pagemap/topology", "generation",
		 text_copy("2"));
	add_link(snapshot, "sys/class/drm_pagemap", "topology",
		 "sys/devices/virtual/drm_pagemap/topology");
	gpusvm_group_foreach(topology, group)
		add_group(snapshot, group);
	gpusvm_initiator_foreach(topology, initiator)
		add_initiator(snapshot, initiator);
	gpusvm_pagemap_foreach(topology, pagemap)
		add_pagemap(snapshot, pagemap);
}
