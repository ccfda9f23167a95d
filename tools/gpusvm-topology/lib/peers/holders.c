// SPDX-License-Identifier: LGPL-2.1-or-later
/* Processes that have nodes of the GPUs of a group open */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "gpusvm-peer-groups.h"
#include "internal.h"

#define DRM_MAJOR 226

struct gpusvm_holders {
	struct gpusvm_topology *topology;
	const struct gpusvm_group *group;
	struct list list;
	bool partial;
};

/* The process whose open files are gone through */
struct process {
	struct gpusvm_holders *holders;
	int pid;
	char *name;
};

static void holder_free(void *item)
{
	struct gpusvm_holder *holder = item;

	free((char *)holder->name);
	free(holder);
}

static bool is_minor(const char *node, const char *prefix, unsigned int minor_number)
{
	uint64_t number;

	return node && !strncmp(node, prefix, strlen(prefix)) &&
	       parse_number(node + strlen(prefix), UINT_MAX, &number) && number == minor_number;
}

/* By the number of the device, as a container may have its node anywhere */
static const char *find_node(const struct gpusvm_group *group, dev_t device)
{
	const struct gpusvm_initiator *initiator;

	if (major(device) != DRM_MAJOR)
		return NULL;
	gpusvm_group_initiator_foreach(group, initiator) {
		if (is_minor(initiator->render, "renderD", minor(device)))
			return initiator->render;
		if (is_minor(initiator->card, "card", minor(device)))
			return initiator->card;
	}
	return NULL;
}

static bool is_known(const struct gpusvm_holders *holders, int pid, const char *node)
{
	for (size_t i = 0; i < holders->list.count; i++) {
		const struct gpusvm_holder *holder = holders->list.items[i];

		if (holder->pid == pid && holder->node == node)
			return true;
	}
	return false;
}

static int add_holder(const struct process *process, const char *node)
{
	struct gpusvm_holder *holder = calloc(1, sizeof(*holder));

	if (!holder)
		return -ENOMEM;
	holder->pid = process->pid;
	holder->node = node;
	holder->name = strdup(process->name ? process->name : "?");
	if (!holder->name || list_add(&process->holders->list, holder)) {
		holder_free(holder);
		return -ENOMEM;
	}
	return 0;
}

static int look_at_file(const struct dir *dir, const char *name, void *data)
{
	const struct process *process = data;
	struct stat st;
	const char *node;

	if (fstatat(dir->fd, name, &st, 0) || !S_ISCHR(st.st_mode))
		return 0;
	node = find_node(process->holders->group, st.st_rdev);
	if (!node || is_known(process->holders, process->pid, node))
		return 0;
	return add_holder(process, node);
}

/* A process may end at any time */
static int look_at_process(const struct dir *proc, const char *name, void *data)
{
	struct process process = { .holders = data };
	struct dir dir, files;
	uint64_t pid;
	int err;

	if (!parse_number(name, INT_MAX, &pid) || dir_open_child(&dir, proc, name))
		return 0;
	process.pid = pid;
	err = dir_open_child(&files, &dir, "fd");
	if (err == -EACCES || err == -EPERM)
		process.holders->partial = true;
	if (!err) {
		if (!dir_read(&dir, "comm", &process.name))
			make_printable(process.name);
		err = dir_scan(&files, look_at_file, &process);
		free(process.name);
		dir_close(&files);
	}
	dir_close(&dir);
	return err == -ENOMEM ? err : 0;
}

static int compare_holders(const void *a, const void *b)
{
	const struct gpusvm_holder *const *left = a, *const *right = b;

	if ((*left)->pid != (*right)->pid)
		return (*left)->pid < (*right)->pid ? -1 : 1;
	return strcmp((*left)->node, (*right)->node);
}

static int look(struct gpusvm_holders *holders)
{
	struct gpusvm_topology here = { .ctx = holders->topology->ctx };
	struct dir proc;
	int err;

	err = dir_open(&proc, &here, "/proc");
	if (err)
		return err;
	err = dir_scan(&proc, look_at_process, holders);
	dir_close(&proc);
	topology_drop_messages(&here);
	list_sort(&holders->list, compare_holders);
	return err;
}

GPUSVM_EXPORT int gpusvm_holders_new(const struct gpusvm_group *group,
				     struct gpusvm_holders **holders)
{
	struct gpusvm_holders *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return -ENOMEM;
	new->topology = gpusvm_topology_ref(group->topology);
	new->group = group;
	err = look(new);
	if (err)
		gpusvm_holders_free(new);
	else
		*holders = new;
	return err;
}

GPUSVM_EXPORT const struct gpusvm_holder *
gpusvm_holders_get(const struct gpusvm_holders *holders, size_t index)
{
	return list_get(&holders->list, index);
}

GPUSVM_EXPORT bool gpusvm_holders_are_all(const struct gpusvm_holders *holders)
{
	return !holders->partial;
}

GPUSVM_EXPORT void gpusvm_holders_free(struct gpusvm_holders *holders)
{
	if (!holders)
		return;
	list_free(&holders->list, holder_free);
	gpusvm_topology_unref(holders->topology);
	free(holders);
}
