/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PEER_GROUPS_H
#define GPUSVM_PEER_GROUPS_H

/**
 * DOC: peer groups
 *
 * Groups of GPUs that the administrator makes through configfs, in
 * /sys/kernel/config/drm_pagemap. A &struct gpusvm_peers is a set of them: what the
 * kernel has, what files ask for, or what somebody has put together. A
 * &struct gpusvm_peer_plan is what has to be done so that one becomes another.
 *
 * The groups of a set belong to it and are valid until it is freed or they are
 * removed. So are their names and members, which change only by the functions here.
 *
 * Threads: a set or a plan must be used by one thread at a time.
 *
 * Functions that return an int return 0 or a negative errno value. Most of what can
 * go wrong needs more words than that: gpusvm_peers_get_error() and
 * gpusvm_peer_plan_get_error() have them.
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
 * gpusvm_peers_get_error() - Why the last function that failed on a set did so
 * @peers: A set.
 *
 * Return: One line in printable ASCII without newline, which starts with the name of
 * the file and the number of the line that it is about, if there are such; never
 * %NULL. Valid until the next call that gets the set.
 */
const char *gpusvm_peers_get_error(const struct gpusvm_peers *peers);

/**
 * gpusvm_peers_lock() - Keep others from changing the peer groups meanwhile
 * @ctx: A context.
 * @wait: Whether to wait for who has the lock.
 * @lock: Set to a file descriptor, which holds it until it is closed.
 *
 * To be taken before gpusvm_peers_read_kernel() and held until after
 * gpusvm_peer_plan_apply(): what is enabled is written as a whole, and who has read it
 * before somebody else's change would undo that. gpusvm-peer-groups(8) takes the same
 * lock; by hand, flock(1) does. It is the file /run/gpusvm-peer-groups/lock below the
 * root of the context, which is made if it is not there.
 *
 * Return: 0, -EAGAIN if somebody has it and @wait is false, -ENOMEM, or the error of
 * opening the file, as -EACCES for others than root.
 */
int gpusvm_peers_lock(struct gpusvm_ctx *ctx, bool wait, int *lock);

/**
 * gpusvm_peers_read_kernel() - Add what is configured
 * @peers: A set, which should be empty.
 *
 * Below the root of the context. Where configfs cannot be seen, as in most snapshots,
 * what sysfs tells is taken: the groups of the administrator that are enabled, with
 * those members that have joined.
 *
 * Return: 0, -ENOENT if there is neither, -ENOMEM, -EEXIST for a group that the set
 * has already, or another system error.
 */
int gpusvm_peers_read_kernel(struct gpusvm_peers *peers);

/**
 * gpusvm_peers_read_file() - Add the group that a file describes
 * @peers: A set.
 * @path: A file NAME.conf, where NAME is the name of the group. It is not looked for
 *	  below the root of the context. gpusvm-groups.conf(5) describes the format.
 *
 * The group is enabled. Nothing is added if the file is not as it should be.
 *
 * Return: 0, -EINVAL for a wrong name or a mistake in the file, -EEXIST if a member
 * is in another file or line, too, -ENOMEM, or the error of reading.
 */
int gpusvm_peers_read_file(struct gpusvm_peers *peers, const char *path);

/**
 * gpusvm_peers_read_directory() - Add the groups that the files of a directory describe
 * @peers: A set.
 * @path: A directory. All NAME.conf in it are read, in the order of their names, but
 *	  those whose name starts with a dot. It is not looked for below the root of the
 *	  context.
 *
 * Return: 0, or the error of reading the directory or the first file with one. What
 * was added before stays, and is not worth much: the set should be freed.
 */
int gpusvm_peers_read_directory(struct gpusvm_peers *peers, const char *path);

/**
 * gpusvm_peers_merge() - Have the groups of one set in another, too
 * @peers: A set.
 * @from: Another one. Its groups take the place of those of the same name in @peers.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_peers_merge(struct gpusvm_peers *peers, const struct gpusvm_peers *from);

/**
 * gpusvm_peers_add_group() - Add a group without members, not enabled
 * @peers: A set.
 * @name: Its name: 1 to 63 characters of a-z, 0-9, "_", "." and "-", the first one a
 *	  letter or a digit, not starting with "auto-".
 * @group: Set to the group.
 *
 * Return: 0, -EINVAL for another name, -EEXIST, or -ENOMEM.
 */
int gpusvm_peers_add_group(struct gpusvm_peers *peers, const char *name,
			   struct gpusvm_peer_group **group);

/**
 * gpusvm_peers_remove_group() - Remove a group
 * @peers: A set.
 * @group: A group of it, which is not valid any more.
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
 * gpusvm_peers_get_group() - The groups of a set one by one
 * @peers: A set.
 * @index: From 0 on. Groups are ordered by name, byte by byte.
 *
 * Return: The group, or %NULL behind the last one.
 */
struct gpusvm_peer_group *gpusvm_peers_get_group(const struct gpusvm_peers *peers,
						 size_t index);

/* Groups of a set */

/**
 * gpusvm_peer_group_get_name() - Name of a group
 * @group: A group.
 *
 * Return: The name; never %NULL.
 */
const char *gpusvm_peer_group_get_name(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_is_enabled() - Whether a group is, or is to be, in force
 * @group: A group.
 *
 * Return: Whether it is.
 */
bool gpusvm_peer_group_is_enabled(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_set_enabled() - Say whether a group is to be in force
 * @group: A group.
 * @enabled: Whether it is.
 */
void gpusvm_peer_group_set_enabled(struct gpusvm_peer_group *group, bool enabled);

/**
 * gpusvm_peer_group_get_require() - How many members have to be there
 * @group: A group.
 *
 * Return: "all", "any" or "none"; "all" unless a file or somebody said otherwise. The
 * kernel does not know of it.
 */
const char *gpusvm_peer_group_get_require(const struct gpusvm_peer_group *group);

/**
 * gpusvm_peer_group_set_require() - Say how many members have to be there
 * @group: A group.
 * @require: "all", "any" or "none".
 *
 * Return: 0, or -EINVAL for anything else.
 */
int gpusvm_peer_group_set_require(struct gpusvm_peer_group *group, const char *require);

/**
 * gpusvm_peer_group_get_member() - The members of a group one by one
 * @group: A group.
 * @index: From 0 on.
 *
 * Return: The uid of an initiator, present or not, or %NULL behind the last one.
 */
const char *gpusvm_peer_group_get_member(const struct gpusvm_peer_group *group, size_t index);

/**
 * gpusvm_peer_group_has_member() - Whether an initiator is a member
 * @group: A group.
 * @uid: uid of an initiator.
 *
 * Return: Whether it is.
 */
bool gpusvm_peer_group_has_member(const struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_add_member() - Make an initiator a member
 * @group: A group.
 * @uid: What can be the uid of an initiator: up to 128 printable characters, "-"
 *	 inside, no blank and no "/".
 *
 * Return: 0, -EINVAL for anything else, -EEXIST if it is one already, or -ENOMEM.
 */
int gpusvm_peer_group_add_member(struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_remove_member() - Make an initiator no member any more
 * @group: A group.
 * @uid: uid of an initiator.
 *
 * Return: 0, or -ENOENT if it is none.
 */
int gpusvm_peer_group_remove_member(struct gpusvm_peer_group *group, const char *uid);

/**
 * gpusvm_peer_group_format() - A group as a file describes it
 * @group: A group.
 * @text: Set to what a file NAME.conf has to say to be read as this group, enabled;
 *	  to be freed with free().
 *
 * Return: 0, -EINVAL if a file can't say it, since there are no members or one has a
 * "#" in its uid, or -ENOMEM.
 */
int gpusvm_peer_group_format(const struct gpusvm_peer_group *group, char **text);

/* Plans */

/**
 * enum gpusvm_peer_action - What a step of a plan does
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
 * @action: What it does.
 * @group: Name of the group.
 * @member: uid of the initiator, or %NULL if it is about none.
 */
struct gpusvm_peer_step {
	enum gpusvm_peer_action action;
	const char *group;
	const char *member;
};

/**
 * gpusvm_peer_plan_new() - What has to be done so that one set becomes another
 * @current: What there is, by gpusvm_peers_read_kernel().
 * @wanted: What there shall be: groups that it does not have are deleted.
 * @plan: Set to the plan, which is complete in itself: the sets may be changed or
 *	  freed before it.
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
 * gpusvm_peer_plan_get_step() - The steps of a plan one by one
 * @plan: A plan.
 * @index: From 0 on.
 *
 * The steps say what will be different, for people. All that is enabled and disabled
 * is so in one step, also what is in force with other members afterwards.
 *
 * Return: The step, or %NULL behind the last one; a plan without steps has nothing to
 * do.
 */
const struct gpusvm_peer_step *gpusvm_peer_plan_get_step(const struct gpusvm_peer_plan *plan,
							 size_t index);

/**
 * gpusvm_peer_plan_check() - Look for what the kernel would refuse
 * @plan: A plan.
 * @topology: The topology that it would be applied to.
 *
 * It foretells what the kernel would answer, as far as sysfs tells: users may come
 * and go, and links change.
 *
 * Return: 0 if nothing was found; -ENOLINK, -EBUSY or -EINVAL for the first one of
 * what gpusvm_peer_plan_get_problem() tells; -ENOMEM.
 */
int gpusvm_peer_plan_check(struct gpusvm_peer_plan *plan,
			   const struct gpusvm_topology *topology);

/**
 * gpusvm_peer_plan_get_problem() - What was found, one by one
 * @plan: A plan.
 * @index: From 0 on.
 *
 * Return: A line in the words of last_error in configfs, "ENOLINK <initiator>
 * <pagemap> <reason>" for instance, or %NULL behind the last one.
 */
const char *gpusvm_peer_plan_get_problem(const struct gpusvm_peer_plan *plan, size_t index);

/**
 * gpusvm_peer_plan_apply() - Do what a plan says
 * @plan: A plan.
 *
 * Needs write access to configfs, as root has, and gpusvm_peers_lock(). Groups are made
 * and changed while they are not enabled, and then the whole set is enabled at once. If
 * that fails, all is made as it was, and the former groups are in force all the time.
 *
 * A group that is in force can't have other members: so a stand-in, which has the
 * name of the group and ".new", takes its place meanwhile. If somebody starts to use
 * just this group in the moment between, it stays in force under that name, and the
 * error says so.
 *
 * Return: 0; -EROFS if the root of the context is not that of the running system;
 * -ENOENT if there is no configfs or no drm_pagemap in it; -ENOLINK, -EBUSY, -EINVAL,
 * -ENOMEM as the kernel says, in its words; or another system error.
 */
int gpusvm_peer_plan_apply(struct gpusvm_peer_plan *plan);

/**
 * gpusvm_peer_plan_get_error() - Why gpusvm_peer_plan_apply() has failed
 * @plan: A plan.
 *
 * Return: One line. If the kernel has refused the set, it is what last_error says,
 * see Documentation/ABI/testing/configfs-drm_pagemap of the kernel. Never %NULL.
 */
const char *gpusvm_peer_plan_get_error(const struct gpusvm_peer_plan *plan);

/**
 * gpusvm_peer_plan_get_busy() - Whose group was in use
 * @plan: A plan that was refused with -EBUSY.
 *
 * Return: The uid of the initiator whose group is in use; %NULL if the error is about
 * an initiator that two groups have.
 */
const char *gpusvm_peer_plan_get_busy(const struct gpusvm_peer_plan *plan);

/* What has become of it */

/**
 * enum gpusvm_peer_state - What has become of a member
 * @GPUSVM_PEER_ABSENT: There is no such initiator now.
 * @GPUSVM_PEER_JOINED: It is in the group.
 * @GPUSVM_PEER_REFUSED: It is there, and in another group.
 */
enum gpusvm_peer_state {
	GPUSVM_PEER_ABSENT,
	GPUSVM_PEER_JOINED,
	GPUSVM_PEER_REFUSED,
};

/**
 * gpusvm_peer_group_get_state() - What has become of a member, by sysfs
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
 * gpusvm_peer_group_verify() - Whether a group is as required, by sysfs
 * @group: A group that should be enabled.
 * @topology: The topology.
 *
 * Return: 0; -ENOENT if the topology has no such group of the administrator; -ENOLINK
 * if a member was refused; -ENODEV if fewer have joined than are required; -EEXIST if
 * an initiator is in it that is no member. The first of these that holds.
 */
int gpusvm_peer_group_verify(const struct gpusvm_peer_group *group,
			     const struct gpusvm_topology *topology);

/* Who uses a group */

/**
 * struct gpusvm_holder - A process that may hold a group
 * @pid: Its number, in the PID namespace of the caller.
 * @name: Its name, as in /proc/<pid>/comm, in printable ASCII.
 * @node: The render or card node that it has open, as "renderD128".
 */
struct gpusvm_holder {
	int pid;
	const char *name;
	const char *node;
};

/**
 * gpusvm_holders_new() - Look for the processes that may hold a group
 * @group: A group of a topology.
 * @holders: Set to them, ordered by number.
 *
 * The kernel counts users and does not name them. These are the processes that have a
 * node of a GPU of the group open: who has an SVM VM there is among them. Memory that
 * was left there by a process which has closed the node since is not found so; the
 * state of the pagemaps tells of it. Found in /proc below the root of the context,
 * which a snapshot does not have.
 *
 * Return: 0, also if there are none; -ENOENT if there is no /proc; or -ENOMEM.
 */
int gpusvm_holders_new(const struct gpusvm_group *group, struct gpusvm_holders **holders);

/**
 * gpusvm_holders_get() - One by one
 * @holders: From gpusvm_holders_new().
 * @index: From 0 on.
 *
 * Return: A process and a node, or %NULL behind the last one.
 */
const struct gpusvm_holder *gpusvm_holders_get(const struct gpusvm_holders *holders,
					       size_t index);

/**
 * gpusvm_holders_are_all() - Whether all processes could be looked at
 * @holders: From gpusvm_holders_new().
 *
 * Return: False if some belong to others and the caller is not root.
 */
bool gpusvm_holders_are_all(const struct gpusvm_holders *holders);

/**
 * gpusvm_holders_free() - Free them
 * @holders: From gpusvm_holders_new(), or %NULL.
 */
void gpusvm_holders_free(struct gpusvm_holders *holders);

#ifdef __cplusplus
}
#endif

#endif
