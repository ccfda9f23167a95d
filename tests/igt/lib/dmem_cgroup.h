/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef DMEM_CGROUP_H
#define DMEM_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Two control groups, a and b, in one that is their parent, p. They count and limit device
 * memory. A region has a name, as in the file dmem_region of its pagemap.
 */

/* In a subtest: make them, without limits, or skip the subtest. */
void make_dmem_cgroups(void);
/* Let the calling process join a or b for good. */
void join_dmem_cgroup(char cgroup);
/* Does the controller have the region? */
bool dmem_has(const char *region);
/* Bytes of a region in the file dmem.@file of a group, or of the root for '/'. */
uint64_t dmem_of(char cgroup, const char *file, const char *region);
/* Write a limit: "max", or bytes. */
void set_dmem(char cgroup, const char *file, const char *region, const char *limit);
/* Remove them. Their processes must have ended, or be about to end. */
void remove_dmem_cgroups(void);

#endif
