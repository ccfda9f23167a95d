// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: drm pagemap sysfs
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: pagemap topology
 * Test category: functionality test
 * Description: The files of all pagemaps, initiators, links and groups in sysfs agree with
 *	the documents and with each other. With vgpusvm, the test adds virtual GPUs of
 *	each kind.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("The files of the pagemap topology in sysfs");

static const char * const figures[] = {
	"read_bandwidth", "write_bandwidth", "max_read_bandwidth", "max_write_bandwidth",
	"read_latency", "write_latency",
};

static bool is_word(const char *word, const char *words)
{
	const char *at = strstr(words, word);
	size_t length = strlen(word);

	while (at && ((at > words && at[-1] != ' ') || (at[length] && at[length] != ' ')))
		at = strstr(at + 1, word);

	return length && at;
}

/* The directory has all @wanted files, and no others except @allowed ones. */
static void assert_files(const char *dir, const char *wanted, const char *allowed)
{
	char *copy = strdup(wanted), *save = NULL, *word;
	struct names names;
	int i;

	names_in(&names, "%s", dir);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		igt_assert_f(names_have(&names, word), "%s/%s is missing\n", dir, word);
	for (i = 0; i < names.num; i++)
		igt_assert_f(is_word(names.name[i], wanted) || is_word(names.name[i], allowed),
			     "%s/%s is not documented\n", dir, names.name[i]);
	free(copy);
}

/* The files that the driver core adds to each device. */
#define DEVICE_FILES "device subsystem uevent power"

/* All files are readable by everybody, writable by nobody, and have one line. */
static void assert_readonly(const char *dir)
{
	struct names names;
	char path[PATH_MAX];
	struct stat st;
	int i, fd;

	names_in(&names, "%s", dir);
	for (i = 0; i < names.num; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names.name[i]);
		igt_assert(!lstat(path, &st));
		if (!S_ISREG(st.st_mode) || !strcmp(names.name[i], "uevent"))
			continue;
		igt_assert_f((st.st_mode & 07777) == 0444, "%s has mode %o\n", path,
			     st.st_mode & 07777);
		fd = open(path, O_WRONLY);
		igt_assert_f(fd < 0 && errno == EACCES, "%s can be opened for writing\n", path);
		file_text("%s", path);
	}
}

static void assert_leads(const char *link, const char *target)
{
	struct stat st;

	igt_assert_f(!lstat(link, &st) && S_ISLNK(st.st_mode), "%s is not a symbolic link\n", link);
	igt_assert_f(same_file(link, target), "%s does not lead to %s\n", link, target);
}

/**
 * SUBTEST: topology
 * Description: The topology device exists, and its generation is even at rest.
 * Promises: topology topology/generation
 */
static void topology_files(void)
{
	assert_files(PAGEMAPS "/topology", "generation", DEVICE_FILES);
	assert_readonly(PAGEMAPS "/topology");
	assert_leads(PAGEMAPS "/topology", "/sys/devices/virtual/drm_pagemap/topology");
	igt_assert(eventually(generation() % 2 == 0));
}

/**
 * SUBTEST: pagemap-files
 * Description: Each pagemap has exactly the documented files. They are read-only and have
 *	one line.
 * Promises: pagemap
 *	pagemap/{id,uid,region_instance,size,free,numa_node,state,dmem_region,initiators}
 */
static void pagemap_files(const char *pagemap)
{
	const char *dir = text_of(PAGEMAPS "/%s", pagemap);

	assert_files(dir,
		     "id uid region_instance size numa_node state initiator render group "
		     "initiators",
		     DEVICE_FILES " free dmem_region");
	assert_readonly(dir);
}

/**
 * SUBTEST: pagemap-values
 * Description: The values of each pagemap have the documented formats, and agree with each
 *	other and with its initiator.
 * Promises: pagemap/{id,uid,region_instance,size,free,numa_node,state,dmem_region}
 */
static void pagemap_values(const char *pagemap)
{
	const char *dir = text_of(PAGEMAPS "/%s", pagemap), *node;
	uint64_t size = file_number("%s/size", dir);

	igt_assert_eq_u64(file_number("%s/id", dir), pagemap_id(pagemap));
	igt_assert_lte_u64(file_number("%s/region_instance", dir), 65535);
	assert_text(file_text("%s/uid", dir),
		    text_of("%s-vram%s", link_name("%s/initiator", dir),
			    file_text("%s/region_instance", dir)));
	igt_assert(size);
	if (file_exists("%s/free", dir))
		igt_assert_lte_u64(file_number("%s/free", dir), size);
	node = file_text("%s/numa_node", dir);
	if (strcmp(node, "-1"))
		file_number("%s/numa_node", dir);
	igt_assert(is_word(file_text("%s/state", dir), "idle active cached"));
	if (file_exists("%s/dmem_region", dir))
		igt_assert(*file_text("%s/dmem_region", dir));
}

/**
 * SUBTEST: pagemap-links
 * Description: The symbolic links of each pagemap lead to its GPU, render node,
 *	initiator and group, and from these back to it.
 * Promises: pagemap pagemap/{initiator,render,group} group{,/pagemaps,/pagemaps/pagemap}
 */
static void pagemap_links(const char *pagemap)
{
	const char *dir = text_of(PAGEMAPS "/%s", pagemap);
	const char *initiator = text_of(INITIATORS "/%s", link_name("%s/initiator", dir));
	const char *group = text_of(GROUPS "/%s", link_name("%s/group", dir));

	assert_leads(text_of("%s/initiator", dir), initiator);
	assert_leads(text_of("%s/group", dir), group);
	assert_leads(text_of("%s/group", initiator), group);
	assert_leads(text_of("%s/device", dir), text_of("%s/device", initiator));
	assert_leads(text_of("%s/render", dir), text_of("%s/render", initiator));
	igt_assert(!strncmp(link_name("%s/render", dir), "renderD", strlen("renderD")));
	assert_leads(text_of("%s/render/device", dir), text_of("%s/device", dir));
	assert_leads(text_of("%s/pagemaps/%s", group, pagemap), dir);
}

typedef void (*link_fn)(const char *dir, const char *initiator, uint32_t id);

static void for_links(const char *pagemap, link_fn run)
{
	struct names initiators;
	int i;

	names_in(&initiators, PAGEMAPS "/%s/initiators", pagemap);
	for (i = 0; i < initiators.num; i++)
		run(text_of(PAGEMAPS "/%s/initiators/%s", pagemap, initiators.name[i]),
		    initiators.name[i], pagemap_id(pagemap));
}

static void check_link_files(const char *dir, const char *initiator, uint32_t id)
{
	bool direct = !strcmp(file_text("%s/access", dir), "direct");
	bool usable = file_number("%s/usable", dir);

	assert_files(dir, "device initiator pagemap type access reason usable usable_reason",
		     DEVICE_FILES " hops read_bandwidth write_bandwidth read_latency "
		     "write_latency max_read_bandwidth max_write_bandwidth statistics");
	assert_readonly(dir);
	igt_assert_eq(!strcmp(file_text("%s/reason", dir), "none"), direct);
	igt_assert_eq(!strcmp(file_text("%s/usable_reason", dir), "none"), usable || !direct);
	assert_leads(text_of("%s/initiator", dir), text_of(INITIATORS "/%s", initiator));
	assert_leads(text_of("%s/pagemap", dir), text_of(PAGEMAPS "/pagemap%u", id));
	assert_leads(text_of(INITIATORS "/%s/targets/pagemap%u", initiator, id), dir);
	assert_leads(link_dir(initiator, id), dir);
	assert_leads(text_of("%s/device", dir), text_of(INITIATORS "/%s/device", initiator));
}

/**
 * SUBTEST: link-files
 * Description: Each link has exactly the documented files. Its symbolic links lead to both
 *	ends, and both ends lead to it.
 * Promises: pagemap/initiators pagemap/initiators/each link
 *	link{/initiator,/pagemap,/type,/hops,/access,/usable,/reason,/usable_reason}
 *	initiator{/targets,/targets/pagemap}
 */
static void link_files(const char *pagemap)
{
	for_links(pagemap, check_link_files);
}

/* The file is missing if the driver can never know the value. */
static bool is_known(const char *path)
{
	return !is_word(file_text("%s", path), "ENOENT ENODATA");
}

static void check_max(const char *dir, const char *figure)
{
	if (is_known(text_of("%s/%s", dir, figure)) && is_known(text_of("%s/max_%s", dir, figure)))
		igt_assert_lte_u64(file_number("%s/%s", dir, figure),
				   file_number("%s/max_%s", dir, figure));
}

static void check_link_values(const char *dir, const char *initiator, uint32_t id)
{
	bool own = !strcmp(initiator, link_name(PAGEMAPS "/pagemap%u/initiator", id));
	const char *access = file_text("%s/access", dir);
	size_t i;

	igt_assert_eq(!strcmp(file_text("%s/type", dir), "local"), own);
	igt_assert(!strcmp(access, "direct") || (!strcmp(access, "none") && !own));
	igt_assert(is_word(file_text("%s/usable", dir), own ? "1" : "0 1"));
	if (is_known(text_of("%s/hops", dir)))
		igt_assert_eq(!file_number("%s/hops", dir), own);
	for (i = 0; i < ARRAY_SIZE(figures); i++)
		if (is_known(text_of("%s/%s", dir, figures[i])))
			igt_assert(file_number("%s/%s", dir, figures[i]));
	check_max(dir, "read_bandwidth");
	check_max(dir, "write_bandwidth");
}

/**
 * SUBTEST: link-values
 * Description: The values of each link have the documented formats, and no file reads 0 for
 *	an unknown value. The bandwidth does not exceed its maximum. A GPU's link to its
 *	own memory is local.
 * Promises: link{/type,/hops,/access,/usable}
 *	link/{,max_}{read,write}_bandwidth link/{read,write}_latency
 */
static void link_values(const char *pagemap)
{
	for_links(pagemap, check_link_values);
}

static void check_link_group(const char *dir, const char *initiator, uint32_t id)
{
	const char *group = link_name(INITIATORS "/%s/group", initiator);
	bool same = !strcmp(group, link_name(PAGEMAPS "/pagemap%u/group", id));
	bool direct = is_direct(initiator, id);

	igt_assert_eq(file_number("%s/usable", dir), same && direct);
	igt_assert(direct || !same);
}

/**
 * SUBTEST: link-usable
 * Description: A link is usable exactly if both ends are in the same group.
 * Promises: link{/usable,/usable_reason,/access}
 */
static void link_usable(const char *pagemap)
{
	for_links(pagemap, check_link_group);
}

static bool has_memory(const char *initiator)
{
	struct names targets;
	int i;

	names_in(&targets, INITIATORS "/%s/targets", initiator);
	for (i = 0; i < targets.num; i++)
		if (!strcmp(link_name(PAGEMAPS "/%s/initiator", targets.name[i]), initiator))
			return true;

	return false;
}

/* Whether a GPU reaches a pagemap of another GPU. */
static bool reaches(const char *from, const char *to)
{
	struct names targets;
	int i;

	names_in(&targets, INITIATORS "/%s/targets", from);
	for (i = 0; i < targets.num; i++)
		if (!strcmp(link_name(PAGEMAPS "/%s/initiator", targets.name[i]), to) &&
		    is_direct(from, pagemap_id(targets.name[i])))
			return true;

	return false;
}

/**
 * SUBTEST: links-both-ways
 * Description: If a GPU with memory reaches another one, that GPU reaches it, too, because
 *	memory migrates only between two such GPUs.
 * Promises: link{/access,/reason}
 */
static void links_both_ways(const char *initiator)
{
	struct names others;
	int i;

	names_in(&others, INITIATORS);
	for (i = 0; i < others.num; i++)
		if (has_memory(initiator) && has_memory(others.name[i]) &&
		    reaches(initiator, others.name[i]))
			igt_assert_f(reaches(others.name[i], initiator),
				     "%s does not reach %s\n", others.name[i], initiator);
}

/**
 * SUBTEST: initiator-files
 * Description: Each initiator has exactly the documented files.
 * Promises: initiator{,/render,/group,/targets}
 */
static void initiator_files(const char *initiator)
{
	const char *dir = text_of(INITIATORS "/%s", initiator);

	assert_files(dir, "device render group targets", DEVICE_FILES);
	assert_readonly(dir);
	igt_assert_f(strchr(initiator, '-'), "%s is not a uid\n", initiator);
	assert_leads(text_of("%s/render/device", dir), text_of("%s/device", dir));
	igt_assert(file_exists("/dev/dri/%s", link_name("%s/render", dir)));
	assert_leads(text_of("%s/group/initiators/%s", dir, initiator), dir);
}

/**
 * SUBTEST: initiator-targets
 * Description: The targets of each initiator are exactly the pagemaps that it has a link
 *	to, including its own.
 * Promises: initiator{/targets,/targets/pagemap}
 */
static void initiator_targets(const char *initiator)
{
	struct names pagemaps, targets;
	int i;

	list_pagemaps(&pagemaps);
	names_in(&targets, INITIATORS "/%s/targets", initiator);
	for (i = 0; i < pagemaps.num; i++) {
		const char *own = link_name(PAGEMAPS "/%s/initiator", pagemaps.name[i]);
		bool target = names_have(&targets, pagemaps.name[i]);

		igt_assert_eq(target, file_exists(PAGEMAPS "/%s/initiators/%s",
						  pagemaps.name[i], initiator));
		igt_assert(target || strcmp(own, initiator));
	}
}

/**
 * SUBTEST: initiator-in-one-group
 * Description: Each initiator is in exactly one group, with all its pagemaps.
 * Promises: initiator{,/group} group{,/initiators,/initiators/each} pagemap/group
 */
static void initiator_in_one_group(const char *initiator)
{
	const char *group = link_name(INITIATORS "/%s/group", initiator);
	struct names groups, pagemaps;
	int i;

	names_in(&groups, GROUPS);
	for (i = 0; i < groups.num; i++)
		igt_assert_eq(file_exists(GROUPS "/%s/initiators/%s", groups.name[i], initiator),
			      !strcmp(groups.name[i], group));

	list_pagemaps(&pagemaps);
	for (i = 0; i < pagemaps.num; i++)
		if (!strcmp(link_name(PAGEMAPS "/%s/initiator", pagemaps.name[i]), initiator))
			assert_text(link_name(PAGEMAPS "/%s/group", pagemaps.name[i]), group);
}

/**
 * SUBTEST: group-files
 * Description: Each group has exactly the files that are documented for its origin.
 * Promises: group{,/origin,/pagemap_list,/pagemaps,/initiators,/users,/pending}
 *	group/{members_expected,members_joined,complete,min_read_bandwidth}
 *	group/min_write_bandwidth
 */
static void group_files(const char *group)
{
	const char *dir = text_of(GROUPS "/%s", group);
	const char *origin = file_text("%s/origin", dir);
	bool admin = !strcmp(origin, "admin");

	igt_assert(is_word(origin, "hardware admin"));
	assert_files(dir, text_of("origin pagemap_list pagemaps initiators users pending%s",
				  admin ? " members_expected members_joined complete" : ""),
		     DEVICE_FILES " min_read_bandwidth min_write_bandwidth");
	assert_readonly(dir);
	assert_leads(dir, text_of("/sys/devices/virtual/drm_pagemap_group/%s", group));
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

/* The IDs of pagemaps in the format of pagemap_list. */
static const char *ranges_of(const struct names *pagemaps)
{
	uint32_t ids[NAMES_MAX];
	char text[LINE] = "";
	int i, last;

	for (i = 0; i < pagemaps->num; i++)
		ids[i] = pagemap_id(pagemaps->name[i]);
	qsort(ids, pagemaps->num, sizeof(ids[0]), compare_ids);
	for (i = 0; i < pagemaps->num; i = last + 1) {
		for (last = i; last + 1 < pagemaps->num && ids[last + 1] == ids[last] + 1; last++)
			;
		strcat(text, text_of("%s%u", *text ? "," : "", ids[i]));
		if (last > i)
			strcat(text, text_of("-%u", ids[last]));
	}

	return text_of("%s", text);
}

/* The slowest link between members; "ENODATA" if the value of one is unknown. */
static const char *slowest(const char *group, const char *figure)
{
	struct names initiators, pagemaps;
	uint64_t least = UINT64_MAX;
	int i, j;

	names_in(&initiators, GROUPS "/%s/initiators", group);
	names_in(&pagemaps, GROUPS "/%s/pagemaps", group);
	for (i = 0; i < initiators.num; i++) {
		for (j = 0; j < pagemaps.num; j++) {
			const char *dir = link_dir(initiators.name[i],
						   pagemap_id(pagemaps.name[j]));

			if (!is_known(text_of("%s/%s", dir, figure)))
				return "ENODATA";
			if (file_number("%s/%s", dir, figure) < least)
				least = file_number("%s/%s", dir, figure);
		}
	}

	return least == UINT64_MAX ? "ENODATA" : text_of("%llu", (unsigned long long)least);
}

/**
 * SUBTEST: group-values
 * Description: The values of each group follow from its members: the list of IDs, the
 *	slowest links, the name, and the numbers of members of a peer group.
 * Promises: group{,/pagemap_list,/min_read_bandwidth,/min_write_bandwidth,/users,/pending}
 *	group/min_{read,write}_bandwidth:ENODATA
 *	group{/members_expected,/members_joined,/complete}
 */
static void group_values(const char *group)
{
	const char *dir = text_of(GROUPS "/%s", group);
	struct names initiators, pagemaps;

	names_in(&pagemaps, "%s/pagemaps", dir);
	names_in(&initiators, "%s/initiators", dir);
	assert_text(file_text("%s/pagemap_list", dir), ranges_of(&pagemaps));
	assert_text(file_text("%s/min_read_bandwidth", dir),
		    slowest(group, "max_read_bandwidth"));
	assert_text(file_text("%s/min_write_bandwidth", dir),
		    slowest(group, "max_write_bandwidth"));
	file_number("%s/users", dir);
	igt_assert(is_word(file_text("%s/pending", dir), "0 1"));
	if (!strcmp(file_text("%s/origin", dir), "admin")) {
		uint64_t expected = file_number("%s/members_expected", dir);
		uint64_t joined = file_number("%s/members_joined", dir);

		igt_assert_eq_u64(joined, initiators.num);
		igt_assert_lte_u64(joined, expected);
		igt_assert_eq(file_number("%s/complete", dir), joined == expected);
	} else {
		igt_assert(initiators.num);
		igt_assert(!strncmp(group, "auto-", strlen("auto-")));
	}
}

/**
 * SUBTEST: group-cliques
 * Description: In each group, each initiator reaches each pagemap directly, and its link
 *	is usable.
 * Promises: group group{/initiators,/initiators/each,/pagemaps,/pagemaps/pagemap}
 */
static void group_cliques(const char *group)
{
	struct names initiators, pagemaps;
	int i, j;

	names_in(&initiators, GROUPS "/%s/initiators", group);
	names_in(&pagemaps, GROUPS "/%s/pagemaps", group);
	for (i = 0; i < initiators.num; i++) {
		assert_leads(text_of(GROUPS "/%s/initiators/%s", group, initiators.name[i]),
			     text_of(INITIATORS "/%s", initiators.name[i]));
		for (j = 0; j < pagemaps.num; j++) {
			uint32_t id = pagemap_id(pagemaps.name[j]);

			igt_assert(is_direct(initiators.name[i], id));
			assert_text(file_text("%s/usable", link_dir(initiators.name[i], id)), "1");
		}
	}
}

static void read_all(const char *dir)
{
	struct names names;
	struct stat st;
	char path[PATH_MAX];
	int i;

	names_in(&names, "%s", dir);
	for (i = 0; i < names.num; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names.name[i]);
		if (lstat(path, &st))
			_exit(1);
		if (S_ISREG(st.st_mode) && strcmp(names.name[i], "uevent") &&
		    open(path, O_RDONLY) < 0)
			_exit(1);
		if (S_ISDIR(st.st_mode) && strcmp(names.name[i], "power"))
			read_all(path);
	}
}

/**
 * SUBTEST: unprivileged
 * Description: A user without any privilege can read the whole topology.
 * Promises: pagemap initiator group topology
 */
static void unprivileged(void)
{
	static const char * const classes[] = { PAGEMAPS, INITIATORS, GROUPS };
	struct names names;
	size_t class;
	int status, i;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		for (class = 0; class < ARRAY_SIZE(classes); class++) {
			names_in(&names, "%s", classes[class]);
			for (i = 0; i < names.num; i++)
				read_all(text_of("%s/%s/", classes[class], names.name[i]));
		}
		_exit(0);
	}
	igt_assert(waitpid(pid, &status, 0) == pid);
	igt_assert_eq(status, 0);
}

/* A driver need not know the bandwidth of its own memory. */
static void forget_bandwidth(char gpu)
{
	static const char * const files[] = {
		"read_bandwidth", "max_read_bandwidth", "write_bandwidth", "max_write_bandwidth",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		assert_ok(file_put("0", "%s/regions/0/%s", vgpu_dir(gpu), files[i]));
}

/*
 * All kinds of objects: a and b reach each other, and e without memory reaches both. The
 * links between a and c are refused. c reaches d in one direction only. The bandwidth of d,
 * and so that of its group, is unknown. c is in a peer group with an absent member.
 */
static void make_all_kinds(void)
{
	start_afresh();
	make_vgpus("a", 2);
	make_vgpus("bcd", 1);
	make_vgpus("e", 0);
	link_vgpu('a', 'b', "type=xelink hops=2 read_bandwidth=701 write_bandwidth=702 "
		  "max_read_bandwidth=703 max_write_bandwidth=704 read_latency=705 "
		  "write_latency=706");
	link_vgpu('b', 'a', "type=xelink hops=-1");
	link_vgpu('e', 'a', "type=cxl");
	link_vgpu('e', 'b', "type=nvlink");
	link_vgpu('a', 'c', "refusal=acs read_bandwidth=10 write_bandwidth=10");
	link_vgpu('c', 'a', "refusal=host-bridge");
	link_vgpu('c', 'd', "");
	forget_bandwidth('d');
	make_group("c", "cz");
	enable_vgpus("abcde");
	assert_ok(switch_group("c", "1"));
}

static const struct {
	const char *name, *description;
	void (*run)(const char *pagemap);
} of_pagemaps[] = {
	{ "pagemap-files", "Pagemaps have exactly the documented files", pagemap_files },
	{ "pagemap-values", "The values of pagemaps agree", pagemap_values },
	{ "pagemap-links", "Symbolic links lead to related objects and back", pagemap_links },
	{ "link-files", "Links have exactly the documented files", link_files },
	{ "link-values", "The values of links have their formats", link_values },
	{ "link-usable", "Links inside groups are usable", link_usable },
}, of_initiators[] = {
	{ "links-both-ways", "GPUs with memory reach each other or not at all", links_both_ways },
	{ "initiator-files", "Initiators have exactly the documented files", initiator_files },
	{ "initiator-targets", "Each link has a target", initiator_targets },
	{ "initiator-in-one-group", "Each initiator is in one group", initiator_in_one_group },
}, of_groups[] = {
	{ "group-files", "Groups have exactly the documented files", group_files },
	{ "group-values", "The values of groups follow from members", group_values },
	{ "group-cliques", "Each member reaches each pagemap", group_cliques },
};

static const struct subtest of_all[] = {
	{ "topology", "The generation is even at rest", topology_files },
	{ "unprivileged", "Every user can read the topology", unprivileged },
};

#define for_each_of(tests, list) do { \
	for (size_t __i = 0; __i < ARRAY_SIZE(tests); __i++) { \
		igt_describe((tests)[__i].description); \
		igt_subtest_with_dynamic((tests)[__i].name) { \
			list; \
			for (int __j = 0; __j < names.num; __j++) \
				igt_dynamic_f("%s", subtest_name(names.name[__j])) \
					(tests)[__i].run(names.name[__j]); \
		} \
	} \
} while (0)

int igt_main()
{
	static struct names names;

	igt_fixture() {
		if (vgpus_available())
			make_all_kinds();
		require_topology();
	}

	run_subtests(of_all, (void)0);
	for_each_of(of_pagemaps, list_pagemaps(&names));
	for_each_of(of_initiators, names_in(&names, INITIATORS));
	for_each_of(of_groups, names_in(&names, GROUPS));
}
