/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef VGPUS_H
#define VGPUS_H

#include "topology.h"

/*
 * Virtual GPUs and groups of the administrator that a test makes. The GPUs are
 * called by letters, 'a' to 'z', one char in a string for each; they are platform
 * devices from number 100 on, out of the way of others.
 */

#define VGPUS	"/sys/kernel/config/vgpusvm"
#define PEERS	"/sys/kernel/config/drm_pagemap"
#define DRIVER	"/sys/bus/platform/drivers/vgpusvm"

#define VGPU_SIZE	8388608ul

/* Can virtual GPUs be made? Loads the module if need be. */
bool vgpus_available(void);
/* Skips the test if not. */
void require_vgpus(void);
/* Nothing is left of what tests have made, and no group is enabled. */
void start_afresh(void);

unsigned int vgpu_number(char gpu);
const char *vgpu_dir(char gpu);
const char *vgpu_uid(char gpu);
const char *vgpu_memory(char gpu, int region);
/* The ID of a memory of a GPU that is there; 0 if there is no such. */
uint32_t vgpu_id(char gpu, int region);

/* GPUs that are not enabled, with so many memories each. */
void make_vgpus(const char *gpus, int memories);
/* Of one that is not enabled, in bytes. */
void size_vgpu_memory(char gpu, int region, unsigned long size);
/* Paths between each two of them, both ways; one path; figures as "hops=2 type=cxl". */
void link_vgpus(const char *gpus, const char *figures);
void link_vgpu(char from, char to, const char *figures);
int set_link(char from, char to, const char *file, const char *value);
void enable_vgpus(const char *gpus);
void disable_vgpus(const char *gpus);
void remove_vgpus(const char *gpus);
int unbind_vgpu(char gpu);
int bind_vgpu(char gpu);

/* The group of the administrator of that name, in configfs and in sysfs. */
const char *peers_dir(const char *group);
const char *group_dir(const char *group);
/* Not enabled, with these members. */
void make_group(const char *group, const char *gpus);
int add_member(const char *group, char gpu);
/* Writes "0" or "1" to its file "enabled". */
int switch_group(const char *group, const char *value);
/* Makes these the enabled ones, by enabled_groups. */
int switch_groups(const char *groups);
/* Its last_error; that of enabled_groups if @group is NULL. */
const char *outcome(const char *group);
/* Both the error of a write and what is said of it; and that it was none. */
#define assert_refused(got, err, group, text) do { \
	assert_error(got, -(err)); \
	assert_text(outcome(group), text); \
} while (0)
#define assert_switched(got, group) do { \
	assert_ok(got); \
	assert_text(outcome(group), "ok"); \
} while (0)
/* What it says of a path that is missing, or of a GPU that is busy. */
const char *no_link(char from, char to, const char *reason);
const char *busy(char gpu, const char *why);
/* State and reason, as in "joined ok". */
const char *member_state(const char *group, char gpu);

/* The groups that these GPUs are in, as in "auto-a=ab left=c", by a scan that counts. */
const char *partition(void);
/* The group that a GPU is in, and a file of it. */
const char *group_of(char gpu);
const char *group_shows(char gpu, const char *file);
/* Of the path to a GPU's first memory, as in "1" or "0 threshold". */
const char *usable(char from, char to);

#endif
