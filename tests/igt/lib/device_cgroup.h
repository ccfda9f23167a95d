/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef DEVICE_CGROUP_H
#define DEVICE_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/* Accesses that can be denied, as bits. */
#define DENY_MKNOD	1u
#define DENY_READ	2u
#define DENY_WRITE	4u

/*
 * Make a control group that denies access to one character device, and nothing else.
 * Returns false if the kernel can't do that. Only one can exist at a time. It is removed
 * when the program exits.
 */
bool make_device_cgroup(dev_t device, unsigned int denied);
/* Let the calling process join it for good. */
void join_device_cgroup(void);
void remove_device_cgroup(void);

#endif
