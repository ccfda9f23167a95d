/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef FUSE_H
#define FUSE_H

#include <stdint.h>

/*
 * A small FUSE file system without libfuse: one directory of files that are made
 * by open(O_CREAT) and live in the memory of whoever serves them. Their pages can be
 * mapped, also shared. Needs /dev/fuse and the right to mount.
 */

#define FUSE_FILES	16
#define FUSE_FILE_SIZE	(4ul << 20)

/*
 * Called before a request is answered, with its opcode, such as FUSE_READ. While
 * it does not return, whoever faulted on the page waits. May be NULL.
 */
typedef void (*fuse_hook)(uint32_t opcode, void *arg);

/* Mounts the file system at @dir; returns what to serve, or a negative errno. */
int fuse_mount(const char *dir);
/* Serves until it is unmounted, by fuse_unmount() in another task. */
void fuse_serve(int fd, fuse_hook hook, void *arg);
int fuse_unmount(const char *dir);

#endif
