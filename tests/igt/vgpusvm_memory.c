// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm memory
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,reclaim
 * Test category: functionality test
 * Description: Data that the virtual GPU wrote survives reclaim, swap and dropped caches.
 *	Memory that no device may access or write. A region whose free pages are scattered.
 */

#include <errno.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/missing.h"
#include "lib/placed.h"
#include "lib/reclaim.h"
#include "lib/stall.h"
#include "lib/subtests.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("What the virtual GPU wrote survives what the kernel does with pages");

#define SIZE	(256 * KIB)
#define OLD	1
#define NEW	2

/* Headers of older systems lack these */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif
#ifndef UFFDIO_POISON
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};

#define UFFDIO_POISON	_IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif

static struct svm_gpu gpu;
static uint32_t id;
static char *placed;

static void start(void)
{
	placed = start_placed(&gpu);
	id = gpu.ids[0];
}

/* The GPU writes the pattern NEW. */
static void gpu_writes(char *p)
{
	char *buffer = malloc(SIZE);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_WRITE, .dst = (uintptr_t)p, .length = SIZE,
		.value = (uintptr_t)buffer,
	};

	put_pattern(buffer, SIZE, NEW);
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	free(buffer);
}

static void prefer_gpu(char *p)
{
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, id));
}

static void evict(char *p)
{
	assert_at(&gpu, p, SIZE, id);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
}

/* The pages are reclaimed, and have the data of the GPU when a CPU or a GPU reads them. */
static void assert_survives_paging(char *p)
{
	igt_assert(page_out(p, SIZE));
	assert_gpu_reads(&gpu, p, SIZE, NEW, 0);
	igt_assert(has_pattern(p, SIZE, NEW));
	munmap(p, SIZE);
}

static void read_each_page(const char *p)
{
	size_t i;

	for (i = 0; i < SIZE; i += page_size())
		*(volatile const char *)(p + i);
}

static void page_out_and_read(char *p)
{
	igt_assert(page_out(p, SIZE));
	read_each_page(p);
	igt_assert_eq(pages_in_memory(p, SIZE), SIZE / page_size());
}

static char *map_file(int fd)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	igt_assert(p != MAP_FAILED);
	return p;
}

/* A new file of which each page was read and none written, mapped. */
static char *map_read_file(int *fd)
{
	char *p;

	*fd = memfd_create("igt", MFD_CLOEXEC);
	igt_assert(*fd >= 0 && !ftruncate(*fd, SIZE));
	p = map_file(*fd);
	read_each_page(p);

	return p;
}

static bool dropped(int fd)
{
	char *p = map_file(fd);
	bool gone = !pages_in_memory(p, SIZE);

	munmap(p, SIZE);
	return gone;
}

/* Without a mapping, pages of a file that nobody wrote are dropped. */
static bool unwritten_pages_go(void)
{
	int fd;
	char *p = map_read_file(&fd);
	bool gone;

	munmap(p, SIZE);
	gone = eventually(drop_caches() && dropped(fd));
	close(fd);

	return gone;
}

/**
 * SUBTEST: file-caches
 * Description: Pages of a memory file that the CPU only read and the GPU wrote survive
 *	drop_caches, which drops pages that nobody wrote.
 * Promises: OP_WRITE MADVISE
 */
static void file_caches(void)
{
	int fd;
	char *p = map_read_file(&fd);

	gpu_writes(p);
	munmap(p, SIZE);
	igt_assert(drop_caches() && drop_caches());
	igt_assert(unwritten_pages_go());
	p = map_file(fd);
	igt_assert(has_pattern(p, SIZE, NEW));
	munmap(p, SIZE);
	close(fd);
}

/**
 * SUBTEST: file-reclaim
 * Description: Pages of a memory file that the CPU only read and the GPU wrote are swapped,
 *	not dropped.
 * Promises: OP_WRITE MADVISE
 */
static void file_reclaim(void)
{
	int fd;
	char *p = map_read_file(&fd);

	gpu_writes(p);
	assert_survives_paging(p);
	close(fd);
}

static char *map_old(void)
{
	char *p = map_memory(SIZE, false);

	put_pattern(p, SIZE, OLD);
	return p;
}

/* The kernel drops pages after MADV_FREE if nobody writes them. */
static void assert_lent_goes(void)
{
	char *p = map_old();

	lend(p, SIZE);
	igt_assert(page_out(p, SIZE));
	igt_assert(!has_pattern(p, SIZE, OLD));
	munmap(p, SIZE);
}

/**
 * SUBTEST: free-reclaim
 * Description: Memory that the GPU wrote after MADV_FREE is swapped, not dropped.
 * Promises: OP_WRITE
 */
static void free_reclaim(void)
{
	char *p = map_old();

	lend(p, SIZE);
	gpu_writes(p);
	assert_survives_paging(p);
	assert_lent_goes();
}

/**
 * SUBTEST: free-moved-reclaim
 * Description: The same, if the GPU's access moved the memory, and it was evicted later.
 * Promises: OP_WRITE EVICT
 */
static void free_moved_reclaim(void)
{
	char *p = map_old();

	lend(p, SIZE);
	prefer_gpu(p);
	gpu_writes(p);
	evict(p);
	assert_survives_paging(p);
}

/**
 * SUBTEST: free-there-reclaim
 * Description: The same, if MADV_FREE was called while the memory was on the GPU.
 * Promises: OP_WRITE EVICT
 */
static void free_there_reclaim(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);

	lend(p, SIZE);
	gpu_writes(p);
	evict(p);
	assert_survives_paging(p);
}

/**
 * SUBTEST: zero-reclaim
 * Description: Memory that the CPU only read as zeroes and the GPU wrote is swapped.
 * Promises: OP_WRITE
 */
static void zero_reclaim(void)
{
	char *p = map_memory(SIZE, false);

	read_each_page(p);
	gpu_writes(p);
	assert_survives_paging(p);
}

/**
 * SUBTEST: swapped
 * Description: A GPU accesses swapped memory, in place and on the GPU.
 * Promises: OP_READ OP_WRITE MADVISE
 */
static void swapped(void)
{
	char *p = map_old();

	igt_assert(page_out(p, SIZE));
	assert_gpu_reads(&gpu, p, SIZE, OLD, 0);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	igt_assert(page_out(p, SIZE));
	prefer_gpu(p);
	gpu_writes(p);
	evict(p);
	assert_survives_paging(p);
}

/**
 * SUBTEST: swap-cache
 * Description: The GPU writes a page that the CPU read back from swap and that is still in
 *	swap: the page is swapped again.
 * Promises: OP_WRITE
 */
static void swap_cache(void)
{
	char *p = map_old();

	start_slow_swap();
	page_out_and_read(p);
	gpu_writes(p);
	assert_survives_paging(p);
	end_slow_swap();
}

/**
 * SUBTEST: swap-cache-moved
 * Description: The same, if the GPU's access moved the memory, and it was evicted later.
 * Promises: OP_WRITE EVICT
 */
static void swap_cache_moved(void)
{
	char *p = map_old();

	start_slow_swap();
	page_out_and_read(p);
	prefer_gpu(p);
	gpu_writes(p);
	evict(p);
	assert_survives_paging(p);
	end_slow_swap();
}

/**
 * SUBTEST: read-back-reclaim
 * Description: Data that the GPU wrote in its own memory, and that a CPU read moved back,
 *	is swapped.
 * Promises: OP_WRITE IOCTLS
 */
static void read_back_reclaim(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);

	gpu_writes(p);
	read_each_page(p);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_survives_paging(p);
}

static char *map_secret(void)
{
	int fd = syscall(SYS_memfd_secret, 0);
	char *p;

	igt_require_f(fd >= 0, "there is no memfd_secret()\n");
	igt_assert(!ftruncate(fd, SIZE));
	p = map_file(fd);
	close(fd);
	put_pattern(p, SIZE, OLD);

	return p;
}

/**
 * SUBTEST: secret
 * Description: Each operation, and PREFETCH, fails on memory that the kernel itself has not
 *	mapped. The memory keeps its content.
 * Promises: OP:EFAULT PREFETCH:EFAULT OP_FILL OP_COPY OP_ADD OP_ATOMIC_ADD OP_CRC32 OP_READ
 *	OP_WRITE
 */
static void secret(void)
{
	char *p = map_secret(), *buffer = malloc(SIZE);
	const uint64_t there = (uintptr_t)p, user = (uintptr_t)buffer;
	const uint64_t other = (uintptr_t)placed;
	const struct drm_vgpusvm_op ops[] = {
		{ .op = DRM_VGPUSVM_OP_FILL, .dst = there, .length = 4096 },
		{ .op = DRM_VGPUSVM_OP_COPY, .dst = there, .src = other, .length = 4096 },
		{ .op = DRM_VGPUSVM_OP_COPY, .dst = other, .src = there, .length = 4096 },
		{ .op = DRM_VGPUSVM_OP_ADD, .dst = there, .src = there, .length = 4096 },
		{ .op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = there, .length = 8, .value = 1 },
		{ .op = DRM_VGPUSVM_OP_CRC32, .src = there, .length = SIZE },
		{ .op = DRM_VGPUSVM_OP_READ, .src = there, .length = SIZE, .value = user },
		{ .op = DRM_VGPUSVM_OP_WRITE, .dst = there, .length = SIZE, .value = user },
	};
	size_t i;

	memset(buffer, 0, SIZE);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct drm_vgpusvm_op op = ops[i];

		igt_debug("operation %u\n", op.op);
		assert_error(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1), -EFAULT);
		assert_error(op.error, -EFAULT);
		igt_assert_eq_u64(op.fault_addr, there);
		igt_assert_eq_u64(op.done, 0);
	}
	prefer_gpu(p);
	assert_error(svm_vgpusvm.prefetch(&gpu, p, SIZE), -EFAULT);
	igt_assert(has_pattern(p, SIZE, OLD));
	for (i = 0; i < SIZE; i++)
		igt_assert(!buffer[i]);
	assert_placed(&gpu, placed);
	munmap(p, SIZE);
	free(buffer);
}

static struct stall stall;

/* All but the first page, which stays missing. */
static void bring_others(void)
{
	const size_t page = page_size(), length = STALL_SIZE - page;
	char *from = map_memory(length, false);
	struct uffdio_copy copy = {
		.dst = (uintptr_t)stall.p + page, .src = (uintptr_t)from, .len = length,
	};

	put_pattern(from, length, OLD);
	igt_assert_eq(ioctl(stall.missing, UFFDIO_COPY, &copy), 0);
	munmap(from, length);
}

static int read_all(void *unused)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)stall.p, .length = STALL_SIZE,
	};

	(void)unused;
	return vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);
}

/* Share the pages. The exit status is 0 if their content stays the same. */
static pid_t start_sharing(int *wait)
{
	int fds[2];
	pid_t child;
	char byte;

	igt_assert_eq(pipe(fds), 0);
	child = fork();
	igt_assert(child >= 0);
	if (!child) {
		close(fds[1]);
		/* Else it would hold the page back, too */
		close(stall.missing);
		if (read(fds[0], &byte, 1))
			_exit(2);
		_exit(!has_pattern(stall.p + page_size(), STALL_SIZE - page_size(), OLD));
	}
	close(fds[0]);
	*wait = fds[1];

	return child;
}

/**
 * SUBTEST: write-allowed-later
 * Description: Memory becomes writable while the GPU gets it for reading: a later GPU
 *	write, after a prefetch, does not change pages that a child shares.
 * Promises: OP_FILL PREFETCH
 */
static void write_allowed_later(void)
{
	static struct task reader;
	struct drm_vgpusvm_op fill = {
		.op = DRM_VGPUSVM_OP_FILL, .length = STALL_SIZE, .value = ~0ull,
	};
	int end, status;
	pid_t child;

	stall_by_userfaultfd(&stall);
	bring_others();
	child = start_sharing(&end);
	assert_ok(mprotect(stall.p, STALL_SIZE, PROT_READ));
	start_task(&reader, read_all, NULL);
	igt_assert_f(stall_is_hit(&stall), "the page is not waited for: %s\n",
		     error_name(reader.err));
	assert_ok(mprotect(stall.p, STALL_SIZE, PROT_READ | PROT_WRITE));
	stall_release(&stall);
	igt_assert(task_ends(&reader));
	assert_ok(reader.err);
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, stall.p, STALL_SIZE, 0, NULL));
	fill.dst = (uintptr_t)stall.p;
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &fill, 1));
	igt_assert_eq_u64(*(volatile uint64_t *)(stall.p + page_size()), ~0ull);
	close(end);
	igt_assert_eq(waitpid(child, &status, 0), child);
	igt_assert_eq(status, 0);
	stall_end(&stall);
}

static int fill_page(char *p)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = page_size(),
		.value = ~0ull,
	};
	int err = vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);

	if (err)
		igt_assert_eq_u64(op.fault_addr, (uintptr_t)p);

	return err;
}

/* Prefetches memory up to an inaccessible page. */
static void prefetch_up_to(char *p, char *bad)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = gpu.vm, .start = (uintptr_t)p, .length = bad - p + page_size(),
	};

	assert_error(drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch), -EFAULT);
	igt_assert_eq_u64(prefetch.done, bad - p);
}

#define BESIDE_SIZE	(2 * MIB)

/* Memory around an inaccessible page works, in place and on the GPU. */
static void assert_works_beside(char *p, char *bad)
{
	const size_t page = page_size(), before = bad - p;

	assert_ok(fill_page(bad - page));
	assert_ok(fill_page(bad + page));
	assert_error(fill_page(bad), -EFAULT);
	prefetch_up_to(p, bad);
	assert_at(&gpu, p, before, SVM_SYSTEM);

	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, BESIDE_SIZE, id));
	assert_ok(fill_page(bad - page));
	assert_ok(fill_page(bad + page));
	assert_error(fill_page(bad), -EFAULT);
	prefetch_up_to(p, bad);
	assert_at(&gpu, p, before, id);
	assert_at(&gpu, bad + page, page, id);
	assert_gpu_reads(&gpu, p, before - page, OLD, 0);
	igt_assert(has_pattern(p, before - page, OLD));
	igt_assert_eq_u64(*(uint64_t *)(bad - page), ~0ull);
	igt_assert_eq_u64(*(uint64_t *)(bad + page), ~0ull);
	munmap(p, BESIDE_SIZE);
}

static char *map_beside(char **bad)
{
	char *p = map_memory(BESIDE_SIZE, false);

	put_pattern(p, BESIDE_SIZE, OLD);
	*bad = p + BESIDE_SIZE / 4;

	return p;
}

/**
 * SUBTEST: beside-%s
 * Description: Pages of a mapping are inaccessible: operations and PREFETCH fail there, and
 *	work on all other pages, also next to them. These pages can move to the GPU.
 * Promises: OP:EFAULT PREFETCH:EFAULT OP_FILL
 *
 * arg[1]:
 *
 * @guard: There is a guard page.
 * @poisoned: A userfaultfd has poisoned a page.
 * @file-end: The mapping of a file is longer than the file.
 */
static void beside_guard(void)
{
	char *bad, *p = map_beside(&bad);

	igt_require_f(!madvise(bad, page_size(), MADV_GUARD_INSTALL),
		      "there are no guard pages\n");
	assert_works_beside(p, bad);
}

static void beside_poisoned(void)
{
	char *bad, *p = map_beside(&bad);
	struct uffdio_poison poison = {
		.range = { .start = (uintptr_t)bad, .len = page_size() },
	};
	int missing;

	require_userfaultfd();
	igt_assert(!madvise(bad, page_size(), MADV_DONTNEED));
	missing = miss_pages(p, BESIDE_SIZE);
	igt_require_f(!ioctl(missing, UFFDIO_POISON, &poison), "pages can't be poisoned\n");
	close(missing);
	assert_works_beside(p, bad);
}

static void beside_file_end(void)
{
	int fd = memfd_create("igt", MFD_CLOEXEC);
	const size_t page = page_size();
	char *p, *end;

	igt_assert(fd >= 0 && !ftruncate(fd, SIZE));
	p = mmap(NULL, BESIDE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	igt_assert(p != MAP_FAILED);
	end = p + SIZE;
	put_pattern(p, SIZE, OLD);
	assert_ok(fill_page(end - page));
	assert_error(fill_page(end), -EFAULT);
	assert_gpu_reads(&gpu, p, SIZE - page, OLD, 0);
	igt_assert_eq_u64(*(uint64_t *)(end - page), ~0ull);
	prefetch_up_to(p, end);
	munmap(p, BESIDE_SIZE);
	close(fd);
}

static uint64_t free_bytes(void)
{
	return file_number(PAGEMAPS "/pagemap%u/free", id);
}

static uint64_t evictions(void)
{
	struct drm_vgpusvm_stats stats;

	assert_ok(vgpusvm_stats(gpu.fd, 0, &stats));
	return stats.evictions;
}

/* A region of the smallest size, with the memory that is there from the start. */
static void shrink_region(void)
{
	svm_close(&gpu);
	start_afresh();
	make_vgpus("a", 1);
	size_vgpu_memory('a', 0, 2 * MIB);
	enable_vgpus("a");
	svm_start(&gpu, vgpu_uid('a'));
	id = gpu.ids[0];
	placed = map_at(&gpu, PLACED_SIZE, false, id, PLACED_SEED);
}

/* Fills the region with memory of which every second page lives there, each by itself. */
static char *fill_with_pages(size_t num)
{
	const size_t page = page_size();
	char *p = map_memory(2 * num * page, false);
	size_t i;

	put_pattern(p, 2 * num * page, OLD);
	for (i = 0; i < num; i++)
		assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p + 2 * i * page, page, id));
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, p, 2 * num * page, 0, NULL));
	igt_assert_eq_u64(free_bytes(), 0);

	return p;
}

/**
 * SUBTEST: fragmented
 * Description: Half of a full region becomes free, page by page: memory that fits there is
 *	placed without an eviction.
 * Promises: MADVISE STATS
 */
static void fragmented(void)
{
	const size_t page = page_size();
	size_t num, length, i;
	uint64_t before;
	char *p, *q;

	shrink_region();
	num = free_bytes() / page;
	length = num / 4 * page;
	p = fill_with_pages(num);
	q = map_memory(length, false);
	before = evictions();
	put_pattern(q, length, NEW);
	for (i = 0; i < num; i += 2)
		*(volatile char *)(p + 2 * i * page);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, q, length, id));
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, q, length, 0, NULL));
	igt_assert_eq_u64(evictions(), before);
	assert_holds(&gpu, q, length, id, NEW);
	assert_at(&gpu, p + 2 * page, page, id);
	igt_assert(has_pattern(p, 2 * num * page, OLD));
	assert_placed(&gpu, placed);
	munmap(q, length);
	munmap(p, 2 * num * page);
}

/**
 * SUBTEST: remainder
 * Description: An allocation with one page left, used last, is evicted when there is no
 *	room. Complete allocations stay.
 * Promises: MADVISE
 */
static void remainder_goes(void)
{
	const size_t page = page_size(), rest = free_bytes() - MIB;
	char *old = map_at(&gpu, rest, false, id, OLD);
	char *p = map_at(&gpu, MIB, false, id, OLD), *q = map_memory(MIB / 2, false);

	igt_assert_eq_u64(free_bytes(), 0);
	assert_gpu_reads(&gpu, p, MIB, OLD, 0);
	munmap(p + page, MIB - page);
	put_pattern(q, MIB / 2, NEW);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, q, MIB / 2, id));
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, q, MIB / 2, 0, NULL));
	assert_holds(&gpu, q, MIB / 2, id, NEW);
	assert_at(&gpu, p, page, SVM_SYSTEM);
	igt_assert(has_pattern(p, page, OLD));
	assert_at(&gpu, old, rest, id);
	igt_assert(has_pattern(old, rest, OLD));
	assert_placed(&gpu, placed);
	munmap(q, MIB / 2);
	munmap(p, page);
	munmap(old, rest);
}

static const struct subtest tests[] = {
	{ "file-caches", "Caches are dropped after a GPU wrote", file_caches },
	{ "file-reclaim", "A file's pages that a GPU wrote are swapped", file_reclaim },
	{ "free-reclaim", "Memory is written after MADV_FREE", free_reclaim },
	{ "free-moved-reclaim", "Memory is moved after MADV_FREE", free_moved_reclaim },
	{ "free-there-reclaim", "Memory is on the GPU at MADV_FREE", free_there_reclaim },
	{ "zero-reclaim", "Zero pages are written", zero_reclaim },
	{ "swapped", "A GPU accesses swapped memory", swapped },
	{ "swap-cache", "A GPU writes a page that is also in swap", swap_cache },
	{ "swap-cache-moved", "... after moving it", swap_cache_moved },
	{ "read-back-reclaim", "The CPU reads data of a GPU back", read_back_reclaim },
	{ "secret", "Memory that no device may access", secret },
	{ "write-allowed-later", "Memory becomes writable while it is read", write_allowed_later },
	{ "beside-guard", "There is a guard page", beside_guard },
	{ "beside-poisoned", "A page is poisoned", beside_poisoned },
	{ "beside-file-end", "A mapping is longer than its file", beside_file_end },
	{ "fragmented", "A region whose free pages are scattered", fragmented },
	{ "remainder", "One page of an allocation is left", remainder_goes },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
