// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: svm pagemap limits
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: placement by pagemap ID
 * Test category: functionality test
 * Description: Memory that can't be where it is placed, or only in part: a full pagemap,
 *	pages that the kernel holds, protected memory, kinds of memory that don't live on
 *	GPUs, and memory that is unmapped or provided while a GPU reads it. After each step,
 *	each page is in an allowed place, has the right content, and moves to its preferred
 *	place as soon as it can. The tests run for each GPU with memory in the machine, and
 *	for a virtual GPU if vgpusvm exists.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "igt.h"
#include "lib/each_gpu.h"
#include "lib/missing.h"
#include "lib/settings.h"

IGT_TEST_DESCRIPTION("Memory that can't be where it is placed");

#define TURNS	10
#define POOL	"/proc/sys/vm/nr_hugepages"

/* Either is all right for a page; how much of it is on the GPU. */
static size_t placed_bytes(char *p, size_t length, uint32_t there)
{
	size_t num = length / PAGE, placed = 0, i, next;
	uint32_t *ids = calloc(num, sizeof(*ids));

	igt_assert(ids);
	assert_ok(gpu.driver->residency(&gpu, p, length, ids));
	for (i = 0; i < num; i = next) {
		for (next = i + 1; next < num && ids[next] == ids[i]; next++)
			;
		igt_assert_f(ids[i] == there || ids[i] == SVM_SYSTEM, "page %zu is at %d\n", i,
			     (int)ids[i]);
		assert_at(&gpu, p + i * PAGE, (next - i) * PAGE, ids[i]);
		if (ids[i] == there)
			placed += (next - i) * PAGE;
	}
	free(ids);

	return placed;
}

/* The content of the pages: a pattern, or zeroes if the CPU has only read them. */
static bool has(const char *p, size_t length, bool zeroes)
{
	return zeroes ? is_zero(p, length) : has_pattern(p, length, OLD);
}

static void assert_gpu_has(struct svm_gpu *by, const char *p, size_t length, bool zeroes)
{
	char *copy = map_memory(length, false);

	assert_ok(by->driver->copy(by, copy, p, length));
	igt_assert(has(copy, length, zeroes));
	munmap(copy, length);
}

/* Huge pages that are to be in the memory that has room for one. */
static char *map_tight(size_t length, uint32_t tight, bool zeroes)
{
	char *p = map_memory(length, true);

	if (!zeroes)
		put_pattern(p, length, OLD);
	igt_assert(has(p, length, zeroes));
	advise(p, length, tight);

	return p;
}

/* Wait until all other memory of the region is free: unmapped pages are freed later. */
static void assert_rest_is_free(char *p, uint32_t tight)
{
	size_t rest = HUGE - placed_bytes(p, HUGE, tight);

	igt_assert(eventually(file_number(PAGEMAPS "/pagemap%u/free", tight) == rest));
}

static void no_room_for_two(bool zeroes)
{
	uint32_t tight = tight_memory();
	char *p = map_tight(2 * HUGE, tight, zeroes);

	prefetch(p, 2 * HUGE);
	/* The first one has made way. */
	assert_at(&gpu, p, HUGE, SVM_SYSTEM);
	assert_at(&gpu, p + HUGE, HUGE, tight);
	assert_gpu_has(&observer, p, 2 * HUGE, zeroes);
	/* By faults, they take turns. */
	assert_gpu_has(&gpu, p, 2 * HUGE, zeroes);
	igt_assert_eq_u64(placed_bytes(p, 2 * HUGE, tight), HUGE);
	assert_gpu_has(&observer, p, 2 * HUGE, zeroes);
	munmap(p + HUGE, HUGE);
	assert_rest_is_free(p, tight);
	prefetch(p, HUGE);
	assert_at(&gpu, p, HUGE, tight);
	assert_gpu_has(&observer, p, HUGE, zeroes);
	assert_at(&gpu, p, HUGE, tight);
	igt_assert(has(p, HUGE, zeroes));
	assert_at(&gpu, p, HUGE, SVM_SYSTEM);
	munmap(p, HUGE);
}

/**
 * SUBTEST: huge-no-room
 * Description: Two huge pages prefer a pagemap with room for one: one is there, the other
 *	is in system memory, and both keep their content. When one is unmapped, the other
 *	one moves there.
 * Promises: MADVISE PREFETCH
 */
static void huge_no_room(void)
{
	no_room_for_two(false);
}

/**
 * SUBTEST: huge-zero-no-room
 * Description: The same for huge pages that the CPU has only read.
 * Promises: MADVISE PREFETCH
 */
static void huge_zero_no_room(void)
{
	no_room_for_two(true);
}

/**
 * SUBTEST: huge-no-room-for-all
 * Description: Another allocation leaves room for only a part of a huge page: the rest
 *	stays in system memory. When there is room again, all of it moves there.
 * Promises: MADVISE PREFETCH
 */
static void huge_no_room_for_all(void)
{
	uint32_t tight = tight_memory();
	char *p = map_tight(HUGE, tight, false), *rival = map_tight(HUGE / 2, tight, false);

	prefetch(p, HUGE);
	assert_at(&gpu, p, HUGE, tight);
	prefetch(rival, HUGE / 2);
	assert_at(&gpu, rival, HUGE / 2, tight);
	igt_assert_lte_u64(placed_bytes(p, HUGE, tight), HUGE / 2);
	assert_gpu_reads(&observer, p, HUGE, OLD, 0);
	assert_holds(&observer, rival, HUGE / 2, tight, OLD);
	/* Neither is lost when both are used. */
	assert_gpu_reads(&gpu, p, HUGE, OLD, 0);
	assert_gpu_reads(&gpu, rival, HUGE / 2, OLD, 0);
	igt_assert_lte_u64(placed_bytes(p, HUGE, tight) + placed_bytes(rival, HUGE / 2, tight),
			   HUGE);
	munmap(rival, HUGE / 2);
	assert_rest_is_free(p, tight);
	prefetch(p, HUGE);
	assert_holds(&observer, p, HUGE, tight, OLD);
	assert_cpu_takes(&gpu, p, HUGE, OLD);
	munmap(p, HUGE);
}

struct held {
	char *page;
	int ends[2];
};

/* Has the kernel hold a page, by a pipe that has it. */
static void hold(struct held *held, char *page)
{
	struct iovec part = { .iov_base = page, .iov_len = PAGE };

	held->page = page;
	igt_assert(!pipe(held->ends));
	igt_assert_eq(vmsplice(held->ends[1], &part, 1, 0), PAGE);
}

/* The pipe has the page itself, with its current content. */
static void let_go(struct held *held)
{
	char *copy = malloc(PAGE);

	igt_assert(copy);
	igt_assert_eq(read(held->ends[0], copy, PAGE), PAGE);
	igt_assert(!memcmp(copy, held->page, PAGE));
	free(copy);
	close(held->ends[0]);
	close(held->ends[1]);
}

/* Check for the pattern, except in the first word of one page. */
static bool has_all_but(const char *p, size_t length, size_t offset, uint64_t word)
{
	size_t next = offset + 8;

	return has_pattern(p, offset, OLD) && *(const uint64_t *)(p + offset) == word &&
	       has_pattern_from(p + next, length - next, OLD, next);
}

static void hold_page_of(char *p)
{
	const size_t offset = HUGE / 2 + 3 * PAGE;
	char *copy = map_memory(HUGE, false);
	struct held held;

	hold(&held, p + offset);
	assert_at(&gpu, p + offset, PAGE, SVM_SYSTEM);
	fault(p, HUGE);
	assert_at(&gpu, p + offset, PAGE, SVM_SYSTEM);
	/* If it were another page now, the pipe would not have this. */
	assert_ok(gpu.driver->store(&gpu, p + offset, NEW));
	assert_at(&gpu, p + offset, PAGE, SVM_SYSTEM);
	igt_assert_lt_u64(placed_bytes(p, HUGE, id), HUGE);
	assert_ok(observer.driver->copy(&observer, copy, p, HUGE));
	igt_assert(has_all_but(copy, HUGE, offset, NEW));
	let_go(&held);
	prefetch(p, HUGE);
	assert_at(&gpu, p, HUGE, id);
	igt_assert(has_all_but(p, HUGE, offset, NEW));
	munmap(copy, HUGE);
	munmap(p, HUGE);
}

/**
 * SUBTEST: huge-held
 * Description: The kernel holds a page of a huge page that is on the GPU, or prefers to be:
 *	the page stays in system memory, the GPU uses it in place, and all content stays.
 *	After the release, all pages move to the GPU.
 * Promises: MADVISE
 */
static void huge_held(void)
{
	char *p = map_memory(HUGE, true);

	put_pattern(p, HUGE, OLD);
	advise(p, HUGE, id);
	hold_page_of(p);
	hold_page_of(map_at(&gpu, HUGE, true, id, OLD));
}

/**
 * SUBTEST: protected
 * Description: Read-only memory moves to the GPU, including pages that were never touched
 *	or only read. The GPU can read it and can't write it. Memory without access rights
 *	can't be read either. When all access is allowed again, the content is unchanged.
 * Promises: MADVISE OP:EFAULT
 */
static void protected(void)
{
	char *p = map_memory(SIZE, false), *copy = map_memory(SIZE, false);
	const size_t from = 2 * PAGE;

	put_pattern(p + from, SIZE - from, OLD);
	igt_assert(!mprotect(p, SIZE, PROT_READ));
	igt_assert(is_zero(p + PAGE, PAGE));
	advise(p, SIZE, id);
	assert_ok(gpu.driver->copy(&gpu, copy, p, SIZE));
	igt_assert(is_zero(copy, from) && has_pattern(copy + from, SIZE - from, OLD));
	assert_at(&gpu, p, SIZE, id);
	assert_error(gpu.driver->store(&gpu, p, 1), -EFAULT);
	assert_error(gpu.driver->store(&gpu, p + from, 1), -EFAULT);
	igt_assert(!mprotect(p, SIZE, PROT_NONE));
	assert_error(gpu.driver->copy(&gpu, copy, p, SIZE), -EFAULT);
	igt_assert(!mprotect(p, SIZE, PROT_READ | PROT_WRITE));
	assert_ok(gpu.driver->store(&gpu, p, 1));
	assert_at(&gpu, p, PAGE, id);
	igt_assert_eq_u64(*(uint64_t *)p, 1);
	igt_assert(is_zero(p + 8, from - 8) && has_pattern(p + from, SIZE - from, OLD));
	munmap(copy, SIZE);
	munmap(p, SIZE);
}

/* A file of that size with a pattern, mapped. */
static char *map_file(FILE *file, int kind)
{
	char *buffer = map_memory(SIZE, false), *p;

	put_pattern(buffer, SIZE, OLD);
	igt_assert_eq(pwrite(fileno(file), buffer, SIZE, 0), SIZE);
	munmap(buffer, SIZE);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, kind, fileno(file), 0);
	igt_assert(p != MAP_FAILED);
	advise(p, SIZE, id);

	return p;
}

/* The GPU writes to the mapping of a file. Compare the content of the file. */
static uint64_t write_mapping(int kind)
{
	FILE *file = tmpfile();
	uint64_t word;
	char *p;

	igt_assert(file);
	p = map_file(file, kind);
	assert_gpu_reads(&gpu, p, SIZE, OLD, 0);
	igt_assert(has_pattern(p, SIZE, OLD));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_ok(gpu.driver->store(&gpu, p + PAGE, NEW));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	igt_assert(has_all_but(p, SIZE, PAGE, NEW));
	igt_assert_eq(pread(fileno(file), &word, sizeof(word), PAGE), sizeof(word));
	munmap(p, SIZE);
	fclose(file);

	return word;
}

/**
 * SUBTEST: file-mapping
 * Description: The GPU uses the mapping of a file in place, whatever it prefers. GPU writes
 *	go to the file if the mapping is shared, and only to the process if it is private.
 * Promises: MADVISE
 */
static void file_mapping(void)
{
	igt_assert_eq_u64(write_mapping(MAP_SHARED), NEW);
	igt_assert(write_mapping(MAP_PRIVATE) != NEW);
}

/**
 * SUBTEST: huge-pool
 * Description: The GPU uses pages of the kernel's pool of huge pages, which programs get
 *	with MAP_HUGETLB, in place, whatever they prefer.
 * Promises: MADVISE
 */
static void huge_pool(void)
{
	char *p;

	igt_require_f(file_exists(POOL), "the kernel has no pool of huge pages\n");
	keep_setting(POOL);
	assert_ok(file_put(text_of("%" PRIu64, file_number(POOL) + 1), POOL));
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
		 -1, 0);
	igt_require_f(p != MAP_FAILED, "the pool has no page\n");
	put_pattern(p, HUGE, OLD);
	advise(p, HUGE, id);
	assert_gpu_reads(&gpu, p, HUGE, OLD, 0);
	assert_at(&gpu, p, HUGE, SVM_SYSTEM);
	assert_ok(gpu.driver->store(&gpu, p + PAGE, NEW));
	assert_at(&gpu, p, HUGE, SVM_SYSTEM);
	igt_assert(has_all_but(p, HUGE, PAGE, NEW));
	munmap(p, HUGE);
}

static void child_writes_by_gpu(struct svm_gpu *mine, char *p, size_t length)
{
	size_t i;

	assert_ok(mine->driver->advise(mine, p, length, id));
	for (i = 0; i < length; i += PAGE)
		assert_ok(mine->driver->store(mine, p + i, NEW));
	assert_at(mine, p, length, SVM_SYSTEM);
}

/**
 * SUBTEST: fork-shared-mapping
 * Description: In a shared mapping, a parent sees what its child's GPU writes.
 * Promises: IOCTLS MADVISE
 */
static void fork_shared_mapping(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t i;

	igt_assert(p != MAP_FAILED);
	put_pattern(p, SIZE, OLD);
	in_child(child_writes_by_gpu, p, SIZE);
	for (i = 0; i < SIZE; i += PAGE) {
		igt_assert_eq_u64(*(uint64_t *)(p + i), NEW);
		igt_assert(has_pattern_from(p + i + 8, PAGE - 8, OLD, i + 8));
	}
	munmap(p, SIZE);
}

struct unmapping {
	char *p;
	useconds_t delay;
};

static void *unmap_half(void *arg)
{
	struct unmapping *what = arg;

	usleep(what->delay);
	munmap(what->p + SIZE / 2, SIZE / 2);

	return NULL;
}

/* The GPU gets all of it, or is told that a part is not there; later, that it is not. */
static void read_while_unmapped(char *p, useconds_t delay)
{
	struct unmapping half = { .p = p, .delay = delay };
	char *copy = map_memory(SIZE, false);
	pthread_t thread;
	int err;

	igt_assert(!pthread_create(&thread, NULL, unmap_half, &half));
	err = gpu.driver->copy(&gpu, copy, p, SIZE);
	pthread_join(thread, NULL);
	if (err)
		assert_error(err, -EFAULT);
	else
		igt_assert(has_pattern(copy, SIZE, OLD));
	assert_error(gpu.driver->copy(&gpu, copy, p, SIZE), -EFAULT);
	munmap(copy, SIZE);
}

/**
 * SUBTEST: unmap-race
 * Description: A half is unmapped while the GPU reads the whole: the GPU reads the old
 *	content, or its access fails. The other half keeps its content.
 * Promises: IOCTLS OP:EFAULT
 */
static void unmap_race(void)
{
	unsigned int i;
	char *p;

	for (i = 0; i < 2 * TURNS; i++) {
		p = map_memory(SIZE, false);
		put_pattern(p, SIZE, OLD);
		advise(p, SIZE, id);
		if (i % 2)
			prefetch(p, SIZE);
		read_while_unmapped(p, i / 2 * 500);
		assert_gpu_reads(&gpu, p, SIZE / 2, OLD, 0);
		assert_at(&gpu, p, SIZE / 2, id);
		assert_at(&gpu, p + SIZE / 2, SIZE / 2, SVM_ABSENT);
		assert_cpu_takes(&gpu, p, SIZE / 2, OLD);
		munmap(p, SIZE);
	}
}

/* A thread that provides missing pages, until it has to stop. */
struct supplier {
	char *p, *pages;
	int fd, stop[2];
	unsigned int missed;
};

/* Somebody may have come first, and left nothing to read, or a page that is there. */
static bool bring_page(struct supplier *supplier)
{
	struct uffdio_copy copy = { .len = PAGE };
	struct uffdio_range page = { .len = PAGE };
	struct uffd_msg missed;

	if (read(supplier->fd, &missed, sizeof(missed)) != sizeof(missed))
		return errno == EAGAIN;

	supplier->missed++;
	page.start = missed.arg.pagefault.address & -PAGE;
	copy.dst = page.start;
	copy.src = (uintptr_t)supplier->pages + page.start - (uintptr_t)supplier->p;
	if (!ioctl(supplier->fd, UFFDIO_COPY, &copy))
		return true;

	return errno == EEXIST && !ioctl(supplier->fd, UFFDIO_WAKE, &page);
}

static void *bring_pages(void *arg)
{
	struct supplier *supplier = arg;
	struct pollfd wait[] = {
		{ .fd = supplier->stop[0], .events = POLLIN },
		{ .fd = supplier->fd, .events = POLLIN },
	};

	while (poll(wait, 2, -1) > 0 && !wait[0].revents)
		if (!bring_page(supplier))
			break;

	return NULL;
}

/* Map memory without pages. The userfaultfd provides pages with a pattern. */
static void map_supplied(struct supplier *supplier)
{
	require_userfaultfd();
	*supplier = (struct supplier) {
		.p = map_memory(SIZE, false),
		.pages = map_memory(SIZE, false),
	};
	supplier->fd = miss_pages(supplier->p, SIZE);
	igt_assert(supplier->fd >= 0);
	put_pattern(supplier->pages, SIZE, OLD);
	igt_assert(!pipe(supplier->stop));
}

static void unmap_supplied(struct supplier *supplier)
{
	close(supplier->fd);
	close(supplier->stop[0]);
	close(supplier->stop[1]);
	munmap(supplier->pages, SIZE);
	munmap(supplier->p, SIZE);
}

/**
 * SUBTEST: userfaultfd
 * Description: Another thread provides missing pages by userfaultfd, as a debugger or an
 *	emulator does: the GPU waits for them, even where it would create pages itself, and
 *	they move like other pages.
 * Promises: MADVISE
 */
static void supplied(void)
{
	char *copy = map_memory(SIZE, false);
	struct supplier supplier;
	pthread_t thread;
	int err;

	map_supplied(&supplier);
	advise(supplier.p, SIZE, id);
	igt_assert(!pthread_create(&thread, NULL, bring_pages, &supplier));
	err = gpu.driver->copy(&gpu, copy, supplier.p, SIZE);
	igt_assert_eq(write(supplier.stop[1], "", 1), 1);
	pthread_join(thread, NULL);
	assert_ok(err);
	igt_assert(has_pattern(copy, SIZE, OLD));
	igt_assert_lte_u64(SIZE / PAGE, supplier.missed);
	prefetch(supplier.p, SIZE);
	assert_holds(&observer, supplier.p, SIZE, id, OLD);
	assert_cpu_takes(&gpu, supplier.p, SIZE, OLD);
	unmap_supplied(&supplier);
	munmap(copy, SIZE);
}

static const struct subtest tests[] = {
	{ "huge-no-room", "Two huge pages, room for one", huge_no_room },
	{ "huge-zero-no-room", "... that were only read", huge_zero_no_room },
	{ "huge-no-room-for-all", "Room for a part of a huge page", huge_no_room_for_all },
	{ "huge-held", "A page that can't move", huge_held },
	{ "protected", "Memory without write access", protected },
	{ "file-mapping", "Mappings of files", file_mapping },
	{ "huge-pool", "Huge pages of the kernel's pool", huge_pool },
	{ "fork-shared-mapping", "A child's GPU writes a shared mapping", fork_shared_mapping },
	{ "unmap-race", "Memory is unmapped while a GPU reads it", unmap_race },
	{ "userfaultfd", "Memory is provided while a GPU reads it", supplied },
};

int igt_main()
{
	run_on_each_gpu(tests, ARRAY_SIZE(tests));
}
