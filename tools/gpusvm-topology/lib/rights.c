// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

/*
 * access(2) also checks the device cgroup, as open(2) does. Opening the node could resume
 * the GPU.
 */
static int check_node(const struct gpusvm_ctx *ctx, const char *render)
{
	char *path;
	int err = 0;

	if (asprintf(&path, "dev/dri/%s", render) < 0)
		return -ENOMEM;
	if (faccessat(ctx->root, path, R_OK | W_OK, AT_EACCESS))
		err = errno == EPERM ? -EACCES : -errno;
	free(path);
	return err;
}

/* A snapshot has no device nodes, so a missing node has no meaning there */
static bool has_devices(const struct gpusvm_ctx *ctx)
{
	return !ctx->files && !faccessat(ctx->root, "dev", F_OK, 0);
}

GPUSVM_EXPORT int gpusvm_initiator_check_render(const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_ctx *ctx = initiator->topology->ctx;

	if (initiator->topology->synthetic || !initiator->render || !has_devices(ctx))
		return -ENODATA;
	return check_node(ctx, initiator->render);
}
