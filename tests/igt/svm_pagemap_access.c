// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: svm pagemap access
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: placement by pagemap ID
 * Test category: functionality test
 * Description: Placement by pagemap ID returns each error of the interface to the right
 *	callers: device cgroups and unprivileged users; groups that change; GPUs that go
 *	away while in use, and come back. On virtual GPUs.
 */

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "igt.h"
#include "lib/device_cgroup.h"
#include "lib/rights.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Who may place memory by pagemap ID");

#define SIZE	(64 * KIB)
#define SEED	21
#define NEVER	0xfffffff0u

/* a with two regions, its peer b, c on another island, m without memory. */
static struct svm_gpu gpu;
static char *p;
static uint32_t own, own_second, peer, island;

static void start(void)
{
	set_capability(CAP_SYS_ADMIN, true);
	svm_close(&gpu);
	remove_device_cgroup();
	start_afresh();
	make_vgpus("a", 2);
	make_vgpus("bc", 1);
	make_vgpus("m", 0);
	link_vgpus("ab", "");
	link_vgpus("ac", "refusal=host-bridge");
	link_vgpu('m', 'a', "");
	link_vgpu('m', 'b', "");
	enable_vgpus("abcm");
	own = vgpu_id('a', 0);
	own_second = vgpu_id('a', 1);
	peer = vgpu_id('b', 0);
	island = vgpu_id('c', 0);
	svm_start(&gpu, vgpu_uid('a'));
	p = map_at(&gpu, SIZE, false, own, SEED);
}

/*
 * Assert that QUERY_PLACEMENT and MADVISE return the same error for an ID. A failure changes
 * nothing. After a success, the memory moves there.
 */
static int ask(struct svm_gpu *by, char *q, uint32_t id)
{
	uint32_t before, now, there;
	int asked, err;

	assert_ok(by->driver->preference(by, q, SIZE, &before));
	assert_ok(by->driver->residency(by, q, page_size(), &there));
	asked = by->driver->permitted(by, id);
	assert_ok(by->driver->preference(by, q, SIZE, &now));
	igt_assert_eq_u32(now, before);
	err = by->driver->advise(by, q, SIZE, id);
	assert_error(asked, err);
	assert_ok(by->driver->preference(by, q, SIZE, &now));
	igt_assert_eq_u32(now, err ? before : id);
	if (err) {
		assert_holds(by, q, SIZE, there, SEED);
	} else if (id) {
		assert_ok(by->driver->prefetch(by, q, SIZE));
		assert_holds(by, q, SIZE, id, SEED);
	}

	return err;
}

/* The answers to all kinds of IDs, in this order. */
static const char *answers(struct svm_gpu *by, char *q)
{
	const uint32_t ids[] = { 0, own, own_second, peer, island, NEVER };
	char text[128] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		strcat(text, i ? " " : "");
		strcat(text, error_name(ask(by, q, ids[i])));
	}

	return text_of("%s", text);
}

#define FREE		"ok ok ok ok ENOLINK ENOENT"
#define NO_FOREIGN	"ok ok ok EACCES EACCES ENOENT"
#define DENIED_PEER	"ok ok ok EACCES ENOLINK ENOENT"

/* Run in a new process with a VM of its own, after @prepare. */
static void assert_child_gets(const char *uid, void (*prepare)(void), const char *wanted)
{
	igt_fork(child, 1) {
		struct svm_gpu mine;
		char *q;

		assert_ok(svm_open(&mine, uid));
		if (prepare)
			prepare();
		assert_ok(mine.driver->vm_create(&mine));
		q = map_memory(SIZE, false);
		put_pattern(q, SIZE, SEED);
		assert_text(answers(&mine, q), wanted);
	}
	igt_waitchildren();
}

static void lose_admin(void)
{
	set_capability(CAP_SYS_ADMIN, false);
}

/**
 * SUBTEST: errors
 * Description: MADVISE accepts ID 0, each pagemap of the GPU itself and that of a peer. It
 *	refuses that of another island with ENOLINK, and an ID that never existed with
 *	ENOENT.
 * Promises: pagemap/id:ENOENT pagemap/id:ENOLINK pagemap/id MADVISE:ENOENT MADVISE:ENOLINK
 */
static void errors(void)
{
	assert_text(answers(&gpu, p), FREE);
	assert_child_gets(vgpu_uid('a'), NULL, FREE);
	/* It has no memory of its own. */
	assert_child_gets(vgpu_uid('m'), NULL, FREE);
}

/**
 * SUBTEST: malformed
 * Description: A malformed request fails with EINVAL, whatever its ID.
 * Promises: pagemap/id:EINVAL MADVISE:EINVAL
 */
static void malformed(void)
{
	static const uint32_t none[] = { 0, NEVER };
	const uint32_t ids[] = { none[0], own, peer, island, none[1] };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_error(gpu.driver->advise(&gpu, p + 1, SIZE, ids[i]), -EINVAL);
		assert_error(gpu.driver->advise(&gpu, p, SIZE - 1, ids[i]), -EINVAL);
		assert_error(gpu.driver->advise(&gpu, p, 0, ids[i]), -EINVAL);
	}
	assert_holds(&gpu, p, SIZE, own, SEED);
}

/**
 * SUBTEST: gone
 * Description: An ID whose GPU has no driver at the moment fails with ENODEV, before any
 *	other error. The ID works again when the GPU comes back.
 * Promises: pagemap/id:ENODEV MADVISE:ENODEV
 */
static void gone(void)
{
	assert_ok(unbind_vgpu('b'));
	assert_text(answers(&gpu, p), "ok ok ok ENODEV ENOLINK ENOENT");
	assert_ok(file_put("none", PEERS "/auto/foreign_access"));
	assert_child_gets(vgpu_uid('a'), become_nobody, "ok ok ok ENODEV EACCES ENOENT");
	assert_ok(file_put("open", PEERS "/auto/foreign_access"));
	assert_ok(unbind_vgpu('c'));
	assert_text(answers(&gpu, p), "ok ok ok ENODEV ENODEV ENOENT");
	assert_ok(bind_vgpu('b'));
	assert_ok(bind_vgpu('c'));
	assert_text(answers(&gpu, p), FREE);
}

/**
 * SUBTEST: foreign-access-none
 * Description: With foreign_access none, only tasks with CAP_SYS_ADMIN place memory on
 *	other GPUs.
 * Promises: peers/auto/foreign_access pagemap/id:EACCES MADVISE:EACCES PLACEMENT:EACCES
 */
static void foreign_access_none(void)
{
	assert_ok(file_put("none", PEERS "/auto/foreign_access"));
	assert_child_gets(vgpu_uid('a'), NULL, FREE);
	assert_child_gets(vgpu_uid('a'), lose_admin, NO_FOREIGN);
	assert_child_gets(vgpu_uid('a'), become_nobody, NO_FOREIGN);
	assert_ok(file_put("open", PEERS "/auto/foreign_access"));
	assert_child_gets(vgpu_uid('a'), NULL, FREE);
}

static dev_t node_of(char of)
{
	const char *name = link_name(INITIATORS "/%s/render", vgpu_uid(of));
	struct stat st;

	igt_assert(!stat(text_of("/dev/dri/%s", name), &st));
	return st.st_rdev;
}

static void deny(char whose, unsigned int what)
{
	igt_require_f(make_device_cgroup(node_of(whose), what),
		      "the kernel has no device cgroups\n");
}

static void join_as_nobody(void)
{
	join_device_cgroup();
	become_nobody();
}

/**
 * SUBTEST: device-cgroup
 * Description: A task whose device cgroup denies reading or writing the render node of
 *	another GPU can't place memory there, not even as root. It can place memory on its
 *	own GPU.
 * Promises: pagemap/id:EACCES pagemap/render MADVISE:EACCES peers/auto/foreign_access
 */
static void device_cgroup(void)
{
	assert_ok(file_put("cgroup", PEERS "/auto/foreign_access"));
	deny('b', DENY_READ | DENY_WRITE);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, DENIED_PEER);
	assert_child_gets(vgpu_uid('a'), join_as_nobody, DENIED_PEER);
	assert_child_gets(vgpu_uid('a'), NULL, FREE);
	deny('b', DENY_READ);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, DENIED_PEER);
	deny('b', DENY_WRITE);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, DENIED_PEER);
	deny('b', DENY_MKNOD);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, FREE);
	deny('c', DENY_READ | DENY_WRITE);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, "ok ok ok ok EACCES ENOENT");
	deny('a', DENY_READ | DENY_WRITE);
	assert_child_gets(vgpu_uid('a'), join_device_cgroup, FREE);
	remove_device_cgroup();
}

/**
 * SUBTEST: grant-stays
 * Description: A placement stays granted after the administrator restricts foreign_access:
 *	the memory moves there again. A new placement fails.
 * Promises: peers/auto/foreign_access pagemap/id
 */
static void grant_stays(void)
{
	assert_ok(gpu.driver->advise(&gpu, p, SIZE, peer));
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	set_capability(CAP_SYS_ADMIN, false);
	/* Files in configfs are root's, whatever its capabilities. */
	assert_ok(file_put("none", PEERS "/auto/foreign_access"));
	assert_error(gpu.driver->permitted(&gpu, peer), -EACCES);
	assert_cpu_takes(&gpu, p, SIZE, SEED);
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	assert_holds(&gpu, p, SIZE, peer, SEED);
	set_capability(CAP_SYS_ADMIN, true);
}

/**
 * SUBTEST: rebind
 * Description: Unbinding a GPU that has memory of other GPUs' VMs loses no data. Meanwhile
 *	faults leave the memory where it is, and a prefetch fails with ENODEV. After rebind,
 *	the placement applies again without a new MADVISE.
 * Promises: pagemap/id pagemap/id:ENODEV PREFETCH:ENODEV
 */
static void rebind(void)
{
	struct svm_gpu observer;

	svm_start(&observer, vgpu_uid('m'));
	assert_ok(gpu.driver->advise(&gpu, p, SIZE, peer));
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	assert_ok(unbind_vgpu('b'));
	assert_holds(&observer, p, SIZE, SVM_SYSTEM, SEED);
	assert_error(gpu.driver->prefetch(&gpu, p, SIZE), -ENODEV);
	assert_gpu_reads(&gpu, p, SIZE / 2, SEED, 0);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_ok(bind_vgpu('b'));
	igt_assert_eq_u32(vgpu_id('b', 0), peer);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	assert_holds(&observer, p, SIZE, peer, SEED);
	assert_cpu_takes(&gpu, p, SIZE, SEED);
	svm_close(&observer);
}

/**
 * SUBTEST: rebind-fault
 * Description: After rebind, memory that the GPU used meanwhile stays where it is until a
 *	prefetch, and a fault takes other memory to its preferred place.
 * Promises: pagemap/id
 */
static void rebind_fault(void)
{
	char *q = map_at(&gpu, 2 * SIZE, false, peer, SEED);

	assert_ok(unbind_vgpu('b'));
	assert_gpu_reads(&gpu, q, SIZE, SEED, 0);
	assert_ok(bind_vgpu('b'));
	assert_gpu_reads(&gpu, q, 2 * SIZE, SEED, 0);
	assert_at(&gpu, q, SIZE, SVM_SYSTEM);
	assert_at(&gpu, q + SIZE, SIZE, peer);
	assert_ok(gpu.driver->prefetch(&gpu, q, 2 * SIZE));
	assert_holds(&gpu, q, 2 * SIZE, peer, SEED);
	assert_cpu_takes(&gpu, q, 2 * SIZE, SEED);
	munmap(q, 2 * SIZE);
}

/**
 * SUBTEST: rebind-unused
 * Description: A placement applies at its first fault, although the GPU was away before.
 * Promises: pagemap/id pagemap/state
 */
static void rebind_unused(void)
{
	uint64_t *q = map_memory(SIZE, false);

	assert_ok(gpu.driver->advise(&gpu, q, SIZE, peer));
	assert_ok(unbind_vgpu('b'));
	assert_ok(bind_vgpu('b'));
	assert_text(file_text(PAGEMAPS "/pagemap%u/state", peer), "idle");
	assert_ok(gpu.driver->store(&gpu, q, 6));
	assert_at(&gpu, q, SIZE, peer);
	igt_assert_eq_u64(*q, 6);
	munmap(q, SIZE);
}

/**
 * SUBTEST: regroup
 * Description: A VM keeps the group that its GPU had when the VM was created. A peer that
 *	moves to another group is refused, and an earlier placement there has no effect.
 * Promises: pagemap/id:ENOLINK PREFETCH:ENOLINK initiator/group
 */
static void regroup(void)
{
	svm_close(&gpu);
	disable_vgpus("b");
	svm_start(&gpu, vgpu_uid('a'));
	make_group("apart", "b");
	assert_ok(switch_group("apart", "1"));
	enable_vgpus("b");
	igt_assert_eq_u32(vgpu_id('b', 0), peer);
	put_pattern(p, SIZE, SEED);
	assert_error(ask(&gpu, p, peer), -ENOLINK);

	/* Placed first, regrouped while it was away. */
	assert_ok(switch_group("apart", "0"));
	assert_ok(gpu.driver->advise(&gpu, p, SIZE, peer));
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	assert_holds(&gpu, p, SIZE, peer, SEED);
	disable_vgpus("b");
	assert_ok(switch_group("apart", "1"));
	enable_vgpus("b");
	assert_error(gpu.driver->prefetch(&gpu, p, SIZE), -ENOLINK);
	assert_holds(&gpu, p, SIZE, SVM_SYSTEM, SEED);
	assert_ok(switch_group("apart", "0"));
	assert_ok(gpu.driver->prefetch(&gpu, p, SIZE));
	assert_holds(&gpu, p, SIZE, peer, SEED);
}

struct worker {
	struct svm_gpu gpu;
	uint64_t *word;
	volatile bool stop;
	uint64_t added;
	int err;
};

static void *add_until_stopped(void *arg)
{
	struct worker *worker = arg;

	while (!worker->stop && !worker->err) {
		int err = worker->gpu.driver->atomic_add(&worker->gpu, worker->word, 1);

		worker->added += !err;
		if (err != -EBUSY)
			worker->err = err;
	}

	return NULL;
}

/**
 * SUBTEST: unbind-race
 * Description: The GPU that has the memory is unbound and bound again while another GPU
 *	adds to it: no addition is lost, and none fails.
 * Promises: pagemap/id OP
 */
static void unbind_race(void)
{
	struct worker worker = {};
	pthread_t thread;
	int i;

	svm_start(&worker.gpu, vgpu_uid('a'));
	worker.word = map_memory(SIZE, false);
	*worker.word = 0;
	assert_ok(worker.gpu.driver->advise(&worker.gpu, worker.word, SIZE, peer));
	igt_assert(!pthread_create(&thread, NULL, add_until_stopped, &worker));
	for (i = 0; i < 5; i++) {
		uint64_t before = *(volatile uint64_t *)&worker.added;

		igt_assert(eventually(*(volatile uint64_t *)&worker.added > before + 2));
		assert_ok(unbind_vgpu('b'));
		assert_ok(bind_vgpu('b'));
	}
	worker.stop = true;
	pthread_join(thread, NULL);
	assert_ok(worker.err);
	igt_info("%llu additions\n", (unsigned long long)worker.added);
	igt_assert_eq_u64(*worker.word, worker.added);
	svm_close(&worker.gpu);
}

/**
 * SUBTEST: unbind-own-race
 * Description: The GPU that adds is unbound meanwhile: its calls fail with ENODEV, and all
 *	finished additions are in memory.
 * Promises: IOCTLS:ENODEV OP:ENODEV
 */
static void unbind_own_race(void)
{
	struct worker worker = {};
	pthread_t thread;

	svm_start(&worker.gpu, vgpu_uid('b'));
	worker.word = map_memory(SIZE, false);
	*worker.word = 0;
	assert_ok(worker.gpu.driver->advise(&worker.gpu, worker.word, SIZE, peer));
	igt_assert(!pthread_create(&thread, NULL, add_until_stopped, &worker));
	igt_assert(eventually(*(volatile uint64_t *)&worker.added > 5));
	assert_ok(unbind_vgpu('b'));
	pthread_join(thread, NULL);
	assert_error(worker.err, -ENODEV);
	/* One that was interrupted by the end may have been done. */
	igt_assert(*worker.word == worker.added || *worker.word == worker.added + 1);
	assert_ok(bind_vgpu('b'));
	svm_close(&worker.gpu);
}

static const struct subtest tests[] = {
	{ "errors", "Each kind of ID gets its error", errors },
	{ "malformed", "Malformed requests fail with EINVAL", malformed },
	{ "gone", "The ID of a GPU without driver fails with ENODEV", gone },
	{ "foreign-access-none", "foreign_access none needs CAP_SYS_ADMIN", foreign_access_none },
	{ "device-cgroup", "A device cgroup denies placement", device_cgroup },
	{ "rebind", "A placement outlives unbind and rebind", rebind },
	{ "rebind-fault", "A fault applies a placement after rebind", rebind_fault },
	{ "rebind-unused", "A placement that was not used yet", rebind_unused },
	{ "regroup", "A VM keeps its group", regroup },
	{ "unbind-race", "The GPU that has the memory is unbound", unbind_race },
	{ "unbind-own-race", "The GPU that adds is unbound", unbind_own_race },
	{ "grant-stays", "A granted placement stays granted", grant_stays },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
