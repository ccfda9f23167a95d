/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PEER_GROUPS_H
#define GPUSVM_PEER_GROUPS_H

/**
 * DOC: peer groups
 *
 * Peer groups are made in configfs, in /sys/kernel/config/drm_pagemap. A
 * &struct gpusvm_peers is a set of peer groups: those that the kernel has, those that
 * files describe, or those that a program has put together. A
 * &struct gpusvm_peer_plan has the changes that turn one set into another.
 *
 * The groups of a set belong to it. They are valid until the set is freed or they are
 * removed from it, and so are their names and members.
 *
 * Threads: one thread at a time may use a set or a plan.
 *
 * Functions that return an int return 0 or a negative errno value.
 * gpusvm_peers_get_error() and gpusvm_peer_plan_get_error() return the reason in words.
 */

#include <gpusvm-topology.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gpusvm_peers;
struct gpusvm_peer_group;
struct gpusvm_peer_plan;
struct gpusvm_holders;

/* Sets of groups */

/**
 * gpusvm_peers_new() - Make an empty set of groups
 * @ctx: A context. The set keeps a reference to it.
 * @peers: Set to the set.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_peers_new(struct gpusvm_ctx *ctx, struct gpusvm_peers **peers);

/**
 * gpusvm_peers_free() - Free a set with its groups
 * @peers: A set, or %NULL.
 */
void gpusvm_peers_free(struct gpusvm_peers *peers);

/**
 * gpusvm_peers_get_error() - Get the reason why the last function failed on a set
 * @peers: A set.
 *
 * Return: One line in printable ASCII without newline, never %NULL. For errors in files,
 * it starts with the name of the file and the number of the line. It is valid until the
 * next call with this set.
 */
const char *gpusvm_peers_get_error(const struct gpusvm_peers *peers);

/**
 * gpusvm_peers_lock() - Keep other processes from changing peer groups
 * @ctx: A context.
 * @wait: Whether to wait until another process releases the lock.
 * @lock: Set to a file descriptor. The lock is held until it is closed.
 *
 * Take the lock before gpusvm_peers_read_kernel() and hold it until after
 * gpusvm_peer_plan_apply(). The kernel takes the names of all groups in one write, so a
 * program that has read an older set would revert the change of another process.
 * gpusvm-topology(1) and gpusvm-peer-groups(8) take this lock, and shell scripts can use
 * flock(1). It is the file /run/gpusvm-peer-groups/lock below the root of the context,
 * which this function creates if it is missing.
 *
 * Return: 0, -EAGAIN if another process has the lock and @wait is false, -ENOMEM, or the
 * error of opening the file, such as -EACCES for users other than root.
 */
int gpusvm_peers_lock(struct gpusvm_ctx *ctx, bool wait, int *lock);

/**
 * gpusvm_peers_read_kernel() - Add the peer groups that are configured
 * @peers: A set, which should be empty.
 *
 * Reads configfs below the root of the context. Where configfs is not visible, as in
 * most snapshots, it reads sysfs, which shows only peer groups that are enabled, with
 * the members that have joined. It reads again if the topology changes meanwhile, and
 * warns if the topology keeps changing.
 *
 * Return: 0, -ENOENT if both are missing, -ENOMEM, -EEXIST for a group that the set
 * already has, or another system error.
 */
int gpusvm_peers_read_kernel(struct gpusvm_peers *peers);

/**
 * gpusvm_peers_read_file() - Add the group that a file describes
 * @peers: A set.
 * @path: A file NAME.conf, where NAME is the name of the group. The path is not relative
 *	  to the root of the context. gpusvm-groups.conf(5) describes the format.
 *
 * The group is enabled. If the file has an error, the set does not change.
 *
 * Return: 0, -EINVAL for a wrong name or a mistake in the file, -EEXIST if a member
 * is in another file or line, too, -ENOMEM, or the error of reading.
 */
int gpusvm_peers_read_file(struct gpusvm_peers *peers, const char *path);

/**
 * gpusvm_peers_read_directory() - Add the groups that the files of a directory describe
 * @peers: A set.
 * @path: A directory. The function reads each NAME.conf in it, in the order of their
 *	  names, except those whose name starts with a dot. The path is not relative to
 *	  the root of the context.
 *
 * Return: 0, or the error of reading the directory or the first file with one. The set
 * is incomplete then, and should be freed.
 */
int gpusvm_peers_read_directory(struct gpusvm_peers *peers, const char *path);

/**
 * gpusvm_peers_merge() - Add the groups of one set to another set
 * @peers: A set.
 * @from: Another set. Its groups replace groups of the same name in @peers.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_peers_merge(struct gpusvm_peers *peers, const struct gpusvm_peers *from);

/**
 * gpusvm_peers_add_group() - Add a group without members, not enabled
 * @peers: A set.
 * @name: Name of the group: 1 to 63 characters of a-z, 0-9, "_", "." and "-", the first
 *	  one a letter or a digit, not starting with "auto-".
 * @group: Set to the group.
 *
 * Return: 0, -EINVAL for an invalid name, -EEXIST, or -ENOMEM.
 */
int gpusvm_peers_add_group(struct gpusvm_peers *peers, const char *name,
			   struct gpusvm_peer_group **group);

/**
 * gpusvm_peers_remove_group() - Remove a group
 * @peers: A set.
 * @group: A group of the set. The pointer is invalid after the call.
 */
void gpusvm_peers_remove_group(struct gpusvm_peers *peers, struct gpusvm_peer_group *group);

/**
 * gpusvm_peers_find_group() - Find a group by its name
 * @peers: A set.
 * @name: A name.
 *
 * Return: The group, or %NULL.
 */
struct gpusvm_peer_group *gpusvm_peers_find_group(const struct gpusvm_peers *peers,
						  const char *name);

/**
 * gpusvm_peers_get_group() - Get a group of a set
 * @peers: A set.
 * @index: From 0 on. Groups are sorted by name, byte by byte.
 *
 * Return: The group, or %NULL after the last one.
 */
struct gpusvm_peer_group *gpusvm_peers_get_group(const struct gpusvm_peers *peers,
						 size_t index);

/* Groups of a set */

/**
 * gpusvm_peer_group_get_name() - Get the name of a group
 * @group: A group.
 *
 * Return: The name; never %NULL.
 */
const char *gpusvm_peer_group_get_name(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_is_enabled() - Check whether a group is enabled in its set
 * @group: A group.
 *
 * Return: True if it is enabled.
 */
bool gpusvm_peer_group_is_enabled(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_set_enabled() - Enable or disable a group in its set
 * @group: A group.
 * @enabled: True to enable it.
 */
void gpusvm_peer_group_set_enabled(struct gpusvm_peer_group *group, bool enabled);

/**
 * gpusvm_peer_group_get_require() - Get the number of members that must be present
 * @group: A group.
 *
 * gpusvm_peer_group_verify() checks this number. The kernel does not know it.
 *
 * Return: "all", "any" or "none". The default is "all".
 */
const char *gpusvm_peer_group_get_require(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_set_require() - Set the number of members that must be present
 * @group: A group.
 * @require: "all", "any" or "none".
 *
 * Return: 0, or -EINVAL for another word.
 */
int gpusvm_peer_group_set_require(struct gpusvm_peer_group *group, const char *require);

/**
 * gpusvm_peer_group_get_member() - Get a member of a group
 * @group: A group.
 * @index: From 0 on.
 *
 * Return: The uid of an initiator, present or not, or %NULL after the last one.
 */
const char *gpusvm_peer_group_get_member(const struct gpusvm_peer_group *group, size_t index);

/**
 * gpusvm_peer_group_get_member_state() - Get the state of a member in configfs
 * @group: A group that gpusvm_peers_read_kernel() has added.
 * @index: Index of the member, as for gpusvm_peer_group_get_member().
 *
 * Return: "configured", "absent", "joined" or "refused", as
 * Documentation/ABI/testing/configfs-drm_pagemap of the kernel explains, or %NULL if it is
 * unknown.
 */
const char *gpusvm_peer_group_get_member_state(const struct gpusvm_peer_group *group,
					       size_t index);

/**
 * gpusvm_peer_group_get_member_reason() - Get the reason why the kernel refused a member
 * @group: A group that gpusvm_peers_read_kernel() has added.
 * @index: Index of the member, as for gpusvm_peer_group_get_member().
 *
 * Return: A line in the format of last_error in configfs, "ok" for a member that was not
 * refused, or %NULL if it is unknown.
 */
const char *gpusvm_peer_group_get_member_reason(const struct gpusvm_peer_group *group,
						size_t index);

/**
 * gpusvm_peer_group_has_member() - Check whether an initiator is a member of a group
 * @group: A group.
 * @uid: uid of an initiator.
 *
 * Return: True if it is a member.
 */
bool gpusvm_peer_group_has_member(const struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_has_same_members() - Compare the members of two groups
 * @group: A group.
 * @other: Another group, which may belong to another set.
 *
 * Return: True if they have the same members, in any order.
 */
bool gpusvm_peer_group_has_same_members(const struct gpusvm_peer_group *group,
					const struct gpusvm_peer_group *other);

/**
 * gpusvm_peer_group_add_member() - Add a member to a group
 * @group: A group.
 * @uid: The uid of an initiator, present or not: up to 128 printable characters, "-"
 *	 inside, no blank and no "/".
 *
 * Return: 0, -EINVAL if it cannot be the uid of an initiator, -EEXIST if it is a member
 * already, or -ENOMEM.
 */
int gpusvm_peer_group_add_member(struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_remove_member() - Remove a member from a group
 * @group: A group.
 * @uid: uid of an initiator.
 *
 * Return: 0, or -ENOENT if it is not a member.
 */
int gpusvm_peer_group_remove_member(struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_format() - Write a group in the format of a file
 * @group: A group.
 * @text: Set to the content of a file NAME.conf that describes this group. The caller
 *	  frees it with free().
 *
 * Return: 0; -EINVAL if no file can describe the group, because it has no members, or
 * a member with a "#" in its uid; or -ENOMEM.
 */
int gpusvm_peer_group_format(const struct gpusvm_peer_group *group, char **text);

/* Plans */

/**
 * enum gpusvm_peer_action - Kind of a step of a plan
 * @GPUSVM_PEER_CREATE: Creates a group.
 * @GPUSVM_PEER_ADD: Adds a member to a group.
 * @GPUSVM_PEER_REMOVE: Removes a member from a group.
 * @GPUSVM_PEER_DISABLE: Disables a group.
 * @GPUSVM_PEER_ENABLE: Enables a group.
 * @GPUSVM_PEER_DELETE: Deletes a group.
 */
enum gpusvm_peer_action {
	GPUSVM_PEER_CREATE,
	GPUSVM_PEER_ADD,
	GPUSVM_PEER_REMOVE,
	GPUSVM_PEER_DISABLE,
	GPUSVM_PEER_ENABLE,
	GPUSVM_PEER_DELETE,
};

/**
 * struct gpusvm_peer_step - A step of a plan
 * @action: Kind of the step.
 * @group: Name of the group.
 * @member: uid of the initiator, or %NULL for steps that concern the whole group.
 */
struct gpusvm_peer_step {
	enum gpusvm_peer_action action;
	const char *group;
	const char *member;
};

/**
 * gpusvm_peer_plan_new() - Plan the changes that turn one set into another
 * @current: The groups that exist, from gpusvm_peers_read_kernel().
 * @wanted: The groups that should exist. Others are deleted.
 * @plan: Set to the plan. It has its own copy of both sets.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_peer_plan_new(const struct gpusvm_peers *current,
			 const struct gpusvm_peers *wanted, struct gpusvm_peer_plan **plan);

/**
 * gpusvm_peer_plan_free() - Free a plan
 * @plan: A plan, or %NULL.
 */
void gpusvm_peer_plan_free(struct gpusvm_peer_plan *plan);

/**
 * gpusvm_peer_plan_get_step() - Get a step of a plan
 * @plan: A plan.
 * @index: From 0 on.
 *
 * Steps describe the differences for people. gpusvm_peer_plan_format() returns the
 * operations in configfs.
 *
 * Return: The step, or %NULL after the last one. A plan without steps changes nothing.
 */
const struct gpusvm_peer_step *gpusvm_peer_plan_get_step(const struct gpusvm_peer_plan *plan,
							 size_t index);

/**
 * gpusvm_peer_plan_format() - Get the shell commands that carry out a plan
 * @plan: A plan.
 * @text: Set to lines with mkdir, rmdir and echo, each argument in quotes. The caller
 *	  frees it with free().
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_peer_plan_format(const struct gpusvm_peer_plan *plan, char **text);

/**
 * gpusvm_peer_plan_get_stand_in() - Get a stand-in of a plan
 * @plan: A plan.
 * @index: From 0 on.
 *
 * gpusvm_peer_plan_apply() explains stand-ins. A program that tracks its groups writes
 * down these names first, so that it can remove the stand-ins after a crash.
 *
 * Return: The name of a group that exists while the plan is applied, or %NULL after the
 * last one.
 */
const char *gpusvm_peer_plan_get_stand_in(const struct gpusvm_peer_plan *plan,
					  size_t index);

/**
 * gpusvm_peer_plan_check() - Predict whether the kernel would refuse a plan
 * @plan: A plan.
 * @topology: The topology to apply the plan to.
 *
 * The prediction follows from sysfs. The kernel may decide differently later, because
 * holders come and go, and links change.
 *
 * Return: 0 if the function finds no problem; -ENOLINK, -EBUSY or -EINVAL for the first
 * problem of gpusvm_peer_plan_get_problem(); or -ENOMEM.
 */
int gpusvm_peer_plan_check(struct gpusvm_peer_plan *plan,
			   const struct gpusvm_topology *topology);

/**
 * gpusvm_peer_plan_get_problem() - Get a problem that gpusvm_peer_plan_check() found
 * @plan: A plan.
 * @index: From 0 on.
 *
 * Return: A line in the format of last_error in configfs, such as "ENOLINK <initiator>
 * <pagemap> <reason>", or %NULL after the last one.
 */
const char *gpusvm_peer_plan_get_problem(const struct gpusvm_peer_plan *plan, size_t index);

/**
 * gpusvm_peer_plan_apply() - Carry out a plan
 * @plan: A plan.
 *
 * Needs write access to configfs, which root has, and gpusvm_peers_lock(). Groups are
 * made and changed while they are not enabled. Then one write enables the whole set. If
 * anything fails until then, all changes are undone, and the former groups stay in force
 * all the time. The same happens if SIGHUP, SIGINT or SIGTERM becomes pending until
 * then, which takes a caller that blocks these signals.
 *
 * The members of a peer group that is enabled cannot change. Therefore a stand-in, a
 * second group with the new members, is enabled in its place until the first one has
 * its new members. The name of the stand-in is that of the group, cut off at 50
 * characters, with ".swap-" and a number. If a program starts to use a stand-in at this
 * moment, it stays enabled under its own name, and the error names it.
 *
 * Return: 0; -EROFS if the root of the context is not that of the running system;
 * -ENOENT if configfs or drm_pagemap in it is missing; -EINTR after a signal; the
 * -ENOLINK, -EBUSY, -EINVAL or -ENOMEM of the kernel; or another system error.
 */
int gpusvm_peer_plan_apply(struct gpusvm_peer_plan *plan);

/**
 * gpusvm_peer_plan_get_error() - Get the reason why gpusvm_peer_plan_apply() failed
 * @plan: A plan.
 *
 * Return: One line. If the kernel has refused the set, this is the content of last_error,
 * see Documentation/ABI/testing/configfs-drm_pagemap of the kernel. Never %NULL.
 */
const char *gpusvm_peer_plan_get_error(const struct gpusvm_peer_plan *plan);

/**
 * gpusvm_peer_plan_get_busy() - Get the initiator whose group has holders
 * @plan: A plan that was refused with -EBUSY.
 *
 * Return: The uid of the initiator whose group has holders, or %NULL if the error is
 * that an initiator is a member of two groups.
 */
const char *gpusvm_peer_plan_get_busy(const struct gpusvm_peer_plan *plan);

/* Results of a plan */

/**
 * enum gpusvm_peer_state - State of a member of a group
 * @GPUSVM_PEER_ABSENT: The initiator does not exist now.
 * @GPUSVM_PEER_JOINED: The initiator is in the group.
 * @GPUSVM_PEER_REFUSED: The initiator exists, and is in another group.
 */
enum gpusvm_peer_state {
	GPUSVM_PEER_ABSENT,
	GPUSVM_PEER_JOINED,
	GPUSVM_PEER_REFUSED,
};

/**
 * gpusvm_peer_group_get_state() - Get the state of a member, by sysfs
 * @group: A group that should be enabled.
 * @uid: uid of one of its members.
 * @topology: The topology.
 *
 * Return: Its state.
 */
enum gpusvm_peer_state gpusvm_peer_group_get_state(const struct gpusvm_peer_group *group,
						   const char *uid,
						   const struct gpusvm_topology *topology);

/**
 * gpusvm_peer_group_is_enough() - Check whether enough members have joined
 * @group: A group.
 * @joined: Number of members that have joined.
 *
 * Return: True if their number satisfies gpusvm_peer_group_get_require().
 */
bool gpusvm_peer_group_is_enough(const struct gpusvm_peer_group *group, size_t joined);

/**
 * gpusvm_peer_group_verify() - Compare a group with the topology in sysfs
 * @group: A group that should be enabled.
 * @topology: The topology.
 *
 * Return: 0; -ENOENT if the topology has no peer group of this name; -ENOLINK if a
 * member was refused; -ENODEV if fewer members have joined than are required; -EEXIST if
 * it has an initiator that is not a member. The first of these that applies.
 */
int gpusvm_peer_group_verify(const struct gpusvm_peer_group *group,
			     const struct gpusvm_topology *topology);

/* Holders of a group */

/**
 * struct gpusvm_holder - A process that may hold a group
 * @pid: Process ID in the PID namespace of the caller.
 * @name: Name as in /proc/<pid>/comm, in printable ASCII.
 * @node: Render or card node that the process has open, such as "renderD128".
 */
struct gpusvm_holder {
	int pid;
	const char *name;
	const char *node;
};

/**
 * gpusvm_holders_new() - Find the processes that may hold a group
 * @group: A group of a topology.
 * @holders: Set to the processes, sorted by process ID.
 *
 * The kernel counts users and does not name them. This function finds the processes that
 * have a node of a GPU of the group open. Those with an SVM VM are among them. It does
 * not find memory of a process that has closed the node; then the state of a pagemap is
 * "active". It reads /proc below the root of the context, which a snapshot does not have.
 *
 * Return: 0, also if it finds no process; -ENOENT if /proc is missing; or -ENOMEM.
 */
int gpusvm_holders_new(const struct gpusvm_group *group, struct gpusvm_holders **holders);

/**
 * gpusvm_holders_get() - Get a process
 * @holders: From gpusvm_holders_new().
 * @index: From 0 on.
 *
 * Return: A process and a node, or %NULL after the last one.
 */
const struct gpusvm_holder *gpusvm_holders_get(const struct gpusvm_holders *holders,
					       size_t index);

/**
 * gpusvm_holders_are_all() - Check whether the list of processes is complete
 * @holders: From gpusvm_holders_new().
 *
 * Return: False if the caller may not see the files of some processes.
 */
bool gpusvm_holders_are_all(const struct gpusvm_holders *holders);

/**
 * gpusvm_holders_free() - Free a list of processes
 * @holders: From gpusvm_holders_new(), or %NULL.
 */
void gpusvm_holders_free(struct gpusvm_holders *holders);

#ifdef __cplusplus
}
#endif

#endif
