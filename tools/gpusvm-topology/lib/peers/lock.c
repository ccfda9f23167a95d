// SPDX-License-Identifier: LGPL-2.1-or-later
/* One at a time changes peer groups, by this library or by gpusvm-peer-groups(8) */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peers.h"

#define LOCK_PARENT "/run"
#define LOCK_NAME "gpusvm-peer-groups"

static int open_directory(struct gpusvm_ctx *ctx, struct dir *dir)
{
	struct gpusvm_topology here = { .ctx = ctx };
	struct dir parent;
	int err;

	err = dir_open(&parent, &here, LOCK_PARENT);
	if (err)
		return err;
	err = mkdirat(parent.fd, LOCK_NAME, 0755) && errno != EEXIST ? -errno : 0;
	if (!err)
		err = dir_open_child(dir, &parent, LOCK_NAME);
	dir_close(&parent);
	return err;
}

static int lock_file(int fd, bool wait)
{
	int err;

	do {
		err = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) ? -errno : 0;
	} while (err == -EINTR);
	return err;
}

GPUSVM_EXPORT int gpusvm_peers_lock(struct gpusvm_ctx *ctx, bool wait, int *lock)
{
	struct dir dir;
	int fd, err;

	if (ctx->files)
		return -EROFS;
	err = open_directory(ctx, &dir);
	if (err)
		return err;
	/* For its owner only: who may open it, can keep others waiting */
	fd = openat(dir.fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	err = fd < 0 ? -errno : 0;
	dir_close(&dir);
	if (err)
		return err;
	err = lock_file(fd, wait);
	if (err)
		close(fd);
	else
		*lock = fd;
	return err;
}
