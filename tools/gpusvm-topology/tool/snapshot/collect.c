// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "root.h"
#include "snapshot.h"

/* A list of IDs may be longer than a page */
#define LENGTH_MAX (1024 * 1024)
#define DEEPEST 8

/* Takes over @data */
void snapshot_add(struct snapshot *snapshot, const char *name, enum entry_type type,
		  char *data, size_t size)
{
	struct entry *entry;

	snapshot->entries = check_memory(reallocarray(snapshot->entries, snapshot->count + 1,
						      sizeof(*entry)));
	entry = &snapshot->entries[snapshot->count++];
	*entry = (struct entry){ text_copy(name), type, data, size };
}

/* Ignores missing files, because the scan reports required ones */
static void warn(struct snapshot *snapshot, const char *name, int err)
{
	if (err == -ENOENT || err == -ENODEV || err == -ENOTDIR || err == -ENODATA)
		return;
	say("warning: %s/%s: %s", snapshot->options->sysroot ?: "", name, strerror(-err));
	snapshot->warnings++;
}

static void add_file(struct snapshot *snapshot, const char *name)
{
	size_t size;
	char *data;
	int err = root_read(snapshot->options->sysroot, name, LENGTH_MAX, &data, &size);

	if (err)
		warn(snapshot, name, err);
	else
		snapshot_add(snapshot, name, ENTRY_FILE, data, size);
}

static void add_link(struct snapshot *snapshot, const char *name)
{
	char *target;
	int err = root_read_link(snapshot->options->sysroot, name, &target);

	if (err)
		warn(snapshot, name, err);
	else
		snapshot_add(snapshot, name, ENTRY_LINK, target, strlen(target));
}

static bool matters(const char *name)
{
	static const char *const others[] = {
		".", "..", "dev", "power", "subsystem", "uevent", "waiting_for_supplier",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!strcmp(others[i], name))
			return false;
	}
	return true;
}

static void walk(struct snapshot *snapshot, const char *name, unsigned int depth);

static void add_any(struct snapshot *snapshot, const char *name, unsigned int depth)
{
	enum root_type type;
	int err = root_get_type(snapshot->options->sysroot, name, &type);

	if (err)
		warn(snapshot, name, err);
	else if (type == ROOT_FILE)
		add_file(snapshot, name);
	else if (type == ROOT_LINK)
		add_link(snapshot, name);
	else if (type == ROOT_DIRECTORY && depth < DEEPEST)
		walk(snapshot, name, depth + 1);
}

/* Calls @fn for each relevant path in a directory, sorted. Returns 0 or a negative errno */
static int for_each(struct snapshot *snapshot, const char *directory,
		    void (*fn)(struct snapshot *snapshot, const char *path, unsigned int depth),
		    unsigned int depth)
{
	char **names;
	size_t count;
	int err = root_list(snapshot->options->sysroot, directory, &names, &count);

	for (size_t i = 0; i < count; i++) {
		char *path = text_format("%s/%s", directory, names[i]);

		if (matters(names[i]))
			fn(snapshot, path, depth);
		free(path);
		free(names[i]);
	}
	free(names);
	return err;
}

/* Adds a directory with all relevant entries */
static void walk(struct snapshot *snapshot, const char *name, unsigned int depth)
{
	enum root_type type;
	int err = root_get_type(snapshot->options->sysroot, name, &type);

	if (!err && type != ROOT_DIRECTORY)
		err = -ENOTDIR;
	if (!err) {
		snapshot_add(snapshot, name, ENTRY_DIRECTORY, NULL, 0);
		err = for_each(snapshot, name, add_any, depth);
	}
	if (err)
		warn(snapshot, name, err);
}

/* Resolves a link in a directory as text, without reading other links. Returns allocated text */
static char *resolve(const char *directory, const char *target)
{
	char *whole = text_format("%s/%s", *target == '/' ? "" : directory, target);
	char *rest = whole, *part, *result = text_copy("");

	while ((part = strsep(&rest, "/"))) {
		char *slash = strrchr(result, '/'), *longer;

		if (!*part || !strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			*(slash ?: result) = '\0';
			continue;
		}
		longer = text_format("%s%s%s", result, *result ? "/" : "", part);
		free(result);
		result = longer;
	}
	free(whole);
	return result;
}

/* Calls @fn for the targets of links in the entries from @first on */
static void follow(struct snapshot *snapshot, size_t first,
		   void (*fn)(struct snapshot *snapshot, const char *name))
{
	size_t count = snapshot->count;

	for (size_t i = first; i < count; i++) {
		const struct entry *entry = &snapshot->entries[i];
		char *directory, *target;

		if (entry->type != ENTRY_LINK)
			continue;
		directory = text_copy(entry->name);
		*(strrchr(directory, '/') ?: directory) = '\0';
		target = resolve(directory, entry->data);
		fn(snapshot, target);
		free(target);
		free(directory);
	}
}

static void walk_object(struct snapshot *snapshot, const char *name)
{
	if (!strncmp(name, "sys/devices/", strlen("sys/devices/")))
		walk(snapshot, name, 0);
}

static void add_class(struct snapshot *snapshot, const char *name)
{
	size_t first = snapshot->count;

	walk(snapshot, name, DEEPEST - 1);
	follow(snapshot, first, walk_object);
}

static void add_each(struct snapshot *snapshot, const char *directory,
		     const char *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *name = text_format("%s/%s", directory, files[i]);

		add_any(snapshot, name, DEEPEST);
		free(name);
	}
}

#define ADD_EACH(snapshot, directory, files) \
	add_each(snapshot, directory, files, sizeof(files) / sizeof(*(files)))

static void add_node(struct snapshot *snapshot, const char *path, unsigned int depth)
{
	(void)depth;
	snapshot_add(snapshot, path, ENTRY_DIRECTORY, NULL, 0);
}

/* Adds the names of the GPU's nodes, without their content */
static void add_nodes(struct snapshot *snapshot, const char *device)
{
	char *name = text_format("%s/drm", device);

	for_each(snapshot, name, add_node, 0);
	free(name);
}

/* Adds the files of a GPU that "export" reads besides the classes */
static void add_device(struct snapshot *snapshot, const char *name)
{
	static const char *const files[] = {
		"class", "vendor", "device", "subsystem_vendor", "subsystem_device", "revision",
		"numa_node", "local_cpulist", "current_link_speed", "current_link_width",
	};

	ADD_EACH(snapshot, name, files);
	add_nodes(snapshot, name);
}

static void add_devices(struct snapshot *snapshot)
{
	size_t count = snapshot->count;

	for (size_t i = 0; i < count; i++) {
		char *name = text_copy(snapshot->entries[i].name), *last = strrchr(name, '/');
		bool is_device = snapshot->entries[i].type == ENTRY_LINK && last &&
				 !strcmp(last, "/device") &&
				 strstr(name, "/drm_pagemap_initiator/");
		char *target;

		if (is_device) {
			*last = '\0';
			target = resolve(name, snapshot->entries[i].data);
			add_device(snapshot, target);
			free(target);
		}
		free(name);
	}
}

/* Whether the last component of a path is @prefix and a number */
static bool is_numbered(const char *path, const char *prefix)
{
	const char *name = strrchr(path, '/') + 1;
	size_t length = strlen(prefix);

	return !strncmp(name, prefix, length) && name[length] &&
	       strspn(name + length, "0123456789") == strlen(name + length);
}

/* hwloc, too, reads these files */
static void add_cpu(struct snapshot *snapshot, const char *path, unsigned int depth)
{
	static const char *const files[] = {
		"topology/physical_package_id", "topology/core_id",
		"topology/package_cpus", "topology/core_cpus",
	};

	(void)depth;
	if (is_numbered(path, "cpu"))
		ADD_EACH(snapshot, path, files);
}

static void add_numa_node(struct snapshot *snapshot, const char *path, unsigned int depth)
{
	static const char *const files[] = { "cpulist", "cpumap", "distance" };

	(void)depth;
	if (is_numbered(path, "node"))
		ADD_EACH(snapshot, path, files);
}

static void add_machine(struct snapshot *snapshot)
{
	static const char *const cpu[] = { "present", "online" };
	static const char *const node[] = { "has_cpu", "online" };

	ADD_EACH(snapshot, "sys/devices/system/cpu", cpu);
	for_each(snapshot, "sys/devices/system/cpu", add_cpu, 0);
	ADD_EACH(snapshot, "sys/devices/system/node", node);
	for_each(snapshot, "sys/devices/system/node", add_numa_node, 0);
}

void snapshot_collect(struct snapshot *snapshot)
{
	add_class(snapshot, "sys/class/drm_pagemap");
	add_class(snapshot, "sys/class/drm_pagemap_initiator");
	add_class(snapshot, "sys/class/drm_pagemap_link");
	add_class(snapshot, "sys/class/drm_pagemap_group");
	add_devices(snapshot);
	walk(snapshot, "sys/kernel/config/drm_pagemap", 0);
	add_machine(snapshot);
}

void snapshot_clear(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		free(snapshot->entries[i].name);
		free(snapshot->entries[i].data);
	}
	free(snapshot->entries);
	snapshot->entries = NULL;
	snapshot->count = 0;
	snapshot->warnings = 0;
}
