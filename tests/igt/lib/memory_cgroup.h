/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef MEMORY_CGROUP_H
#define MEMORY_CGROUP_H

#include <stdbool.h>

/* A control group that counts and limits memory, by its path. */
#define MEMORY_CGROUP	"/sys/fs/cgroup/igt-memory"

/* In a subtest: make it, without a limit, or skip the subtest. */
void make_memory_cgroup(void);
/* Let the calling process join it for good. Returns 0 or a negative errno. */
int join_memory_cgroup(void);
/* Has one of its processes exceeded memory.high? The kernel then slows it down. */
bool memory_cgroup_is_over(void);
/* Remove it. Its processes must have ended, or be about to end. */
void remove_memory_cgroup(void);

#endif
