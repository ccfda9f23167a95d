/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef STALL_H
#define STALL_H

#include <stdbool.h>
#include <stddef.h>

#include "fuse_file.h"

/*
 * Memory of which whoever accesses it waits, until the test says so: pages that only a
 * userfaultfd brings, or of a file whose file system does not answer.
 */

#define STALL_SIZE	(64 * 1024ul)

struct stall {
	char *p;
	int missing;
	struct fuse_file *file;
};

/* Each skips the test where there is no such thing. */
void stall_by_userfaultfd(struct stall *stall);
void stall_by_fuse(struct stall *stall);
/* By a userfaultfd, in a part of the caller's memory that has no pages yet. */
void stall_at(struct stall *stall, char *p);
/* Not who accesses the memory waits, but who looks for a name in the directory of @file. */
void stall_by_lookup(struct stall *stall);
/* Somebody waits within a minute. */
bool stall_is_hit(struct stall *stall);
/* Everybody goes on; repeated calls do nothing. */
void stall_release(struct stall *stall);
/* The memory goes, too. */
void stall_end(struct stall *stall);

#endif
