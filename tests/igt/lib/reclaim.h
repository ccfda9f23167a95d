/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef RECLAIM_H
#define RECLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* What memory pressure does to pages, one page after the other and at once. */

/* How many pages of it are in memory, those of a file and of swap that is cached too. */
size_t pages_in_memory(const void *p, size_t length);
/* Drops clean pages of files; those that were just used become droppable first. */
bool drop_caches(void);
/* Has the kernel reclaim the pages: none of them is in memory afterwards. */
bool page_out(void *p, size_t length);
/*
 * MADV_FREE: the kernel may drop the pages, until they are written. They can migrate
 * afterwards: the kernel does not migrate pages that another processor has yet to put on
 * its list of pages to drop, and dropping caches empties that queue.
 */
void lend(void *p, size_t length);
/*
 * Swap that keeps what is read from it until it is written, as disks have it and memory
 * does not: a file behind a loop device, before all other swap. Skips the test where there
 * is no such device.
 */
void start_slow_swap(void);
void end_slow_swap(void);

#endif
