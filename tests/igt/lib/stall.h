/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef STALL_H
#define STALL_H

#include <stdbool.h>
#include <stddef.h>

#include "fuse_file.h"

/*
 * Memory that the test holds back. Every access waits until the test releases it. Either a
 * userfaultfd has to provide the pages, or a file system that does not reply.
 */

#define STALL_SIZE	(64 * 1024ul)

struct stall {
	char *p;
	int missing;
	struct fuse_file *file;
};

/* Hold back new memory. Skip the test if the kernel has no userfaultfd or no FUSE. */
void stall_by_userfaultfd(struct stall *stall);
void stall_by_fuse(struct stall *stall);
/* Hold back a part of the caller's memory by a userfaultfd. It must have no pages yet. */
void stall_at(struct stall *stall, char *p);
/* Hold back look-ups of names in the directory of @file, and not the memory. */
void stall_by_lookup(struct stall *stall);
/* Wait up to a minute for an access that waits. */
bool stall_is_hit(struct stall *stall);
/* Let all accesses continue. Repeated calls do nothing. */
void stall_release(struct stall *stall);
/* The same, and unmap the memory. */
void stall_end(struct stall *stall);

#endif
