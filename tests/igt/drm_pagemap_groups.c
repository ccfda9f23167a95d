// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: drm pagemap groups
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: peer groups
 * Test category: functionality test
 * Description: Groups of virtual GPUs follow GPUs that are bound and unbound, links that
 *	change, and holders.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Groups follow GPUs, links and holders");

/**
 * SUBTEST: isolation
 * Description: A peer group with one member isolates a GPU from all others.
 * Promises: peers/groups/enabled link/{usable,usable_reason} group/origin
 */
static void isolation(void)
{
	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	make_group("alone", "b");
	assert_ok(switch_group("alone", "1"));
	assert_text(partition(), "auto-a=ac alone=b");
	assert_text(usable('a', 'b'), "0 admin-group");
	assert_text(usable('b', 'a'), "0 admin-group");
	assert_text(usable('b', 'b'), "1 none");
	assert_text(usable('a', 'c'), "1 none");
	assert_text(group_shows('b', "origin"), "admin");
	assert_text(group_shows('a', "origin"), "hardware");
	assert_ok(switch_group("alone", "0"));
	assert_text(partition(), "auto-a=abc");
}

/* The progress of a group: "<joined> of <expected>: <complete>". */
static const char *joined(const char *group)
{
	const char *dir = group_dir(group);

	return text_of("%s of %s: %s", file_text("%s/members_joined", dir),
		       file_text("%s/members_expected", dir), file_text("%s/complete", dir));
}

/**
 * SUBTEST: before-the-driver
 * Description: An administrator can enable a group before its GPUs exist. A GPU joins when
 *	it is bound, leaves when it is unbound, and joins again.
 * Promises: peers/groups/enabled peers/groups/members peers/groups/members/{state,reason}
 *	group/{members_expected,members_joined,complete,pagemap_list,users,pending,origin}
 */
static void before_the_driver(void)
{
	make_group("left", "abc");
	assert_switched(switch_group("left", "1"), "left");
	assert_text(joined("left"), "0 of 3: 0");
	assert_text(partition(), "left=");
	assert_text(file_text("%s/pagemap_list", group_dir("left")), "");
	assert_text(file_text("%s/origin", group_dir("left")), "admin");
	assert_text(file_text("%s/users", group_dir("left")), "0");
	assert_text(file_text("%s/pending", group_dir("left")), "0");
	assert_text(member_state("left", 'a'), "absent ok");

	make_vgpus("abcd", 1);
	link_vgpus("abcd", "");
	enable_vgpus("a");
	assert_text(member_state("left", 'a'), "joined ok");
	assert_text(member_state("left", 'b'), "absent ok");
	assert_text(joined("left"), "1 of 3: 0");
	enable_vgpus("dcb");
	assert_text(joined("left"), "3 of 3: 1");
	assert_text(partition(), "auto-d=d left=abc");

	assert_ok(unbind_vgpu('b'));
	assert_text(member_state("left", 'b'), "absent ok");
	assert_text(joined("left"), "2 of 3: 0");
	assert_ok(bind_vgpu('b'));
	assert_text(member_state("left", 'b'), "joined ok");
	assert_text(joined("left"), "3 of 3: 1");
	disable_vgpus("abcd");
	assert_text(joined("left"), "0 of 3: 0");
	assert_text(partition(), "left=");
}

/**
 * SUBTEST: refused-members
 * Description: A member without links to the others is refused with the reason, and the
 *	rule groups it. It joins when the links come up, or when the member that it lacks a
 *	link to goes. The other members stay.
 * Promises: peers/groups/members/{state,reason} link/{usable,usable_reason}
 */
static void refused_members(void)
{
	make_vgpus("abc", 1);
	link_vgpus("ab", "");
	link_vgpus("bc", "");
	link_vgpus("ac", "refusal=link-down");
	make_group("path", "abc");
	assert_ok(switch_group("path", "1"));
	enable_vgpus("cba");
	assert_text(partition(), "auto-a=a path=bc");
	assert_text(member_state("path", 'a'),
		    text_of("refused %s", no_link('a', 'c', "link-down")));
	assert_text(member_state("path", 'b'), "joined ok");
	assert_text(joined("path"), "2 of 3: 0");
	assert_text(usable('a', 'b'), "0 admin-group");
	assert_text(usable('a', 'c'), "0 none");

	assert_ok(set_link('a', 'c', "refusal", "none"));
	assert_ok(set_link('c', 'a', "refusal", "none"));
	assert_text(member_state("path", 'a'), "joined ok");
	assert_text(joined("path"), "3 of 3: 1");
	assert_ok(set_link('a', 'c', "refusal", "link-down"));
	assert_text(joined("path"), "2 of 3: 0");

	/* The first members stay: when c goes, a joins, and then c is refused. */
	assert_ok(unbind_vgpu('c'));
	assert_text(partition(), "path=ab");
	assert_text(member_state("path", 'a'), "joined ok");
	assert_ok(bind_vgpu('c'));
	assert_text(partition(), "auto-c=c path=ab");
	assert_text(member_state("path", 'c'),
		    text_of("refused %s", no_link('c', 'a', "one-way")));
	assert_ok(switch_group("path", "0"));
	assert_text(member_state("path", 'c'), "configured ok");
}

/* The VM that holds a group. */
static struct svm_gpu user;

static void use(char gpu)
{
	svm_start(&user, vgpu_uid(gpu));
}

static void leave(void)
{
	svm_close(&user);
}

/**
 * SUBTEST: refused-held
 * Description: A member whose own group is in use is refused until its users leave. Both
 *	groups are pending meanwhile.
 * Promises: peers/groups/members/{state,reason} link/{usable,usable_reason} group/pending
 */
static void refused_held(void)
{
	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	assert_ok(set_link('a', 'c', "refusal", "link-down"));
	make_group("path", "abc");
	assert_ok(switch_group("path", "1"));
	enable_vgpus("cba");
	assert_text(partition(), "auto-a=a path=bc");
	use('a');
	assert_ok(set_link('a', 'c', "refusal", "none"));
	assert_text(member_state("path", 'a'), text_of("refused %s", busy('a', "held")));
	assert_text(usable('a', 'b'), "0 held");
	assert_text(file_text("%s/pending", group_dir("path")), "1");
	assert_text(group_shows('a', "pending"), "1");
	leave();
	igt_assert(eventually(!strcmp(member_state("path", 'a'), "joined ok")));
	assert_text(partition(), "path=abc");
	assert_text(joined("path"), "3 of 3: 1");
	assert_text(file_text("%s/pending", group_dir("path")), "0");
	assert_text(usable('a', 'b'), "1 none");
}

/**
 * SUBTEST: users
 * Description: Open VMs of a group's initiators and pagemaps with pages in use are its
 *	users. A pagemap counts once. A preferred pagemap without pages does not count.
 * Promises: group/users
 */
static void users(void)
{
	const size_t length = 16 * page_size();
	struct svm_gpu second;
	void *p, *q;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	assert_text(group_shows('a', "users"), "0");
	use('a');
	assert_text(group_shows('a', "users"), "1");
	svm_start(&second, vgpu_uid('b'));
	assert_text(group_shows('a', "users"), "2");
	p = map_memory(length, false);
	assert_ok(svm_vgpusvm.advise(&user, p, length, vgpu_id('b', 0)));
	assert_text(group_shows('a', "users"), "2");
	assert_ok(svm_vgpusvm.prefetch(&user, p, length));
	assert_text(group_shows('a', "users"), "3");
	q = map_at(&second, length, false, vgpu_id('b', 0), 1);
	assert_text(group_shows('a', "users"), "3");
	munmap(q, length);
	svm_close(&second);
	assert_text(group_shows('a', "users"), "2");
	leave();
	assert_text(group_shows('a', "users"), "1");
	munmap(p, length);
	igt_assert(eventually(!strcmp(group_shows('a', "users"), "0")));
}

#define SIZE	(64 * KIB)
#define SEED	31

/**
 * SUBTEST: cached
 * Description: A pagemap whose pages are out of use does not hold its group. In another
 *	group it works like a new one: pages keep their place and content.
 * Promises: group/users pagemap/state
 */
static void cached(void)
{
	struct svm_gpu other;
	uint32_t id;
	void *p;

	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	make_group("bc", "bc");
	id = vgpu_id('b', 0);
	use('a');
	p = map_at(&user, SIZE, false, id, SEED);
	munmap(p, SIZE);
	leave();
	igt_assert(eventually(!strcmp(group_shows('a', "users"), "0")));
	assert_text(file_text(PAGEMAPS "/pagemap%u/state", id), "cached");
	assert_switched(switch_group("bc", "1"), "bc");

	svm_start(&other, vgpu_uid('c'));
	p = map_at(&other, SIZE, false, id, SEED);
	assert_holds(&other, p, SIZE, id, SEED);
	use('a');
	assert_error(svm_vgpusvm.permitted(&user, id), -ENOLINK);
	leave();
	assert_cpu_takes(&other, p, SIZE, SEED);
	munmap(p, SIZE);
	svm_close(&other);
}

/**
 * SUBTEST: residency
 * Description: The query of places finds the pages of one address space in all groups, from
 *	a GPU in any of them.
 * Promises: QUERY_RESIDENCY
 */
static void residency(void)
{
	struct svm_gpu other;
	uint32_t own, foreign;
	char *p, *q;

	make_vgpus("ab", 1);
	enable_vgpus("ab");
	assert_text(partition(), "auto-a=a auto-b=b");
	own = vgpu_id('a', 0);
	foreign = vgpu_id('b', 0);
	use('a');
	svm_start(&other, vgpu_uid('b'));
	p = map_at(&user, SIZE, false, own, SEED);
	q = map_at(&other, SIZE, false, foreign, SEED);

	assert_at(&user, p, SIZE, own);
	assert_at(&user, q, SIZE, foreign);
	assert_at(&other, p, SIZE, own);
	assert_at(&other, q, SIZE, foreign);
	assert_cpu_takes(&user, p, SIZE, SEED);
	assert_cpu_takes(&other, q, SIZE, SEED);
	munmap(p, SIZE);
	munmap(q, SIZE);
	svm_close(&other);
	leave();
}

/**
 * SUBTEST: members-go
 * Description: GPUs of a group in use go and come back into it. When the GPU of a VM goes,
 *	pages of that VM on another GPU still use the group, and keep their content.
 * Promises: group/users group
 */
static void members_go(void)
{
	void *p;

	make_vgpus("abc", 1);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	use('a');
	p = map_at(&user, SIZE, false, vgpu_id('b', 0), SEED);
	disable_vgpus("c");
	assert_text(partition(), "auto-a=ab");
	enable_vgpus("c");
	assert_text(partition(), "auto-a=abc");
	assert_ok(svm_vgpusvm.permitted(&user, vgpu_id('c', 0)));

	disable_vgpus("a");
	assert_text(partition(), "auto-a=bc");
	assert_text(group_shows('b', "users"), "1");
	igt_assert(has_pattern(p, SIZE, SEED));
	igt_assert(eventually(!strcmp(group_shows('b', "users"), "0")));
	leave();
	munmap(p, SIZE);
	enable_vgpus("a");
	assert_text(partition(), "auto-a=abc");
}

/**
 * SUBTEST: held
 * Description: Splitting or disabling a group that has holders fails with EBUSY, by one
 *	group or by a set, and succeeds when the holders are gone. Groups without holders
 *	can change meanwhile.
 * Promises: peers/groups/enabled:EBUSY peers/last_error:EBUSY peers/groups/last_error
 *	vgpu/links/refusal:EBUSY
 */
static void held(void)
{
	make_vgpus("abcd", 1);
	link_vgpus("abcd", "");
	enable_vgpus("abcd");
	make_group("left", "ab");
	make_group("right", "cd");
	use('a');
	assert_refused(switch_group("left", "1"), EBUSY, "left", busy('a', "held"));
	assert_error(switch_groups("right"), -EBUSY);
	igt_assert(strstr(outcome(NULL), " held"));
	assert_text(partition(), "auto-a=abcd");
	assert_text(usable('a', 'c'), "1 none");
	/* Nor can a driver withdraw a link. */
	assert_error(set_link('a', 'c', "refusal", "link-down"), -EBUSY);
	assert_text(usable('a', 'c'), "1 none");
	leave();

	assert_switched(switch_group("left", "1"), "left");
	use('a');
	assert_refused(switch_group("left", "0"), EBUSY, "left", busy('a', "held"));
	assert_refused(switch_groups(""), EBUSY, NULL, busy('a', "held"));
	assert_switched(switch_group("right", "1"), "right");
	assert_text(partition(), "left=ab right=cd");
	assert_switched(switch_groups("left"), NULL);
	assert_text(partition(), "auto-c=cd left=ab");
	leave();
	assert_switched(switch_group("left", "0"), "left");
	assert_text(partition(), "auto-a=abcd");
}

/**
 * SUBTEST: held-beside
 * Description: Sets of groups are swapped beside a group of both sets that is in use, which
 *	keeps its users and pages. A set without that group is refused whole.
 * Promises: peers/enabled_groups peers/last_error:EBUSY topology/generation
 */
static void held_beside(void)
{
	uint64_t before;
	void *p;

	make_vgpus("abcdef", 1);
	link_vgpus("abcd", "");
	link_vgpus("ef", "");
	enable_vgpus("abcdef");
	make_group("ab", "ab");
	make_group("cd", "cd");
	make_group("ac", "ac");
	make_group("bd", "bd");
	make_group("ef", "ef");
	assert_ok(switch_groups("ab cd ef"));
	use('e');
	p = map_at(&user, SIZE, false, vgpu_id('f', 0), SEED);
	before = generation();
	assert_switched(switch_groups("ef bd ac"), NULL);
	igt_assert_eq_u64(generation(), before + 2);
	assert_text(partition(), "ac=ac bd=bd ef=ef");
	assert_text(group_shows('e', "users"), "2");
	assert_holds(&user, p, SIZE, vgpu_id('f', 0), SEED);

	assert_refused(switch_groups("ab cd"), EBUSY, NULL, busy('e', "held"));
	assert_text(partition(), "ac=ac bd=bd ef=ef");
	igt_assert_eq_u64(generation(), before + 2);
	munmap(p, SIZE);
	leave();
	igt_assert(eventually(!switch_groups("")));
}

/**
 * SUBTEST: pending
 * Description: min_bandwidth takes a value at any time, and affects a held group when its
 *	holders are gone. Until then, pending is 1, and usable links stay usable. Then a VM
 *	that held its group can place memory on the GPUs that join.
 * Promises: peers/auto/min_bandwidth group/pending link/usable_reason
 */
static void pending(void)
{
	make_vgpus("ab", 1);
	link_vgpus_at("ab", 1000, 500);
	enable_vgpus("ab");
	assert_text(group_shows('a', "pending"), "0");
	use('a');
	assert_ok(file_put("501", PEERS "/auto/min_bandwidth"));
	assert_text(partition(), "auto-a=ab");
	assert_text(group_shows('a', "pending"), "1");
	assert_text(usable('a', 'b'), "1 none");
	leave();
	igt_assert(eventually(!strcmp(partition(), "auto-a=a auto-b=b")));
	assert_text(group_shows('a', "pending"), "0");
	assert_text(usable('a', 'b'), "0 threshold");

	/* Two held groups do not merge. */
	use('a');
	{
		struct svm_gpu other;

		svm_start(&other, vgpu_uid('b'));
		assert_ok(file_put("500", PEERS "/auto/min_bandwidth"));
		assert_text(partition(), "auto-a=a auto-b=b");
		assert_text(group_shows('a', "pending"), "1");
		assert_text(group_shows('b', "pending"), "1");
		assert_text(usable('a', 'b'), "0 held");
		svm_close(&other);
	}
	igt_assert(eventually(!strcmp(partition(), "auto-a=ab")));
	assert_text(group_shows('a', "pending"), "0");
	assert_ok(svm_vgpusvm.permitted(&user, vgpu_id('b', 0)));
	leave();
}

/**
 * SUBTEST: threshold
 * Description: The rule takes a link whose maximum read and write bandwidth reach the
 *	threshold, whatever its current bandwidth is. An unknown maximum passes no
 *	threshold except 0. Peer groups ignore the threshold.
 * Promises: peers/auto/min_bandwidth link/usable_reason
 */
static void threshold(void)
{
	make_vgpus("abc", 1);
	link_vgpus_at("ab", 1000, 500);
	link_vgpus("bc", "");
	assert_ok(set_link('b', 'c', "max_read_bandwidth", "0"));
	enable_vgpus("abc");
	assert_ok(file_put("500", PEERS "/auto/min_bandwidth"));
	assert_text(partition(), "auto-a=ab auto-c=c");
	assert_text(usable('b', 'c'), "0 threshold");
	assert_ok(set_link('a', 'b', "write_bandwidth", "1"));
	assert_text(partition(), "auto-a=ab auto-c=c");
	assert_ok(file_put("1001", PEERS "/auto/min_bandwidth"));
	assert_text(partition(), "auto-a=a auto-b=b auto-c=c");
	make_group("slow", "ab");
	assert_switched(switch_group("slow", "1"), "slow");
	assert_text(partition(), "auto-c=c slow=ab");
	assert_text(usable('a', 'b'), "1 none");
	set_bandwidth('a', 'b', 1, 1);
	assert_text(partition(), "auto-c=c slow=ab");
}

/*
 * Wait for a file to have a value, by poll(2) alone: it reports changes since the file was
 * last read, which armed() has done.
 */
static bool poll_says(int fd, const char *value)
{
	struct pollfd file = { .fd = fd, .events = POLLPRI };
	char text[64];
	ssize_t length;

	while (poll(&file, 1, 20000) > 0 && (file.revents & (POLLPRI | POLLERR))) {
		length = pread(fd, text, sizeof(text) - 1, 0);
		if (length <= 0)
			return false;
		text[length] = 0;
		text[strcspn(text, "\n")] = 0;
		if (!strcmp(text, value))
			return true;
	}

	return false;
}

static int armed(const char *path, const char *value)
{
	int fd = open(path, O_RDONLY);
	char text[64] = "";

	igt_assert(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	igt_assert(strncmp(text, value, strlen(value)));

	return fd;
}

struct waiter {
	pthread_t thread;
	int fd;
	const char *value;
	bool told;
};

static void *wait_for(void *arg)
{
	struct waiter *waiter = arg;

	waiter->told = poll_says(waiter->fd, waiter->value);
	return NULL;
}

static void start_waiting(struct waiter *waiter, const char *path, const char *value)
{
	waiter->fd = armed(path, value);
	waiter->value = value;
	igt_assert(!pthread_create(&waiter->thread, NULL, wait_for, waiter));
}

static void assert_told(struct waiter *waiter)
{
	pthread_join(waiter->thread, NULL);
	close(waiter->fd);
	igt_assert_f(waiter->told, "poll() did not report \"%s\"\n", waiter->value);
}

static void assert_second_user_is_no_news(const char *used)
{
	struct pollfd poller = { .fd = open(used, O_RDONLY), .events = POLLPRI };
	struct svm_gpu second;

	igt_assert(poller.fd >= 0);
	assert_text(text_at(poller.fd), "1");
	svm_start(&second, vgpu_uid('a'));
	assert_text(file_text("%s", used), "2");
	igt_assert_eq(poll(&poller, 1, 100), 0);
	svm_close(&second);
	close(poller.fd);
}

/**
 * SUBTEST: poll
 * Description: poll(2) reports changes of complete and pending, the first user of a group,
 *	and that the last one is gone. It does not report a second user.
 * Promises: group/complete group/users group/pending
 */
static void polling(void)
{
	const char *complete = text_of("%s/complete", group_dir("g"));
	const char *used = text_of("%s/users", group_dir("g"));
	struct waiter waiter;
	const char *pending;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	make_group("g", "ab");
	assert_ok(switch_group("g", "1"));
	enable_vgpus("a");
	start_waiting(&waiter, complete, "1");
	enable_vgpus("b");
	assert_told(&waiter);
	start_waiting(&waiter, complete, "0");
	assert_ok(unbind_vgpu('b'));
	assert_told(&waiter);
	start_waiting(&waiter, used, "1");
	use('a');
	assert_told(&waiter);
	assert_second_user_is_no_news(used);
	start_waiting(&waiter, used, "0");
	leave();
	assert_told(&waiter);

	assert_ok(bind_vgpu('b'));
	assert_ok(switch_group("g", "0"));
	use('a');
	pending = text_of(INITIATORS "/%s/group/pending", vgpu_uid('a'));
	start_waiting(&waiter, pending, "1");
	assert_ok(file_put("99999999", PEERS "/auto/min_bandwidth"));
	assert_told(&waiter);
	start_waiting(&waiter, pending, "0");
	assert_ok(file_put("0", PEERS "/auto/min_bandwidth"));
	assert_told(&waiter);
	leave();
}

/**
 * SUBTEST: poll-unnoticed
 * Description: poll(2) reports the first user of a group, also if the kernel has not
 *	noticed yet that pages of an earlier one are out of use.
 * Promises: group/users
 */
static void poll_unnoticed(void)
{
	struct waiter waiter;
	void *p;

	make_vgpus("a", 1);
	enable_vgpus("a");
	use('a');
	p = map_at(&user, SIZE, false, vgpu_id('a', 0), SEED);
	leave();
	assert_text(group_shows('a', "users"), "1");
	/* The kernel checks half a second later, finds pages in use, and not again. */
	sleep(2);
	munmap(p, SIZE);
	igt_assert(eventually(!strcmp(group_shows('a', "users"), "0")));
	start_waiting(&waiter, text_of(INITIATORS "/%s/group/users", vgpu_uid('a')), "1");
	use('a');
	assert_told(&waiter);
	leave();
}

static const struct subtest tests[] = {
	{ "isolation", "A group with one member isolates a GPU", isolation },
	{ "before-the-driver", "Members join when their driver is bound", before_the_driver },
	{ "refused-members", "Members without links are refused", refused_members },
	{ "refused-held", "A member whose group is held is refused", refused_held },
	{ "users", "VMs and pagemaps in use are users", users },
	{ "cached", "A pagemap with unused pages can change its group", cached },
	{ "residency", "The query of places finds pages of all groups", residency },
	{ "members-go", "GPUs can leave and join a group in use", members_go },
	{ "held", "A held group keeps its members", held },
	{ "held-beside", "Sets can be switched beside a held group", held_beside },
	{ "pending", "A change waits until holders are gone", pending },
	{ "threshold", "The rule ignores links below the threshold", threshold },
	{ "poll", "poll() reports complete, users and pending", polling },
	{ "poll-unnoticed", "poll() reports a user after unnoticed ones", poll_unnoticed },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start_afresh());
}
