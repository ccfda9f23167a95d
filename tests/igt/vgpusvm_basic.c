// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm basic
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,ioctl
 * Test category: functionality test
 * Description: The ioctls of the virtual GPU: VMs, migration and eviction, queries,
 *	counters.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/placed.h"
#include "lib/settings.h"
#include "lib/stall.h"
#include "lib/subtests.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("The ioctls of the virtual GPU");

#define SIZE	PLACED_SIZE
#define SEED	PLACED_SEED

static struct svm_gpu gpu;
static uint32_t id, peer;
static char *p;

static void start(void)
{
	p = start_placed(&gpu);
	id = gpu.ids[0];
	peer = vgpu_id('b', 0);
}

static int call(unsigned long request, void *arg)
{
	return drm_call(gpu.fd, request, arg);
}

/**
 * SUBTEST: vm
 * Description: A VM handle is never 0 and belongs to its file. A handle that was destroyed,
 *	or belongs to another file, fails with ENOENT.
 * Promises: VM_CREATE VM_DESTROY IOCTLS:ENOENT
 */
static void vms(void)
{
	struct svm_gpu other;
	uint32_t second;

	assert_ok(vgpusvm_vm_create(gpu.fd, &second));
	igt_assert(second && gpu.vm && second != gpu.vm);
	assert_ok(vgpusvm_vm_destroy(gpu.fd, second));
	assert_error(vgpusvm_vm_destroy(gpu.fd, second), -ENOENT);
	assert_error(vgpusvm_madvise(gpu.fd, second, p, SIZE, id), -ENOENT);
	assert_ok(svm_open(&other, gpu.uid));
	assert_error(vgpusvm_madvise(other.fd, gpu.vm, p, SIZE, id), -ENOENT);
	svm_close(&other);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: vm-pages-stay
 * Description: When a VM is destroyed or its file is closed, pages keep their place and
 *	content. They return to system memory when the CPU touches them.
 * Promises: VM_DESTROY IOCTLS
 */
static void vm_pages_stay(void)
{
	struct svm_gpu observer;

	svm_start(&observer, gpu.uid);
	assert_ok(svm_vgpusvm.vm_destroy(&gpu));
	assert_holds(&observer, p, SIZE, id, SEED);
	svm_close(&gpu);
	assert_holds(&observer, p, SIZE, id, SEED);
	assert_cpu_takes(&observer, p, SIZE, SEED);
	svm_close(&observer);
}

/**
 * SUBTEST: prefetch
 * Description: PREFETCH moves memory to its preferred pagemap, so that no fault follows. It
 *	continues where an earlier call stopped.
 * Promises: PREFETCH MADVISE
 */
static void prefetch(void)
{
	struct drm_vgpusvm_prefetch args = {
		.vm_id = gpu.vm, .start = (uintptr_t)p, .length = SIZE, .done = SIZE / 2,
	};
	uint64_t before, after;

	igt_assert(has_pattern(p, SIZE, SEED));
	assert_ok(call(DRM_IOCTL_VGPUSVM_PREFETCH, &args));
	igt_assert_eq_u64(args.done, SIZE);
	igt_assert_eq_u64(args.fallback, 0);
	assert_at(&gpu, p + SIZE / 2, SIZE / 2, id);
	args.done = 0;
	assert_ok(call(DRM_IOCTL_VGPUSVM_PREFETCH, &args));
	assert_at(&gpu, p, SIZE, id);
	assert_ok(svm_vgpusvm.faults(&gpu, &before));
	assert_ok(svm_vgpusvm.atomic_add(&gpu, p, 0));
	assert_ok(svm_vgpusvm.faults(&gpu, &after));
	igt_assert_eq_u64(before, after);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: prefetch-system
 * Description: PREFETCH moves memory to system memory once: the preference stays, and the
 *	next access of the GPU moves the pages back.
 * Promises: PREFETCH_SYSTEM PREFETCH
 */
static void prefetch_system(void)
{
	struct svm_gpu observer;
	uint32_t now;

	svm_start(&observer, gpu.uid);
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, p, SIZE, DRM_VGPUSVM_PREFETCH_SYSTEM, NULL));
	assert_holds(&observer, p, SIZE, SVM_SYSTEM, SEED);
	assert_ok(svm_vgpusvm.preference(&gpu, p, SIZE, &now));
	igt_assert_eq_u32(now, id);
	assert_gpu_reads(&gpu, p, SIZE, SEED, 0);
	assert_at(&gpu, p, SIZE, id);
	svm_close(&observer);
}

/**
 * SUBTEST: prefetch-busy
 * Description: PREFETCH fails with EBUSY on pages that another user holds, and leaves them
 *	unchanged.
 * Promises: PREFETCH:EBUSY
 */
static void prefetch_busy(void)
{
	struct iovec page = { .iov_base = p, .iov_len = page_size() };
	int ends[2];

	igt_assert(has_pattern(p, SIZE, SEED));
	igt_assert(!pipe(ends));
	igt_assert_eq(vmsplice(ends[1], &page, 1, 0), page_size());
	assert_error(svm_vgpusvm.prefetch(&gpu, p, SIZE), -EBUSY);
	assert_at(&gpu, p, page_size(), SVM_SYSTEM);
	close(ends[0]);
	close(ends[1]);
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_placed(&gpu, p);
}

/* Memory of three parts; accesses to the middle one wait until the test provides its pages. */
#define PART	STALL_SIZE
#define PARTS	(3 * PART)

static struct stall stall;
static struct drm_vgpusvm_prefetch fetch;
static struct drm_vgpusvm_exec exec;
static struct drm_vgpusvm_op op;
static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	(void)sig;
	signals++;
}

static char *map_parts(void)
{
	char *parts = map_memory(PARTS, false);

	memset(parts, 0, PART);
	memset(parts + 2 * PART, 0, PART);
	stall_at(&stall, parts + PART);
	fetch = (struct drm_vgpusvm_prefetch) {
		.vm_id = gpu.vm, .start = (uintptr_t)parts, .length = PARTS,
	};
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)parts, .src = (uintptr_t)parts,
		.length = PARTS, .value = 1,
	};
	exec = (struct drm_vgpusvm_exec) {
		.vm_id = gpu.vm, .num_ops = 1, .ops = (uintptr_t)&op, .op_stride = sizeof(op),
	};

	return parts;
}

/* One call, which the C library does not repeat. */
static int fetch_once(void *unused)
{
	(void)unused;
	return ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_PREFETCH, &fetch) ? -errno : 0;
}

static int add_once(void *unused)
{
	(void)unused;
	return ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec) ? -errno : 0;
}

/* A signal arrives while the call waits for the middle part. Returns what the call does. */
static int run_with_signal(int (*once)(void *unused), int flags)
{
	const struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };
	static struct task calling;
	struct sigaction before;
	bool hit, sent, ended;

	signals = 0;
	sigaction(SIGUSR1, &action, &before);
	start_task(&calling, once, NULL);
	hit = stall_is_hit(&stall);
	sent = hit && !tgkill(getpid(), calling.tid, SIGUSR1);
	stall_release(&stall);
	ended = task_ends(&calling);
	sigaction(SIGUSR1, &before, NULL);
	igt_assert(hit && sent && ended);
	igt_assert_eq(signals, 1);

	return calling.err;
}

static void assert_added_once(const char *parts)
{
	const uint64_t *words = (const uint64_t *)parts;
	size_t i;

	for (i = 0; i < PARTS / 8; i++)
		igt_assert_eq_u64(words[i], 1);
}

static void add_with_signal(int flags, int wanted)
{
	char *parts = map_parts();

	assert_error(run_with_signal(add_once, flags), wanted);
	if (wanted) {
		igt_assert_eq_u32(exec.num_done, 0);
		igt_assert(op.done >= PART && op.done < PARTS);
		assert_ok(add_once(NULL));
	}
	igt_assert_eq_u64(op.done, PARTS);
	assert_added_once(parts);
	munmap(parts, PARTS);
}

static void fetch_with_signal(int flags, int wanted)
{
	char *parts = map_parts();

	assert_error(run_with_signal(fetch_once, flags), wanted);
	if (wanted) {
		igt_assert(fetch.done >= PART && fetch.done < PARTS);
		assert_ok(fetch_once(NULL));
	}
	igt_assert_eq_u64(fetch.done, PARTS);
	munmap(parts, PARTS);
}

/**
 * SUBTEST: signals
 * Description: A signal interrupts a call that waits for a page. The call continues where it
 *	stopped, whether the caller or the kernel repeats it: each addition happens once.
 * Promises: IOCTLS:EINTR EXEC PREFETCH
 */
static void interrupted(void)
{
	add_with_signal(0, -EINTR);
	add_with_signal(SA_RESTART, 0);
	fetch_with_signal(0, -EINTR);
	fetch_with_signal(SA_RESTART, 0);
}

/**
 * SUBTEST: evict
 * Description: EVICT moves the pages of a range, or all pages of a region, to system
 *	memory. Content and preference stay.
 * Promises: EVICT EVICT_REGION
 */
static void evict(void)
{
	struct svm_gpu observer;

	svm_start(&observer, gpu.uid);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE / 2));
	assert_at(&gpu, p, SIZE / 2, SVM_SYSTEM);
	assert_at(&gpu, p + SIZE / 2, SIZE / 2, id);
	assert_ok(vgpusvm_evict_region(gpu.fd, id));
	assert_holds(&observer, p, SIZE, SVM_SYSTEM, SEED);
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_placed(&gpu, p);
	munmap(p + SIZE / 2, SIZE / 2);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_holds(&observer, p, SIZE / 2, SVM_SYSTEM, SEED);
	svm_close(&observer);
}

/**
 * SUBTEST: evict-ends
 * Description: EVICT moves the first and the last page of a range, even if no other page of
 *	the range is in the same allocation.
 * Promises: EVICT
 */
static void evict_ends(void)
{
	const size_t part = 2 * MIB, page = page_size();
	char *q = map_at(&gpu, 3 * part, false, id, 5);
	struct svm_gpu observer;

	svm_start(&observer, gpu.uid);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, q + part - page, part + 2 * page));
	assert_at(&observer, q + part - page, part + 2 * page, SVM_SYSTEM);
	igt_assert(has_pattern(q, 3 * part, 5));
	svm_close(&observer);
	munmap(q, 3 * part);
}

/**
 * SUBTEST: full
 * Description: When a region is full, other allocations are evicted. Pages that still find
 *	no room are in system memory, never on another pagemap. Both are reported and
 *	counted.
 * Promises: MADVISE PREFETCH STATS
 */
static void full(void)
{
	const size_t length = VGPU_SIZE + 2 * MIB;
	struct drm_vgpusvm_stats before, after;
	uint32_t *ids = calloc(length / page_size(), sizeof(*ids));
	char *big = map_memory(length, false);
	size_t i, there = 0;
	uint64_t fallback;

	put_pattern(big, length, 3);
	assert_ok(vgpusvm_stats(gpu.fd, 0, &before));
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, big, length, id));
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, big, length, 0, &fallback));
	assert_ok(vgpusvm_residency(gpu.fd, gpu.vm, big, length, ids));
	for (i = 0; i < length / page_size(); i++) {
		igt_assert(ids[i] == id || ids[i] == SVM_SYSTEM);
		there += ids[i] == id;
	}
	igt_assert_eq_u64(there * page_size(), VGPU_SIZE);
	assert_ok(vgpusvm_stats(gpu.fd, 0, &after));
	igt_assert(after.evictions > before.evictions);
	igt_assert(after.evicted_bytes - before.evicted_bytes >= length - VGPU_SIZE);
	igt_assert_eq_u64(after.fallback_bytes - before.fallback_bytes, fallback);
	igt_assert(has_pattern(big, length, 3));
	igt_assert(has_pattern(p, SIZE, SEED));
	free(ids);
	munmap(big, length);
}

/* Fills the region, and looks after that whether all is there. */
static void fill_region(void)
{
	struct svm_gpu mine;
	char *q;

	svm_start(&mine, gpu.uid);
	q = map_at(&mine, VGPU_SIZE, false, mine.ids[0], 4);
	assert_holds(&mine, q, VGPU_SIZE, mine.ids[0], 4);
	igt_assert(has_pattern(q, VGPU_SIZE, 4));
}

/**
 * SUBTEST: full-process
 * Description: Another process fills the region: pages of the first process make way, and
 *	come back at its next access.
 * Promises: MADVISE PREFETCH
 */
static void full_process(void)
{
	struct svm_gpu observer;

	svm_start(&observer, gpu.uid);
	igt_fork(child, 1)
		fill_region();
	igt_waitchildren();
	assert_holds(&observer, p, SIZE, SVM_SYSTEM, SEED);
	assert_gpu_reads(&gpu, p, SIZE, SEED, 0);
	assert_holds(&observer, p, SIZE, id, SEED);
	svm_close(&observer);
}

#define RIVALS	4
#define ROOM	(2 * MIB)

static bool stop;

/* A thread that wants all of a pagemap for its own pages. */
struct rival {
	pthread_t thread;
	struct svm_gpu gpu;
	uint32_t tight;
	char *p;
	uint64_t fallback;
	const char *wrong;
};

/* Returns what is wrong. */
static const char *where_it_should_not_be(struct rival *rival)
{
	const size_t num = ROOM / page_size();
	uint32_t *ids = calloc(num, sizeof(*ids));
	size_t i = 0;
	int err;

	/* The others evict these pages, and may never stop for long enough */
	do {
		err = vgpusvm_residency(rival->gpu.fd, rival->gpu.vm, rival->p, ROOM, ids);
	} while (err == -EBUSY);
	while (i < num && (ids[i] == rival->tight || ids[i] == SVM_SYSTEM))
		i++;
	free(ids);
	if (err)
		return error_name(err);

	return i == num ? NULL : "a page is on another pagemap";
}

static const char *rival_turn(struct rival *rival)
{
	uint64_t fallback = 0;
	const char *wrong;
	int err = vgpusvm_prefetch(rival->gpu.fd, rival->gpu.vm, rival->p, ROOM, 0, &fallback);

	rival->fallback += fallback;
	if (err && err != -EBUSY)
		return error_name(err);
	if (fallback > ROOM)
		return "more fell back than there is";
	wrong = where_it_should_not_be(rival);
	if (wrong)
		return wrong;
	/* The CPU takes the pages, so that there is something to move. */
	if (!has_pattern(rival->p, ROOM, SEED))
		return "content is lost";

	return NULL;
}

static void *compete(void *arg)
{
	struct rival *rival = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE) && !rival->wrong)
		rival->wrong = rival_turn(rival);

	return NULL;
}

static void start_rival(struct rival *rival)
{
	svm_start(&rival->gpu, gpu.uid);
	rival->tight = vgpu_id('c', 0);
	rival->p = map_memory(ROOM, false);
	put_pattern(rival->p, ROOM, SEED);
	assert_ok(svm_vgpusvm.advise(&rival->gpu, rival->p, ROOM, rival->tight));
	igt_assert(!pthread_create(&rival->thread, NULL, compete, rival));
}

static uint64_t counted_fallback(void)
{
	struct drm_vgpusvm_stats stats;

	assert_ok(vgpusvm_stats(gpu.fd, 0, &stats));
	return stats.fallback_bytes;
}

/**
 * SUBTEST: full-rivals
 * Description: Threads compete for a pagemap with room for one of them: what finds no room
 *	is in system memory, never on another pagemap, and is reported and counted.
 * Promises: PREFETCH STATS
 */
static void full_rivals(void)
{
	struct rival rivals[RIVALS] = {};
	uint64_t reported = 0;
	bool fell_back;
	int i;

	svm_close(&gpu);
	start_afresh();
	make_vgpus("ac", 1);
	size_vgpu_memory('c', 0, ROOM);
	link_vgpus("ac", "");
	enable_vgpus("ac");
	assert_ok(svm_open(&gpu, vgpu_uid('a')));
	__atomic_store_n(&stop, false, __ATOMIC_RELEASE);
	for (i = 0; i < RIVALS; i++)
		start_rival(&rivals[i]);
	fell_back = eventually(counted_fallback());
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < RIVALS; i++)
		pthread_join(rivals[i].thread, NULL);
	for (i = 0; i < RIVALS; i++) {
		igt_assert_f(!rivals[i].wrong, "%s\n", rivals[i].wrong);
		reported += rivals[i].fallback;
		munmap(rivals[i].p, ROOM);
		svm_close(&rivals[i].gpu);
	}
	igt_assert(fell_back);
	igt_assert_eq_u64(counted_fallback(), reported);
}

/**
 * SUBTEST: moves
 * Description: Pages move from one GPU to another by one copy, without system memory. A
 *	prefetch of pages that are there already moves nothing.
 * Promises: MADVISE PREFETCH STATS
 */
static void moves(void)
{
	struct drm_vgpusvm_stats out, in, before, after;
	struct svm_gpu other;

	svm_start(&other, vgpu_uid('b'));
	assert_ok(vgpusvm_stats(gpu.fd, 0, &out));
	assert_ok(vgpusvm_stats(other.fd, 0, &in));
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, peer));
	assert_at(&gpu, p, SIZE, id);
	assert_gpu_reads(&gpu, p, SIZE, SEED, 0);
	assert_holds(&other, p, SIZE, peer, SEED);
	assert_ok(vgpusvm_stats(gpu.fd, 0, &after));
	igt_assert_eq_u64(after.copied_out_bytes - out.copied_out_bytes, SIZE);
	assert_ok(vgpusvm_stats(other.fd, 0, &after));
	igt_assert_eq_u64(after.copied_in_bytes - in.copied_in_bytes, SIZE);
	igt_assert_eq_u64(after.copied_out_bytes, in.copied_out_bytes);

	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &before));
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &after));
	igt_assert_eq_u64(after.migrations, before.migrations);
	assert_holds(&other, p, SIZE, peer, SEED);
	svm_close(&other);
}

/**
 * SUBTEST: query-range
 * Description: QUERY_RANGE returns the preferences of a range, part by part, without gaps,
 *	and the number of parts.
 * Promises: QUERY_RANGE QUERY_RANGE:ENOSPC RANGE_ATTR PAGEMAP_NONE
 */
static void query_range(void)
{
	struct drm_vgpusvm_range_attr attrs[3] = {};
	struct drm_vgpusvm_query_range query = {
		.vm_id = gpu.vm, .start = (uintptr_t)p, .length = SIZE,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};

	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p + 4096, 4096, peer));
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p + 8192, SIZE - 8192,
				  DRM_VGPUSVM_PAGEMAP_NONE));
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query));
	igt_assert_eq_u32(query.num_attrs, 3);
	query.attrs = (uintptr_t)attrs;
	query.num_attrs = 2;
	assert_error(call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query), -ENOSPC);
	igt_assert_eq_u32(query.num_attrs, 3);
	igt_assert_eq_u32(attrs[1].pagemap_id, peer);
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query));
	igt_assert_eq_u64(attrs[0].start, (uintptr_t)p);
	igt_assert_eq_u64(attrs[0].end, attrs[1].start);
	igt_assert_eq_u64(attrs[1].end, attrs[2].start);
	igt_assert_eq_u64(attrs[2].end, (uintptr_t)p + SIZE);
	igt_assert_eq_u32(attrs[0].pagemap_id, id);
	igt_assert_eq_u32(attrs[1].pagemap_id, peer);
	igt_assert_eq_u32(attrs[2].pagemap_id, DRM_VGPUSVM_PAGEMAP_NONE);
	/* Neighbours that don't differ are one part. */
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p + 4096, SIZE - 4096, id));
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query));
	igt_assert_eq_u32(query.num_attrs, 1);
}

/**
 * SUBTEST: query-regions
 * Description: QUERY_REGIONS returns the regions of a GPU by number, with the IDs, sizes
 *	and free bytes that sysfs shows.
 * Promises: QUERY_REGIONS QUERY_REGIONS:ENOSPC REGION
 */
static void query_regions(void)
{
	struct drm_vgpusvm_region regions[2] = {};
	struct drm_vgpusvm_query_regions query = {
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};

	make_vgpus("c", 2);
	enable_vgpus("c");
	svm_close(&gpu);
	assert_ok(svm_open(&gpu, vgpu_uid('c')));
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query));
	igt_assert_eq_u32(query.num_regions, 2);
	query.regions = (uintptr_t)regions;
	query.num_regions = 1;
	assert_error(call(DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query), -ENOSPC);
	igt_assert_eq_u32(query.num_regions, 2);
	igt_assert_eq_u32(regions[0].pagemap_id, vgpu_id('c', 0));
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query));
	igt_assert_eq_u32(regions[1].pagemap_id, vgpu_id('c', 1));
	igt_assert_eq_u32(regions[1].instance, 1);
	igt_assert_eq_u64(regions[1].size, VGPU_SIZE);
	igt_assert_eq_u64(regions[1].free, VGPU_SIZE);
}

/**
 * SUBTEST: query-residency
 * Description: QUERY_RESIDENCY returns the place of each page, and of missing pages. It
 *	moves and creates nothing.
 * Promises: QUERY_RESIDENCY RESIDENCY_SYSTEM RESIDENCY_NOT_PRESENT
 */
static void query_residency(void)
{
	char *fresh = map_memory(SIZE, false);

	assert_at(&gpu, fresh, SIZE, DRM_VGPUSVM_RESIDENCY_NOT_PRESENT);
	assert_at(&gpu, fresh, SIZE, DRM_VGPUSVM_RESIDENCY_NOT_PRESENT);
	fresh[0] = 1;
	assert_at(&gpu, fresh, page_size(), DRM_VGPUSVM_RESIDENCY_SYSTEM);
	assert_at(&gpu, fresh + page_size(), SIZE - page_size(),
		  DRM_VGPUSVM_RESIDENCY_NOT_PRESENT);
	munmap(fresh, SIZE);
	assert_at(&gpu, fresh, SIZE, DRM_VGPUSVM_RESIDENCY_NOT_PRESENT);
	assert_at(&gpu, p, SIZE, id);
}

/**
 * SUBTEST: query-placement
 * Description: QUERY_PLACEMENT returns the result that MADVISE would have for each of
 *	several IDs, and places nothing.
 * Promises: QUERY_PLACEMENT PLACEMENT PLACEMENT:ENOENT PLACEMENT:ENODEV PLACEMENT:ENOLINK
 *	PAGEMAP_NONE
 */
static void query_placement(void)
{
	struct drm_vgpusvm_placement places[6] = {};
	struct drm_vgpusvm_query_placement query = {
		.vm_id = gpu.vm, .num_placements = 6, .placements = (uintptr_t)places,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};
	static const int errors[6] = { 0, 0, 0, -ENOLINK, -ENODEV, -ENOENT };
	int i;

	make_vgpus("cd", 1);
	enable_vgpus("cd");
	places[1].pagemap_id = id;
	places[2].pagemap_id = peer;
	places[3].pagemap_id = vgpu_id('c', 0);
	places[4].pagemap_id = vgpu_id('d', 0);
	places[5].pagemap_id = 0xfffffff0;
	assert_ok(unbind_vgpu('d'));
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query));
	for (i = 0; i < 6; i++) {
		assert_error(places[i].error, errors[i]);
		if (errors[i])
			assert_error(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE,
						     places[i].pagemap_id), errors[i]);
	}
	assert_text(file_text(PAGEMAPS "/pagemap%u/state", peer), "idle");
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: stats
 * Description: QUERY_STATS counts bytes by place, and the time that they would take with
 *	the bandwidth and latency of the links; faults, moves and invalidations of a VM; and
 *	the sum of all VMs of a device.
 * Promises: QUERY_STATS STATS PLACE
 */
static void stats(void)
{
	struct drm_vgpusvm_stats before, after, device;
	char *there = map_at(&gpu, SIZE, false, peer, 5);
	char *here = map_memory(SIZE, false);

	put_pattern(here, SIZE, 6);
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &before));
	/* From its own memory to its peer's, from that to the system's. */
	assert_ok(svm_vgpusvm.copy(&gpu, there, p, SIZE));
	assert_ok(svm_vgpusvm.copy(&gpu, here, there, SIZE));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &after));
	igt_assert_eq_u64(after.read_bytes[DRM_VGPUSVM_PLACE_LOCAL] -
			  before.read_bytes[DRM_VGPUSVM_PLACE_LOCAL], SIZE);
	igt_assert_eq_u64(after.write_bytes[DRM_VGPUSVM_PLACE_PEER] -
			  before.write_bytes[DRM_VGPUSVM_PLACE_PEER], SIZE);
	igt_assert_eq_u64(after.read_bytes[DRM_VGPUSVM_PLACE_PEER] -
			  before.read_bytes[DRM_VGPUSVM_PLACE_PEER], SIZE);
	igt_assert_eq_u64(after.write_bytes[DRM_VGPUSVM_PLACE_SYSTEM] -
			  before.write_bytes[DRM_VGPUSVM_PLACE_SYSTEM], SIZE);
	igt_assert(after.modelled_ns[DRM_VGPUSVM_PLACE_PEER] -
		   before.modelled_ns[DRM_VGPUSVM_PLACE_PEER] >
		   after.modelled_ns[DRM_VGPUSVM_PLACE_LOCAL] -
		   before.modelled_ns[DRM_VGPUSVM_PLACE_LOCAL]);
	igt_assert(after.faults > before.faults);

	before = after;
	igt_assert(has_pattern(there, SIZE, SEED));
	assert_ok(svm_vgpusvm.prefetch(&gpu, there, SIZE));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &after));
	igt_assert(after.invalidations > before.invalidations);
	igt_assert(after.migrations > before.migrations);
	igt_assert_eq_u64(after.migrated_bytes[DRM_VGPUSVM_PLACE_PEER] -
			  before.migrated_bytes[DRM_VGPUSVM_PLACE_PEER], SIZE);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &after));
	igt_assert_eq_u64(after.migrated_bytes[DRM_VGPUSVM_PLACE_SYSTEM] -
			  before.migrated_bytes[DRM_VGPUSVM_PLACE_SYSTEM], SIZE);
	assert_ok(vgpusvm_stats(gpu.fd, 0, &device));
	igt_assert_lte_u64(after.faults, device.faults);
	igt_assert_lte_u64(SIZE, device.copied_in_bytes);
	igt_assert_lte_u64(SIZE, device.copied_out_bytes);
	munmap(there, SIZE);
	munmap(here, SIZE);
}

struct traffic {
	uint64_t read;
	uint64_t write;
};

static struct traffic traffic_of(uint32_t pagemap)
{
	const char *dir = link_dir(gpu.uid, pagemap);

	return (struct traffic) {
		.read = file_number("%s/statistics/read_bytes", dir),
		.write = file_number("%s/statistics/write_bytes", dir),
	};
}

static void assert_traffic(uint32_t pagemap, struct traffic before, uint64_t read,
			   uint64_t write)
{
	struct traffic after = traffic_of(pagemap);

	igt_assert_eq_u64(after.read - before.read, read);
	igt_assert_eq_u64(after.write - before.write, write);
}

/**
 * SUBTEST: link-statistics
 * Description: The statistics of a link count the bytes that its GPU accesses, as
 *	QUERY_STATS does, and the bytes that its copy engine moves. Other links count
 *	nothing.
 * Promises: link/statistics link/statistics/{read,write}_bytes
 */
static void link_statistics(void)
{
	struct drm_vgpusvm_stats before, after;
	char *there = map_at(&gpu, SIZE, false, peer, 5);
	struct traffic local, remote;

	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &before));
	local = traffic_of(id);
	remote = traffic_of(peer);
	assert_ok(svm_vgpusvm.copy(&gpu, there, p, SIZE));
	assert_ok(svm_vgpusvm.copy(&gpu, p, there, SIZE / 2));
	assert_traffic(id, local, SIZE, SIZE / 2);
	assert_traffic(peer, remote, SIZE / 2, SIZE);
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &after));
	igt_assert_eq_u64(after.read_bytes[DRM_VGPUSVM_PLACE_PEER] -
			  before.read_bytes[DRM_VGPUSVM_PLACE_PEER], SIZE / 2);
	igt_assert_eq_u64(after.write_bytes[DRM_VGPUSVM_PLACE_PEER] -
			  before.write_bytes[DRM_VGPUSVM_PLACE_PEER], SIZE);

	/* The GPU that has the pages copies them to system memory. */
	local = traffic_of(id);
	remote = traffic_of(peer);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, there, SIZE));
	assert_traffic(id, local, SIZE, 0);
	assert_traffic(peer, remote, 0, 0);
	munmap(there, SIZE);
}

/* Number of lines in fdinfo of the GPU that name a group, which must be @group. */
static int groups_in_fdinfo(const char *group)
{
	FILE *file = fopen(text_of("/proc/self/fdinfo/%d", gpu.fd), "re");
	static const char key[] = "drm-svm-group:\t";
	char line[256];
	int num = 0;

	igt_assert(file);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		line[strcspn(line, "\n")] = 0;
		assert_text(line + strlen(key), group);
		num++;
	}
	fclose(file);

	return num;
}

/**
 * SUBTEST: fdinfo-group
 * Description: The fdinfo of a file names the group that its VMs hold, until the last VM
 *	is destroyed.
 * Promises: group/users
 */
static void fdinfo_group(void)
{
	const char *group = link_name(INITIATORS "/%s/group", gpu.uid);
	uint32_t vm;

	igt_assert_eq(groups_in_fdinfo(group), 1);
	assert_ok(vgpusvm_vm_create(gpu.fd, &vm));
	igt_assert_eq(groups_in_fdinfo(group), 1);
	assert_ok(vgpusvm_vm_destroy(gpu.fd, vm));
	assert_ok(vgpusvm_vm_destroy(gpu.fd, gpu.vm));
	igt_assert_eq(groups_in_fdinfo(group), 0);
	assert_ok(vgpusvm_vm_create(gpu.fd, &gpu.vm));
}

/* The value of a line in fdinfo of the GPU, in bytes or without a unit; -1 without such a line. */
static int64_t in_fdinfo(const char *key)
{
	FILE *file = fopen(text_of("/proc/self/fdinfo/%d", gpu.fd), "re");
	const char *start = text_of("%s:", key);
	char line[256], unit[8];
	int64_t value = -1;

	igt_assert(file);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, start, strlen(start)))
			continue;
		unit[0] = 0;
		igt_assert(sscanf(line + strlen(start), "%" SCNi64 " %7s", &value, unit) >= 1);
		value *= unit[0] == 'K' ? KIB : unit[0] == 'M' ? MIB : 1;
	}
	fclose(file);

	return value;
}

/**
 * SUBTEST: fdinfo-memory
 * Description: The fdinfo of a file has the memory of the process in each region of the GPU,
 *	and on peers. It counts as shared if another file has a VM of the process. Pages that
 *	the CPU took no longer count.
 * Promises: PREFETCH
 */
static void fdinfo_memory(void)
{
	struct svm_gpu other;

	igt_assert_eq_u64(in_fdinfo("drm-total-vram0"), SIZE);
	igt_assert_eq_u64(in_fdinfo("drm-resident-vram0"), SIZE);
	/* VMs of earlier tests may still be going away */
	igt_assert(eventually(in_fdinfo("drm-shared-vram0") == 0));
	igt_assert_eq_u64(in_fdinfo("drm-total-peer"), 0);

	svm_start(&other, gpu.uid);
	igt_assert_eq_u64(in_fdinfo("drm-total-vram0"), SIZE);
	igt_assert_eq_u64(in_fdinfo("drm-shared-vram0"), SIZE);
	svm_close(&other);
	igt_assert(eventually(in_fdinfo("drm-shared-vram0") == 0));

	/* A part of an allocation */
	p[0] = 0;
	igt_assert(eventually(in_fdinfo("drm-total-vram0") < (int64_t)SIZE));
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, peer));
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	igt_assert(eventually(in_fdinfo("drm-total-vram0") == 0));
	igt_assert(eventually(in_fdinfo("drm-total-peer") == SIZE));
	igt_assert_eq_u64(in_fdinfo("drm-resident-peer"), SIZE);
	munmap(p, SIZE);
	igt_assert(eventually(in_fdinfo("drm-total-peer") == 0));
}

/**
 * SUBTEST: fdinfo-engine
 * Description: The fdinfo of a file has the time that operations of its VMs have run, also
 *	of VMs that were destroyed.
 * Promises: EXEC
 */
static void fdinfo_engine(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE,
	};
	int64_t busy;

	igt_assert_eq_u64(in_fdinfo("drm-engine-compute"), 0);
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	busy = in_fdinfo("drm-engine-compute");
	igt_assert_lt_u64(0, busy);
	assert_ok(vgpusvm_vm_destroy(gpu.fd, gpu.vm));
	igt_assert_eq_u64(in_fdinfo("drm-engine-compute"), busy);
	assert_ok(vgpusvm_vm_create(gpu.fd, &gpu.vm));
	igt_assert_lt_u64(0, in_fdinfo("drm-engine-capacity-compute"));
}

/**
 * SUBTEST: other-process
 * Description: A process that inherited the file of a VM can't use the VM.
 * Promises: IOCTLS:EPERM
 */
static void other_process(void)
{
	struct drm_vgpusvm_stats counters;
	uint32_t ids[SIZE / 4096], now;
	int status;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid)
		_exit(svm_vgpusvm.store(&gpu, p, 1) != -EPERM ||
		      svm_vgpusvm.prefetch(&gpu, p, SIZE) != -EPERM ||
		      svm_vgpusvm.advise(&gpu, p, SIZE, id) != -EPERM ||
		      vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE) != -EPERM ||
		      svm_vgpusvm.preference(&gpu, p, SIZE, &now) != -EPERM ||
		      svm_vgpusvm.residency(&gpu, p, SIZE, ids) != -EPERM ||
		      svm_vgpusvm.permitted(&gpu, id) != -EPERM ||
		      vgpusvm_stats(gpu.fd, gpu.vm, &counters) != -EPERM);
	igt_assert(waitpid(pid, &status, 0) == pid);
	igt_assert_eq(status, 0);
	/* The child has exited, so only the parent has the pages now. */
	assert_gpu_reads(&gpu, p, SIZE, SEED, 0);
}

/**
 * SUBTEST: unbound
 * Description: After an unbind, each ioctl on an open file fails with ENODEV, even after
 *	the driver is bound again. Memory keeps its content.
 * Promises: IOCTLS:ENODEV OP:ENODEV
 */
static void unbound(void)
{
	struct svm_gpu dead = gpu;
	uint32_t ids[SIZE / 4096], vm, now;
	struct drm_vgpusvm_stats counters;

	assert_ok(unbind_vgpu('a'));
	assert_ok(bind_vgpu('a'));
	assert_error(vgpusvm_vm_create(dead.fd, &vm), -ENODEV);
	assert_error(vgpusvm_vm_destroy(dead.fd, dead.vm), -ENODEV);
	assert_error(svm_vgpusvm.store(&dead, p, 1), -ENODEV);
	assert_error(svm_vgpusvm.advise(&dead, p, SIZE, id), -ENODEV);
	assert_error(svm_vgpusvm.prefetch(&dead, p, SIZE), -ENODEV);
	assert_error(vgpusvm_evict(dead.fd, dead.vm, p, SIZE), -ENODEV);
	assert_error(svm_vgpusvm.preference(&dead, p, SIZE, &now), -ENODEV);
	assert_error(svm_vgpusvm.residency(&dead, p, SIZE, ids), -ENODEV);
	assert_error(svm_vgpusvm.query_ids(&dead), -ENODEV);
	assert_error(svm_vgpusvm.permitted(&dead, id), -ENODEV);
	assert_error(vgpusvm_stats(dead.fd, dead.vm, &counters), -ENODEV);
	igt_assert(has_pattern(p, SIZE, SEED));
	svm_close(&gpu);
}

/**
 * SUBTEST: unresolved
 * Description: While the preferred GPU is away, the GPU uses memory in place, which is
 *	counted, and PREFETCH fails. When the preferred GPU is back, memory moves there.
 * Promises: OP STATS PREFETCH:ENODEV
 */
static void unresolved(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p, .length = SIZE,
	};
	struct drm_vgpusvm_stats before, now;

	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, vgpu_id('b', 0)));
	assert_ok(unbind_vgpu('b'));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &before));
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &now));
	igt_assert_lt_u64(before.unresolved, now.unresolved);
	igt_assert_eq_u64(now.unresolved - before.unresolved, now.faults - before.faults);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_error(svm_vgpusvm.prefetch(&gpu, p, SIZE), -ENODEV);
	assert_ok(bind_vgpu('b'));
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_holds(&gpu, p, SIZE, vgpu_id('b', 0), SEED);
}

static int advise_by_file(int fd, unsigned int region, uint32_t pagemap)
{
	struct drm_vgpusvm_madvise advice = {
		.vm_id = gpu.vm, .flags = DRM_VGPUSVM_MADVISE_FD, .start = (uintptr_t)p,
		.length = SIZE, .pagemap_id = pagemap, .devmem_fd = fd, .region_instance = region,
	};

	return call(DRM_IOCTL_VGPUSVM_MADVISE, &advice);
}

/**
 * SUBTEST: by-file
 * Description: MADVISE by open file, for comparison, works only if it is switched on, and
 *	returns its own errors and those of the ID.
 * Promises: MADVISE_FD MADVISE:EOPNOTSUPP MADVISE:EBADF MADVISE:EINVAL MADVISE:ENOENT
 *	MADVISE:ENOLINK MADVISE:ENODEV
 */
static void by_file(void)
{
	static const char parameter[] = "/sys/module/vgpusvm/parameters/fd_placement";
	int null = open("/dev/null", O_RDWR);
	struct svm_gpu other, apart;
	uint32_t now;

	make_vgpus("c", 1);
	enable_vgpus("c");
	assert_ok(svm_open(&other, vgpu_uid('b')));
	assert_ok(svm_open(&apart, vgpu_uid('c')));
	keep_setting(parameter);
	assert_ok(file_put("N", parameter));
	assert_error(advise_by_file(other.fd, 0, 0), -EOPNOTSUPP);
	assert_ok(file_put("Y", parameter));
	assert_error(advise_by_file(9999, 0, 0), -EBADF);
	assert_error(advise_by_file(null, 0, 0), -EINVAL);
	assert_error(advise_by_file(other.fd, 5, 0), -ENOENT);
	assert_error(advise_by_file(other.fd, 0, id), -EINVAL);
	assert_error(advise_by_file(apart.fd, 0, 0), -ENOLINK);
	assert_placed(&gpu, p);
	assert_ok(advise_by_file(other.fd, 0, 0));
	assert_ok(svm_vgpusvm.preference(&gpu, p, SIZE, &now));
	igt_assert_eq_u32(now, peer);
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_holds(&gpu, p, SIZE, peer, SEED);
	assert_ok(advise_by_file(gpu.fd, 0, 0));
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_placed(&gpu, p);
	assert_ok(unbind_vgpu('b'));
	assert_error(advise_by_file(other.fd, 0, 0), -ENODEV);
	assert_placed(&gpu, p);
	assert_ok(file_put("N", parameter));
	svm_close(&other);
	svm_close(&apart);
	close(null);
}

/**
 * SUBTEST: by-file-region
 * Description: MADVISE by open file takes the region of that number.
 * Promises: MADVISE_FD
 */
static void by_file_region(void)
{
	static const char parameter[] = "/sys/module/vgpusvm/parameters/fd_placement";
	uint32_t now;
	int i;

	svm_close(&gpu);
	start_afresh();
	make_vgpus("a", 2);
	enable_vgpus("a");
	svm_start(&gpu, vgpu_uid('a'));
	keep_setting(parameter);
	assert_ok(file_put("Y", parameter));
	for (i = 0; i < 2; i++) {
		assert_ok(advise_by_file(gpu.fd, i, 0));
		assert_ok(svm_vgpusvm.preference(&gpu, p, SIZE, &now));
		igt_assert_eq_u32(now, vgpu_id('a', i));
	}
	assert_ok(file_put("N", parameter));
}

/**
 * SUBTEST: used-in-place
 * Description: The GPU uses memory in place if it can't live on a GPU, or has no
 *	preference. New pages without a preference are in system memory.
 * Promises: MADVISE PAGEMAP_NONE
 */
static void used_in_place(void)
{
	char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0), *fresh;

	igt_assert(shared != MAP_FAILED);
	put_pattern(shared, SIZE, 8);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, shared, SIZE, id));
	assert_holds(&gpu, shared, SIZE, SVM_SYSTEM, 8);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, DRM_VGPUSVM_PAGEMAP_NONE));
	igt_assert(has_pattern(p, SIZE, SEED));
	assert_holds(&gpu, p, SIZE, SVM_SYSTEM, SEED);
	munmap(shared, SIZE);
	fresh = map_memory(SIZE, false);
	assert_ok(svm_vgpusvm.copy(&gpu, fresh, p, SIZE));
	assert_holds(&gpu, fresh, SIZE, SVM_SYSTEM, SEED);
	munmap(fresh, SIZE);
}

/**
 * SUBTEST: gputop
 * Description: IGT's gputop shows the process, its memory on the GPU, and the engine.
 * Promises: PREFETCH EXEC
 */
static void gputop(void)
{
	const char *row = text_of("%d %luK %luK", getpid(), SIZE / KIB, SIZE / KIB);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE,
	};
	bool engine = false, process = false;
	char line[512], words[3][64];
	FILE *output;

	igt_require_f(!system("command -v gputop >/dev/null"), "there is no gputop\n");
	/* It leaves out processes that have never used the engine */
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	output = popen("COLUMNS=200 gputop -n 2 -d 1 2>&1", "re");
	igt_assert(output);
	while (fgets(line, sizeof(line), output)) {
		engine |= !!strstr(line, " compute ");
		process |= sscanf(line, "%63s %63s %63s", words[0], words[1], words[2]) == 3 &&
			   !strcmp(text_of("%s %s %s", words[0], words[1], words[2]), row) &&
			   strstr(line, "vgpusvm_basic");
	}
	pclose(output);
	igt_assert(engine);
	igt_assert(process);
}

static const struct subtest tests[] = {
	{ "vm", "Handles of VMs belong to a file", vms },
	{ "vm-pages-stay", "Pages outlive a VM in place", vm_pages_stay },
	{ "prefetch", "PREFETCH moves memory before its use", prefetch },
	{ "prefetch-system", "PREFETCH moves to system memory once", prefetch_system },
	{ "prefetch-busy", "PREFETCH fails on busy pages", prefetch_busy },
	{ "signals", "Calls continue after a signal", interrupted },
	{ "evict", "EVICT moves pages to system memory", evict },
	{ "evict-ends", "EVICT moves the ends of a range", evict_ends },
	{ "full", "A full region evicts other allocations", full },
	{ "full-process", "Another process fills a region", full_process },
	{ "full-rivals", "Threads compete for a region", full_rivals },
	{ "moves", "Pages move between GPUs once", moves },
	{ "query-range", "QUERY_RANGE returns preferences", query_range },
	{ "query-regions", "QUERY_REGIONS returns regions", query_regions },
	{ "query-residency", "QUERY_RESIDENCY returns places", query_residency },
	{ "query-placement", "QUERY_PLACEMENT predicts MADVISE", query_placement },
	{ "stats", "QUERY_STATS counts", stats },
	{ "link-statistics", "Links count what moves over them", link_statistics },
	{ "fdinfo-group", "fdinfo names the group that a file holds", fdinfo_group },
	{ "fdinfo-memory", "fdinfo has the memory of a process", fdinfo_memory },
	{ "fdinfo-engine", "fdinfo has the time of operations", fdinfo_engine },
	{ "gputop", "gputop shows a process", gputop },
	{ "other-process", "A VM works only in its process", other_process },
	{ "unbound", "Ioctls fail after an unbind", unbound },
	{ "unresolved", "The preferred GPU is away", unresolved },
	{ "by-file", "MADVISE by open file", by_file },
	{ "by-file-region", "MADVISE by open file and region", by_file_region },
	{ "used-in-place", "Memory is used in place", used_in_place },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
