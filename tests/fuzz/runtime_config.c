// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls on configfs and sysfs. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime_internal.h"

#define CONFIG	"/sys/kernel/config/"
#define DEVICES	"/sys/bus/platform/devices"
#define DRIVER	"/sys/bus/platform/drivers/vgpusvm"

/* Whether runtime_end() has to restore the bindings. */
static bool changed_binding;

static long result(long value)
{
	return value < 0 ? -errno : 0;
}

static const char *string(uint64_t arg)
{
	return (const char *)(uintptr_t)arg;
}

long put_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long err;

	if (fd < 0)
		return -errno;
	err = result(write(fd, value, strlen(value)));
	close(fd);

	return err;
}

long make_dir(const uint64_t *args)
{
	return result(mkdir(string(args[0]), 0755));
}

long remove_dir(const uint64_t *args)
{
	return result(rmdir(string(args[0])));
}

long write_value(const uint64_t *args)
{
	if (strstr(string(args[0]), "/bus/platform/"))
		changed_binding = true;

	return put_file(string(args[0]), string(args[4]));
}

/* Reads a file from its start, then at offset 1. */
long read_value(const uint64_t *args)
{
	int fd = open(string(args[0]), O_RDONLY | O_CLOEXEC);
	char buffer[4200];
	long err;

	if (fd < 0)
		return -errno;
	err = result(read(fd, buffer, sizeof(buffer)));
	if (!err)
		err = result(pread(fd, buffer, sizeof(buffer), 1));
	close(fd);

	return err;
}

long list_dir(const uint64_t *args)
{
	DIR *dir = opendir(string(args[0]));

	if (!dir)
		return -errno;
	while (readdir(dir))
		;
	closedir(dir);

	return 0;
}

long read_target(const uint64_t *args)
{
	char target[4096];

	return result(readlink(string(args[0]), target, sizeof(target)));
}

long make_link(const uint64_t *args)
{
	return result(symlink(CONFIG "vgpusvm", string(args[0])));
}

long rename_dir(const uint64_t *args)
{
	char to[600];

	snprintf(to, sizeof(to), "%sx", string(args[0]));

	return result(rename(string(args[0]), to));
}

/* Calls @each for each entry whose name begins with @prefix. */
static void for_each(const char *path, const char *prefix, void (*each)(const char *path))
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char child[1024];

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, prefix, strlen(prefix)))
			continue;
		snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
		each(child);
	}
	if (dir)
		closedir(dir);
}

static void remove_one(const char *path)
{
	rmdir(path);
}

static void remove_below(const char *path, const char *name)
{
	char child[1200];

	snprintf(child, sizeof(child), "%s/%s", path, name);
	for_each(child, "", remove_one);
}

/* Removes a GPU or a peer group. */
static void remove_object(const char *path)
{
	char enabled[1200];

	snprintf(enabled, sizeof(enabled), "%s/enabled", path);
	put_file(enabled, "0\n");
	remove_below(path, "members");
	remove_below(path, "links");
	remove_below(path, "regions");
	rmdir(path);
}

static void bind_gpu(const char *path)
{
	char file[1200];

	snprintf(file, sizeof(file), "%s/driver_override", path);
	put_file(file, "\n");
	snprintf(file, sizeof(file), "%s/driver", path);
	if (access(file, F_OK))
		put_file(DRIVER "/bind", strrchr(path, '/') + 1);
}

void runtime_restore_binding(void)
{
	put_file(DRIVER "/unbind", "pcspkr");
	put_file(DEVICES "/pcspkr/driver_override", "\n");
	for_each(DEVICES, "vgpusvm.", bind_gpu);
}

void runtime_remove_config(void)
{
	char prefix[16];

	snprintf(prefix, sizeof(prefix), "p%u", runtime_process);
	for_each(CONFIG "drm_pagemap/groups", prefix, remove_object);
	snprintf(prefix, sizeof(prefix), "g%u", runtime_process);
	for_each(CONFIG "vgpusvm", prefix, remove_object);
}

void config_end(void)
{
	if (changed_binding)
		runtime_restore_binding();
	changed_binding = false;
}
