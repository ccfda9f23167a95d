// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: drm pagemap changes
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: pagemap topology
 * Test category: functionality test
 * Description: How the topology in sysfs follows virtual GPUs: what is configured of
 *	links and regions is what is shown; IDs over unbind and rebind; the generation;
 *	uevents; files of what has gone.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/uevents.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("The pagemap topology in sysfs as GPUs and links change");

static const char * const figures[] = {
	"read_bandwidth", "write_bandwidth", "max_read_bandwidth", "max_write_bandwidth",
	"read_latency", "write_latency",
};

/* A file of the link between two GPUs; ENOENT without a link. */
static const char *link_shows(char from, char to, const char *file)
{
	return file_text("%s/%s", link_dir(vgpu_uid(from), vgpu_id(to, 0)), file);
}

static int open_link_file(char from, char to, const char *file)
{
	int fd = open(text_of("%s/%s", link_dir(vgpu_uid(from), vgpu_id(to, 0)), file), O_RDONLY);

	igt_assert(fd >= 0);
	return fd;
}

static const char *pagemap_shows(char gpu, const char *file)
{
	return file_text(PAGEMAPS "/pagemap%u/%s", vgpu_id(gpu, 0), file);
}

static void make_two(const char *link)
{
	make_vgpus("ab", 1);
	link_vgpus("ab", link);
	enable_vgpus("ab");
}

/**
 * SUBTEST: figures
 * Description: A link shows the performance attributes that its driver reports, each in
 *	its file and in its direction only. A file that was opened while its value was not
 *	known reads ENODATA, and the value once it is. They can change at any time.
 * Promises: link/{,max_}{read,write}_bandwidth link/{read,write}_latency link/hops
 *	link/{,max_}{read,write}_bandwidth:ENODATA link/{read,write}_latency:ENODATA
 *	link/hops:ENODATA sysfs:ENODATA
 */
static void link_figures(void)
{
	size_t i;

	make_vgpus("ab", 1);
	link_vgpus("ab", "hops=-1");
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		assert_ok(set_link('a', 'b', figures[i], "0"));
		assert_ok(set_link('b', 'a', figures[i], "0"));
	}
	enable_vgpus("ab");
	for (i = ARRAY_SIZE(figures); i--;) {
		const char *number = text_of("%zu", 900 - i);
		int fd = open_link_file('a', 'b', figures[i]);

		assert_text(link_shows('a', 'b', figures[i]), "ENODATA");
		assert_ok(set_link('a', 'b', figures[i], number));
		assert_text(link_shows('a', 'b', figures[i]), number);
		assert_text(text_at(fd), number);
		assert_ok(set_link('a', 'b', figures[i], "0"));
		assert_text(text_at(fd), "ENODATA");
		close(fd);
		assert_ok(set_link('a', 'b', figures[i], number));
		assert_text(link_shows('b', 'a', figures[i]), "ENODATA");
	}
	assert_text(link_shows('a', 'b', "hops"), "ENODATA");
	assert_ok(set_link('a', 'b', "hops", "3"));
	assert_text(link_shows('a', 'b', "hops"), "3");
	assert_text(link_shows('b', 'a', "hops"), "ENODATA");
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		assert_ok(set_link('a', 'b', figures[i], "0"));
		assert_text(link_shows('a', 'b', figures[i]), "ENODATA");
	}
}

static int set_local(int region, const char *file, const char *value)
{
	return file_put(value, "%s/regions/%d/%s", vgpu_dir('a'), region, file);
}

/**
 * SUBTEST: local-attributes
 * Description: The link from a GPU to each of its own pagemaps shows the performance
 *	attributes of that region, or ENODATA for what is not known.
 * Promises: link/{,max_}{read,write}_bandwidth link/{read,write}_latency
 *	link/{,max_}{read,write}_bandwidth:ENODATA link/{read,write}_latency:ENODATA
 */
static void local_attributes(void)
{
	const char *dir[2];
	size_t i;

	make_vgpus("a", 2);
	/* No bandwidth is above its maximum on the way. */
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		assert_ok(set_local(0, figures[i], text_of("%zu", 900 + i)));
		assert_ok(set_local(1, figures[i], "0"));
	}
	enable_vgpus("a");
	for (i = 0; i < 2; i++)
		dir[i] = link_dir(vgpu_uid('a'), vgpu_id('a', i));
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		assert_text(file_text("%s/%s", dir[0], figures[i]), text_of("%zu", 900 + i));
		assert_text(file_text("%s/%s", dir[1], figures[i]), "ENODATA");
	}
}

/**
 * SUBTEST: types
 * Description: A link shows the type that its driver has told; own memory is local.
 * Promises: link/type
 */
static void link_types(void)
{
	static const char * const types[] = {
		"tile", "pcie-p2p", "xelink", "xgmi", "nvlink", "cxl", "virtual",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		start_afresh();
		make_two(text_of("type=%s", types[i]));
		assert_text(link_shows('a', 'b', "type"), types[i]);
		assert_text(link_shows('a', 'a', "type"), "local");
		assert_text(link_shows('a', 'a', "hops"), "0");
	}
}

/**
 * SUBTEST: reasons
 * Description: A link that is refused says so and why; a direction alone is one-way;
 *	where nothing was told, there is no link.
 * Promises: link/{access,reason,usable} pagemap/initiators
 */
static void link_reasons(void)
{
	static const char * const reasons[] = {
		"acs", "host-bridge", "iommu", "bar-size", "link-down", "cross-driver", "driver",
		"one-way",
	};
	size_t i;

	make_vgpus("abcd", 1);
	link_vgpus("ab", "");
	link_vgpu('a', 'c', "");
	enable_vgpus("abcd");
	assert_text(link_shows('a', 'b', "access"), "direct");
	assert_text(link_shows('a', 'b', "reason"), "none");
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		assert_ok(set_link('a', 'b', "refusal", reasons[i]));
		assert_text(link_shows('a', 'b', "access"), "none");
		assert_text(link_shows('a', 'b', "reason"), reasons[i]);
		assert_text(usable('a', 'b'), "0 none");
		assert_text(link_shows('b', 'a', "reason"), "one-way");
	}
	assert_ok(set_link('a', 'b', "refusal", "none"));
	assert_text(link_shows('a', 'b', "access"), "direct");
	assert_text(link_shows('b', 'a', "access"), "direct");
	assert_text(link_shows('a', 'c', "reason"), "one-way");
	igt_assert(!file_exists("%s", link_dir(vgpu_uid('c'), vgpu_id('a', 0))));
	igt_assert(!file_exists("%s", link_dir(vgpu_uid('a'), vgpu_id('d', 0))));
}

/**
 * SUBTEST: usable-reasons
 * Description: Each reason for which a pagemap that can be reached can't be used.
 * Promises: link/{usable,usable_reason}
 */
static void usable_reasons(void)
{
	struct svm_gpu gpu;

	make_vgpus("abc", 1);
	link_vgpus("ab", "read_bandwidth=900 write_bandwidth=900");
	link_vgpus("bc", "read_bandwidth=100 write_bandwidth=100");
	enable_vgpus("abc");
	assert_text(partition(), "auto-a=ab auto-c=c");
	assert_text(usable('a', 'b'), "1 none");
	assert_text(usable('b', 'c'), "0 clique");
	assert_ok(file_put("500", PEERS "/auto/min_bandwidth"));
	assert_text(usable('b', 'c'), "0 threshold");
	assert_ok(file_put("0", PEERS "/auto/min_bandwidth"));
	make_group("bc", "bc");
	assert_ok(switch_group("bc", "1"));
	assert_text(usable('a', 'b'), "0 admin-group");
	assert_text(usable('b', 'a'), "0 admin-group");
	svm_start(&gpu, vgpu_uid('a'));
	assert_ok(switch_group("bc", "0"));
	assert_text(usable('b', 'a'), "1 none");
	svm_close(&gpu);
}

/**
 * SUBTEST: rule
 * Description: GPUs are divided into groups that keep the most bandwidth inside, each
 *	reaching each; ties go to fewer groups and lower uids, whatever the order in which
 *	the GPUs appear.
 * Promises: group group/{initiators,origin} group/initiators/each link/usable_reason
 */
static void rule(void)
{
	static const char * const orders[] = { "abcd", "dcba", "bdac", "cadb" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		start_afresh();
		/* A path: the strong link in its middle counts more than one at its end. */
		make_vgpus("abcd", 1);
		link_vgpus("ab", "read_bandwidth=100 write_bandwidth=100");
		link_vgpus("bc", "read_bandwidth=300 write_bandwidth=300");
		link_vgpus("cd", "read_bandwidth=100 write_bandwidth=100");
		enable_vgpus(orders[i]);
		assert_text(partition(), "auto-a=a auto-b=bc auto-d=d");
		assert_ok(set_link('a', 'b', "read_bandwidth", "200"));
		assert_ok(set_link('a', 'b', "write_bandwidth", "200"));
		assert_ok(set_link('b', 'a', "read_bandwidth", "200"));
		assert_ok(set_link('b', 'a', "write_bandwidth", "200"));
		/* As much in two pairs as in the middle, and fewer groups. */
		assert_text(partition(), "auto-a=ab auto-c=cd");
		assert_text(usable('b', 'c'), "0 clique");
	}
}

/**
 * SUBTEST: memoryless
 * Description: GPUs without memory are in the group of those whose memory they reach,
 *	together if there are several.
 * Promises: initiator initiator/group group/initiators
 */
static void memoryless(void)
{
	make_vgpus("a", 1);
	make_vgpus("bc", 0);
	link_vgpu('b', 'a', "");
	link_vgpu('c', 'a', "");
	enable_vgpus("abc");
	assert_text(partition(), "auto-a=abc");
	assert_text(names_text(INITIATORS "/%s/targets", vgpu_uid('b')),
		    text_of("pagemap%u", vgpu_id('a', 0)));
	assert_text(link_shows('b', 'a', "access"), "direct");
	assert_text(usable('c', 'a'), "1 none");
}

/**
 * SUBTEST: memories
 * Description: Each memory shows the size, the number and the NUMA node that its driver
 *	has told, and all of them are in the group of their GPU.
 * Promises: pagemap/{size,free,numa_node,region_instance,uid,group}
 *	group/{pagemap_list,pagemaps}
 */
static void memories(void)
{
	uint32_t first, second;

	make_vgpus("a", 1);
	assert_ok(make_dir("%s/regions/7", vgpu_dir('a')));
	assert_ok(file_put("4M", "%s/regions/7/size", vgpu_dir('a')));
	assert_ok(file_put("0", "%s/regions/7/numa_node", vgpu_dir('a')));
	enable_vgpus("a");
	first = vgpu_id('a', 0);
	second = vgpu_id('a', 7);
	igt_assert(first && second);
	igt_assert_eq_u64(file_number(PAGEMAPS "/pagemap%u/size", first), VGPU_SIZE);
	igt_assert_eq_u64(file_number(PAGEMAPS "/pagemap%u/size", second), 4 * MIB);
	igt_assert_eq_u64(file_number(PAGEMAPS "/pagemap%u/free", second), 4 * MIB);
	igt_assert_eq_u64(file_number(PAGEMAPS "/pagemap%u/region_instance", second), 7);
	assert_text(file_text(PAGEMAPS "/pagemap%u/numa_node", first), "-1");
	assert_text(file_text(PAGEMAPS "/pagemap%u/numa_node", second), "0");
	assert_text(group_shows('a', "pagemap_list"), second == first + 1 ?
		    text_of("%u-%u", first, second) : text_of("%u,%u", first, second));
}

/**
 * SUBTEST: state
 * Description: There are no struct pages before first use, then they are in use, then
 *	cached, and can be reclaimed; what is free says so, too, and the generation does
 *	not move for it.
 * Promises: pagemap/{state,free} topology/generation group/users
 */
static void state(void)
{
	const size_t length = 2 * MIB;
	struct svm_gpu gpu;
	uint64_t before;
	void *p;

	make_two("");
	before = generation();
	svm_start(&gpu, vgpu_uid('a'));
	assert_text(pagemap_shows('b', "state"), "idle");
	p = map_memory(length, false);
	assert_ok(svm_vgpusvm.advise(&gpu, p, length, vgpu_id('b', 0)));
	assert_text(pagemap_shows('b', "state"), "idle");
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, length));
	assert_text(pagemap_shows('b', "state"), "active");
	assert_text(pagemap_shows('b', "free"), text_of("%lu", VGPU_SIZE - length));
	munmap(p, length);
	igt_assert(eventually(!strcmp(pagemap_shows('b', "state"), "cached")));
	igt_assert(eventually(!strcmp(pagemap_shows('b', "free"), text_of("%lu", VGPU_SIZE))));
	assert_ok(file_put("2", "/proc/sys/vm/drop_caches"));
	igt_assert(eventually(!strcmp(pagemap_shows('b', "state"), "idle")));
	svm_close(&gpu);
	igt_assert_eq_u64(generation(), before);
}

/**
 * SUBTEST: rebind
 * Description: A GPU whose driver is unbound is not shown, its memory neither; bound
 *	again, all IDs and uids are what they were.
 * Promises: pagemap pagemap/{id,uid} initiator sysfs:ENOENT
 */
static void rebind(void)
{
	uint32_t id, other;

	make_two("");
	id = vgpu_id('a', 0);
	other = vgpu_id('b', 0);
	igt_assert(id && other && id != other);
	assert_ok(unbind_vgpu('a'));
	igt_assert_eq_u32(vgpu_id('a', 0), 0);
	assert_text(file_text(PAGEMAPS "/pagemap%u/uid", id), "ENOENT");
	igt_assert(!file_exists(INITIATORS "/%s", vgpu_uid('a')));
	igt_assert(!file_exists("%s", link_dir(vgpu_uid('a'), other)));
	igt_assert(!file_exists(INITIATORS "/%s/targets/pagemap%u", vgpu_uid('b'), id));
	igt_assert_eq_u32(vgpu_id('b', 0), other);
	assert_text(partition(), "auto-b=b");
	assert_ok(bind_vgpu('a'));
	igt_assert_eq_u32(vgpu_id('a', 0), id);
	assert_text(partition(), "auto-a=ab");
	disable_vgpus("ab");
	enable_vgpus("ba");
	igt_assert_eq_u32(vgpu_id('a', 0), id);
	igt_assert_eq_u32(vgpu_id('b', 0), other);
}

/**
 * SUBTEST: another-card
 * Description: Another card in the same slot has the same uid and new IDs, and no ID
 *	is ever given to another region.
 * Promises: pagemap/{id,uid} pagemap
 */
static void another_card(void)
{
	uint32_t id, other, third;

	make_vgpus("a", 1);
	enable_vgpus("a");
	id = vgpu_id('a', 0);
	disable_vgpus("a");
	assert_ok(file_put("second", "%s/serial", vgpu_dir('a')));
	enable_vgpus("a");
	other = vgpu_id('a', 0);
	igt_assert_neq_u32(other, id);
	make_vgpus("b", 1);
	enable_vgpus("b");
	third = vgpu_id('b', 0);
	igt_assert(third != id && third != other);
}

/**
 * SUBTEST: stale-files
 * Description: Files of a GPU that has gone give ENODEV if they are open, and can't be
 *	opened.
 * Promises: sysfs:ENODEV sysfs:ENOENT pagemap/free:ENODEV pagemap/state:ENODEV
 */
static void stale_files(void)
{
	static const char * const files[] = { "id", "size", "free", "state", "numa_node" };
	int fds[ARRAY_SIZE(files)];
	char text[64];
	uint32_t id;
	size_t i;

	make_two("");
	id = vgpu_id('a', 0);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fds[i] = open(text_of(PAGEMAPS "/pagemap%u/%s", id, files[i]), O_RDONLY);
		igt_assert(fds[i] >= 0 && pread(fds[i], text, sizeof(text), 0) > 0);
	}
	assert_ok(unbind_vgpu('a'));
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		igt_assert(pread(fds[i], text, sizeof(text), 0) < 0 && errno == ENODEV);
		assert_text(file_text(PAGEMAPS "/pagemap%u/%s", id, files[i]), "ENOENT");
		close(fds[i]);
	}
}

/* How far the generation moves by one thing that is done. */
#define assert_steps(steps, action) do { \
	uint64_t __before = generation(); \
	igt_assert(__before % 2 == 0); \
	action; \
	igt_assert_eq_u64(generation(), __before + 2 * (steps)); \
} while (0)

#define assert_moves(action) do { \
	uint64_t __before = generation(); \
	action; \
	igt_assert(generation() > __before && generation() % 2 == 0); \
} while (0)

/**
 * SUBTEST: generation-moves
 * Description: The generation moves by one step for each change of GPUs, links,
 *	attributes and groups, and not for what changes nothing or for use.
 * Promises: topology/generation
 */
static void generation_moves(void)
{
	struct svm_gpu gpu;

	make_two("");
	make_vgpus("c", 1);
	assert_steps(1, enable_vgpus("c"));
	assert_steps(1, assert_ok(set_link('a', 'b', "read_bandwidth", "1234")));
	assert_steps(0, assert_ok(set_link('a', 'b', "read_bandwidth", "1234")));
	assert_steps(1, assert_ok(set_link('a', 'b', "refusal", "acs")));
	assert_steps(1, assert_ok(set_link('a', 'b', "refusal", "none")));
	make_group("g", "a");
	assert_steps(1, assert_ok(switch_group("g", "1")));
	assert_steps(0, assert_ok(switch_group("g", "1")));
	assert_steps(1, assert_ok(switch_group("g", "0")));
	assert_steps(0, svm_start(&gpu, vgpu_uid('a')));
	assert_steps(0, svm_close(&gpu));
	assert_moves(disable_vgpus("c"));
}

/*
 * In a scan that counts, each end of each link tells of the other, and so do groups. What
 * is about to go may be in no group, and has no render node any more.
 */
static bool scan_is_consistent(void)
{
	struct names initiators, targets, members;
	const char *group;
	int i, j;

	names_in(&initiators, INITIATORS);
	for (i = 0; i < initiators.num; i++) {
		const char *uid = initiators.name[i];

		names_in(&targets, INITIATORS "/%s/targets", uid);
		for (j = 0; j < targets.num; j++)
			if (!file_exists(PAGEMAPS "/%s/initiators/%s/access", targets.name[j], uid))
				return false;
		if (!file_exists(INITIATORS "/%s/group", uid)) {
			if (file_exists(INITIATORS "/%s/render", uid))
				return false;
			continue;
		}
		group = link_name(INITIATORS "/%s/group", uid);
		names_in(&members, GROUPS "/%s/initiators", group);
		if (!names_have(&members, uid))
			return false;
		for (j = 0; j < members.num; j++)
			if (!names_have(&initiators, members.name[j]))
				return false;
	}

	return initiators.num;
}

/**
 * SUBTEST: generation-churn
 * Description: A scan between two readings of the same even generation is consistent,
 *	however often GPUs, links and groups change meanwhile.
 * Promises: topology/generation
 */
static void generation_churn(void)
{
	int good = 0, i;
	uint64_t first;

	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	make_group("g", "ab");
	igt_fork(child, 1) {
		for (i = 0; i < 12; i++) {
			unbind_vgpu('b');
			bind_vgpu('b');
			usleep(50000);
			switch_group("g", i % 2 ? "0" : "1");
			set_link('a', 'c', "refusal", i % 2 ? "none" : "acs");
			usleep(50000);
		}
	}
	for (i = 0; i < 2000 && good < 20; i++) {
		bool consistent;

		first = generation();
		if (first % 2)
			continue;
		consistent = scan_is_consistent();
		if (generation() != first)
			continue;
		good++;
		igt_assert(consistent);
	}
	igt_waitchildren();
	igt_info("%d scans that count, of %d\n", good, i);
	igt_assert(scan_is_consistent());
}

/**
 * SUBTEST: generation-poll
 * Description: poll(2) tells of each change of the generation.
 * Promises: topology/generation
 */
static void generation_poll(void)
{
	struct pollfd file = { .events = POLLPRI };
	char text[32];

	make_two("");
	file.fd = open(GENERATION, O_RDONLY);
	igt_assert(file.fd >= 0 && pread(file.fd, text, sizeof(text), 0) > 0);
	igt_assert_eq(poll(&file, 1, 0), 0);
	assert_ok(set_link('a', 'b', "read_latency", "55"));
	igt_assert_eq(poll(&file, 1, 20000), 1);
	igt_assert((file.revents & POLLPRI) && (file.revents & POLLERR));
	igt_assert(pread(file.fd, text, sizeof(text), 0) > 0);
	igt_assert_eq_u64(strtoull(text, NULL, 10), generation());
	igt_assert_eq(poll(&file, 1, 0), 0);
	close(file.fd);
}

#define EVENTS	32

struct events {
	int num;
	char text[EVENTS][128];
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Those of our GPUs, sorted, with letters instead of uids. */
static const char *events_text(int fd)
{
	struct events events = {};
	struct uevent event;
	char text[LINE] = "";
	int i;

	usleep(100000);
	while (next_uevent_at_hand(fd, &event)) {
		igt_assert(events.num < EVENTS);
		igt_assert_eq(event.tells_generation,
			      !strcmp(event.name, "topology") && !strcmp(event.action, "change"));
		snprintf(events.text[events.num++], sizeof(events.text[0]), "%s %s", event.action,
			 event.name);
	}
	qsort(events.text, events.num, sizeof(events.text[0]), compare_texts);
	for (i = 0; i < events.num; i++) {
		strcat(text, i ? ", " : "");
		strcat(text, events.text[i]);
	}

	return text_of("%s", text);
}

/**
 * SUBTEST: uevents
 * Description: Each thing that comes, changes or goes sends one uevent, and each change
 *	of the topology one, too, with the generation.
 * Promises: topology pagemap initiator group
 */
static void uevents(void)
{
	int fd = listen_for_uevents();
	const char *id;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("a");
	assert_text(events_text(fd),
		    text_of("add auto-%s, add pagemap%u, add %s, change topology", vgpu_uid('a'),
			    vgpu_id('a', 0), vgpu_uid('a')));
	enable_vgpus("b");
	id = text_of("pagemap%u", vgpu_id('b', 0));
	assert_text(events_text(fd),
		    text_of("add %s, add %s, change auto-%s, change topology", id, vgpu_uid('b'),
			    vgpu_uid('a')));
	assert_ok(set_link('a', 'b', "read_latency", "56"));
	assert_text(events_text(fd), "change topology");
	assert_ok(set_link('a', 'b', "read_latency", "56"));
	assert_text(events_text(fd), "");
	make_group("g", "ab");
	assert_ok(switch_group("g", "1"));
	assert_text(events_text(fd),
		    text_of("add igt-g, change topology, remove auto-%s", vgpu_uid('a')));
	assert_ok(unbind_vgpu('b'));
	/* What is dead first, and then gone, are two changes. */
	assert_text(events_text(fd),
		    text_of("change igt-g, change topology, change topology, remove %s, remove %s",
			    id, vgpu_uid('b')));
	close(fd);
}

static bool has_files(const struct uevent *event)
{
	static const char * const pagemap[] = {
		"id", "uid", "size", "free", "state", "device", "initiator", "render", "group",
		"initiators",
	};
	static const char * const initiator[] = { "device", "render", "group", "targets" };
	bool is_pagemap = !strcmp(event->subsystem, "drm_pagemap");
	const char * const *files = is_pagemap ? pagemap : initiator;
	size_t num = is_pagemap ? ARRAY_SIZE(pagemap) : ARRAY_SIZE(initiator), i;

	for (i = 0; i < num; i++)
		if (!file_exists("/sys%s/%s", event->path, files[i]))
			return false;

	return true;
}

/**
 * SUBTEST: uevent-order
 * Description: When a device is announced its files and links are there and the
 *	generation is even, and when a change is, its generation can be read.
 * Promises: pagemap initiator topology topology/generation
 */
static void uevent_order(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	cpu_set_t one;
	int fd = listen_for_uevents(), num = 0;
	struct uevent event;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");

	/* On the same processor and before all else, so that it looks at the very moment. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	igt_assert(!sched_setaffinity(0, sizeof(one), &one));
	igt_fork(child, 1) {
		enable_vgpus("ab");
	}
	igt_assert(!sched_setscheduler(0, SCHED_FIFO, &first));
	while (num < 4 && next_uevent(fd, &event)) {
		if (!strcmp(event.action, "add") && strcmp(event.subsystem, "drm_pagemap_group")) {
			igt_assert_f(has_files(&event), "%s has not all of its files\n",
				     event.path);
			igt_assert_eq_u64(generation() % 2, 0);
			num++;
		}
		if (event.tells_generation)
			igt_assert_lte_u64(event.generation, generation());
	}
	sched_setscheduler(0, SCHED_OTHER, &(const struct sched_param) {});
	CPU_SET(1, &one);
	sched_setaffinity(0, sizeof(one), &one);
	igt_waitchildren();
	igt_assert_eq(num, 4);
	close(fd);
}

/**
 * SUBTEST: group-name
 * Description: A group in use keeps its name whoever joins or leaves it, and tells of no
 *	move; a group that would have its name gets a suffix.
 * Promises: group
 */
static void group_name(void)
{
	struct svm_gpu gpu;
	struct uevent event;
	int fd;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("b");
	svm_start(&gpu, vgpu_uid('b'));
	fd = listen_for_uevents();
	enable_vgpus("a");
	assert_text(partition(), "auto-b=ab");
	disable_vgpus("a");
	assert_text(partition(), "auto-b=b");
	svm_close(&gpu);
	enable_vgpus("a");
	assert_text(partition(), "auto-a=ab");
	svm_start(&gpu, vgpu_uid('b'));
	disable_vgpus("a");
	assert_text(partition(), "auto-a=b");
	assert_ok(set_link('a', 'b', "refusal", "acs"));
	enable_vgpus("a");
	assert_text(partition(), "auto-a=b auto-a~2=a");
	svm_close(&gpu);
	while (next_uevent_at_hand(fd, &event))
		igt_assert(strcmp(event.action, "move"));
	close(fd);
}

static const struct subtest tests[] = {
	{ "figures", "Attributes are what the driver reports", link_figures },
	{ "local-attributes", "Attributes of a GPU's own memory", local_attributes },
	{ "types", "Types of links", link_types },
	{ "reasons", "Why a pagemap can't be reached", link_reasons },
	{ "usable-reasons", "Why a memory can't be used", usable_reasons },
	{ "rule", "How GPUs are grouped", rule },
	{ "memoryless", "GPUs without memory", memoryless },
	{ "memories", "Several regions of a GPU", memories },
	{ "state", "Struct pages come and go with use", state },
	{ "rebind", "IDs stay over unbind and rebind", rebind },
	{ "another-card", "Another card has other IDs", another_card },
	{ "stale-files", "Files of what has gone", stale_files },
	{ "generation-moves", "What moves the generation", generation_moves },
	{ "generation-churn", "Scans while all changes", generation_churn },
	{ "generation-poll", "The generation can be waited for", generation_poll },
	{ "uevents", "One uevent for each thing", uevents },
	{ "uevent-order", "Files are there before the uevent", uevent_order },
	{ "group-name", "A group in use keeps its name", group_name },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start_afresh());
}
