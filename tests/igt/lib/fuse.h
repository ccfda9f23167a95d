/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef FUSE_H
#define FUSE_H

#include <stdint.h>

/*
 * A small FUSE file system without libfuse: one directory of files, which open(O_CREAT)
 * creates in the memory of the server. Their pages can be mapped, also shared. This needs
 * /dev/fuse and the right to mount.
 */

#define FUSE_FILES	16
#define FUSE_FILE_SIZE	(4ul << 20)

/*
 * Called before the server replies to a request, with its opcode, such as FUSE_READ. Until
 * it returns, the task that faulted on the page waits. May be NULL.
 */
typedef void (*fuse_hook)(uint32_t opcode, void *arg);

/* Mounts the file system at @dir; returns what to serve, or a negative errno. */
int fuse_mount(const char *dir);
/* Serves until it is unmounted, by fuse_unmount() in another task. */
void fuse_serve(int fd, fuse_hook hook, void *arg);
int fuse_unmount(const char *dir);

#endif
