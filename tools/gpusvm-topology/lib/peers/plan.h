/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PEER_PLAN_H
#define GPUSVM_PEER_PLAN_H

#include "peers.h"

#define GROUP_NAME_MAX 63

enum operation_kind {
	OPERATION_MKDIR,
	OPERATION_RMDIR,
	OPERATION_ENABLE,
};

/* @argument is a path below CONFIG_DIR, or the names for enabled_groups */
struct operation {
	enum operation_kind kind;
	char *argument;
};

/* A group that is enabled in place of one whose members change */
struct stand_in {
	const struct gpusvm_peer_group *group;
	char name[GROUP_NAME_MAX + 1];
};

/*
 * Up to operations[@commit], a failure undoes what was done. From there on to
 * operations[@rename], stand-ins are enabled.
 */
struct gpusvm_peer_plan {
	struct gpusvm_peers *current;
	struct gpusvm_peers *wanted;
	struct list steps;
	struct list operations;
	struct list stand_ins;
	size_t commit;
	size_t rename;
	struct list problems;
	char *error;
	char *busy;
};

/* operations.c */
int plan_operations(struct gpusvm_peer_plan *plan);
void operation_free(void *item);

#endif
