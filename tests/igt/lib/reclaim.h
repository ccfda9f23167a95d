/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef RECLAIM_H
#define RECLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* Reclaim pages as memory pressure does, but at once and for chosen pages. */

/* The number of pages in memory, including cached pages of files and of swap. */
size_t pages_in_memory(const void *p, size_t length);
/* Drop clean pages of files, also those that were just used. */
bool drop_caches(void);
/* Let the kernel reclaim the pages. Returns true if none of them is in memory then. */
bool page_out(void *p, size_t length);
/*
 * MADV_FREE: until somebody writes the pages, the kernel may drop them. The kernel can't
 * migrate pages that wait in the queue of another processor, so this drops caches, which
 * empties these queues.
 */
void lend(void *p, size_t length);
/*
 * Swap that keeps its copy of a page after the page was read, as disks do and zram does
 * not: a file behind a loop device, with the highest priority. Skip the test if the kernel
 * has no loop devices.
 */
void start_slow_swap(void);
void end_slow_swap(void);

#endif
