/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef FUSE_FILE_H
#define FUSE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A file of a FUSE file system that a separate process serves. A task that reads the file,
 * or looks up another one, waits until the test releases the file.
 */
struct fuse_file;

enum fuse_held {
	FUSE_HELD_READ,
	FUSE_HELD_LOOKUP,
};

/* NULL if there is no FUSE, or this process may not mount it. */
struct fuse_file *fuse_file_start(size_t size, enum fuse_held held);
/* The directory where the file system is mounted. */
const char *fuse_file_dir(const struct fuse_file *file);
int fuse_file_fd(const struct fuse_file *file);
/* Wait up to @timeout ms for a task that waits for the file. */
bool fuse_file_is_hit(struct fuse_file *file, int timeout);
/* Let all waiting and later tasks continue: each byte is FUSE_FILE_BYTE. */
void fuse_file_release(struct fuse_file *file);
void fuse_file_end(struct fuse_file *file);

#define FUSE_FILE_BYTE	0x5a

#endif
