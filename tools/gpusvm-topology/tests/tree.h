/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TESTS_TREE_H
#define GPUSVM_TESTS_TREE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpusvm-topology.h>

/* For tests on trees of make-tree. A failure of these functions ends the program */

static inline void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

/* Returns the full path of @path, which is below sys */
static inline char *tree_path(const char *sysroot, const char *path)
{
	char *whole;

	must(asprintf(&whole, "%s/sys/%s", sysroot, path) >= 0, path);
	return whole;
}

static inline void make_parents(const char *path)
{
	char *copy = strdup(path);

	must(copy, "memory");
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		must(!mkdir(copy, 0755) || !access(copy, F_OK), copy);
		*slash = '/';
	}
	free(copy);
}

/* Writes a value to a file, or removes the file if @value is NULL */
static inline void change_value(const char *sysroot, const char *path, const char *value)
{
	char *whole = tree_path(sysroot, path);
	int fd;

	if (value)
		make_parents(whole);

	must(!unlink(whole) || value, whole);
	if (value) {
		fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		must(fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value) &&
		     !close(fd), whole);
	}
	free(whole);
}

static inline void change_link(const char *sysroot, const char *path, const char *target)
{
	char *whole = tree_path(sysroot, path);

	must(!unlink(whole) && !symlink(target, whole), whole);
	free(whole);
}

static inline struct gpusvm_topology *scan_tree(const char *sysroot)
{
	struct gpusvm_topology *topology = NULL;
	struct gpusvm_ctx *ctx;

	must(!gpusvm_new(&ctx) && !gpusvm_set_sysroot(ctx, sysroot) &&
	     !gpusvm_topology_new(ctx, &topology), sysroot);
	gpusvm_unref(ctx);
	return topology;
}

#endif
