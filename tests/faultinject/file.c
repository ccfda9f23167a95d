// SPDX-License-Identifier: GPL-2.0-or-later

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "tap.h"

int file_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);

	return err;
}

int file_read(const char *path, char *value, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, value, size - 1);
	if (len < 0)
		err = -errno;
	close(fd);
	if (len > 0 && value[len - 1] == '\n')
		len--;
	value[len > 0 ? len : 0] = 0;

	return err;
}

bool file_is(const char *path, const char *value)
{
	char found[4096];
	int err = file_read(path, found, sizeof(found));

	if (!err && !strcmp(found, value))
		return true;

	diag("%s is \"%s\", not \"%s\"", path, err ? strerror(-err) : found, value);
	return false;
}

bool file_exists(const char *path)
{
	return !access(path, F_OK);
}

static bool is_left_out(const char *name)
{
	static const char * const names[] = {
		".", "..", "bind", "free", "generation", "last_error", "power", "state",
		"statistics", "subsystem", "uevent", "unbind", "users",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;

	return false;
}

static int is_entry(const struct dirent *entry)
{
	return !is_left_out(entry->d_name);
}

static void add_tree(FILE *out, const char *path, bool follow);

static void add_link(FILE *out, const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	target[len > 0 ? len : 0] = 0;
	fprintf(out, "%s -> %s\n", path, target);
}

static void add_file(FILE *out, const char *path)
{
	char value[8192];
	int err = file_read(path, value, sizeof(value));

	fprintf(out, "%s: %s\n", path, err ? strerror(-err) : value);
}

/* Links of a class lead to its devices; further links are not followed. */
static void add_entry(FILE *out, const char *path, unsigned char type, bool follow)
{
	if (type == DT_LNK) {
		add_link(out, path);
		if (follow)
			add_tree(out, path, false);
	} else if (type == DT_DIR) {
		fprintf(out, "%s/\n", path);
		add_tree(out, path, false);
	} else if (type == DT_REG) {
		add_file(out, path);
	} else {
		fprintf(out, "%s\n", path);
	}
}

static void add_tree(FILE *out, const char *path, bool follow)
{
	struct dirent **entries;
	int num = scandir(path, &entries, is_entry, alphasort), i;
	char entry[PATH_MAX];

	if (num < 0)
		return;
	for (i = 0; i < num; i++) {
		snprintf(entry, sizeof(entry), "%s/%s", path, entries[i]->d_name);
		add_entry(out, entry, entries[i]->d_type, follow);
		free(entries[i]);
	}
	free(entries);
}

char *snapshot(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out, "no memory");
	add_tree(out, "/sys/kernel/config/vgpusvm", false);
	add_tree(out, "/sys/kernel/config/drm_pagemap", false);
	add_tree(out, "/sys/class/drm_pagemap", true);
	add_tree(out, "/sys/class/drm_pagemap_group", true);
	add_tree(out, "/sys/class/drm_pagemap_initiator", true);
	add_tree(out, "/sys/class/drm_pagemap_link", true);
	add_tree(out, "/sys/bus/platform/drivers/vgpusvm", false);
	add_tree(out, "/sys/class/drm", false);
	must(!fclose(out), "no memory");

	return text;
}

static void show_line(const char *what, const char *text, size_t at)
{
	while (at && text[at - 1] != '\n')
		at--;
	diag("%s: %.*s", what, (int)strcspn(text + at, "\n"), text + at);
}

bool snapshots_same(const char *before, const char *after)
{
	size_t at;

	if (!strcmp(before, after))
		return true;

	for (at = 0; before[at] == after[at]; at++)
		;
	show_line("before", before, at);
	show_line("after", after, at);
	return false;
}
