// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: drm pagemap configfs
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: peer groups
 * Test category: functionality test
 * Description: An administrator makes peer groups of virtual GPUs in configfs: files and
 *	their values, errors, sets of groups, permissions, concurrent writers.
 */

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Peer groups of GPUs in configfs");

static const char *enabled_groups(void)
{
	return file_text(PEERS "/enabled_groups");
}

static void assert_group(const char *group, const char *value)
{
	assert_text(file_text("%s/enabled", peers_dir(group)), value);
}

/**
 * SUBTEST: default-files
 * Description: The root directory, a new group and a new member have exactly the
 *	documented files. Files without a store function are read-only.
 * Promises: peers/auto/{min_bandwidth,foreign_access}
 *	peers/{enabled_groups,last_error,groups}
 *	peers/groups/{enabled,last_error,members} peers/groups/members/{state,reason}
 */
static void default_files(void)
{
	make_group("g", "a");
	assert_text(names_text(PEERS), "auto enabled_groups groups last_error");
	assert_text(names_text(PEERS "/auto"), "foreign_access min_bandwidth");
	assert_text(names_text("%s", peers_dir("g")), "enabled last_error members");
	assert_text(names_text("%s/members", peers_dir("g")), vgpu_uid('a'));
	assert_text(names_text("%s/members/%s", peers_dir("g"), vgpu_uid('a')), "reason state");

	igt_assert_eq(file_mode(PEERS "/auto/min_bandwidth"), 0644);
	igt_assert_eq(file_mode(PEERS "/auto/foreign_access"), 0644);
	igt_assert_eq(file_mode(PEERS "/enabled_groups"), 0644);
	igt_assert_eq(file_mode(PEERS "/last_error"), 0444);
	igt_assert_eq(file_mode("%s/enabled", peers_dir("g")), 0644);
	igt_assert_eq(file_mode("%s/last_error", peers_dir("g")), 0444);
	igt_assert_eq(file_mode("%s/members/%s/state", peers_dir("g"), vgpu_uid('a')), 0444);
	igt_assert_eq(file_mode("%s/members/%s/reason", peers_dir("g"), vgpu_uid('a')), 0444);
	assert_error(file_put("ok", PEERS "/last_error"), -EACCES);
	assert_error(file_put("ok", "%s/last_error", peers_dir("g")), -EACCES);
}

/**
 * SUBTEST: default-values
 * Description: A new group is disabled, its outcome is ok, and its members are
 *	configured.
 * Promises: peers/{enabled_groups,last_error} peers/groups/{enabled,last_error}
 *	peers/groups/members/{state,reason}
 */
static void default_values(void)
{
	make_group("g", "a");
	assert_text(enabled_groups(), "");
	assert_group("g", "0");
	assert_text(outcome("g"), "ok");
	assert_text(member_state("g", 'a'), "configured ok");
	igt_assert(!file_exists("%s", group_dir("g")));
}

/* mkdir of a group by its full name, without the prefix of the tests. */
static int try_name(const char *name)
{
	int err = make_dir(PEERS "/groups/%s", name);

	if (!err)
		assert_ok(remove_dir(PEERS "/groups/%s", name));

	return err;
}

/**
 * SUBTEST: group-names
 * Description: mkdir takes valid names of groups, and fails with EINVAL for others.
 * Promises: peers/groups peers/groups:EINVAL
 */
static void group_names(void)
{
	static const char * const good[] = {
		"igt", "0igt", "igt.a-b_c", "aut", "auto", "autogroup",
	};
	static const char * const bad[] = {
		"A", "iGt", ".a", "-a", "_a", "auto-a", "auto-", "i gt", "i*", "i\xe4", "i\xc3\xa4",
		"i:gt", "igt\n", "\x7f",
	};
	char longest[65] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		assert_ok(try_name(good[i]));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		igt_assert_f(try_name(bad[i]) == -EINVAL, "mkdir took group \"%s\"\n", bad[i]);
	memset(longest, 'x', 64);
	assert_error(try_name(longest), -EINVAL);
	longest[63] = 0;
	assert_ok(try_name(longest));
	make_group("g", "");
	assert_error(make_dir("%s", peers_dir("g")), -EEXIST);
}

/**
 * SUBTEST: member-names
 * Description: mkdir takes every valid uid as a member, present or not, and fails with
 *	EINVAL for other names.
 * Promises: peers/groups/members peers/groups/members:EINVAL
 */
static void member_names(void)
{
	static const char * const good[] = {
		"pci-0000:03:00.0", "platform-vgpusvm.1", "x-y", "pci-0000:03:00.0-tile1",
	};
	static const char * const bad[] = { "x", "-x", "x-", "x y-z", "x-\x01", "x-\xe4" };
	const char *dir = peers_dir("g");
	size_t i;

	make_group("g", "");
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(make_dir("%s/members/%s", dir, good[i]));
		assert_text(file_text("%s/members/%s/state", dir, good[i]), "configured");
		assert_ok(remove_dir("%s/members/%s", dir, good[i]));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		igt_assert_f(make_dir("%s/members/%s", dir, bad[i]) == -EINVAL,
			     "mkdir took member \"%s\"\n", bad[i]);
	assert_text(names_text("%s/members", dir), "");
}

/**
 * SUBTEST: min-bandwidth-values
 * Description: min_bandwidth takes 0 to 4294967295. Other values fail and change nothing.
 * Promises: peers/auto/min_bandwidth peers/auto/min_bandwidth:EINVAL
 *	peers/auto/min_bandwidth:ERANGE configfs:EINVAL
 */
static void min_bandwidth_values(void)
{
	static const char path[] = PEERS "/auto/min_bandwidth";
	static const char * const bad[] = { "x", "-1", "", "1 2", "1x", "0x", "1.5" };
	size_t i;

	assert_ok(file_put("7", path));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(file_put(bad[i], path), -EINVAL);
	assert_error(file_put("4294967296", path), -ERANGE);
	assert_text(file_text(path), "7");
	assert_ok(file_put("4294967295", path));
	assert_text(file_text(path), "4294967295");
	assert_ok(file_put("0", path));
	assert_text(file_text(path), "0");
}

/**
 * SUBTEST: foreign-access-values
 * Description: foreign_access takes open, cgroup and none. Other words fail with EINVAL
 *	and change nothing.
 * Promises: peers/auto/foreign_access peers/auto/foreign_access:EINVAL configfs:EINVAL
 */
static void foreign_access_values(void)
{
	static const char path[] = PEERS "/auto/foreign_access";
	static const char * const bad[] = { "x", "none,", "", "NONE", "1", "none cgroup" };
	size_t i;

	assert_text(file_text(path), "open");
	assert_ok(file_put("none", path));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(file_put(bad[i], path), -EINVAL);
	assert_text(file_text(path), "none");
	assert_ok(file_put("cgroup", path));
	assert_text(file_text(path), "cgroup");
	assert_ok(file_put("open", path));
	assert_text(file_text(path), "open");
}

/* a, b and c form a clique; d has links with a only; e reaches f in one direction. */
static void make_six(void)
{
	make_vgpus("abcdef", 1);
	link_vgpus("abc", "");
	link_vgpus("ad", "");
	link_vgpus("bd", "refusal=host-bridge");
	link_vgpu('e', 'f', "");
	enable_vgpus("abcdef");
	assert_text(partition(), "auto-a=abc auto-d=d auto-e=e auto-f=f");
}

/**
 * SUBTEST: enabled-values
 * Description: enabled takes 0 and 1. Other values, and 1 for a group without members,
 *	fail with EINVAL.
 * Promises: peers/groups/enabled peers/groups/enabled:EINVAL peers/last_error:EINVAL
 *	peers/groups/last_error
 *	peers/enabled_groups:EINVAL
 */
static void enabled_values(void)
{
	static const char * const bad[] = { "2", "x", "-1", "", "1 1" };
	size_t i;

	make_group("g", "");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_refused(switch_group("g", bad[i]), EINVAL, "g", "EINVAL syntax");
	assert_switched(switch_group("g", "0"), "g");
	assert_refused(switch_group("g", "1"), EINVAL, "g", "EINVAL no-members:igt-g");
	assert_refused(switch_groups("g"), EINVAL, NULL, "EINVAL no-members:igt-g");
	assert_group("g", "0");
	assert_text(enabled_groups(), "");
}

/**
 * SUBTEST: no-link
 * Description: Enabling a group whose members do not reach each other fails with ENOLINK
 *	and changes nothing. last_error has the missing link and the reason.
 * Promises: peers/groups/enabled:ENOLINK peers/last_error:ENOLINK peers/groups/last_error
 *	peers/last_error
 */
static void no_link_between(void)
{
	static const char * const reasons[] = {
		"host-bridge", "acs", "iommu", "bar-size", "link-down", "cross-driver", "driver",
	};
	uint64_t before;
	size_t i;

	make_six();
	make_group("refused", "bd");
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		assert_ok(set_link('b', 'd', "refusal", reasons[i]));
		assert_refused(switch_group("refused", "1"), ENOLINK, "refused",
			       no_link('b', 'd', reasons[i]));
	}
	before = generation();
	make_group("apart", "cd");
	assert_refused(switch_group("apart", "1"), ENOLINK, "apart", no_link('c', 'd', "no-path"));
	make_group("one-way", "ef");
	assert_refused(switch_group("one-way", "1"), ENOLINK, "one-way",
		       no_link('e', 'f', "one-way"));
	make_group("three", "acd");
	assert_refused(switch_group("three", "1"), ENOLINK, "three", no_link('c', 'd', "no-path"));
	assert_refused(switch_groups("three"), ENOLINK, NULL, no_link('c', 'd', "no-path"));
	assert_text(enabled_groups(), "");
	assert_text(partition(), "auto-a=abc auto-d=d auto-e=e auto-f=f");
	igt_assert_eq_u64(generation(), before);
}

/**
 * SUBTEST: other-group
 * Description: A GPU can be a member of several groups. Enabling a second one of them
 *	fails with EBUSY.
 * Promises: peers/groups/enabled:EBUSY peers/last_error:EBUSY peers/groups/members
 */
static void other_group(void)
{
	make_six();
	make_group("one", "ab");
	make_group("two", "bc");
	assert_switched(switch_group("one", "1"), "one");
	assert_text(partition(), "auto-c=c auto-d=d auto-e=e auto-f=f one=ab");
	assert_refused(switch_group("two", "1"), EBUSY, "two", busy('b', "group:igt-one"));
	assert_error(switch_groups("one two"), -EBUSY);
	igt_assert(!strcmp(outcome(NULL), busy('b', "group:igt-one")) ||
		   !strcmp(outcome(NULL), busy('b', "group:igt-two")));
	assert_text(enabled_groups(), "igt-one");
	assert_text(partition(), "auto-c=c auto-d=d auto-e=e auto-f=f one=ab");
	/* The last_error of a group has the outcome of its own writes only. */
	assert_text(outcome("one"), "ok");
}

/**
 * SUBTEST: same-value
 * Description: Writing the current value succeeds and does not change the generation.
 * Promises: peers/groups/enabled peers/enabled_groups
 */
static void same_value(void)
{
	uint64_t before;

	make_six();
	make_group("one", "ab");
	assert_switched(switch_group("one", "1"), "one");
	before = generation();
	assert_switched(switch_group("one", "1"), "one");
	assert_switched(switch_groups("one"), NULL);
	assert_switched(switch_groups("one one"), NULL);
	igt_assert_eq_u64(generation(), before);
	assert_switched(switch_group("one", "0"), "one");
	before = generation();
	assert_switched(switch_group("one", "0"), "one");
	assert_switched(switch_groups(""), NULL);
	igt_assert_eq_u64(generation(), before);
}

/**
 * SUBTEST: immutable
 * Description: While a group is enabled, adding or removing members and removing the
 *	group fail with EBUSY. Disabled groups can change meanwhile.
 * Promises: peers/groups:EBUSY peers/groups/members:EBUSY peers/groups/enabled:EBUSY
 */
static void immutable(void)
{
	make_six();
	make_group("one", "ab");
	make_group("two", "b");
	assert_ok(switch_group("one", "1"));
	assert_error(add_member("one", 'c'), -EBUSY);
	assert_error(remove_dir("%s/members/%s", peers_dir("one"), vgpu_uid('a')), -EBUSY);
	assert_error(remove_dir("%s", peers_dir("one")), -EBUSY);
	igt_assert(remove_dir("%s/members", peers_dir("one")));
	assert_ok(add_member("two", 'a'));
	assert_text(names_text("%s/members", peers_dir("one")),
		    text_of("%s %s", vgpu_uid('a'), vgpu_uid('b')));
	assert_text(partition(), "auto-c=c auto-d=d auto-e=e auto-f=f one=ab");
}

/**
 * SUBTEST: rmdir
 * Description: rmdir of a group with members fails with ENOTEMPTY, and succeeds without
 *	members. A group that is enabled again has its current members.
 * Promises: peers/groups:ENOTEMPTY peers/groups peers/groups/members
 */
static void rmdir_rules(void)
{
	make_six();
	make_group("one", "ab");
	assert_ok(switch_group("one", "1"));
	assert_ok(switch_group("one", "0"));
	assert_text(partition(), "auto-a=abc auto-d=d auto-e=e auto-f=f");
	assert_error(remove_dir("%s", peers_dir("one")), -ENOTEMPTY);
	assert_ok(add_member("one", 'c'));
	assert_ok(remove_dir("%s/members/%s", peers_dir("one"), vgpu_uid('a')));
	assert_ok(switch_group("one", "1"));
	assert_text(partition(), "auto-a=ad auto-e=e auto-f=f one=bc");
	assert_ok(switch_group("one", "0"));
	assert_ok(remove_dir("%s/members/%s", peers_dir("one"), vgpu_uid('b')));
	assert_ok(remove_dir("%s/members/%s", peers_dir("one"), vgpu_uid('c')));
	assert_ok(remove_dir("%s", peers_dir("one")));
	igt_assert(!file_exists("%s", peers_dir("one")));
}

/**
 * SUBTEST: sets
 * Description: Switching sets by enabled_groups bumps the generation once. It takes names
 *	in any order and shows them sorted.
 * Promises: peers/enabled_groups peers/last_error
 */
static void sets(void)
{
	uint64_t before;

	make_vgpus("abcd", 1);
	link_vgpus("abcd", "");
	enable_vgpus("abcd");
	make_group("cd", "cd");
	make_group("ab", "ab");
	make_group("bd", "bd");
	make_group("ac", "ac");
	before = generation();
	assert_switched(switch_groups("cd ab"), NULL);
	igt_assert_eq_u64(generation(), before + 2);
	assert_text(enabled_groups(), "igt-ab igt-cd");
	assert_text(partition(), "ab=ab cd=cd");
	assert_group("ab", "1");
	assert_group("ac", "0");
	assert_ok(file_put("  igt-bd\t\t igt-ac ", PEERS "/enabled_groups"));
	igt_assert_eq_u64(generation(), before + 4);
	assert_text(partition(), "ac=ac bd=bd");
	assert_text(enabled_groups(), "igt-ac igt-bd");
	assert_switched(switch_groups(""), NULL);
	assert_text(enabled_groups(), "");
	assert_text(partition(), "auto-a=abcd");
}

/**
 * SUBTEST: sets-all-or-nothing
 * Description: If one group of a set cannot be enabled, the write fails and changes
 *	nothing.
 * Promises: peers/enabled_groups peers/enabled_groups:EINVAL peers/last_error
 */
static void sets_all_or_nothing(void)
{
	uint64_t before;

	make_six();
	make_group("ab", "ab");
	make_group("ac", "ac");
	make_group("bd", "bd");
	make_group("none", "");
	assert_ok(switch_groups("ab"));
	before = generation();
	assert_refused(switch_groups("ac none"), EINVAL, NULL, "EINVAL no-members:igt-none");
	assert_refused(switch_groups("ac nosuch"), EINVAL, NULL, "EINVAL no-group:igt-nosuch");
	assert_refused(switch_groups("bd"), ENOLINK, NULL, no_link('b', 'd', "host-bridge"));
	assert_error(switch_groups("ab ac"), -EBUSY);
	assert_text(enabled_groups(), "igt-ab");
	assert_text(partition(), "auto-c=c auto-d=d auto-e=e auto-f=f ab=ab");
	igt_assert_eq_u64(generation(), before);
	assert_ok(switch_groups(""));
	assert_text(outcome(NULL), "ok");
}

/* A group's name of maximum length. */
static const char *long_name(int i)
{
	return text_of("igt-%059d", i);
}

/**
 * SUBTEST: sets-too-long
 * Description: A write of more names than fit into a page fails with EINVAL. If that many
 *	groups are enabled one by one, reading fails with EOVERFLOW.
 * Promises: peers/enabled_groups:EINVAL peers/enabled_groups:EOVERFLOW
 *	peers/last_error:EINVAL
 */
static void sets_too_long(void)
{
	const int num = 70;
	char text[2 * LINE] = "";
	int i;

	for (i = 0; i < num; i++) {
		assert_ok(make_dir(PEERS "/groups/%s", long_name(i)));
		assert_ok(make_dir(PEERS "/groups/%s/members/x-%d", long_name(i), i));
		strcat(text, long_name(i));
		strcat(text, " ");
	}
	assert_refused(file_write(PEERS "/enabled_groups", text, strlen(text)), EINVAL, NULL,
		       "EINVAL too-long");
	assert_text(enabled_groups(), "");
	for (i = 0; i < num; i++)
		assert_ok(file_put("1", PEERS "/groups/%s/enabled", long_name(i)));
	assert_text(enabled_groups(), "EOVERFLOW");
	assert_ok(switch_groups(""));
	assert_text(enabled_groups(), "");
}

/**
 * SUBTEST: unprivileged
 * Description: Only root can write files and make or remove groups. Every user can read.
 * Promises: peers/enabled_groups peers/groups
 */
static void unprivileged(void)
{
	int status;
	pid_t pid;

	make_group("g", "a");
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(1);
		_exit(file_put("0", PEERS "/auto/min_bandwidth") != -EACCES ||
		      file_put("cgroup", PEERS "/auto/foreign_access") != -EACCES ||
		      file_put("", PEERS "/enabled_groups") != -EACCES ||
		      switch_group("g", "1") != -EACCES ||
		      make_dir("%s", peers_dir("h")) != -EACCES ||
		      add_member("g", 'b') != -EACCES ||
		      remove_dir("%s/members/%s", peers_dir("g"), vgpu_uid('a')) != -EACCES ||
		      strcmp(file_text(PEERS "/auto/min_bandwidth"), "0") ||
		      strcmp(outcome("g"), "ok"));
	}
	igt_assert(waitpid(pid, &status, 0) == pid);
	igt_assert_eq(status, 0);
}

static const char * const meddled[] = { "x", "y", "z" };

/* Make, switch, change and remove the same groups as other processes, and set the rule. */
static void meddle(unsigned int seed)
{
	int i;

	for (i = 0; i < 30; i++) {
		const char *name = meddled[rand_r(&seed) % 3];
		char gpu = 'a' + rand_r(&seed) % 4;

		switch (rand_r(&seed) % 8) {
		case 0:
			make_dir("%s", peers_dir(name));
			break;
		case 1:
			add_member(name, gpu);
			break;
		case 2:
			remove_dir("%s/members/%s", peers_dir(name), vgpu_uid(gpu));
			break;
		case 3:
			remove_dir("%s", peers_dir(name));
			break;
		case 4:
			switch_groups(meddled[rand_r(&seed) % 3]);
			break;
		case 5:
			file_put(rand_r(&seed) % 2 ? "0" : "200000", PEERS "/auto/min_bandwidth");
			break;
		default:
			switch_group(name, rand_r(&seed) % 2 ? "1" : "0");
			break;
		}
	}
}

/* Takes and releases the group of a GPU, with a VM and with pages. */
static void use_often(void)
{
	const size_t length = 16 * page_size();
	struct svm_gpu mine;
	int i;

	for (i = 0; i < 20; i++) {
		void *p = map_memory(length, false);

		svm_start(&mine, vgpu_uid('a'));
		svm_vgpusvm.advise(&mine, p, length, mine.ids[0]);
		svm_vgpusvm.prefetch(&mine, p, length);
		munmap(p, length);
		svm_close(&mine);
	}
}

/* The file may be gone by then. */
static void read_often(void)
{
	struct names groups;
	int i, j;

	for (i = 0; i < 60; i++) {
		names_in(&groups, GROUPS);
		for (j = 0; j < groups.num; j++) {
			file_text(GROUPS "/%s/users", groups.name[j]);
			file_text(GROUPS "/%s/pending", groups.name[j]);
			file_text(GROUPS "/%s/complete", groups.name[j]);
			file_text(GROUPS "/%s/pagemap_list", groups.name[j]);
			names_text(GROUPS "/%s/initiators", groups.name[j]);
		}
		names_in(&groups, PEERS "/groups");
		for (j = 0; j < groups.num; j++)
			file_text(PEERS "/groups/%s/last_error", groups.name[j]);
	}
}

/* A VM of a can have memory on d. */
static void assert_usable(void)
{
	const size_t length = 16 * page_size();
	struct svm_gpu gpu;
	void *p;

	svm_start(&gpu, vgpu_uid('a'));
	p = map_at(&gpu, length, false, vgpu_id('d', 0), 1);
	assert_cpu_takes(&gpu, p, length, 1);
	munmap(p, length);
	svm_close(&gpu);
}

static void assert_removable(const char *group)
{
	const char *dir = peers_dir(group);
	struct names members;
	int i;

	if (!file_exists("%s", dir))
		return;

	names_in(&members, "%s/members", dir);
	for (i = 0; i < members.num; i++)
		assert_ok(remove_dir("%s/members/%s", dir, members.name[i]));
	assert_ok(remove_dir("%s", dir));
}

/**
 * SUBTEST: concurrency
 * Description: Several processes change the same groups and the rule while GPUs go and come,
 *	and while others use and read them. Afterwards sysfs is consistent, and the groups
 *	have no users, work, and can be removed.
 * Promises: peers/groups peers/groups/enabled peers/enabled_groups group/users
 */
static void concurrency(void)
{
	unsigned int seed = time(NULL);
	int i;

	igt_info("seed %u\n", seed);
	make_vgpus("abcd", 1);
	link_vgpus("abcd", "");
	enable_vgpus("abcd");
	igt_fork(child, 5) {
		if (child < 3)
			meddle(seed + child);
		else if (child == 3)
			use_often();
		else
			read_often();
	}
	for (i = 0; i < 3; i++) {
		unbind_vgpu('d');
		bind_vgpu('d');
		disable_vgpus("c");
		enable_vgpus("c");
	}
	igt_waitchildren();
	igt_assert(topology_is_consistent());
	igt_assert_eq_u64(generation() % 2, 0);
	igt_assert(eventually(!strcmp(group_shows('a', "users"), "0")));
	assert_ok(switch_groups(""));
	assert_ok(file_put("0", PEERS "/auto/min_bandwidth"));
	assert_text(partition(), "auto-a=abcd");
	assert_text(group_shows('a', "users"), "0");
	igt_assert(topology_is_consistent());
	assert_usable();
	for (i = 0; i < 3; i++)
		assert_removable(meddled[i]);
}

static const struct subtest tests[] = {
	{ "default-files", "New groups have exactly the documented files", default_files },
	{ "default-values", "New groups are disabled", default_values },
	{ "group-names", "mkdir checks names of groups", group_names },
	{ "member-names", "mkdir checks names of members", member_names },
	{ "min-bandwidth-values", "min_bandwidth checks its values", min_bandwidth_values },
	{ "foreign-access-values", "foreign_access checks its words", foreign_access_values },
	{ "enabled-values", "enabled checks its values", enabled_values },
	{ "no-link", "Members without links fail with ENOLINK", no_link_between },
	{ "other-group", "A GPU is in one enabled peer group at most", other_group },
	{ "same-value", "Writing the current value changes nothing", same_value },
	{ "immutable", "Peer groups are immutable while enabled", immutable },
	{ "rmdir", "Only groups without members can be removed", rmdir_rules },
	{ "sets", "Switching sets bumps the generation once", sets },
	{ "sets-all-or-nothing", "A set is enabled as a whole or not at all", sets_all_or_nothing },
	{ "sets-too-long", "Too many names for a page fail", sets_too_long },
	{ "unprivileged", "Only root can change anything", unprivileged },
	{ "concurrency", "Concurrent writers leave consistent groups", concurrency },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start_afresh());
}
