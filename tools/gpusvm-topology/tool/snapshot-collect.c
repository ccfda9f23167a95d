// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot.h"

/* A value may be a list of IDs, which is longer than a page */
#define LENGTH_MAX (1024 * 1024)
#define DEEPEST 8

static char *full_path(const struct snapshot *snapshot, const char *name)
{
	return text_format("%s/%s", root_directory(snapshot->options->sysroot), name);
}

/* Takes @data over */
static void add(struct snapshot *snapshot, const char *name, char type, char *data, size_t size)
{
	struct entry *entry;

	snapshot->entries = check_memory(reallocarray(snapshot->entries, snapshot->count + 1,
						      sizeof(*entry)));
	entry = &snapshot->entries[snapshot->count++];
	*entry = (struct entry){ text_copy(name), type, data, size };
}

/* What is not there is as it may be; the scan says what should be */
static void warn(struct snapshot *snapshot, const char *path, int err)
{
	if (err == ENOENT || err == ENODEV || err == ENOTDIR)
		return;
	say("warning: %s: %s", path, strerror(err));
	snapshot->warnings++;
}

static void add_file(struct snapshot *snapshot, const char *name, const char *path)
{
	char *data = check_memory(malloc(LENGTH_MAX));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	size_t size = 0;
	ssize_t count = -1;

	if (fd >= 0) {
		while ((count = read(fd, data + size, LENGTH_MAX - size)) > 0)
			size += count;
	}
	if (count < 0) {
		warn(snapshot, path, errno);
		free(data);
	} else {
		add(snapshot, name, ENTRY_FILE, check_memory(realloc(data, size ?: 1)), size);
	}
	if (fd >= 0)
		close(fd);
}

static void add_link(struct snapshot *snapshot, const char *name, const char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length < 0) {
		warn(snapshot, path, errno);
		return;
	}
	target[length] = '\0';
	add(snapshot, name, ENTRY_LINK, text_copy(target), length);
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
	char *path = full_path(snapshot, name);
	struct stat st;

	if (lstat(path, &st))
		warn(snapshot, path, errno);
	else if (S_ISREG(st.st_mode))
		add_file(snapshot, name, path);
	else if (S_ISLNK(st.st_mode))
		add_link(snapshot, name, path);
	else if (S_ISDIR(st.st_mode) && depth < DEEPEST)
		walk(snapshot, name, depth + 1);
	free(path);
}

static int is_entry(const struct dirent *entry)
{
	return matters(entry->d_name);
}

/* A directory with all that matters in it, sorted */
static void walk(struct snapshot *snapshot, const char *name, unsigned int depth)
{
	char *path = full_path(snapshot, name);
	struct dirent **entries;
	int count = scandir(path, &entries, is_entry, alphasort);

	if (count < 0) {
		warn(snapshot, path, errno);
		free(path);
		return;
	}
	add(snapshot, name, ENTRY_DIRECTORY, NULL, 0);
	for (int i = 0; i < count; i++) {
		char *child = text_format("%s/%s", name, entries[i]->d_name);

		add_any(snapshot, child, depth);
		free(child);
		free(entries[i]);
	}
	free(entries);
	free(path);
}

/* Where a link in a directory leads to, without a look at what is there; to be freed */
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

/* What links in the entries from @first on lead to is walked, too, if @fn does so */
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

/* The nodes of the GPU, of which the names alone matter */
static void add_nodes(struct snapshot *snapshot, const char *device)
{
	char *name = text_format("%s/drm", device), *path = full_path(snapshot, name);
	struct dirent **entries;
	int count = scandir(path, &entries, is_entry, alphasort);

	for (int i = 0; i < count; i++) {
		char *node = text_format("%s/%s", name, entries[i]->d_name);

		add(snapshot, node, ENTRY_DIRECTORY, NULL, 0);
		free(node);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(path);
	free(name);
}

/* What export has of a GPU besides the classes */
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

/* Directories of @top whose names are @prefix and a number */
static void add_numbered(struct snapshot *snapshot, const char *top, const char *prefix,
			 const char *const *files, size_t count)
{
	char *path = full_path(snapshot, top);
	struct dirent **entries;
	int all = scandir(path, &entries, is_entry, versionsort);

	for (int i = 0; i < all; i++) {
		const char *name = entries[i]->d_name;
		size_t length = strlen(prefix);

		if (!strncmp(name, prefix, length) &&
		    strspn(name + length, "0123456789") == strlen(name + length) &&
		    name[length]) {
			char *directory = text_format("%s/%s", top, name);

			add_each(snapshot, directory, files, count);
			free(directory);
		}
		free(entries[i]);
	}
	if (all >= 0)
		free(entries);
	free(path);
}

static void add_machine(struct snapshot *snapshot)
{
	static const char *const cpu[] = { "present", "online" };
	static const char *const cpus[] = { "topology/physical_package_id", "topology/core_id" };
	static const char *const node[] = { "has_cpu", "online" };
	static const char *const nodes[] = { "cpulist", "cpumap", "distance" };

	ADD_EACH(snapshot, "sys/devices/system/cpu", cpu);
	add_numbered(snapshot, "sys/devices/system/cpu", "cpu", cpus, 2);
	ADD_EACH(snapshot, "sys/devices/system/node", node);
	add_numbered(snapshot, "sys/devices/system/node", "node", nodes, 3);
}

void snapshot_collect(struct snapshot *snapshot)
{
	add_class(snapshot, "sys/class/drm_pagemap");
	add_class(snapshot, "sys/class/drm_pagemap_initiator");
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
