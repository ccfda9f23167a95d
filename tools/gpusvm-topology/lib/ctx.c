// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

GPUSVM_EXPORT const char *gpusvm_version(void)
{
	return GPUSVM_VERSION;
}

/* Returns the prefix of paths in messages: empty for "/", and without a trailing slash */
static char *sysroot_prefix(const char *path)
{
	size_t length = strlen(path);

	while (length && path[length - 1] == '/')
		length--;
	return strndup(path, length);
}

GPUSVM_EXPORT int gpusvm_set_sysroot(struct gpusvm_ctx *ctx, const char *path)
{
	char *sysroot;
	int root;

	sysroot = sysroot_prefix(path);
	if (!sysroot)
		return -ENOMEM;

	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		int err = -errno;

		free(sysroot);
		return err;
	}

	if (ctx->root >= 0)
		close(ctx->root);
	free(ctx->sysroot);
	ctx->root = root;
	ctx->files = NULL;
	ctx->sysroot = sysroot;
	return 0;
}

GPUSVM_EXPORT int gpusvm_new(struct gpusvm_ctx **ctx)
{
	struct gpusvm_ctx *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return -ENOMEM;

	new->root = -1;
	err = gpusvm_set_sysroot(new, "/");
	if (err) {
		free(new);
		return err;
	}
	atomic_init(&new->refs, 1);
	*ctx = new;
	return 0;
}

GPUSVM_EXPORT struct gpusvm_ctx *gpusvm_ref(struct gpusvm_ctx *ctx)
{
	atomic_fetch_add(&ctx->refs, 1);
	return ctx;
}

GPUSVM_EXPORT void gpusvm_unref(struct gpusvm_ctx *ctx)
{
	if (!ctx || atomic_fetch_sub(&ctx->refs, 1) > 1)
		return;
	if (ctx->root >= 0)
		close(ctx->root);
	free(ctx->sysroot);
	free(ctx);
}

GPUSVM_EXPORT void gpusvm_set_log_fn(struct gpusvm_ctx *ctx, gpusvm_log_fn fn, void *data)
{
	ctx->log_fn = fn;
	ctx->log_data = data;
}
