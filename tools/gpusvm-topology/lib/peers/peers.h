/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PEERS_H
#define GPUSVM_PEERS_H

#include "gpusvm-peer-groups.h"
#include "internal.h"

#define CONFIG_DIR "/sys/kernel/config/drm_pagemap"

struct gpusvm_peers {
	struct gpusvm_ctx *ctx;
	struct list groups;
	char *error;
};

/* @file and @line say where a file has it; NULL and 0 if none has */
struct peer_member {
	char *uid;
	unsigned int line;
};

struct gpusvm_peer_group {
	char *name;
	char *file;
	bool enabled;
	const char *require;
	struct list members;
};

/* peers.c */
bool is_group_name(const char *name);
bool is_initiator_uid(const char *uid);
struct gpusvm_peer_group *peer_group_new(const char *name);
void peer_group_free(void *item);
int peer_group_add(struct gpusvm_peer_group *group, const char *uid, unsigned int line);
struct peer_member *peer_group_find(const struct gpusvm_peer_group *group, const char *uid);
int peers_take(struct gpusvm_peers *peers, struct gpusvm_peer_group *group);
int set_error(char **error, int err, const char *format, ...) __printf(3, 4);
int peers_copy(const struct gpusvm_peers *peers, struct gpusvm_peers **copy);

#endif
