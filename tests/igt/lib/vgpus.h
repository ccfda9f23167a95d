/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef VGPUS_H
#define VGPUS_H

#include "topology.h"

/*
 * Virtual GPUs and peer groups that a test makes. The names of GPUs are letters, 'a' to
 * 'z', so that a string lists several. They are platform devices from number 100 on, so
 * that they do not collide with others.
 */

#define VGPUS	"/sys/kernel/config/vgpusvm"
#define PEERS	"/sys/kernel/config/drm_pagemap"
#define DRIVER	"/sys/bus/platform/drivers/vgpusvm"

#define VGPU_SIZE	8388608ul

/* Check whether virtual GPUs can be made. Loads the module if necessary. */
bool vgpus_available(void);
/* Skip the test if virtual GPUs can't be made. */
void require_vgpus(void);
/* Remove everything that tests have made, and disable all peer groups. */
void start_afresh(void);

unsigned int vgpu_number(char gpu);
const char *vgpu_dir(char gpu);
const char *vgpu_uid(char gpu);
const char *vgpu_memory(char gpu, int region);
/* The pagemap ID of a region of a bound GPU; 0 if it does not exist. */
uint32_t vgpu_id(char gpu, int region);

/* Make GPUs that are not enabled, with this number of regions each. */
void make_vgpus(const char *gpus, int memories);
/* Set the size of a region in bytes. The GPU must not be enabled. */
void size_vgpu_memory(char gpu, int region, unsigned long size);
/* Make paths between all pairs of GPUs, or one path. Attributes: "hops=2 type=cxl". */
void link_vgpus(const char *gpus, const char *figures);
/* Set the bandwidth of a link, now and at most, in MB/s. */
void set_bandwidth(char from, char to, unsigned int read, unsigned int write);
/* As link_vgpus(), with this bandwidth. */
void link_vgpus_at(const char *gpus, unsigned int read, unsigned int write);
void link_vgpu(char from, char to, const char *figures);
int set_link(char from, char to, const char *file, const char *value);
void enable_vgpus(const char *gpus);
void disable_vgpus(const char *gpus);
void remove_vgpus(const char *gpus);
int unbind_vgpu(char gpu);
int bind_vgpu(char gpu);

/* Directories of the peer group of that name, in configfs and in sysfs. */
const char *peers_dir(const char *group);
const char *group_dir(const char *group);
/* Make a peer group with these members. It is not enabled. */
void make_group(const char *group, const char *gpus);
int add_member(const char *group, char gpu);
/* Write "0" or "1" to the file "enabled" of the group. */
int switch_group(const char *group, const char *value);
/* Enable exactly these peer groups, by enabled_groups. */
int switch_groups(const char *groups);
/* The last_error of the group, or that of enabled_groups if @group is NULL. */
const char *outcome(const char *group);
/* Assert the error of a write and its last_error; assert that it succeeded. */
#define assert_refused(got, err, group, text) do { \
	assert_error(got, -(err)); \
	assert_text(outcome(group), text); \
} while (0)
#define assert_switched(got, group) do { \
	assert_ok(got); \
	assert_text(outcome(group), "ok"); \
} while (0)
/* The last_error for a missing path, and for a busy GPU. */
const char *no_link(char from, char to, const char *reason);
const char *busy(char gpu, const char *why);
/* State and reason, as in "joined ok". */
const char *member_state(const char *group, char gpu);

/* The groups that these GPUs are in, as in "auto-a=ab left=c", by a consistent scan. */
const char *partition(void);
/* The group that a GPU is in, and a file of it. */
const char *group_of(char gpu);
const char *group_shows(char gpu, const char *file);
/* "usable" of the link to a GPU's first pagemap, as in "1" or "0 threshold". */
const char *usable(char from, char to);

#endif
