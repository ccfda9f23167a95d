// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/device_cgroup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "topology_access.h"

/*
 * Who may place memory on another GPU's pagemap. An ID must grant no more than an
 * open file does, so a task needs the rights that opening the render node takes.
 */

/* Read locklessly at each placement. */
static enum topology_access topology_foreign_access;

/**
 * drm_pagemap_topology_access_get() - Get the policy for foreign access
 *
 * Return: The policy; %TOPOLOGY_ACCESS_OPEN by default.
 */
enum topology_access drm_pagemap_topology_access_get(void)
{
	return READ_ONCE(topology_foreign_access);
}

/**
 * drm_pagemap_topology_access_set() - Set the policy for foreign access
 * @access: The new policy. It does not revoke earlier placements.
 */
void drm_pagemap_topology_access_set(enum topology_access access)
{
	WRITE_ONCE(topology_foreign_access, access);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_access_set);

/**
 * drm_pagemap_topology_access_describe() - Record which render node guards a GPU's memory
 * @node: Filled in. The device number is 0 if the GPU has no render node.
 * @drm: The GPU. The caller is inside drm_dev_enter(), because the minor goes away
 *	 with the device.
 */
void drm_pagemap_topology_access_describe(struct topology_render_node *node, struct drm_device *drm)
{
	struct drm_minor *render = drm->render;

	*node = (struct topology_render_node) {};
	if (!render || !render->kdev)
		return;

	node->devt = render->kdev->devt;
	snprintf(node->path, sizeof(node->path), "/dev/dri/%s", dev_name(render->kdev));
}

/* A lack of memory and a signal say nothing about permissions. */
static int topology_denial(int err)
{
	return !err || err == -ENOMEM || err == -EINTR ? err : -EACCES;
}

/*
 * Some security modules, such as Landlock and AppArmor, decide only when a file
 * is opened.
 */
static int topology_open_path(const struct path *path)
{
	struct file *file = dentry_open(path, O_RDWR | O_NONBLOCK, current_cred());

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);

	return 0;
}

/* The checks of open(2): mode, ACL, security modules, device cgroup, mount options. */
static int topology_check_path(const struct path *path, dev_t devt, bool audit)
{
	int mask = MAY_READ | MAY_WRITE | (audit ? MAY_OPEN : MAY_ACCESS);
	struct inode *inode = d_backing_inode(path->dentry);

	/* In the mount namespace of the task, the path can name any file. */
	if (!S_ISCHR(inode->i_mode) || inode->i_rdev != devt)
		return -EACCES;
	if (path->mnt->mnt_flags & MNT_NODEV || path->mnt->mnt_sb->s_iflags & SB_I_NODEV)
		return -EACCES;

	return path_permission(path, mask) ?: topology_open_path(path);
}

static int topology_check_node(const struct topology_render_node *node, bool audit)
{
	struct path path;
	int err;

	err = kern_path(node->path, LOOKUP_FOLLOW, &path);
	if (err)
		return err;

	err = topology_check_path(&path, node->devt, audit);
	path_put(&path);

	return err;
}

/* KUnit tests replace this, because no device cgroup restricts a kernel thread. */
VISIBLE_IF_KUNIT int
drm_pagemap_topology_access_cgroup(const struct topology_render_node *node)
{
	KUNIT_STATIC_STUB_REDIRECT(drm_pagemap_topology_access_cgroup, node);

	return devcgroup_check_permission(DEVCG_DEV_CHAR, MAJOR(node->devt),
					  MINOR(node->devt),
					  DEVCG_ACC_READ | DEVCG_ACC_WRITE);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_access_cgroup);

static bool topology_is_admin(bool audit)
{
	return audit ? capable(CAP_SYS_ADMIN) : capable_noaudit(CAP_SYS_ADMIN);
}

/**
 * drm_pagemap_topology_access_check() - Check whether a task may use a foreign GPU's memory
 * @node: The render node of that GPU.
 * @audit: %true if the task is about to use the memory, so that a denial is logged.
 *	   %false for a query, like access(2).
 *
 * Looks up a path as the calling task. A file system of this task can delay the
 * look-up, so the caller must not hold a lock that others need.
 *
 * Return: 0 if it may; %-EACCES if not; %-ENOMEM or %-EINTR if the check has no result.
 */
int drm_pagemap_topology_access_check(const struct topology_render_node *node, bool audit)
{
	enum topology_access access = drm_pagemap_topology_access_get();

	/* Without a render node, no file has permissions that could decide. */
	if (access == TOPOLOGY_ACCESS_NONE || !node->devt)
		return topology_is_admin(audit) ? 0 : -EACCES;
	if (access == TOPOLOGY_ACCESS_CGROUP)
		return topology_denial(drm_pagemap_topology_access_cgroup(node));

	return topology_denial(topology_check_node(node, audit));
}
