/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_GROUP_H
#define GPUSVM_TOOL_GROUP_H

#include <gpusvm-peer-groups.h>

#include "tool.h"

#define GROUPS_DIRECTORY "/etc/gpusvm/groups.d"

/* Has the lock of the library, and a file that only "start" and "stop" write */
#define STATE_DIRECTORY "run/gpusvm-peer-groups"

enum {
	EXIT_REFUSED = 6,	/* by the kernel; nothing has changed */
	EXIT_BUSY = 7,		/* the same, because a group is in use or locked */
	EXIT_NOT_AS_REQUIRED = 8, /* done, but not all members are there */
	EXIT_BAD_FILE = 14,	/* one that describes groups */
	EXIT_TIMED_OUT = 15,	/* while it waited for members */
};

/* What a command prints instead of changing groups */
enum preview {
	PREVIEW_NONE,
	PREVIEW_STEPS,		/* for people, and as JSON */
	PREVIEW_SHELL,
};

/*
 * A change of the peer groups. @wanted starts as a copy of @current; @topology is NULL
 * where the system shows none.
 */
struct peer_change {
	const struct options *options;
	struct gpusvm_ctx *ctx;
	/* A file descriptor that keeps other processes from changing groups, or -1 */
	int lock;
	struct gpusvm_topology *topology;
	struct gpusvm_peers *current;
	struct gpusvm_peers *wanted;
	/* Of files; NULL if the change has none */
	struct gpusvm_peers *files;
	/* The groups of @current that "start" has made; NULL in all other changes */
	struct gpusvm_peers *started;
	enum preview preview;
	/* Whether members that files require have to be there in the end */
	bool required;
};

/* @words ends with NULL; @timeout is negative for none */
struct arguments {
	char **words;
	bool enable;
	int timeout;
};

/* change.c: functions return 0, or what to exit with after they have printed why */
int change_open(struct peer_change *change);
int change_lock(struct peer_change *change);
int change_scan(struct peer_change *change);
int change_read(struct peer_change *change);
void change_close(struct peer_change *change);
struct gpusvm_peers *peers_new(const struct peer_change *change);
int peers_error(const struct gpusvm_peers *peers, int err);

/* apply.c */
int change_carry_out(struct peer_change *change);

/* edit.c */
int peers_create(struct peer_change *change, const struct arguments *arguments);
int peers_add(struct peer_change *change, const struct arguments *arguments);
int peers_remove(struct peer_change *change, const struct arguments *arguments);
int peers_enable(struct peer_change *change, const struct arguments *arguments);
int peers_disable(struct peer_change *change, const struct arguments *arguments);
int peers_delete(struct peer_change *change, const struct arguments *arguments);

/* files.c */
int replace_file(const char *path, const char *text);
int read_files(struct peer_change *change, char **paths);
int peers_apply(struct peer_change *change, const struct arguments *arguments);
int peers_restore(struct peer_change *change, const struct arguments *arguments);

/* save.c */
int peers_save(struct peer_change *change, const struct arguments *arguments);

/* show.c */
int peers_show(struct peer_change *change, const struct arguments *arguments);
void peers_show_help(void);
void say_holders(const struct gpusvm_group *group);

/* service.c */
const char *why_no_config(const struct peer_change *change);
int need_config(const struct peer_change *change);
void read_started(struct peer_change *change);
int write_started(const struct peer_change *change, const struct gpusvm_peer_plan *plan);
int peers_start(struct peer_change *change, const struct arguments *arguments);
int peers_stop(struct peer_change *change, const struct arguments *arguments);

/* status.c */
int peers_status(struct peer_change *change, const struct arguments *arguments);
int peers_check(struct peer_change *change, const struct arguments *arguments);
int peers_wait(struct peer_change *change, const struct arguments *arguments);

#endif
