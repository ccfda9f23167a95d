// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm evict
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,eviction
 * Test category: functionality test
 * Description: All pages of a region are moved to system memory, by EVICT or because the
 *	GPU is unbound: pages of children, also of dead parents, and pages that are unmapped
 *	meanwhile.
 */

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/orphan.h"
#include "lib/reclaim.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("All pages of a virtual GPU's region move to system memory");

#define SIZE	(256 * KIB)
#define HUGE	(2 * MIB)
#define OLD	1
#define NEW	2
#define ROUNDS	20

/* The GPU whose pages go, and another one that only looks. */
static struct svm_gpu gpu = { .fd = -1 }, observer = { .fd = -1 };
static uint32_t id;

static void start(void)
{
	svm_close(&gpu);
	svm_close(&observer);
	start_afresh();
	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	svm_start(&gpu, vgpu_uid('a'));
	svm_start(&observer, vgpu_uid('b'));
	id = gpu.ids[0];
}

static void evict_all(void)
{
	assert_ok(vgpusvm_evict_region(gpu.fd, id));
}

/**
 * SUBTEST: reclaim
 * Description: Memory that moved to the GPU after MADV_FREE, and that the GPU wrote, is
 *	evicted, and then swapped, not dropped.
 * Promises: EVICT_REGION OP_WRITE
 */
static void reclaim(void)
{
	char *p = map_memory(SIZE, false), *buffer = malloc(SIZE);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_WRITE, .dst = (uintptr_t)p, .length = SIZE,
		.value = (uintptr_t)buffer,
	};

	put_pattern(buffer, SIZE, NEW);
	put_pattern(p, SIZE, OLD);
	lend(p, SIZE);
	assert_ok(gpu.driver->advise(&gpu, p, SIZE, id));
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	assert_at(&gpu, p, SIZE, id);
	evict_all();
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	igt_assert(page_out(p, SIZE));
	igt_assert(has_pattern(p, SIZE, NEW));
	munmap(p, SIZE);
	free(buffer);
}

/* A child that shares the pages, and looks at them when it has to go. */
struct sharer {
	pid_t pid;
	int go;
};

static struct sharer start_sharing(const char *p, size_t length)
{
	struct sharer sharer;
	int ends[2];
	char byte;

	igt_assert(!pipe(ends));
	sharer.pid = fork();
	igt_assert(sharer.pid >= 0);
	if (!sharer.pid) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 1 || !has_pattern(p, length, OLD));
	}
	close(ends[0]);
	sharer.go = ends[1];

	return sharer;
}

static void assert_shared_well(struct sharer sharer)
{
	int status;

	igt_assert_eq(write(sharer.go, "", 1), 1);
	close(sharer.go);
	igt_assert_eq(waitpid(sharer.pid, &status, 0), sharer.pid);
	igt_assert_eq(status, 0);
}

static void shared_of(size_t length, bool huge)
{
	char *p = map_at(&gpu, length, huge, id, OLD);
	struct sharer sharer = start_sharing(p, length);

	evict_all();
	assert_holds(&observer, p, length, SVM_SYSTEM, OLD);
	assert_shared_well(sharer);
	assert_cpu_takes(&gpu, p, length, OLD);
	/* Nobody shares them any more: they move again. */
	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_holds(&gpu, p, length, id, OLD);
	munmap(p, length);
}

/**
 * SUBTEST: shared
 * Description: Pages that a child shares are evicted, and both processes have their
 *	content.
 * Promises: EVICT_REGION
 */
static void shared(void)
{
	shared_of(SIZE, false);
	shared_of(HUGE, true);
}

/* The memory in the child, in system memory, after its parent has exited. */
static void child_of_gone(char *p, size_t length, struct orphan *orphan)
{
	struct svm_gpu mine;

	orphan_waits(orphan);
	svm_start(&mine, vgpu_uid('b'));
	assert_holds(&mine, p, length, SVM_SYSTEM, OLD);
	igt_assert(has_pattern(p, length, OLD));
	orphan_is_well(orphan);
}

/* A process places pages, forks, and exits. */
static void start_orphan(struct orphan *orphan, size_t length, bool huge)
{
	orphan_init(orphan);
	igt_fork(child, 1) {
		struct svm_gpu mine;
		char *p;

		svm_close(&gpu);
		svm_start(&mine, vgpu_uid('a'));
		p = map_at(&mine, length, huge, id, OLD);
		if (!fork()) {
			svm_close(&mine);
			child_of_gone(p, length, orphan);
		}
	}
	igt_waitchildren();
}

static void orphan_of(size_t length, bool huge)
{
	struct orphan orphan;

	start_orphan(&orphan, length, huge);
	evict_all();
	orphan_goes_on(&orphan);
	orphan_assert_well(&orphan);
}

/**
 * SUBTEST: orphan
 * Description: Pages are evicted that only a child has, after its parent, which placed
 *	them, has exited.
 * Promises: EVICT_REGION
 */
static void orphan_evicted(void)
{
	orphan_of(SIZE, false);
	orphan_of(HUGE, true);
}

static void unbind_shared_of(size_t length, bool huge)
{
	char *p = map_at(&gpu, length, huge, id, OLD);
	struct sharer sharer = start_sharing(p, length);

	assert_ok(unbind_vgpu('a'));
	assert_holds(&observer, p, length, SVM_SYSTEM, OLD);
	assert_shared_well(sharer);
	igt_assert(has_pattern(p, length, OLD));
	assert_ok(bind_vgpu('a'));
	svm_close(&gpu);
	svm_start(&gpu, vgpu_uid('a'));
	assert_ok(gpu.driver->advise(&gpu, p, length, id));
	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_holds(&gpu, p, length, id, OLD);
	munmap(p, length);
}

/**
 * SUBTEST: unbind-shared
 * Description: A GPU is unbound whose pages a child shares: both processes have their
 *	content.
 * Promises: IOCTLS
 */
static void unbind_shared(void)
{
	unbind_shared_of(SIZE, false);
	unbind_shared_of(HUGE, true);
}

static void unbind_orphan_of(size_t length, bool huge)
{
	struct orphan orphan;

	start_orphan(&orphan, length, huge);
	assert_ok(unbind_vgpu('a'));
	orphan_goes_on(&orphan);
	orphan_assert_well(&orphan);
	assert_ok(bind_vgpu('a'));
}

/**
 * SUBTEST: unbind-orphan
 * Description: A GPU is unbound whose pages only a child has, after its parent has exited.
 * Promises: IOCTLS
 */
static void unbind_orphan(void)
{
	unbind_orphan_of(SIZE, false);
	unbind_orphan_of(HUGE, true);
}

/* A process that evicts the region all the time, until it is killed. */
static pid_t start_evictor(void)
{
	struct svm_gpu mine;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (pid)
		return pid;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || svm_open(&mine, vgpu_uid('a')))
		_exit(1);
	for (;;)
		vgpusvm_evict_region(mine.fd, id);
}

/* Asserts nothing, so that the evictor is killed first. */
static bool beside_evictor(bool (*run)(unsigned int round))
{
	pid_t evictor = start_evictor();
	bool good = true;
	unsigned int i;

	for (i = 0; i < ROUNDS && good; i++)
		good = run(i);
	kill(evictor, SIGKILL);

	return waitpid(evictor, NULL, 0) == evictor && good;
}

/* Some pages may be evicted before the last ones are there. */
static char *map_evicted(struct svm_gpu *by, uint64_t seed)
{
	char *p = map_memory(SIZE, false);

	put_pattern(p, SIZE, seed);
	by->driver->advise(by, p, SIZE, id);
	by->driver->prefetch(by, p, SIZE);

	return p;
}

static bool unmap_one(unsigned int round)
{
	char *gone = map_evicted(&gpu, round), *p = map_evicted(&gpu, round);
	bool good;

	munmap(gone, SIZE);
	good = has_pattern(p, SIZE, round);
	munmap(p, SIZE);

	return good;
}

/**
 * SUBTEST: unmap-race
 * Description: Pages are unmapped while they are evicted: other pages keep their content.
 * Promises: EVICT_REGION
 */
static void unmap_race(void)
{
	igt_assert(beside_evictor(unmap_one));
}

static bool have_places(const char *p)
{
	uint32_t ids[SIZE / 4096];
	size_t i;

	if (gpu.driver->residency(&gpu, p, SIZE, ids))
		return false;
	for (i = 0; i < SIZE / page_size(); i++)
		if (ids[i] == DRM_VGPUSVM_RESIDENCY_NOT_PRESENT)
			return false;

	return true;
}

static bool query_one(unsigned int round)
{
	char *p = map_memory(SIZE, false);
	bool good = true;
	int i;

	put_pattern(p, SIZE, round);
	gpu.driver->advise(&gpu, p, SIZE, id);
	for (i = 0; i < ROUNDS && good; i++) {
		gpu.driver->prefetch(&gpu, p, SIZE);
		good = have_places(p);
	}
	good = good && has_pattern(p, SIZE, round);
	munmap(p, SIZE);

	return good;
}

/**
 * SUBTEST: query-race
 * Description: A query finds a place for each page while pages are evicted.
 * Promises: QUERY_RESIDENCY EVICT_REGION
 */
static void query_race(void)
{
	igt_assert(beside_evictor(query_one));
}

static bool exits_well(pid_t pid)
{
	int status = -1;

	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static bool exit_one(unsigned int round)
{
	struct svm_gpu mine;
	pid_t pid = fork();

	if (pid)
		return exits_well(pid);

	if (svm_open(&mine, vgpu_uid('a')) || mine.driver->vm_create(&mine))
		_exit(1);
	map_evicted(&mine, round);
	_exit(0);
}

/**
 * SUBTEST: exit-race
 * Description: Processes exit while their pages are evicted.
 * Promises: EVICT_REGION
 */
static void exit_race(void)
{
	igt_assert(beside_evictor(exit_one));
}

/* The parent unmaps first, so that only the child has the pages when it exits. */
static bool leave_one(unsigned int round)
{
	char *p = map_evicted(&gpu, round), byte;
	int go[2];
	bool sent;
	pid_t pid;

	if (pipe(go))
		return false;
	pid = fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 1 || !has_pattern(p, page_size(), round));
	}
	close(go[0]);
	munmap(p, SIZE);
	sent = write(go[1], "", 1) == 1;
	close(go[1]);

	return exits_well(pid) && sent;
}

/**
 * SUBTEST: child-exit-race
 * Description: A child exits that is the last one with its parent's pages, while they are
 *	evicted.
 * Promises: EVICT_REGION
 */
static void child_exit_race(void)
{
	igt_assert(beside_evictor(leave_one));
}

static const struct subtest tests[] = {
	{ "reclaim", "Evicted pages are swapped", reclaim },
	{ "shared", "A child shares evicted pages", shared },
	{ "orphan", "Only a child has the evicted pages", orphan_evicted },
	{ "unbind-shared", "A child shares pages of an unbound GPU", unbind_shared },
	{ "unbind-orphan", "Only a child has pages of an unbound GPU", unbind_orphan },
	{ "unmap-race", "Pages are unmapped while they are evicted", unmap_race },
	{ "query-race", "Pages are looked for while they are evicted", query_race },
	{ "exit-race", "Processes exit while their pages are evicted", exit_race },
	{ "child-exit-race", "The last child exits while pages are evicted", child_exit_race },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start());
}
