// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On the test kernel, a file takes 30 times as long to open and close as to read. So
 * directories and files stay open from one snapshot to the next one. Each snapshot lists
 * all directories again. An entry is the same one if its inode number is: neither sysfs
 * nor configfs gives a number again.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snapshot.h"
#include "tap.h"

#define VALUE_SIZE	8192

struct entry {
	struct entry *next;
	char *name;
	ino_t inode;
	unsigned char type;		/* DT_* */
	DIR *dir;			/* of a directory, or of a link that is followed */
	struct entry *entries;		/* in it, by name */
	int fd;				/* of a file; -1 if it does not stay open */
	char *target;			/* of a link */
};

/* What goes for all entries below a directory. */
struct tree {
	const char *path;
	bool configfs;
	/* Links of a class lead to its devices; further links are not followed. */
	bool class;
	struct entry top;
};

static struct tree trees[] = {
	{ .path = "/sys/kernel/config/vgpusvm", .configfs = true },
	{ .path = "/sys/kernel/config/drm_pagemap", .configfs = true },
	{ .path = "/sys/class/drm_pagemap", .class = true },
	{ .path = "/sys/class/drm_pagemap_group", .class = true },
	{ .path = "/sys/class/drm_pagemap_initiator", .class = true },
	{ .path = "/sys/class/drm_pagemap_link", .class = true },
	{ .path = "/sys/bus/platform/drivers/vgpusvm" },
	{ .path = "/sys/class/drm" },
};

#define NUM_TREES	(sizeof(trees) / sizeof(trees[0]))

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

static void entries_close(struct entry *entry);

static void entry_close(struct entry *entry)
{
	entries_close(entry->entries);
	if (entry->dir)
		closedir(entry->dir);
	if (entry->fd >= 0)
		close(entry->fd);
	free(entry->target);
	free(entry->name);
	free(entry);
}

static void entries_close(struct entry *entry)
{
	struct entry *next;

	for (; entry; entry = next) {
		next = entry->next;
		entry_close(entry);
	}
}

static DIR *open_dir(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* A link of sysfs leads to the same object as long as it exists. */
static char *read_target(int parent, const char *name)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(parent, name, target, sizeof(target) - 1);

	target[len > 0 ? len : 0] = 0;
	return strdup(target);
}

static struct entry *entry_open(int parent, const struct dirent *found, const struct tree *tree)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	bool follow = tree->class && parent == dirfd(tree->top.dir);

	must(entry, "no memory");
	entry->name = strdup(found->d_name);
	entry->inode = found->d_ino;
	entry->type = found->d_type;
	entry->fd = -1;
	if (entry->type == DT_LNK)
		entry->target = read_target(parent, entry->name);
	if (entry->type == DT_DIR || (entry->type == DT_LNK && follow))
		entry->dir = open_dir(parent, entry->name);
	if (entry->type == DT_REG)
		entry->fd = openat(parent, entry->name,
				   (tree->configfs ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	return entry;
}

/* Take the entry that was found out of a list, or open it. */
static struct entry *entry_get(struct entry **list, int parent, const struct dirent *found,
			       const struct tree *tree)
{
	struct entry *entry;

	for (; *list; list = &(*list)->next) {
		entry = *list;
		if (entry->inode != found->d_ino || entry->type != found->d_type ||
		    strcmp(entry->name, found->d_name))
			continue;
		*list = entry->next;
		return entry;
	}

	return entry_open(parent, found, tree);
}

static void entry_insert(struct entry **list, struct entry *entry)
{
	while (*list && strcmp((*list)->name, entry->name) < 0)
		list = &(*list)->next;
	entry->next = *list;
	*list = entry;
}

static void list_again(struct entry *dir, const struct tree *tree)
{
	struct entry *old = dir->entries;
	const struct dirent *found;

	dir->entries = NULL;
	rewinddir(dir->dir);
	while ((found = readdir(dir->dir)))
		if (!is_left_out(found->d_name))
			entry_insert(&dir->entries, entry_get(&old, dirfd(dir->dir), found, tree));
	entries_close(old);
}

/* An open file of configfs keeps its value until a write, which may have no bytes. */
static void configfs_refresh(int fd)
{
	must(write(fd, "", 0) < 0 && errno == EFAULT, "configfs stores writes of no bytes");
}

static int read_value(const struct entry *file, int parent, bool configfs, char *value)
{
	int fd = file->fd, err;
	ssize_t len;

	if (fd < 0)
		fd = openat(parent, file->name, O_RDONLY | O_CLOEXEC);
	else if (configfs)
		configfs_refresh(fd);
	len = pread(fd, value, VALUE_SIZE - 1, 0);
	err = len < 0 ? -errno : 0;
	if (fd != file->fd)
		close(fd);
	if (len > 0 && value[len - 1] == '\n')
		len--;
	value[len > 0 ? len : 0] = 0;

	return err;
}

static void add_tree(FILE *out, const char *path, struct entry *dir, const struct tree *tree);

static void add_entry(FILE *out, const char *path, struct entry *entry, int parent,
		      const struct tree *tree)
{
	char value[VALUE_SIZE];
	int err;

	if (entry->type == DT_REG) {
		err = read_value(entry, parent, tree->configfs, value);
		fprintf(out, "%s: %s\n", path, err ? strerror(-err) : value);
	} else if (entry->type == DT_LNK) {
		fprintf(out, "%s -> %s\n", path, entry->target);
	} else {
		fprintf(out, "%s/\n", path);
	}
	if (entry->dir)
		add_tree(out, path, entry, tree);
}

static void add_tree(FILE *out, const char *path, struct entry *dir, const struct tree *tree)
{
	struct entry *entry;
	char name[PATH_MAX];

	list_again(dir, tree);
	for (entry = dir->entries; entry; entry = entry->next) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->name);
		add_entry(out, name, entry, dirfd(dir->dir), tree);
	}
}

char *snapshot(void)
{
	char *text = NULL;
	struct tree *tree;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out, "no memory");
	for (tree = trees; tree < trees + NUM_TREES; tree++) {
		if (!tree->top.dir)
			tree->top.dir = open_dir(AT_FDCWD, tree->path);
		must(tree->top.dir, "%s can't be opened", tree->path);
		add_tree(out, tree->path, &tree->top, tree);
	}
	must(!fclose(out), "no memory");

	return text;
}

void snapshot_end(void)
{
	struct tree *tree;

	for (tree = trees; tree < trees + NUM_TREES; tree++) {
		entries_close(tree->top.entries);
		if (tree->top.dir)
			closedir(tree->top.dir);
		memset(&tree->top, 0, sizeof(tree->top));
	}
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
