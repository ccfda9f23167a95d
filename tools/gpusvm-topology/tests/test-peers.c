// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of peer groups, plans, and what the kernel would refuse, on the tree that
 * "make-tree DIR gpus=4 topology=ring" makes. Neighbours are linked; 0 and 1 are a
 * group, and so are 2 and 3.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer-sets.h"
#include "tap.h"

#define GPU "platform-vgpusvm."
#define CONFIG "kernel/config/drm_pagemap/groups"

static struct gpusvm_ctx *ctx;

static void test_editing(void)
{
	struct gpusvm_peers *peers = new_peers(ctx);
	struct gpusvm_peer_group *group = NULL, *other = NULL;
	char *text = NULL;

	check(!gpusvm_peers_add_group(peers, "b", &group) && group, "edit: a group");
	check(!gpusvm_peers_add_group(peers, "a", &other) &&
	      gpusvm_peers_get_group(peers, 0) == other &&
	      gpusvm_peers_find_group(peers, "b") == group, "edit: in order");
	check(gpusvm_peers_add_group(peers, "a", &other) == -EEXIST &&
	      gpusvm_peers_add_group(peers, "auto-a", &other) == -EINVAL &&
	      gpusvm_peers_add_group(peers, "", &other) == -EINVAL &&
	      gpusvm_peers_add_group(peers, "../a", &other) == -EINVAL, "edit: no such names");
	check(!gpusvm_peer_group_is_enabled(group), "edit: not enabled at first");
	check(gpusvm_peer_group_format(group, &text) == -EINVAL, "edit: no file without members");
	check(!gpusvm_peer_group_add_member(group, GPU "1") &&
	      !gpusvm_peer_group_add_member(group, GPU "0") &&
	      gpusvm_peer_group_add_member(group, GPU "1") == -EEXIST, "edit: members");
	check(gpusvm_peer_group_add_member(group, "vgpusvm") == -EINVAL &&
	      gpusvm_peer_group_add_member(group, "a-b c") == -EINVAL &&
	      gpusvm_peer_group_add_member(group, "a-../b") == -EINVAL, "edit: no such members");
	check(gpusvm_peer_group_set_require(group, "some") == -EINVAL &&
	      !gpusvm_peer_group_set_require(group, "any"), "edit: require");
	check(!gpusvm_peer_group_format(group, &text) &&
	      !strcmp(text, "require = any\nmember = " GPU "1\nmember = " GPU "0\n"),
	      "edit: as a file");
	free(text);
	check(gpusvm_peer_group_remove_member(group, GPU "2") == -ENOENT &&
	      !gpusvm_peer_group_remove_member(group, GPU "1") &&
	      !gpusvm_peer_group_has_member(group, GPU "1") &&
	      gpusvm_peer_group_has_member(group, GPU "0"), "edit: without a member");
	check(!gpusvm_peer_group_add_member(group, "pci-a#b") &&
	      gpusvm_peer_group_format(group, &text) == -EINVAL,
	      "edit: no file for what would be a comment");
	gpusvm_peers_remove_group(peers, group);
	check(!gpusvm_peers_find_group(peers, "b"), "edit: without a group");
	gpusvm_peers_free(peers);
}

static void configure(const char *sysroot, const char *group, const char *enabled,
		      const char *member)
{
	char *path;

	must(asprintf(&path, CONFIG "/%s/members/%s/state", group, member) > 0, group);
	change_value(sysroot, path, "configured\n");
	free(path);
	must(asprintf(&path, CONFIG "/%s/enabled", group) > 0, group);
	change_value(sysroot, path, enabled);
	free(path);
}

static struct gpusvm_peers *read_kernel(void)
{
	struct gpusvm_peers *peers = new_peers(ctx);

	must(!gpusvm_peers_read_kernel(peers), gpusvm_peers_get_error(peers));
	return peers;
}

/* Without configfs, sysfs has to do */
static void test_sysfs(const char *sysroot)
{
	struct gpusvm_peers *peers = read_kernel();
	char *got = describe(peers);

	check(!*got, "kernel: no peer group");
	free(got);
	gpusvm_peers_free(peers);

	change_value(sysroot, "class/drm_pagemap_group/auto-" GPU "0/origin", "admin\n");
	peers = read_kernel();
	check(!gpusvm_peers_get_group(peers, 0), "kernel: no group of an impossible name");
	gpusvm_peers_free(peers);
	change_value(sysroot, "class/drm_pagemap_group/auto-" GPU "0/origin", "hardware\n");
}

static void test_configfs(const char *sysroot)
{
	struct gpusvm_peers *peers;
	char *got;

	configure(sysroot, "right", "1\n", GPU "3");
	configure(sysroot, "right", "1\n", GPU "2");
	configure(sysroot, "left", "0\n", "pci-0000:03:00.0");
	configure(sysroot, "Odd", "0\n", "pci-0000:03:00.0");
	peers = read_kernel();
	got = describe(peers);
	check(!strncmp(got, "left all pci-0000:03:00.0\nright all " GPU, 40) &&
	      strstr(got, GPU "2") && strstr(got, GPU "3"), "kernel: groups and members");
	check(!strcmp(gpusvm_peer_group_get_member_state(gpusvm_peers_get_group(peers, 0), 0),
		      "configured") &&
	      !gpusvm_peer_group_get_member_reason(gpusvm_peers_get_group(peers, 0), 0) &&
	      !gpusvm_peer_group_get_member_state(gpusvm_peers_get_group(peers, 0), 1),
	      "kernel: states of members");
	check(!gpusvm_peer_group_is_enabled(gpusvm_peers_find_group(peers, "left")) &&
	      gpusvm_peer_group_is_enabled(gpusvm_peers_find_group(peers, "right")),
	      "kernel: which are enabled");
	free(got);
	gpusvm_peers_free(peers);
}

/*
 * A kernel with one group of one member, which changes when its state is first read: it was
 * refused, and joins.
 */
struct changing {
	bool changed;
};

static int list_changing(void *data, const char *path, int (*fn)(const char *name, void *fn_data),
			 void *fn_data)
{
	const char *name = !strcmp(path, "/sys/" CONFIG) ? "right" :
			   !strcmp(path, "/sys/" CONFIG "/right/members") ? GPU "3" : NULL;

	(void)data;
	return name && fn ? fn(name, fn_data) : 0;
}

static int read_changing(void *data, const char *path, char **text, size_t *length)
{
	struct changing *kernel = data;
	const char *file = strrchr(path, '/') + 1, *value = NULL;

	if (!strcmp(file, "generation"))
		value = kernel->changed ? "4\n" : "2\n";
	else if (!strcmp(file, "enabled"))
		value = "1\n";
	else if (!strcmp(file, "state"))
		value = kernel->changed ? "joined\n" : "refused\n";
	else if (!strcmp(file, "reason"))
		value = "ok\n";
	if (!value)
		return -ENOENT;
	if (!strcmp(file, "state"))
		kernel->changed = true;

	*length = strlen(value);
	*text = malloc(*length + 1);
	if (!*text)
		return -ENOMEM;
	memcpy(*text, value, *length);
	return 0;
}

static int read_no_link(void *data, const char *path, char **target)
{
	(void)data;
	(void)path;
	(void)target;
	return -ENOENT;
}

/* The state and its reason belong together, and so do the groups that are enabled */
static void test_changing(void)
{
	static const struct gpusvm_files files = {
		.list = list_changing, .read = read_changing, .read_link = read_no_link,
	};
	struct changing kernel = { false };
	struct gpusvm_ctx *changing;
	struct gpusvm_peers *peers;

	must(!gpusvm_new(&changing) && !gpusvm_set_files(changing, "changing", &files, &kernel),
	     "context");
	peers = new_peers(changing);
	check(!gpusvm_peers_read_kernel(peers) && gpusvm_peers_get_group(peers, 0) &&
	      !gpusvm_peers_get_group(peers, 1), "kernel: a group while it changes");
	check(!strcmp(gpusvm_peer_group_get_member_state(gpusvm_peers_get_group(peers, 0), 0),
		      "joined"), "kernel: what is read is of one generation");
	gpusvm_peers_free(peers);
	gpusvm_unref(changing);
}

static const char *const actions[] = {
	[GPUSVM_PEER_CREATE] = "create", [GPUSVM_PEER_ADD] = "add",
	[GPUSVM_PEER_REMOVE] = "remove", [GPUSVM_PEER_DISABLE] = "disable",
	[GPUSVM_PEER_ENABLE] = "enable", [GPUSVM_PEER_DELETE] = "delete",
};

/* Whether it has exactly these steps: "create left, add left platform-vgpusvm.0" */
static bool has_steps(const struct gpusvm_peer_plan *plan, const char *expected)
{
	const struct gpusvm_peer_step *step;
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	bool same;

	must(stream, "memory");
	for (size_t i = 0; (step = gpusvm_peer_plan_get_step(plan, i)); i++)
		fprintf(stream, "%s%s %s%s%s", i ? ", " : "", actions[step->action], step->group,
			step->member ? " " : "",
			step->member ? step->member + strlen(GPU) : "");
	must(!fclose(stream), "memory");
	same = !strcmp(text, expected);
	if (!same)
		printf("# steps: %s\n", text);
	free(text);
	return same;
}

/* Makes a group with members by their numbers as "01" in place of what is there */
static void want(struct gpusvm_peers *peers, const char *name, const char *numbers)
{
	struct gpusvm_peer_group *group = gpusvm_peers_find_group(peers, name);

	if (group)
		gpusvm_peers_remove_group(peers, group);
	must(!gpusvm_peers_add_group(peers, name, &group), name);
	gpusvm_peer_group_set_enabled(group, true);
	for (; *numbers; numbers++) {
		char uid[] = GPU "?";

		uid[strlen(GPU)] = *numbers;
		must(!gpusvm_peer_group_add_member(group, uid), uid);
	}
}

static struct gpusvm_peer_plan *plan_of(const struct gpusvm_peers *wanted)
{
	struct gpusvm_peers *current = read_kernel();
	struct gpusvm_peer_plan *plan;

	must(!gpusvm_peer_plan_new(current, wanted, &plan), "plan");
	gpusvm_peers_free(current);
	return plan;
}

static void test_steps(void)
{
	static const char steps[] =
		"create new, add new 0, enable new, remove right 2, disable right, delete left";
	struct gpusvm_peers *wanted = read_kernel();
	struct gpusvm_peer_plan *plan = plan_of(wanted);

	check(has_steps(plan, ""), "plan: nothing to do");
	gpusvm_peer_plan_free(plan);

	want(wanted, "new", "0");
	want(wanted, "right", "3");
	gpusvm_peer_group_set_enabled(gpusvm_peers_find_group(wanted, "right"), false);
	gpusvm_peers_remove_group(wanted, gpusvm_peers_find_group(wanted, "left"));
	plan = plan_of(wanted);
	gpusvm_peers_free(wanted);
	check(has_steps(plan, steps), "plan: some of all");
	check(!gpusvm_peer_plan_get_stand_in(plan, 0), "plan: no stand-in");
	check(gpusvm_peer_plan_apply(plan) == -EROFS &&
	      strstr(gpusvm_peer_plan_get_error(plan), "is not the root of the running system"),
	      "plan: of another machine");
	gpusvm_peer_plan_free(plan);
}

/* The directory in configfs is cut off from each line */
static bool has_commands(const struct gpusvm_peer_plan *plan, const char *expected)
{
	static const char directory[] = "/sys/" CONFIG "/";
	char *text = NULL, *found;
	bool same;

	must(!gpusvm_peer_plan_format(plan, &text), "commands");
	while ((found = strstr(text, directory))) {
		char *quote = found;

		while (*quote != '\'')
			quote--;
		memmove(quote + 1, found + strlen(directory),
			strlen(found + strlen(directory)) + 1);
	}
	/* The last command enables groups, in another directory */
	same = !strncmp(text, expected, strlen(expected));
	if (!same)
		printf("# commands: %s\n", text);
	free(text);
	return same;
}

/* Of "right", whose members change while it is enabled */
static void test_stand_ins(void)
{
	struct gpusvm_peers *wanted = read_kernel();
	struct gpusvm_peer_group *former, *group;
	struct gpusvm_peer_plan *plan;

	want(wanted, "right", "3");
	want(wanted, "right.swap-1", "");
	former = gpusvm_peers_find_group(wanted, "right");
	plan = plan_of(wanted);
	check(!strcmp(gpusvm_peer_plan_get_stand_in(plan, 0), "right.swap-2") &&
	      !gpusvm_peer_plan_get_stand_in(plan, 1), "plan: a stand-in with a free name");
	check(has_commands(plan, "mkdir 'right.swap-2'\n"
				 "mkdir 'right.swap-2/members/" GPU "3'\n"
				 "mkdir 'right.swap-1'\n"
				 "echo 'right.swap-2 right.swap-1' >"), "plan: commands");
	gpusvm_peer_plan_free(plan);

	must(!gpusvm_peers_add_group(wanted, "other", &group) &&
	     !gpusvm_peer_group_add_member(group, GPU "3"), "group");
	check(gpusvm_peer_group_has_same_members(group, former) &&
	      !gpusvm_peer_group_add_member(group, GPU "2") &&
	      !gpusvm_peer_group_has_same_members(group, former) &&
	      !gpusvm_peer_group_has_same_members(former, group), "edit: the same members");
	check(!gpusvm_peer_group_is_enough(group, 1) && gpusvm_peer_group_is_enough(group, 2),
	      "verify: all are required");
	gpusvm_peers_free(wanted);
}

/* The lines in the format of last_error for groups of members, given by their numbers */
static void refused(const struct gpusvm_topology *topology, const char *what, int err,
		    const char *problem, const char *first, const char *second)
{
	struct gpusvm_peers *wanted = read_kernel();
	struct gpusvm_peer_plan *plan;
	const char *said;
	int got;

	if (first)
		want(wanted, "first", first);
	if (second)
		want(wanted, "right", second);
	plan = plan_of(wanted);
	got = gpusvm_peer_plan_check(plan, topology);
	said = gpusvm_peer_plan_get_problem(plan, 0);
	check(got == err && (problem ? said && !strcmp(said, problem) : !said), what);
	if (got != err || said)
		printf("# %d, %s\n", got, said ?: "no problem");
	gpusvm_peer_plan_free(plan);
	gpusvm_peers_free(wanted);
}

static void test_problems(const char *sysroot)
{
	struct gpusvm_topology *topology = scan_tree(sysroot);

	refused(topology, "check: neighbours", 0, NULL, "01", NULL);
	refused(topology, "check: one, and one that is absent", 0, NULL, "19", NULL);
	refused(topology, "check: others in force", 0, NULL, NULL, "12");
	refused(topology, "check: not linked", -ENOLINK, "ENOLINK " GPU "1 " GPU "3-vram0 no-path",
		"13", "2");
	refused(topology, "check: no members", -EINVAL, "EINVAL no-members:first", "", NULL);
	refused(topology, "check: in two groups", -EBUSY, "EBUSY " GPU "2 group:right", "12", "23");
	gpusvm_topology_unref(topology);

	change_value(sysroot, "class/drm_pagemap_group/auto-" GPU "0/users", "2\n");
	topology = scan_tree(sysroot);
	refused(topology, "check: in use", -EBUSY, "EBUSY " GPU "1 held", "1", NULL);
	refused(topology, "check: others in use are no concern", 0, NULL, NULL, "3");
	gpusvm_topology_unref(topology);
	change_value(sysroot, "class/drm_pagemap_group/auto-" GPU "0/users", "0\n");
}

/* As if the administrator had made the group of 2 and 3 */
static void make_right(const char *sysroot)
{
	char *from = tree_path(sysroot, "class/drm_pagemap_group/auto-" GPU "2");
	char *to = tree_path(sysroot, "class/drm_pagemap_group/right");

	must(!rename(from, to), to);
	change_value(sysroot, "class/drm_pagemap_group/right/origin", "admin\n");
	change_link(sysroot, "class/drm_pagemap_initiator/" GPU "2/group", "x/right");
	change_link(sysroot, "class/drm_pagemap_initiator/" GPU "3/group", "x/right");
	change_link(sysroot, "class/drm_pagemap/pagemap3/group", "x/right");
	change_link(sysroot, "class/drm_pagemap/pagemap4/group", "x/right");
	free(from);
	free(to);
}

/* The group 2, 3 of the tree under the name of an administrator's */
static void test_verify(const char *sysroot)
{
	struct gpusvm_topology *topology = scan_tree(sysroot);
	struct gpusvm_peers *peers = new_peers(ctx);
	struct gpusvm_peer_group *group;

	want(peers, "right", "23");
	group = gpusvm_peers_find_group(peers, "right");
	check(gpusvm_peer_group_verify(group, topology) == -ENOENT, "verify: no group");
	check(gpusvm_peer_group_get_state(group, GPU "2", topology) == GPUSVM_PEER_REFUSED &&
	      gpusvm_peer_group_get_state(group, GPU "7", topology) == GPUSVM_PEER_ABSENT,
	      "verify: members of none");
	gpusvm_topology_unref(topology);

	make_right(sysroot);
	topology = scan_tree(sysroot);
	check(!gpusvm_peer_group_verify(group, topology), "verify: as it should be");
	check(gpusvm_peer_group_get_state(group, GPU "2", topology) == GPUSVM_PEER_JOINED,
	      "verify: joined");
	must(!gpusvm_peer_group_add_member(group, GPU "7"), "member");
	check(gpusvm_peer_group_verify(group, topology) == -ENODEV, "verify: not all");
	must(!gpusvm_peer_group_set_require(group, "any"), "require");
	check(!gpusvm_peer_group_verify(group, topology), "verify: but any");
	must(!gpusvm_peer_group_add_member(group, GPU "0"), "member");
	check(gpusvm_peer_group_verify(group, topology) == -ENOLINK, "verify: one was refused");
	want(peers, "right", "3");
	group = gpusvm_peers_find_group(peers, "right");
	check(gpusvm_peer_group_verify(group, topology) == -EEXIST, "verify: a stranger");
	want(peers, "right", "8");
	group = gpusvm_peers_find_group(peers, "right");
	must(!gpusvm_peer_group_set_require(group, "any"), "require");
	check(gpusvm_peer_group_verify(group, topology) == -ENODEV, "verify: none");
	gpusvm_topology_unref(topology);
	gpusvm_peers_free(peers);
}

static void test_lock(const char *sysroot)
{
	int one = -1, other = -1;
	struct stat st;
	char *path;

	must(asprintf(&path, "%s/run", sysroot) >= 0, sysroot);
	check(gpusvm_peers_lock(ctx, true, &one) == -ENOENT, "lock: no /run");
	must(!mkdir(path, 0755), path);
	check(!gpusvm_peers_lock(ctx, true, &one), "lock: taken");
	check(gpusvm_peers_lock(ctx, false, &other) == -EAGAIN && other == -1,
	      "lock: not for a second one");
	check(!fstat(one, &st) && (st.st_mode & 07777) == 0600, "lock: for its owner only");
	close(one);
	check(!gpusvm_peers_lock(ctx, false, &other), "lock: free again");
	close(other);
	free(path);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: %s TREE\n", argv[0]);
		return 2;
	}

	must(!gpusvm_new(&ctx), "context");
	test_editing();
	must(!gpusvm_set_sysroot(ctx, argv[1]), argv[1]);
	test_sysfs(argv[1]);
	test_configfs(argv[1]);
	test_changing();
	test_steps();
	test_stand_ins();
	test_problems(argv[1]);
	test_verify(argv[1]);
	test_lock(argv[1]);
	gpusvm_unref(ctx);
	return tap_status();
}
