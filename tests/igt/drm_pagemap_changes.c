// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: drm pagemap changes
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: pagemap topology
 * Test category: functionality test
 * Description: The topology in sysfs follows virtual GPUs: links and regions show what
 *	configfs configured; IDs survive unbind and rebind; the generation and uevents
 *	report each change; files of an unbound GPU fail.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/uevents.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("The pagemap topology in sysfs follows GPUs and links");

static const char * const figures[] = {
	"read_bandwidth", "write_bandwidth", "max_read_bandwidth", "max_write_bandwidth",
	"read_latency", "write_latency",
};

/* Text of a file of the link between two GPUs; "ENOENT" if the file is missing. */
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
 *	its file and in its direction only. They can change at any time. While a value is
 *	unknown, an open file fails with ENODATA; afterwards it has the value.
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
 * Description: A link shows the type that its driver reports. A GPU's link to its own
 *	memory is local.
 * Promises: link/type
 */
static void link_types(void)
{
	static const char * const types[] = {
		"tile", "pcie-p2p", "xelink", "xgmi", "nvlink", "cxl", "virtual",
	};
	static const char gpus[] = "bcdefgh";
	size_t i;

	make_vgpus("a", 1);
	make_vgpus(gpus, 0);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		link_vgpu(gpus[i], 'a', text_of("type=%s", types[i]));
	enable_vgpus("a");
	enable_vgpus(gpus);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		assert_text(link_shows(gpus[i], 'a', "type"), types[i]);
	assert_text(link_shows('a', 'a', "type"), "local");
	assert_text(link_shows('a', 'a', "hops"), "0");
}

/**
 * SUBTEST: reasons
 * Description: A refused link shows the reason. A link in one direction only is refused
 *	as one-way. Without a report of the driver, no link exists.
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
 * Description: A link to a pagemap within reach shows each reason why it is not usable.
 * Promises: link/{usable,usable_reason}
 */
static void usable_reasons(void)
{
	struct svm_gpu gpu;

	make_vgpus("abc", 1);
	link_vgpus_at("ab", 900, 900);
	link_vgpus_at("bc", 100, 100);
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
 * Description: The rule keeps the most bandwidth inside groups, in which each GPU reaches
 *	each. A tie goes to fewer groups, then to lower uids. The order in which GPUs
 *	appear has no influence.
 * Promises: group group/{initiators,origin} group/initiators/each link/usable_reason
 */
static void rule(void)
{
	static const char * const orders[] = { "abcd", "dcba", "bdac" };
	size_t i;

	/* A path: the strong link in its middle counts more than one at its end. */
	make_vgpus("abcd", 1);
	link_vgpus_at("ab", 100, 100);
	link_vgpus_at("bc", 300, 300);
	link_vgpus_at("cd", 100, 100);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		set_bandwidth('a', 'b', 100, 100);
		set_bandwidth('b', 'a', 100, 100);
		enable_vgpus(orders[i]);
		assert_text(partition(), "auto-a=a auto-b=bc auto-d=d");
		set_bandwidth('a', 'b', 200, 200);
		set_bandwidth('b', 'a', 200, 200);
		/* Two pairs have more bandwidth than the middle, in fewer groups. */
		assert_text(partition(), "auto-a=ab auto-c=cd");
		assert_text(usable('b', 'c'), "0 clique");
		disable_vgpus("abcd");
	}
}

/**
 * SUBTEST: memoryless
 * Description: Several GPUs without memory are in the group of the GPU whose memory they
 *	reach.
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
 * Description: Each pagemap of a GPU shows the size, the instance and the NUMA node that
 *	the driver reports. All of them are in the group of their GPU.
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
 * Description: A pagemap is idle before first use, active while its pages are in use,
 *	then cached, and idle again after reclaim. The free size follows. The generation
 *	does not change.
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

/* Of two GPUs with one pagemap each. */
static void assert_nothing_left(uint32_t id, uint32_t other)
{
	const uint32_t ids[] = { id, other };
	int i, j;

	for (i = 0; i < 2; i++) {
		const char *uid = vgpu_uid('a' + i);

		igt_assert(!file_exists(PAGEMAPS "/pagemap%u", ids[i]));
		igt_assert(!file_exists(INITIATORS "/%s", uid));
		igt_assert(!file_exists(GROUPS "/auto-%s", uid));
		for (j = 0; j < 2; j++)
			igt_assert(!file_exists("%s", link_dir(uid, ids[j])));
	}
}

/**
 * SUBTEST: rebind
 * Description: Unbind removes a GPU, its pagemaps and its links from sysfs, and an empty
 *	group. After rebind, all IDs and uids are the same as before.
 * Promises: pagemap pagemap/{id,uid} initiator group link sysfs:ENOENT
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
	assert_nothing_left(id, other);
	enable_vgpus("ba");
	igt_assert_eq_u32(vgpu_id('a', 0), id);
	igt_assert_eq_u32(vgpu_id('b', 0), other);
}

/**
 * SUBTEST: another-card
 * Description: Another card in the same slot has the same uid and a new ID. No other
 *	region ever gets an old ID.
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
 * Description: After unbind, reading open files of the GPU and of its group, which is gone,
 *	fails with ENODEV, and opening them fails with ENOENT.
 * Promises: sysfs:ENODEV sysfs:ENOENT pagemap/free:ENODEV pagemap/state:ENODEV
 *	link/{read,write}_bandwidth:ENODEV link/statistics/{read,write}_bytes:ENODEV
 */
static void stale_files(void)
{
	const char *pagemap, *link, *paths[] = {
		"id", "size", "free", "state", "numa_node", "access", "read_bandwidth",
		"write_bandwidth", "statistics/read_bytes", "statistics/write_bytes",
		text_of(GROUPS "/auto-%s/users", vgpu_uid('a')),
	};
	const size_t num = ARRAY_SIZE(paths), group = num - 1;
	int fds[ARRAY_SIZE(paths)];
	char text[64];
	size_t i;

	make_two("");
	pagemap = text_of(PAGEMAPS "/pagemap%u", vgpu_id('a', 0));
	link = link_dir(vgpu_uid('b'), vgpu_id('a', 0));
	for (i = 0; i < group; i++)
		paths[i] = text_of("%s/%s", i < 5 ? pagemap : link, paths[i]);
	for (i = 0; i < num; i++) {
		fds[i] = open(paths[i], O_RDONLY);
		igt_assert(fds[i] >= 0 && pread(fds[i], text, sizeof(text), 0) > 0);
	}
	assert_ok(unbind_vgpu('a'));
	for (i = 0; i < num; i++) {
		igt_assert(pread(fds[i], text, sizeof(text), 0) < 0 && errno == ENODEV);
		assert_text(file_text("%s", paths[i]), "ENOENT");
		close(fds[i]);
	}
}

/* The action changes the generation by this number of steps. */
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
 * Description: Each change of GPUs, links, maximum bandwidth and groups bumps the
 *	generation once. Writing the current value, changing the current bandwidth or
 *	foreign_access, and creating a VM do not.
 * Promises: topology/generation
 */
static void generation_moves(void)
{
	struct svm_gpu gpu;

	make_two("");
	make_vgpus("c", 1);
	assert_steps(1, enable_vgpus("c"));
	assert_steps(0, assert_ok(set_link('a', 'b', "read_bandwidth", "1234")));
	assert_text(link_shows('a', 'b', "read_bandwidth"), "1234");
	assert_steps(1, assert_ok(set_link('a', 'b', "max_read_bandwidth", "2345")));
	assert_steps(0, assert_ok(set_link('a', 'b', "max_read_bandwidth", "2345")));
	assert_steps(1, assert_ok(set_link('a', 'b', "refusal", "acs")));
	assert_steps(1, assert_ok(set_link('a', 'b', "refusal", "none")));
	make_group("g", "a");
	assert_steps(1, assert_ok(switch_group("g", "1")));
	assert_steps(0, assert_ok(switch_group("g", "1")));
	assert_steps(1, assert_ok(switch_group("g", "0")));
	assert_steps(0, assert_ok(file_put("none", PEERS "/auto/foreign_access")));
	assert_steps(0, svm_start(&gpu, vgpu_uid('a')));
	assert_steps(0, svm_close(&gpu));
	assert_moves(disable_vgpus("c"));
}

/* The environment may ask for more. */
static int num_scans(void)
{
	const char *text = getenv("SCANS");

	return text && *text ? atoi(text) : 40;
}

/**
 * SUBTEST: generation-churn
 * Description: A scan between two reads of the same even generation is consistent while
 *	another process changes GPUs, links and groups.
 * Promises: topology/generation
 */
static void generation_churn(void)
{
	bool *stop = mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int wanted = num_scans(), good = 0;
	uint64_t first;

	igt_assert(stop != MAP_FAILED);
	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	make_group("g", "ab");
	igt_fork(child, 1) {
		for (int i = 0; i < wanted && !__atomic_load_n(stop, __ATOMIC_RELAXED); i++) {
			unbind_vgpu('b');
			bind_vgpu('b');
			usleep(50000);
			switch_group("g", i % 2 ? "0" : "1");
			set_link('a', 'c', "refusal", i % 2 ? "none" : "acs");
			usleep(50000);
		}
	}
	/* The child ends some time, so that scans become stable. */
	while (good < wanted) {
		bool consistent;

		first = generation();
		if (first % 2)
			continue;
		consistent = topology_is_consistent();
		if (generation() != first)
			continue;
		good++;
		igt_assert(consistent);
	}
	__atomic_store_n(stop, true, __ATOMIC_RELAXED);
	igt_waitchildren();
	munmap(stop, sizeof(*stop));
	igt_assert(topology_is_consistent());
}

/* Shared by a test and its readers. */
struct reading {
	bool stop;
	unsigned long files, gone;
};

/* A file that goes away fails with one of these. */
static bool may_fail(int err)
{
	return err == ENOENT || err == ENODEV || err == ENODATA;
}

static void read_one(struct reading *reading, const char *path)
{
	char text[LINE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	igt_assert_f(length > 0 ? text[length - 1] == '\n' : length < 0 && may_fail(errno),
		     "reading %s gives %zd: %s\n", path, length, strerror(errno));
	__atomic_add_fetch(length > 0 ? &reading->files : &reading->gone, 1, __ATOMIC_RELAXED);
	if (fd >= 0)
		close(fd);
}

/* Read all files below a directory until the test stops. Do not follow links. */
static void read_below(struct reading *reading, const char *dir)
{
	struct names *names = malloc(sizeof(*names));
	char path[PATH_MAX];
	struct stat st;
	int i;

	names_in(names, "%s", dir);
	for (i = 0; i < names->num && !__atomic_load_n(&reading->stop, __ATOMIC_RELAXED); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names->name[i]);
		if (lstat(path, &st))
			igt_assert(may_fail(errno));
		else if (S_ISDIR(st.st_mode) && strcmp(names->name[i], "power"))
			read_below(reading, path);
		else if (S_ISREG(st.st_mode) && st.st_mode & 0444 &&
			 strcmp(names->name[i], "uevent"))
			read_one(reading, path);
	}
	free(names);
}

/* Entries of a class are symbolic links; a slash behind the name follows the link. */
static void read_until_stopped(struct reading *reading)
{
	static const char * const classes[] = { PAGEMAPS, INITIATORS, LINKS, GROUPS };
	struct names names;
	size_t class;
	int i;

	while (!__atomic_load_n(&reading->stop, __ATOMIC_RELAXED)) {
		for (class = 0; class < ARRAY_SIZE(classes); class++) {
			names_in(&names, "%s", classes[class]);
			for (i = 0; i < names.num; i++)
				read_below(reading, text_of("%s/%s/", classes[class],
							    names.name[i]));
		}
		read_below(reading, PEERS);
	}
}

/* Everything in the classes goes and comes back, beside the readers. */
static void replace_all(struct reading *reading)
{
	unsigned long before = reading->files;

	assert_ok(unbind_vgpu('a'));
	assert_ok(switch_groups("left right"));
	assert_ok(bind_vgpu('a'));
	disable_vgpus("bc");
	assert_ok(switch_groups(""));
	enable_vgpus("cb");
	igt_assert(eventually(__atomic_load_n(&reading->files, __ATOMIC_RELAXED) >
			      before + 100));
}

/**
 * SUBTEST: read-race
 * Description: Processes read all files while GPUs are unbound and bound and groups change:
 *	a file has one line, or fails with ENOENT, ENODEV or ENODATA. Afterwards the IDs are
 *	the same.
 * Promises: pagemap initiator link group sysfs:ENOENT sysfs:ENODEV
 */
static void read_race(void)
{
	struct reading *reading = mmap(NULL, sizeof(*reading), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t id;
	int i;

	igt_assert(reading != MAP_FAILED);
	make_vgpus("a", 2);
	make_vgpus("b", 1);
	make_vgpus("c", 0);
	link_vgpus("ab", "");
	link_vgpu('c', 'a', "");
	link_vgpu('c', 'b', "");
	enable_vgpus("abc");
	make_group("left", "a");
	make_group("right", "bc");
	id = vgpu_id('a', 1);
	igt_fork(child, 2)
		read_until_stopped(reading);
	for (i = 0; i < 2; i++)
		replace_all(reading);
	__atomic_store_n(&reading->stop, true, __ATOMIC_RELAXED);
	igt_waitchildren();
	igt_info("%lu files read, %lu gone\n", reading->files, reading->gone);
	igt_assert_eq_u32(vgpu_id('a', 1), id);
	igt_assert_eq_u64(generation() % 2, 0);
	igt_assert(topology_is_consistent());
	munmap(reading, sizeof(*reading));
}

/**
 * SUBTEST: list-race
 * Description: A process reads pagemap_list of a group, while GPUs enter and leave it: the
 *	list always has a line end, and so is not cut off.
 * Promises: group/pagemap_list
 */
static void list_race(void)
{
	struct reading *reading = mmap(NULL, sizeof(*reading), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[PATH_MAX], all[LINE];
	int i;

	igt_assert(reading != MAP_FAILED);
	make_vgpus("a", 1);
	make_vgpus("b", 8);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	snprintf(path, sizeof(path), GROUPS "/%s/pagemap_list",
		 link_name(INITIATORS "/%s/group", vgpu_uid('a')));
	snprintf(all, sizeof(all), "%s", file_text("%s", path));
	igt_fork(child, 1)
		while (!__atomic_load_n(&reading->stop, __ATOMIC_RELAXED))
			read_one(reading, path);
	igt_assert(eventually(__atomic_load_n(&reading->files, __ATOMIC_RELAXED)));
	for (i = 0; i < 200; i++)
		assert_ok(set_link('a', 'b', "refusal", i % 2 ? "none" : "acs"));
	__atomic_store_n(&reading->stop, true, __ATOMIC_RELAXED);
	igt_waitchildren();
	igt_info("%lu lists read\n", reading->files);
	igt_assert(!reading->gone);
	assert_text(file_text("%s", path), all);
	munmap(reading, sizeof(*reading));
}

/**
 * SUBTEST: list-long
 * Description: In a group of every other GPU, pagemap_list has all IDs.
 * Promises: group/pagemap_list
 */
static void list_long(void)
{
	static const char odd[] = "acegikmoqsuwy", even[] = "bdfhjlnprtvxz";
	static const char all[] = "abcdefghijklmnopqrstuvwxyz";
	char text[LINE], *list = text;
	unsigned long first, last;
	uint32_t others[sizeof(even) - 1];
	size_t i, found = 0;

	make_vgpus(all, 1);
	link_vgpus(odd, "");
	enable_vgpus(all);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = vgpu_id(even[i], 0);
		igt_assert(others[i]);
	}
	snprintf(text, sizeof(text), "%s", group_shows('a', "pagemap_list"));
	igt_info("%s\n", text);
	/* Longer than what the kernel expects, so that it prints the list again. */
	igt_assert(strlen(text) > 16);
	for (; *list; list += strspn(list, ",")) {
		first = strtoul(list, &list, 10);
		last = *list == '-' ? strtoul(list + 1, &list, 10) : first;
		igt_assert(first && last >= first);
		found += last - first + 1;
		for (i = 0; i < ARRAY_SIZE(others); i++)
			igt_assert(others[i] < first || others[i] > last);
	}
	igt_assert_eq(found, strlen(odd));
}

/**
 * SUBTEST: generation-poll
 * Description: poll(2) reports a change of the generation once.
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

/* Texts, sorted, one a line. */
static const char *lines_of(struct events *events)
{
	char text[LINE] = "";
	int i;

	qsort(events->text, events->num, sizeof(events->text[0]), compare_texts);
	for (i = 0; i < events->num; i++) {
		strcat(text, events->text[i]);
		strcat(text, "\n");
	}

	return text_of("%s", text);
}

/* All pending uevents of the topology, as "<action> <device>". */
static const char *pending_events(int fd)
{
	struct events events = {};
	struct uevent event;

	usleep(100000);
	while (next_uevent_at_hand(fd, &event)) {
		igt_assert(events.num < EVENTS);
		igt_assert_eq(event.tells_generation,
			      !strcmp(event.name, "topology") && !strcmp(event.action, "change"));
		snprintf(events.text[events.num++], sizeof(events.text[0]), "%s %s", event.action,
			 event.name);
	}

	return lines_of(&events);
}

/* @expected: "<action> <device>, ..." in any order */
static void assert_events(int fd, const char *expected)
{
	char *copy = strdup(expected), *rest = copy, *word;
	struct events events = {};

	while ((word = strsep(&rest, ",")) && *word)
		snprintf(events.text[events.num++], sizeof(events.text[0]), "%s",
			 word + strspn(word, " "));
	free(copy);
	assert_text(pending_events(fd), lines_of(&events));
}

static const char *link_between(char from, char to)
{
	return text_of("%s--pagemap%u", vgpu_uid(from), vgpu_id(to, 0));
}

/* A VM of a has memory on b. */
static void use_peer(void)
{
	const size_t length = 16 * page_size();
	struct svm_gpu gpu;
	void *p;

	svm_start(&gpu, vgpu_uid('a'));
	p = map_at(&gpu, length, false, vgpu_id('b', 0), 1);
	assert_cpu_takes(&gpu, p, length, 1);
	munmap(p, length);
	svm_close(&gpu);
}

/**
 * SUBTEST: uevents
 * Description: Each device that appears, changes or goes away sends one uevent. Each
 *	change of the topology sends one with the generation. The use of memory sends none.
 * Promises: topology pagemap initiator group link
 */
static void uevents(void)
{
	int fd = listen_for_uevents();
	const char *id, *ab, *ba, *bb;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("a");
	assert_events(fd, text_of("add auto-%s, add pagemap%u, add %s, add %s, change topology",
				  vgpu_uid('a'), vgpu_id('a', 0), vgpu_uid('a'),
				  link_between('a', 'a')));
	enable_vgpus("b");
	id = text_of("pagemap%u", vgpu_id('b', 0));
	ab = link_between('a', 'b');
	ba = link_between('b', 'a');
	bb = link_between('b', 'b');
	assert_events(fd, text_of("add %s, add %s, add %s, add %s, add %s, change auto-%s, "
				  "change topology", id, vgpu_uid('b'), ab, ba, bb,
				  vgpu_uid('a')));
	assert_ok(set_link('a', 'b', "read_latency", "56"));
	assert_events(fd, text_of("change %s, change topology", ab));
	assert_ok(set_link('a', 'b', "read_latency", "56"));
	assert_ok(set_link('a', 'b', "read_bandwidth", "56"));
	assert_events(fd, "");
	use_peer();
	assert_events(fd, "");
	make_group("g", "ab");
	assert_ok(switch_group("g", "1"));
	assert_events(fd, text_of("add igt-g, change topology, remove auto-%s", vgpu_uid('a')));
	assert_ok(unbind_vgpu('b'));
	/* Unbind marks the GPU as dead, then removes it: two changes. */
	assert_events(fd, text_of("change igt-g, change %s, change %s, change %s, "
				  "change topology, change topology, remove %s, remove %s, "
				  "remove %s, remove %s, remove %s",
				  ab, ba, bb, id, vgpu_uid('b'), ab, ba, bb));
	close(fd);
}

static void check_variables(const struct uevent *event)
{
	const char *dir = text_of("/sys/class/%s/%s", event->subsystem, event->name);
	bool is_group = !strcmp(event->subsystem, "drm_pagemap_group");
	bool is_link = !strcmp(event->subsystem, "drm_pagemap_link");

	if (!strcmp(event->name, "topology"))
		return;
	if (is_group) {
		assert_text(event->group, event->name);
		return;
	}
	if (!is_link)
		assert_text(event->group, link_name("%s/group", dir));
	if (is_link)
		assert_text(event->name, text_of("%s--pagemap%s", event->uid, event->id));
	else if (*event->id)
		assert_text(event->uid, file_text("%s/uid", dir));
	else
		assert_text(event->uid, event->name);
	igt_assert_eq(!*event->id, !strcmp(event->subsystem, "drm_pagemap_initiator"));
}

/**
 * SUBTEST: uevent-variables
 * Description: Uevents have the uid, the pagemap ID and the group of their object.
 * Promises: pagemap initiator group link
 */
static void uevent_variables(void)
{
	int fd = listen_for_uevents(), num = 0;
	struct uevent event;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	make_group("g", "ab");
	assert_ok(switch_group("g", "1"));
	while (next_uevent_at_hand(fd, &event)) {
		/* Groups of the beginning are gone. */
		if (!file_exists("/sys%s", event.path))
			continue;
		if (!strcmp(event.action, "change") || !strcmp(event.name, "igt-g") ||
		    !strcmp(event.subsystem, "drm_pagemap_link")) {
			check_variables(&event);
			num++;
		}
	}
	igt_assert(num > 4);

	/* The current group is in the uevent of an initiator that comes into it. */
	assert_ok(switch_group("g", "0"));
	disable_vgpus("b");
	while (next_uevent_at_hand(fd, &event))
		;
	enable_vgpus("b");
	for (num = 0; next_uevent_at_hand(fd, &event); num++)
		check_variables(&event);
	igt_assert(num > 4);
	close(fd);
}

static bool has_files(const struct uevent *event)
{
	static const char * const pagemap[] = {
		"id", "uid", "size", "free", "state", "device", "initiator", "render", "group",
		"initiators",
	};
	static const char * const initiator[] = { "device", "render", "group", "targets" };
	static const char * const link[] = {
		"device", "initiator", "pagemap", "type", "access", "usable",
	};
	static const char * const group[] = {
		"origin", "pagemap_list", "users", "pending", "pagemaps", "initiators",
	};
	static const struct {
		const char *subsystem;
		const char * const *files;
		size_t num;
	} kinds[] = {
		{ "drm_pagemap", pagemap, ARRAY_SIZE(pagemap) },
		{ "drm_pagemap_initiator", initiator, ARRAY_SIZE(initiator) },
		{ "drm_pagemap_link", link, ARRAY_SIZE(link) },
		{ "drm_pagemap_group", group, ARRAY_SIZE(group) },
	};
	size_t kind, i;

	for (kind = 0; strcmp(kinds[kind].subsystem, event->subsystem); kind++)
		igt_assert(kind + 1 < ARRAY_SIZE(kinds));
	for (i = 0; i < kinds[kind].num; i++)
		if (!file_exists("/sys%s/%s", event->path, kinds[kind].files[i]))
			return false;

	return true;
}

/**
 * SUBTEST: uevent-order
 * Description: All files and links of a device exist before its add uevent, and the
 *	generation is even then. The generation is readable before the uevent that reports it.
 * Promises: pagemap initiator link group topology topology/generation
 */
static void uevent_order(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	cpu_set_t one;
	int fd = listen_for_uevents(), num = 0;
	struct uevent event;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");

	/* On the CPU of the child and with higher priority, to look at once after an event. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	igt_assert(!sched_setaffinity(0, sizeof(one), &one));
	igt_fork(child, 1) {
		enable_vgpus("ab");
	}
	igt_assert(!sched_setscheduler(0, SCHED_FIFO, &first));
	/* Two pagemaps, two initiators, four links, one group */
	while (num < 9 && next_uevent(fd, &event)) {
		if (!strcmp(event.action, "add")) {
			igt_assert_f(has_files(&event), "%s lacks files at its add uevent\n",
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
	igt_assert_eq(num, 9);
	close(fd);
}

/**
 * SUBTEST: group-name
 * Description: A group in use keeps its name while members join and leave, and sends no
 *	move uevent. Another group with the same lowest uid gets a suffix.
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
	{ "figures", "Performance attributes are those of the driver", link_figures },
	{ "local-attributes", "Own memory shows the attributes of its region", local_attributes },
	{ "types", "A link has the type that its driver reports", link_types },
	{ "reasons", "A refused link shows the reason", link_reasons },
	{ "usable-reasons", "An unusable link shows the reason", usable_reasons },
	{ "rule", "The rule keeps most bandwidth inside groups", rule },
	{ "memoryless", "GPUs without memory join the group they reach", memoryless },
	{ "memories", "A GPU can have several pagemaps", memories },
	{ "state", "The state follows the use of struct pages", state },
	{ "rebind", "IDs survive unbind and rebind", rebind },
	{ "another-card", "Another card gets new IDs", another_card },
	{ "stale-files", "Files of an unbound GPU fail", stale_files },
	{ "generation-moves", "Each change bumps the generation once", generation_moves },
	{ "generation-churn", "An even generation makes a scan consistent", generation_churn },
	{ "read-race", "Files are read while GPUs come and go", read_race },
	{ "list-race", "A list is read while its group grows", list_race },
	{ "list-long", "A list of many IDs is whole", list_long },
	{ "generation-poll", "poll() reports a new generation", generation_poll },
	{ "uevents", "Each change sends one uevent per device", uevents },
	{ "uevent-variables", "Uevents name uid, ID and group", uevent_variables },
	{ "uevent-order", "Files exist before the add uevent", uevent_order },
	{ "group-name", "A group in use keeps its name", group_name },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start_afresh());
}
