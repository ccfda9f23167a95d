// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads files through the functions of a context, for instance from an archive. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

GPUSVM_EXPORT int gpusvm_set_files(struct gpusvm_ctx *ctx, const char *name,
				   const struct gpusvm_files *files, void *data)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	if (ctx->root >= 0)
		close(ctx->root);
	free(ctx->sysroot);
	ctx->root = -1;
	ctx->sysroot = copy;
	ctx->files = files;
	ctx->files_data = data;
	return 0;
}

int files_open(const struct gpusvm_ctx *ctx, const char *path)
{
	return ctx->files->list(ctx->files_data, path, NULL, NULL);
}

struct scan {
	const struct dir *dir;
	dir_fn fn;
	void *data;
};

static int visit(const char *name, void *data)
{
	const struct scan *scan = data;

	return scan->fn(scan->dir, name, scan->data);
}

int files_scan(const struct dir *dir, dir_fn fn, void *data)
{
	const struct gpusvm_ctx *ctx = dir->topology->ctx;
	struct scan scan = { dir, fn, data };

	return ctx->files->list(ctx->files_data, dir->path, visit, &scan);
}

int files_read(const struct dir *dir, const char *name, char **text, size_t *length)
{
	const struct gpusvm_ctx *ctx = dir->topology->ctx;
	char *path = dir_path(dir, name);
	int err;

	if (!path)
		return -ENOMEM;
	err = ctx->files->read(ctx->files_data, path, text, length);
	free(path);
	return err;
}

int files_read_link(const struct dir *dir, const char *name, char **target)
{
	const struct gpusvm_ctx *ctx = dir->topology->ctx;
	char *path = dir_path(dir, name);
	int err;

	if (!path)
		return -ENOMEM;
	err = ctx->files->read_link(ctx->files_data, path, target);
	free(path);
	return err;
}
