// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm load
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,stress
 * Test category: functionality test
 * Description: Several virtual GPUs and the CPU at work on the same memory: random
 *	operations, counters that all of them increase, and a GPU that goes and comes back.
 *	Nothing is lost.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("Virtual GPUs at work on the same memory");

#define GPUS	3
#define ROOM	(16 * MIB)

static struct svm_gpu gpus[GPUS];
static uint32_t ids[GPUS];

static void start(void)
{
	int i;

	for (i = 0; i < GPUS; i++)
		svm_close(&gpus[i]);
	start_afresh();
	make_vgpus("abc", 1);
	for (i = 0; i < GPUS; i++)
		size_vgpu_memory('a' + i, 0, ROOM);
	link_vgpus("abc", "");
	enable_vgpus("abc");
	for (i = 0; i < GPUS; i++) {
		svm_start(&gpus[i], vgpu_uid('a' + i));
		ids[i] = gpus[i].ids[0];
	}
}

#define SIZE	(6 * MIB)
#define TURNS	200

static unsigned char *memory, *copy;
static unsigned int seed;

/* A part of the memory: bytes for accesses, pages for the rest. */
static size_t from, length;

static unsigned int pick(unsigned int n)
{
	return rand_r(&seed) % n;
}

static void pick_bytes(void)
{
	from = pick(SIZE / 8) * 8ul;
	length = 8 + pick(pick(4) ? 64 * KIB : 2 * MIB) / 8 * 8ul;
	if (length > SIZE - from)
		length = SIZE - from;
}

static void pick_pages(void)
{
	const size_t page = page_size();

	from = pick(SIZE / page) * page;
	if (!pick(3))
		from &= -2 * MIB;
	length = (1 + pick(pick(2) ? 16 : 1024)) * page;
	if (length > SIZE - from)
		length = SIZE - from;
}

static struct svm_gpu *some_gpu(void)
{
	return &gpus[pick(GPUS)];
}

static void assert_same(const void *bytes)
{
	igt_assert_f(!memcmp(bytes, copy + from, length), "%zu bytes at %zu differ\n", length,
		     from);
}

static void fill_words(unsigned char *p, uint64_t value)
{
	size_t i;

	for (i = 0; i < length; i += 8)
		memcpy(p + i, &value, 8);
}

static void run(struct drm_vgpusvm_op op)
{
	struct svm_gpu *gpu = some_gpu();

	op.length = length;
	assert_ok(vgpusvm_exec(gpu->fd, gpu->vm, &op, 1));
}

static void cpu_writes(void)
{
	uint64_t value = rand_r(&seed);

	pick_bytes();
	fill_words(memory + from, value);
	fill_words(copy + from, value);
}

static void cpu_reads(void)
{
	pick_bytes();
	assert_same(memory + from);
}

static void gpu_fills(void)
{
	uint64_t value = rand_r(&seed) * 0x100000001ull;

	pick_bytes();
	fill_words(copy + from, value);
	run((struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)memory + from, .value = value,
	});
}

static void gpu_reads(void)
{
	static unsigned char buffer[SIZE];

	pick_bytes();
	run((struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_READ, .src = (uintptr_t)memory + from,
		.value = (uintptr_t)buffer,
	});
	assert_same(buffer);
}

static void gpu_adds(void)
{
	uint64_t value = 1 + pick(1000), word;
	size_t i;

	pick_bytes();
	for (i = from; i < from + length; i += 8) {
		memcpy(&word, copy + i, 8);
		word += value;
		memcpy(copy + i, &word, 8);
	}
	run((struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)memory + from,
		.src = (uintptr_t)memory + from, .value = value,
	});
}

static void advise(void)
{
	struct svm_gpu *gpu = some_gpu();

	pick_pages();
	assert_ok(gpu->driver->advise(gpu, memory + from, length,
				      pick(4) ? ids[pick(GPUS)] : DRM_VGPUSVM_PAGEMAP_NONE));
}

/* The pagemap has room for all pages, and no other task moves them. */
static void prefetch(void)
{
	struct svm_gpu *gpu = some_gpu();
	uint32_t id = ids[pick(GPUS)];
	uint64_t fallback;

	pick_pages();
	assert_ok(gpu->driver->advise(gpu, memory + from, length, id));
	assert_ok(vgpusvm_prefetch(gpu->fd, gpu->vm, memory + from, length, 0, &fallback));
	igt_assert_eq_u64(fallback, 0);
	assert_at(gpu, memory + from, length, id);
}

static void prefetch_system(void)
{
	struct svm_gpu *gpu = some_gpu();

	pick_pages();
	assert_ok(vgpusvm_prefetch(gpu->fd, gpu->vm, memory + from, length,
				   DRM_VGPUSVM_PREFETCH_SYSTEM, NULL));
}

static void evict(void)
{
	unsigned int i = pick(GPUS);

	pick_pages();
	if (pick(4))
		assert_ok(vgpusvm_evict(gpus[i].fd, gpus[i].vm, memory + from, length));
	else
		assert_ok(vgpusvm_evict_region(gpus[i].fd, ids[i]));
}

static void drop(void)
{
	pick_pages();
	memset(copy + from, 0, length);
	igt_assert(!madvise(memory + from, length, MADV_DONTNEED));
}

static void map_again(void)
{
	pick_pages();
	memset(copy + from, 0, length);
	igt_assert(mmap(memory + from, length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
}

static void toggle_huge(void)
{
	pick_pages();
	igt_assert(!madvise(memory + from, length, pick(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE));
}

/* Away and back: the pages move in the address space. */
static void remap(void)
{
	void *aside, *there;

	pick_pages();
	there = memory + from;
	aside = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(mremap(there, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, aside) == aside);
	assert_same(aside);
	igt_assert(mremap(aside, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, there) == there);
}

/* A child writes what nobody else may see. */
static void fork_writer(void)
{
	int status;
	pid_t pid;

	pick_bytes();
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		memset(memory + from, 0xaa, length);
		_exit(0);
	}
	igt_assert(waitpid(pid, &status, 0) == pid && !status);
}

static const struct {
	const char *name;
	void (*run)(void);
} actions[] = {
	{ "the CPU writes", cpu_writes },
	{ "the CPU reads", cpu_reads },
	{ "a GPU fills", gpu_fills },
	{ "a GPU fills", gpu_fills },
	{ "a GPU reads", gpu_reads },
	{ "a GPU reads", gpu_reads },
	{ "a GPU reads", gpu_reads },
	{ "a GPU adds", gpu_adds },
	{ "a GPU adds", gpu_adds },
	{ "madvise", advise },
	{ "madvise", advise },
	{ "prefetch", prefetch },
	{ "prefetch", prefetch },
	{ "prefetch to system memory", prefetch_system },
	{ "evict", evict },
	{ "MADV_DONTNEED", drop },
	{ "mmap", map_again },
	{ "huge pages or not", toggle_huge },
	{ "mremap", remap },
	{ "fork", fork_writer },
};

/* Pages are only where some preference has taken them. */
static void assert_all_right(void)
{
	const size_t num = SIZE / page_size();
	uint32_t *pages = calloc(num, sizeof(*pages));
	size_t i;

	assert_ok(vgpusvm_residency(gpus[0].fd, gpus[0].vm, memory, SIZE, pages));
	for (i = 0; i < num; i++)
		igt_assert_f(pages[i] == SVM_SYSTEM || pages[i] == SVM_ABSENT ||
			     pages[i] == ids[0] || pages[i] == ids[1] || pages[i] == ids[2],
			     "page %zu is at %d\n", i, (int)pages[i]);
	free(pages);
	from = 0;
	length = SIZE;
	assert_same(memory);
}

/**
 * SUBTEST: random
 * Description: Random accesses, placements and changes of the address space: after each,
 *	memory has the same content as a copy that only the CPU changes.
 * Promises: IOCTLS MADVISE PREFETCH EVICT OP
 */
static void random_operations(void)
{
	unsigned int i;

	seed = time(NULL);
	igt_info("seed %u\n", seed);
	memory = map_memory(SIZE, true);
	copy = calloc(1, SIZE);
	for (i = 0; i < TURNS; i++) {
		unsigned int action = pick(ARRAY_SIZE(actions));

		igt_debug("turn %u: %s\n", i, actions[action].name);
		actions[action].run();
		if (i % 50 == 49)
			assert_all_right();
	}
	munmap(memory, SIZE);
	free(copy);
}

#define COUNTERS	16
#define COUNTERS_SIZE	(64 * KIB)

static _Atomic uint64_t *counters;
static atomic_bool stop;

struct counter {
	pthread_t thread;
	/* NULL for the CPU. */
	struct svm_gpu *gpu;
	uint64_t counted[COUNTERS];
	atomic_ulong total;
	int err;
};

/* In different pages of one range of a GPU. */
static _Atomic uint64_t *counter_at(unsigned int i)
{
	return counters + i * (COUNTERS_SIZE / COUNTERS / 8);
}

static int count_one(struct counter *counter, unsigned int i)
{
	struct svm_gpu *gpu = counter->gpu;

	if (gpu)
		return gpu->driver->atomic_add(gpu, counter_at(i), 1);
	atomic_fetch_add(counter_at(i), 1);

	return 0;
}

/* -EBUSY means that others had the page all the time: try again. */
static void *count(void *arg)
{
	struct counter *counter = arg;
	unsigned int i;

	for (i = 0; !stop && !counter->err; i = (i + 1) % COUNTERS) {
		int err = count_one(counter, i);

		if (err == -EBUSY)
			continue;
		counter->err = err;
		counter->counted[i] += !err;
		counter->total += !err;
	}

	return NULL;
}

/**
 * SUBTEST: counters
 * Description: Two GPUs and the CPU add to the same words, and each GPU prefers its own
 *	memory: no addition is lost.
 * Promises: OP_ATOMIC_ADD MADVISE
 */
static void count_together(void)
{
	struct counter all[] = { { .gpu = &gpus[0] }, { .gpu = &gpus[1] }, {} };
	unsigned int i, j;
	bool enough;

	stop = false;
	counters = map_memory(COUNTERS_SIZE, false);
	for (i = 0; i < 2; i++)
		assert_ok(svm_vgpusvm.advise(&gpus[i], counters, COUNTERS_SIZE, ids[i]));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		igt_assert(!pthread_create(&all[i].thread, NULL, count, &all[i]));
	enough = eventually(all[0].total > 2 * COUNTERS && all[1].total > 2 * COUNTERS &&
			    all[2].total > 2 * COUNTERS);
	stop = true;
	for (i = 0; i < ARRAY_SIZE(all); i++)
		pthread_join(all[i].thread, NULL);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		igt_info("%lu additions\n", all[i].total);
		assert_ok(all[i].err);
	}
	igt_assert(enough);
	for (i = 0; i < COUNTERS; i++) {
		uint64_t sum = 0;

		for (j = 0; j < ARRAY_SIZE(all); j++)
			sum += all[j].counted[i];
		igt_assert_eq_u64(*counter_at(i), sum);
	}
	munmap(counters, COUNTERS_SIZE);
}

#define PART	(2 * MIB)
#define ROUNDS	4

/* A thread with memory that is only read, and with counters. */
struct worker {
	pthread_t thread;
	char gpu;
	unsigned int seed;
	char *fixed;
	uint64_t *words;
	uint64_t added;
	atomic_ulong turns, deaths;
	const char *wrong;
	int err;
};

static int failed(struct worker *worker, const char *what, int err)
{
	worker->wrong = what;
	worker->err = err;

	return -EPROTO;
}

/* Add one to each word. If the GPU fails, the CPU does the rest. */
static int add_to_all(struct svm_gpu *gpu, struct worker *worker)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)worker->words,
		.src = (uintptr_t)worker->words, .length = PART, .value = 1,
	};
	int err = vgpusvm_exec(gpu->fd, gpu->vm, &op, 1);
	size_t i;

	if (err)
		for (i = op.done / 8; i < PART / 8; i++)
			worker->words[i]++;
	worker->added++;

	return err;
}

static int read_all(struct svm_gpu *gpu, struct worker *worker)
{
	char *buffer = malloc(PART);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_READ, .src = (uintptr_t)worker->fixed, .length = PART,
		.value = (uintptr_t)buffer,
	};
	int err = vgpusvm_exec(gpu->fd, gpu->vm, &op, 1);

	if (!err && !has_pattern(buffer, PART, worker->gpu))
		err = -EILSEQ;
	free(buffer);

	return err;
}

/* Places one of the two somewhere, then uses both. */
static int take_turn(struct svm_gpu *gpu, struct worker *worker)
{
	void *p = rand_r(&worker->seed) % 2 ? worker->fixed : (void *)worker->words;
	int err = gpu->driver->advise(gpu, p, PART, ids[rand_r(&worker->seed) % 2]);

	if (err && err != -ENODEV)
		return failed(worker, "MADVISE", err);
	if (!err && rand_r(&worker->seed) % 2)
		err = gpu->driver->prefetch(gpu, p, PART);
	if (err && err != -ENODEV && err != -EBUSY)
		return failed(worker, "PREFETCH", err);

	err = read_all(gpu, worker) ?: add_to_all(gpu, worker);
	if (err && (err != -ENODEV || worker->gpu == 'a'))
		return failed(worker, "EXEC", err);
	worker->turns += !err;

	return err;
}

/* A new VM each time that the GPU is back. */
static void *work(void *arg)
{
	struct worker *worker = arg;
	struct svm_gpu gpu;
	int err;

	while (!stop && !worker->wrong) {
		if (svm_open(&gpu, vgpu_uid(worker->gpu)) || gpu.driver->vm_create(&gpu)) {
			svm_close(&gpu);
			usleep(10000);
			continue;
		}
		do {
			err = take_turn(&gpu, worker);
		} while (!err && !stop);
		worker->deaths += err == -ENODEV;
		svm_close(&gpu);
	}

	return NULL;
}

static void start_worker(struct worker *worker)
{
	worker->seed = seed + worker->gpu;
	worker->fixed = map_memory(PART, worker->gpu == 'a');
	worker->words = map_memory(PART, worker->gpu == 'b');
	put_pattern(worker->fixed, PART, worker->gpu);
	memset(worker->words, 0, PART);
	igt_assert(!pthread_create(&worker->thread, NULL, work, worker));
}

static bool goes_on(struct worker *worker)
{
	unsigned long before = worker->turns;

	return eventually(worker->turns >= before + 2 || worker->wrong) && !worker->wrong;
}

static bool unbind_beside(struct worker *stays, struct worker *goes)
{
	return goes_on(goes) && goes_on(stays) && !unbind_vgpu('b') && goes_on(stays) &&
	       !bind_vgpu('b') && vgpu_id('b', 0) == ids[1];
}

static void assert_worked_well(struct worker *worker)
{
	size_t i;

	igt_assert_f(!worker->wrong, "GPU %c: %s fails with %s\n", worker->gpu, worker->wrong,
		     error_name(worker->err));
	igt_assert(has_pattern(worker->fixed, PART, worker->gpu));
	for (i = 0; i < PART / 8; i++)
		igt_assert_eq_u64(worker->words[i], worker->added);
	munmap(worker->fixed, PART);
	munmap(worker->words, PART);
}

/**
 * SUBTEST: unbind
 * Description: Two GPUs use memory of both, while one of them is unbound and bound again:
 *	the other one continues, each addition happens once, and no data is lost.
 * Promises: pagemap/id OP:ENODEV IOCTLS:ENODEV
 */
static void unbind(void)
{
	struct worker stays = { .gpu = 'a' }, goes = { .gpu = 'b' };
	bool good = true;
	int i;

	seed = time(NULL);
	igt_info("seed %u\n", seed);
	stop = false;
	start_worker(&stays);
	start_worker(&goes);
	for (i = 0; i < ROUNDS && good; i++)
		good = unbind_beside(&stays, &goes);
	stop = true;
	pthread_join(stays.thread, NULL);
	pthread_join(goes.thread, NULL);
	igt_info("%lu and %lu turns, %lu ends\n", stays.turns, goes.turns, goes.deaths);
	assert_worked_well(&stays);
	assert_worked_well(&goes);
	igt_assert(good);
	igt_assert(goes.deaths);
}

/* The GPU that comes and goes. Its many pagemaps and links make its registration long. */
#define GUEST		'd'
#define GUEST_REGIONS	60

/* A thread of the first GPU that moves pages to the guest whenever it can. */
struct mover {
	pthread_t thread;
	char *p;
	atomic_ulong moves;
	int err;
};

static void *move_always(void *arg)
{
	struct mover *mover = arg;

	while (!stop && !mover->err) {
		int err = gpus[0].driver->prefetch(&gpus[0], mover->p, COUNTERS_SIZE);

		/* While the guest is away, or comes. */
		if (err && err != -ENODEV && err != -EBUSY)
			mover->err = err;
		mover->moves += !err;
	}

	return NULL;
}

/* The guest comes while the other GPU already wants its memory. */
static void bind_wanted(struct mover *mover)
{
	int err;

	stop = false;
	mover->moves = 0;
	igt_assert(!pthread_create(&mover->thread, NULL, move_always, mover));
	err = bind_vgpu(GUEST);
	if (!err && !eventually(mover->moves || mover->err))
		err = -ETIME;
	stop = true;
	pthread_join(mover->thread, NULL);
	assert_ok(err ?: mover->err);
}

/* Only the first GPU and the guest. Returns the ID of the latter's first pagemap. */
static uint32_t start_with_guest(void)
{
	const char guest[] = { GUEST, 0 }, both[] = { 'a', GUEST, 0 };
	int i;

	svm_close(&gpus[0]);
	start_afresh();
	make_vgpus("a", 1);
	make_vgpus(guest, GUEST_REGIONS);
	for (i = 0; i < GUEST_REGIONS; i++)
		size_vgpu_memory(GUEST, i, 2 * MIB);
	link_vgpus(both, "");
	enable_vgpus(both);
	svm_start(&gpus[0], vgpu_uid('a'));

	return vgpu_id(GUEST, 0);
}

/**
 * SUBTEST: rebind-wanted
 * Description: A GPU comes back while another one waits for its memory, and so has pages
 *	before its probe has ended: queries report its pagemap, and EVICT finds the pages.
 * Promises: QUERY_RESIDENCY EVICT
 */
static void rebind_wanted(void)
{
	struct mover mover = { .p = map_memory(COUNTERS_SIZE, false) };
	uint32_t id = start_with_guest();
	int i;

	put_pattern(mover.p, COUNTERS_SIZE, 1);
	assert_ok(gpus[0].driver->advise(&gpus[0], mover.p, COUNTERS_SIZE, id));
	for (i = 0; i < ROUNDS; i++) {
		assert_ok(unbind_vgpu(GUEST));
		bind_wanted(&mover);
		assert_at(&gpus[0], mover.p, COUNTERS_SIZE, id);
		assert_ok(vgpusvm_evict(gpus[0].fd, gpus[0].vm, mover.p, COUNTERS_SIZE));
		assert_at(&gpus[0], mover.p, COUNTERS_SIZE, SVM_SYSTEM);
	}
	igt_assert(has_pattern(mover.p, COUNTERS_SIZE, 1));
	munmap(mover.p, COUNTERS_SIZE);
}

static const struct subtest tests[] = {
	{ "random", "Random operations", random_operations },
	{ "counters", "Two GPUs and the CPU count", count_together },
	{ "unbind", "A GPU is unbound beside another one", unbind },
	{ "rebind-wanted", "A GPU comes back that another one waits for", rebind_wanted },
};

int igt_main()
{
	int i;

	igt_fixture() {
		for (i = 0; i < GPUS; i++)
			gpus[i].fd = -1;
		require_vgpus();
	}

	run_subtests(tests, start());
}
