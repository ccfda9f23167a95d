// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: svm pagemap rights
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: placement by pagemap ID
 * Test category: functionality test
 * Description: A task may place memory on another GPU's pagemap exactly if it could open
 *	that GPU's render node. Each subtest puts a task into a situation. The task tries to
 *	open the node and to place memory, and both results must agree, for each value of
 *	foreign_access. On virtual GPUs.
 */

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/landlock.h>

#include "igt.h"
#include "lib/device_cgroup.h"
#include "lib/rights.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Placing on another GPU takes what opening it takes");

#define SIZE	(64 * KIB)

/* The node of the other GPU. */
static const char *node;
static dev_t device;
static uint32_t peer;

static const char *node_of(char gpu)
{
	return text_of("/dev/dri/%s", link_name(INITIATORS "/%s/render", vgpu_uid(gpu)));
}

static void start(void)
{
	struct stat st;

	remove_device_cgroup();
	start_afresh();
	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	peer = vgpu_id('b', 0);
	node = node_of('b');
	igt_assert(!stat(node, &st));
	device = st.st_rdev;
	igt_assert(!chown(node, 0, 0) && !chmod(node, 0666));
}

/* The rights of a task. @opens: Expected result of open(2). */
struct situation {
	void (*enter)(void);
	bool opens, cgroup, admin;
};

static bool can_open(void)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	struct stat st;
	bool can;

	/* Another device under the name is not this one. */
	can = fd >= 0 && !fstat(fd, &st) && st.st_rdev == device;
	close(fd);

	return can;
}

static void try_both(const struct situation *situation, bool allowed)
{
	int wanted = allowed ? 0 : -EACCES;
	struct svm_gpu gpu;
	char *p;

	assert_ok(svm_open(&gpu, vgpu_uid('a')));
	if (situation->enter)
		situation->enter();
	assert_ok(gpu.driver->vm_create(&gpu));
	p = map_memory(SIZE, false);
	igt_assert_eq(can_open(), situation->opens);
	assert_error(gpu.driver->permitted(&gpu, peer), wanted);
	assert_error(gpu.driver->advise(&gpu, p, SIZE, peer), wanted);
	/* The memory of its own GPU is always there for it. */
	assert_ok(gpu.driver->advise(&gpu, p, SIZE, vgpu_id('a', 0)));
}

static void check(const struct situation *situation)
{
	const struct {
		const char *access;
		bool allowed;
	} cells[] = {
		{ "open", situation->opens },
		{ "cgroup", situation->cgroup },
		{ "none", situation->admin },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		assert_ok(file_put(cells[i].access, PEERS "/auto/foreign_access"));
		igt_fork(child, 1) {
			try_both(situation, cells[i].allowed);
		}
		igt_waitchildren();
	}
}

#define CHECK(how, ...)	check(&(const struct situation) { .enter = (how), ##__VA_ARGS__ })

/**
 * SUBTEST: root
 * Description: Root may place memory with every value of foreign_access.
 * Promises: peers/auto/foreign_access pagemap/id
 */
static void root(void)
{
	CHECK(NULL, .opens = true, .cgroup = true, .admin = true);
}

static void lose_admin(void)
{
	set_capability(CAP_SYS_ADMIN, false);
}

/**
 * SUBTEST: without-admin
 * Description: Root without CAP_SYS_ADMIN may place memory if it may open the node, and not
 *	with foreign_access none.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES
 */
static void without_admin(void)
{
	CHECK(lose_admin, .opens = true, .cgroup = true);
}

static void lose_override(void)
{
	set_capability(CAP_DAC_OVERRIDE, false);
}

/**
 * SUBTEST: without-override
 * Description: Root without CAP_DAC_OVERRIDE is like any user: a node that only its owner
 *	may open, another user, stays closed.
 * Promises: pagemap/id:EACCES
 */
static void without_override(void)
{
	igt_assert(!chown(node, NOBODY, NOBODY) && !chmod(node, 0600));
	CHECK(lose_override, .cgroup = true, .admin = true);
}

/**
 * SUBTEST: mode
 * Description: The permission bits of the node decide: read and write for everybody, for
 *	nobody, and read only, which does not suffice.
 * Promises: pagemap/id pagemap/id:EACCES pagemap/render
 */
static void mode(void)
{
	CHECK(become_nobody, .opens = true, .cgroup = true);
	igt_assert(!chmod(node, 0600));
	CHECK(become_nobody, .cgroup = true);
	igt_assert(!chmod(node, 0444));
	CHECK(become_nobody, .cgroup = true);
}

/**
 * SUBTEST: owner
 * Description: The owner of the node and the members of its group have the rights that the
 *	mode gives them.
 * Promises: pagemap/id pagemap/id:EACCES
 */
static void owner(void)
{
	igt_assert(!chown(node, NOBODY, 0) && !chmod(node, 0600));
	CHECK(become_nobody, .opens = true, .cgroup = true);
	igt_assert(!chown(node, 0, NOBODY) && !chmod(node, 0660));
	CHECK(become_nobody, .opens = true, .cgroup = true);
	igt_assert(!chmod(node, 0606));
	CHECK(become_nobody, .cgroup = true);
}

/* rw for NOBODY beside a mode of 0600, as the kernel has it in an attribute. */
static bool let_nobody_in(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} acl = {
		2, {
			{ 0x01, 6, -1 }, { 0x02, 6, NOBODY }, { 0x04, 0, -1 },
			{ 0x10, 6, -1 }, { 0x20, 0, -1 },
		},
	};

	return !setxattr(node, "system.posix_acl_access", &acl, sizeof(acl), 0);
}

/**
 * SUBTEST: acl
 * Description: An access control list admits a user that the mode does not.
 * Promises: pagemap/id
 */
static void acl(void)
{
	igt_assert(!chmod(node, 0600));
	igt_require_f(let_nobody_in(), "/dev has no access control lists\n");
	CHECK(become_nobody, .opens = true, .cgroup = true);
	igt_assert(!removexattr(node, "system.posix_acl_access"));
}

static void join_as_nobody(void)
{
	join_device_cgroup();
	become_nobody();
}

/**
 * SUBTEST: device-cgroup
 * Description: A device cgroup that denies reading or writing denies placement even to
 *	root, except with foreign_access none, which only needs CAP_SYS_ADMIN.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES
 */
static void device_cgroup(void)
{
	static const unsigned int denied[] = { DENY_READ, DENY_WRITE, DENY_READ | DENY_WRITE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		igt_require_f(make_device_cgroup(device, denied[i]),
			      "the kernel has no device cgroups\n");
		CHECK(join_device_cgroup, .admin = true);
		CHECK(join_as_nobody);
	}
	igt_assert(make_device_cgroup(device, DENY_MKNOD));
	CHECK(join_device_cgroup, .opens = true, .cgroup = true, .admin = true);
}

static void own_mounts(void)
{
	igt_assert(!unshare(CLONE_NEWNS) && !mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static void hide_nodes(void)
{
	own_mounts();
	igt_assert(!mount("none", "/dev/dri", "tmpfs", 0, NULL));
}

/**
 * SUBTEST: hidden
 * Description: In a mount namespace without the node, such as a container's, foreign_access
 *	open denies placement. foreign_access cgroup permits it, for containers that hide
 *	the node on purpose.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES
 */
static void hidden(void)
{
	CHECK(hide_nodes, .cgroup = true, .admin = true);
}

static void mount_nodev(void)
{
	own_mounts();
	igt_assert(!mount("/dev/dri", "/dev/dri", NULL, MS_BIND, NULL) &&
		   !mount("", "/dev/dri", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
}

/**
 * SUBTEST: nodev
 * Description: On a mount with nodev, the node can't be opened, and placement is denied.
 * Promises: pagemap/id:EACCES
 */
static void nodev(void)
{
	CHECK(mount_nodev, .cgroup = true, .admin = true);
}

static void cover_node(void)
{
	own_mounts();
	igt_assert(!mount(node_of('a'), node, NULL, MS_BIND, NULL));
}

static void cover_node_by_file(void)
{
	own_mounts();
	igt_assert(!mount("/proc/self/status", node, NULL, MS_BIND, NULL));
}

/**
 * SUBTEST: covered
 * Description: Another device or a file at the path of the node does not count as the node.
 * Promises: pagemap/id:EACCES
 */
static void covered(void)
{
	CHECK(cover_node, .cgroup = true, .admin = true);
	CHECK(cover_node_by_file, .cgroup = true, .admin = true);
}

/* No task makes one whose root is another one than its mount namespace's. */
static void leave_chroot(void)
{
	igt_assert(!chroot("/proc/1/root") && !chdir("/"));
}

static void enter_user_namespace(void)
{
	leave_chroot();
	igt_assert(!unshare(CLONE_NEWUSER));
}

static void enter_user_namespace_as_nobody(void)
{
	leave_chroot();
	become_nobody();
	igt_assert(!unshare(CLONE_NEWUSER));
}

/**
 * SUBTEST: user-namespace
 * Description: All capabilities in a user namespace neither open a closed node nor count as
 *	CAP_SYS_ADMIN.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES
 */
static void user_namespace(void)
{
	igt_require_f(file_exists("/proc/self/ns/user"), "the kernel has no user namespaces\n");
	CHECK(enter_user_namespace, .opens = true, .cgroup = true);
	igt_assert(!chmod(node, 0600));
	CHECK(enter_user_namespace_as_nobody, .cgroup = true);
}

static int allow_reading(int ruleset, const char *dir)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = open(dir, O_PATH | O_CLOEXEC),
	};
	int err = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath,
			  0);

	close(beneath.parent_fd);
	return err;
}

/* A sandbox that any program can make. It opens no file but those of sysfs and procfs. */
static void enter_sandbox(void)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
	};
	int ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	igt_assert(ruleset >= 0);
	igt_assert(!allow_reading(ruleset, "/sys") && !allow_reading(ruleset, "/proc"));
	igt_assert(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	igt_assert(!syscall(SYS_landlock_restrict_self, ruleset, 0));
	close(ruleset);
}

static void enter_sandbox_as_nobody(void)
{
	become_nobody();
	enter_sandbox();
}

/**
 * SUBTEST: landlock
 * Description: A security module that decides when a file is opened, Landlock, denies
 *	placement. foreign_access cgroup and none do not ask it.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES
 */
static void landlock(void)
{
	igt_require_f(syscall(SYS_landlock_create_ruleset, NULL, 0,
			      LANDLOCK_CREATE_RULESET_VERSION) > 0, "there is no Landlock\n");
	CHECK(enter_sandbox, .cgroup = true, .admin = true);
	CHECK(enter_sandbox_as_nobody, .cgroup = true);
}

static const struct subtest tests[] = {
	{ "root", "Root", root },
	{ "without-admin", "Root without CAP_SYS_ADMIN", without_admin },
	{ "without-override", "Root without CAP_DAC_OVERRIDE", without_override },
	{ "mode", "Permission bits", mode },
	{ "owner", "Owner and group", owner },
	{ "acl", "Access control lists", acl },
	{ "device-cgroup", "Device cgroups", device_cgroup },
	{ "hidden", "A mount namespace without the node", hidden },
	{ "nodev", "A mount with nodev", nodev },
	{ "covered", "Another file at the path of the node", covered },
	{ "user-namespace", "A user namespace", user_namespace },
	{ "landlock", "A sandbox by Landlock", landlock },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start());
}
