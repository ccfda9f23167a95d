// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: svm pagemap memory
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: placement by pagemap ID
 * Test category: functionality test
 * Description: Memory that is placed by pagemap ID while a process changes its address
 *	space: preferences of parts, several mappings, forks, huge pages, unmapping,
 *	remapping. After each step, each page is in the right place and has the right
 *	content. The tests run for each GPU with memory in the machine, and for a virtual
 *	GPU if vgpusvm exists.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/each_gpu.h"
#include "lib/orphan.h"

IGT_TEST_DESCRIPTION("Memory that is placed by pagemap ID");

static void assert_preference(void *p, size_t length, int err, uint32_t wanted)
{
	uint32_t now;

	assert_error(gpu.driver->preference(&gpu, p, length, &now), err);
	if (!err)
		igt_assert_eq_u32(now, wanted);
}

/**
 * SUBTEST: preferred-split
 * Description: A part in the middle loses its preference: both ends keep theirs, and only
 *	they move to the GPU again.
 * Promises: pagemap/id MADVISE
 */
static void preferred_split(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	size_t from = SIZE / 4, to = SIZE / 2;

	advise(p + from, to - from, 0);
	assert_preference(p, SIZE, -EXDEV, 0);
	assert_preference(p, from, 0, id);
	assert_preference(p + from, to - from, 0, 0);
	assert_preference(p + to, SIZE - to, 0, id);
	assert_cpu_takes(&gpu, p, SIZE, OLD);
	fault(p, SIZE);
	assert_at(&gpu, p, from, id);
	assert_at(&gpu, p + from, to - from, SVM_SYSTEM);
	assert_at(&gpu, p + to, SIZE - to, id);
	assert_gpu_reads(&observer, p, SIZE, OLD, 0);
	assert_cpu_takes(&gpu, p, SIZE, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: huge-preferred-parts
 * Description: Two preferences meet within what could be a huge page: each part is in its
 *	place, and nothing is lost between them.
 * Promises: pagemap/id MADVISE PREFETCH
 */
static void huge_preferred_parts(void)
{
	const size_t first = HUGE / 4 + 3 * PAGE;
	uint32_t other = gpu.num_ids > 1 ? gpu.ids[1] : 0;
	char *p;

	igt_require_f(other, "the GPU has only one pagemap\n");
	p = map_memory(HUGE, true);
	put_pattern(p, HUGE, OLD);
	advise(p, first, id);
	advise(p + first, HUGE - first, other);
	assert_preference(p, HUGE, -EXDEV, 0);
	prefetch(p, HUGE);
	assert_at(&gpu, p, first, id);
	assert_at(&gpu, p + first, HUGE - first, other);
	assert_gpu_reads(&observer, p, HUGE, OLD, 0);
	advise(p + first, HUGE - first, id);
	assert_preference(p, HUGE, 0, id);
	fault(p, HUGE);
	assert_holds(&observer, p, HUGE, id, OLD);
	assert_cpu_takes(&gpu, p, HUGE, OLD);
	munmap(p, HUGE);
}

/**
 * SUBTEST: preferred-mappings
 * Description: A preference covers several mappings, and a part of a mapping.
 * Promises: pagemap/id MADVISE PREFETCH
 */
static void preferred_mappings(void)
{
	char *p = map_memory(SIZE, false);
	size_t half = SIZE / 2;

	igt_assert(!mprotect(p + half, half, PROT_READ | PROT_WRITE | PROT_EXEC));
	put_pattern(p, SIZE, OLD);
	advise(p, SIZE - PAGE, id);
	prefetch(p, SIZE);
	assert_at(&gpu, p, SIZE - PAGE, id);
	assert_at(&gpu, p + SIZE - PAGE, PAGE, SVM_SYSTEM);
	assert_gpu_reads(&observer, p, SIZE, OLD, 0);
	assert_cpu_takes(&gpu, p, SIZE, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: preferred-same
 * Description: Setting the same preference again moves nothing and causes no fault.
 * Promises: MADVISE
 */
static void preferred_same(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	uint64_t before;

	assert_gpu_reads(&gpu, p, SIZE, OLD, 0);
	advise(p, SIZE, id);
	assert_at(&gpu, p, SIZE, id);
	before = faults();
	assert_ok(gpu.driver->atomic_add(&gpu, p, 0));
	igt_assert_eq_u64(faults(), before);
	assert_holds(&observer, p, SIZE, id, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: preferred-changed
 * Description: A new preference moves nothing by itself. The next access faults and moves
 *	the memory to the new place.
 * Promises: MADVISE
 */
static void preferred_changed(void)
{
	uint32_t other = gpu.num_ids > 1 ? gpu.ids[1] : 0;
	char *p;
	uint64_t before;

	igt_require_f(other, "the GPU has only one pagemap\n");
	p = map_at(&gpu, SIZE, false, id, OLD);
	assert_gpu_reads(&gpu, p, SIZE, OLD, 0);
	advise(p, SIZE, other);
	assert_holds(&observer, p, SIZE, id, OLD);
	before = faults();
	fault(p, SIZE);
	igt_assert_lt_u64(before, faults());
	assert_holds(&observer, p, SIZE, other, OLD);
	/* None: it stays. */
	advise(p, SIZE, 0);
	fault(p, SIZE);
	assert_holds(&observer, p, SIZE, other, OLD);
	assert_cpu_takes(&gpu, p, SIZE, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: preferred-before-mmap
 * Description: A preference belongs to addresses: it can be set before anything is mapped,
 *	and outlives unmapping.
 * Promises: MADVISE IOCTLS
 */
static void preferred_before_mmap(void)
{
	char *p = map_memory(SIZE, false);
	int i;

	munmap(p, SIZE);
	advise(p, SIZE, id);
	for (i = 0; i < 2; i++) {
		igt_assert(mmap(p, SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == p);
		assert_preference(p, SIZE, 0, id);
		assert_at(&gpu, p, SIZE, SVM_ABSENT);
		put_pattern(p, SIZE, OLD + i);
		fault(p, SIZE);
		assert_holds(&observer, p, SIZE, id, OLD + i);
		munmap(p, SIZE);
		assert_at(&gpu, p, SIZE, SVM_ABSENT);
	}
}

/**
 * SUBTEST: migrate
 * Description: A fault moves data that the CPU has written to the GPU, and a CPU access
 *	moves it back, repeatedly.
 * Promises: MADVISE pagemap/id
 */
static void migrate(void)
{
	char *p = map_memory(SIZE, false);
	int i;

	advise(p, SIZE, id);
	for (i = 0; i < 3; i++) {
		put_pattern(p, SIZE, OLD + i);
		assert_at(&gpu, p, SIZE, SVM_SYSTEM);
		fault(p, SIZE);
		assert_holds(&observer, p, SIZE, id, OLD + i);
		assert_cpu_takes(&gpu, p, SIZE, OLD + i);
	}
	munmap(p, SIZE);
}

/**
 * SUBTEST: migrate-new
 * Description: Untouched pages are created on the GPU, filled with zeroes.
 * Promises: MADVISE
 */
static void migrate_new(void)
{
	char *p = map_memory(SIZE, false);
	size_t i;

	advise(p, SIZE, id);
	assert_at(&gpu, p, SIZE, SVM_ABSENT);
	fault(p, SIZE);
	assert_at(&gpu, p, SIZE, id);
	assert_ok(gpu.driver->store(&gpu, p + PAGE, 5));
	assert_at(&gpu, p, SIZE, id);
	for (i = 0; i < SIZE; i += 8)
		igt_assert_eq_u64(*(uint64_t *)(p + i), i == PAGE ? 5 : 0);
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	munmap(p, SIZE);
}

/**
 * SUBTEST: migrate-zero
 * Description: Pages that the CPU has only read, which are the zero page, become separate
 *	pages on the GPU.
 * Promises: MADVISE
 */
static void migrate_zero(void)
{
	char *p = map_memory(SIZE, false);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < SIZE; i += PAGE)
		sum += *(volatile uint64_t *)(p + i);
	igt_assert_eq_u64(sum, 0);
	advise(p, SIZE, id);
	for (i = 0; i < SIZE; i += PAGE)
		assert_ok(gpu.driver->store(&gpu, p + i, i + 1));
	assert_at(&gpu, p, SIZE, id);
	for (i = 0; i < SIZE; i += PAGE)
		igt_assert_eq_u64(*(uint64_t *)(p + i), i + 1);
	munmap(p, SIZE);
}

/**
 * SUBTEST: migrate-mixed
 * Description: One prefetch moves all pages to the GPU, of which some are there already,
 *	some are in system memory and some do not exist yet.
 * Promises: PREFETCH
 */
static void migrate_mixed(void)
{
	char *p = map_memory(SIZE, false);
	size_t third = SIZE / 4;

	put_pattern(p, SIZE - third, OLD);
	advise(p, SIZE, id);
	prefetch(p, third);
	assert_at(&gpu, p, third, id);
	assert_at(&gpu, p + third, SIZE - 2 * third, SVM_SYSTEM);
	assert_at(&gpu, p + SIZE - third, third, SVM_ABSENT);
	prefetch(p, SIZE);
	assert_at(&gpu, p, SIZE, id);
	assert_gpu_reads(&observer, p, SIZE - third, OLD, 0);
	igt_assert_eq_u64(*(uint64_t *)(p + SIZE - 8), 0);
	igt_assert(has_pattern(p, SIZE - third, OLD));
	munmap(p, SIZE);
}

/**
 * SUBTEST: residency-mixed
 * Description: One query returns the places of pages on the GPU, in system memory, and of
 *	pages that do not exist yet or are not mapped. It moves and creates nothing.
 * Promises: QUERY_RESIDENCY RESIDENCY_SYSTEM RESIDENCY_NOT_PRESENT
 */
static void residency_mixed(void)
{
	const size_t part = SIZE / 4, num = part / PAGE;
	const uint32_t places[] = { id, SVM_SYSTEM, SVM_ABSENT, SVM_ABSENT };
	uint32_t *ids = calloc(4 * num, sizeof(*ids));
	char *p = map_memory(SIZE, false);
	size_t i;
	int again;

	igt_assert(ids);
	put_pattern(p, 2 * part, OLD);
	advise(p, part, id);
	prefetch(p, part);
	munmap(p + 3 * part, part);
	for (again = 0; again < 2; again++) {
		memset(ids, 0x5a, 4 * num * sizeof(*ids));
		assert_ok(gpu.driver->residency(&gpu, p, SIZE, ids));
		for (i = 0; i < 4 * num; i++)
			igt_assert_eq_u32(ids[i], places[i / num]);
	}
	assert_at(&gpu, p + 2 * part, part, SVM_ABSENT);
	assert_gpu_reads(&observer, p, 2 * part, OLD, 0);
	assert_cpu_takes(&gpu, p, 2 * part, OLD);
	munmap(p, 3 * part);
	free(ids);
}

/**
 * SUBTEST: cpu-touches-one
 * Description: After the CPU reads or writes one page, this page and all pages around it
 *	have the right content, wherever they are.
 * Promises: MADVISE
 */
static void cpu_touches_one(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);

	igt_assert(has_pattern_from(p + SIZE / 2, PAGE, OLD, SIZE / 2));
	assert_at(&gpu, p + SIZE / 2, PAGE, SVM_SYSTEM);
	assert_gpu_reads(&observer, p, SIZE, OLD, 0);
	prefetch(p, SIZE);
	assert_holds(&observer, p, SIZE, id, OLD);
	put_pattern(p + SIZE / 2, PAGE, NEW);
	assert_at(&gpu, p + SIZE / 2, PAGE, SVM_SYSTEM);
	assert_gpu_reads(&gpu, p + SIZE / 2, PAGE, NEW, 0);
	prefetch(p, SIZE);
	assert_holds(&observer, p, SIZE / 2, id, OLD);
	assert_holds(&observer, p + SIZE / 2, PAGE, id, NEW);
	assert_cpu_takes(&gpu, p, SIZE / 2, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: huge
 * Description: A huge page moves to the GPU and back.
 * Promises: MADVISE
 */
static void huge(void)
{
	char *p = map_memory(HUGE, true);

	put_pattern(p, HUGE, OLD);
	igt_require_f(huge_kib(p) == HUGE / KIB, "no huge page is available\n");
	advise(p, HUGE, id);
	fault(p, HUGE);
	assert_holds(&observer, p, HUGE, id, OLD);
	assert_cpu_takes(&gpu, p, HUGE, OLD);
	munmap(p, HUGE);
}

/**
 * SUBTEST: huge-new
 * Description: Where a huge page could be but does not exist yet, the GPU creates the pages
 *	that it accesses.
 * Promises: MADVISE
 */
static void huge_new(void)
{
	char *p = map_memory(HUGE, true);

	advise(p, HUGE, id);
	assert_ok(gpu.driver->store(&gpu, p + HUGE / 2, 3));
	assert_at(&gpu, p + HUGE / 2, PAGE, id);
	fault(p, HUGE);
	assert_at(&gpu, p, HUGE, id);
	igt_assert_eq_u64(*(uint64_t *)(p + HUGE / 2), 3);
	igt_assert_eq_u64(*(uint64_t *)p, 0);
	munmap(p, HUGE);
}

/**
 * SUBTEST: huge-zero
 * Description: A huge page that the CPU has only read, which is the huge zero page, becomes
 *	separate pages on the GPU.
 * Promises: MADVISE
 */
static void huge_zero(void)
{
	char *p = map_memory(HUGE, true);

	igt_assert(is_zero(p, HUGE));
	advise(p, HUGE, id);
	fault(p, HUGE);
	assert_at(&gpu, p, HUGE, id);
	assert_ok(gpu.driver->store(&gpu, p + HUGE / 2, 3));
	assert_at(&gpu, p, HUGE, id);
	igt_assert(is_zero(p, HUGE / 2));
	igt_assert_eq_u64(*(uint64_t *)(p + HUGE / 2), 3);
	igt_assert(is_zero(p + HUGE / 2 + 8, HUGE / 2 - 8));
	munmap(p, HUGE);
}

/* Each page has its old content, or is gone. */
static bool kept_or_dropped(const char *p, size_t length)
{
	size_t i;

	for (i = 0; i < length; i += PAGE)
		if (!is_zero(p + i, PAGE) && !has_pattern_from(p + i, PAGE, OLD, i))
			return false;

	return true;
}

/**
 * SUBTEST: huge-free
 * Description: After MADV_FREE of a huge page on the GPU, each of its pages has its old
 *	content or zeroes, the same for the GPU and the CPU. Later writes stay. Unmapping
 *	frees the memory of the GPU.
 * Promises: MADVISE pagemap/free
 */
static void huge_free(void)
{
	uint64_t before = file_number(PAGEMAPS "/pagemap%u/free", id);
	char *p = map_at(&gpu, HUGE, true, id, OLD), *copy = map_memory(HUGE, false);

	igt_assert(!madvise(p, HUGE, MADV_FREE));
	assert_ok(gpu.driver->copy(&gpu, copy, p, HUGE));
	igt_assert(kept_or_dropped(copy, HUGE));
	put_pattern(copy, PAGE, NEW);
	assert_ok(gpu.driver->copy(&gpu, p, copy, PAGE));
	assert_at(&gpu, p, PAGE, id);
	igt_assert(!memcmp(p, copy, HUGE));
	munmap(copy, HUGE);
	munmap(p, HUGE);
	igt_assert(eventually(file_number(PAGEMAPS "/pagemap%u/free", id) >= before));
}

/**
 * SUBTEST: huge-split
 * Description: A huge page on the GPU becomes a part of two mappings: GPU and CPU continue
 *	to use it.
 * Promises: MADVISE
 */
static void huge_split(void)
{
	char *p = map_memory(HUGE, true);

	put_pattern(p, HUGE, OLD);
	advise(p, HUGE, id);
	prefetch(p, HUGE);
	igt_assert(!mprotect(p + HUGE / 2, PAGE, PROT_READ));
	assert_gpu_reads(&gpu, p, HUGE, OLD, 0);
	assert_at(&gpu, p, HUGE, id);
	assert_error(gpu.driver->store(&gpu, p + HUGE / 2, 1), -EFAULT);
	assert_cpu_takes(&gpu, p, HUGE, OLD);
	prefetch(p, HUGE);
	assert_holds(&observer, p, HUGE, id, OLD);
	munmap(p, HUGE);
}

/* The rest at one end, which may be empty. */
static void assert_end(char *p, size_t offset, size_t length)
{
	if (!length)
		return;

	assert_at(&gpu, p + offset, length, id);
	assert_gpu_reads(&gpu, p + offset, length, OLD, offset);
	assert_at(&gpu, p + offset, length, id);
	igt_assert(has_pattern_from(p + offset, length, OLD, offset));
}

/* Half of it, from there on. */
static void unmap_half(size_t length, bool large, size_t from)
{
	char *p = map_at(&gpu, length, large, id, OLD), *copy = map_memory(length, false);
	size_t to = from + length / 2;

	munmap(p + from, to - from);
	assert_at(&gpu, p + from, to - from, SVM_ABSENT);
	assert_error(gpu.driver->copy(&gpu, copy, p, length), -EFAULT);
	assert_at(&gpu, p + from, to - from, SVM_ABSENT);
	assert_end(p, 0, from);
	assert_end(p, to, length - to);
	munmap(copy, length);
	munmap(p, length);
}

static void unmap_of(size_t length, bool large)
{
	unmap_half(length, large, 0);
	unmap_half(length, large, length / 4);
	unmap_half(length, large, length / 2);
}

/**
 * SUBTEST: huge-collapse
 * Description: The kernel is asked to make a huge page of memory of which the GPU has a part:
 *	nothing is lost, and the part can return to the GPU.
 * Promises: PREFETCH
 */
static void huge_collapse(void)
{
	const size_t part = HUGE / 16;
	char *p = map_memory(HUGE, true);
	bool collapsed;

	put_pattern(p, HUGE, OLD);
	advise(p, part, id);
	prefetch(p, part);
	assert_at(&gpu, p, part, id);
	collapsed = !madvise(p, HUGE, MADV_COLLAPSE);
	assert_at(&gpu, p, part, collapsed ? SVM_SYSTEM : id);
	assert_at(&gpu, p + part, HUGE - part, SVM_SYSTEM);
	assert_gpu_reads(&observer, p, HUGE, OLD, 0);
	prefetch(p, part);
	assert_holds(&observer, p, part, id, OLD);
	assert_cpu_takes(&gpu, p, HUGE, OLD);
	munmap(p, HUGE);
}

/**
 * SUBTEST: unmap
 * Description: The beginning, the middle or the end of memory on the GPU is unmapped: the
 *	GPU's access fails there, and the rest keeps its place and content.
 * Promises: IOCTLS MADVISE OP:EFAULT
 */
static void unmap(void)
{
	unmap_of(SIZE, false);
}

/**
 * SUBTEST: huge-unmap
 * Description: The same for memory that was a huge page.
 * Promises: IOCTLS MADVISE OP:EFAULT
 */
static void huge_unmap(void)
{
	unmap_of(HUGE, true);
}

/* To @shift bytes from where a huge page could be. */
static char *remap_to(char *p, size_t length, size_t shift, int flags)
{
	char *q = (char *)map_memory(length + HUGE, false) + shift;

	igt_assert(mremap(p, length, length, MREMAP_MAYMOVE | MREMAP_FIXED | flags, q) == q);

	return q;
}

/* The old address has no pages if it is still mapped. New pages there are placed. */
static void assert_left_behind(char *p, size_t length, bool mapped)
{
	assert_at(&gpu, p, length, SVM_ABSENT);
	assert_preference(p, length, 0, id);
	if (!mapped)
		return;

	fault(p, length);
	assert_at(&gpu, p, length, id);
	igt_assert(is_zero(p, length));
	munmap(p, length);
}

static void remap_of(size_t length, bool large, size_t shift, int flags)
{
	char *p = map_at(&gpu, length, large, id, OLD);
	char *q = remap_to(p, length, shift, flags);

	assert_holds(&observer, q, length, id, OLD);
	assert_left_behind(p, length, flags & MREMAP_DONTUNMAP);
	assert_preference(q, length, 0, 0);
	assert_gpu_reads(&gpu, q, length, OLD, 0);
	assert_at(&gpu, q, length, id);
	assert_cpu_takes(&gpu, q, length, OLD);
	munmap(q - shift, length + HUGE);
}

/**
 * SUBTEST: remap
 * Description: mremap() moves addresses, not pages: the pages stay on the GPU, and the
 *	preference stays with the old address.
 * Promises: IOCTLS
 */
static void remap(void)
{
	remap_of(SIZE, false, 0, 0);
	remap_of(SIZE, false, 3 * PAGE, 0);
}

/**
 * SUBTEST: huge-remap
 * Description: The same for memory that was a huge page, to addresses with and without the
 *	alignment of a huge page.
 * Promises: IOCTLS
 */
static void huge_remap(void)
{
	remap_of(HUGE, true, 0, 0);
	remap_of(HUGE, true, 3 * PAGE, 0);
}

/**
 * SUBTEST: remap-dontunmap
 * Description: The same with the old address still mapped: it is empty, and new pages there
 *	follow its preference.
 * Promises: IOCTLS MADVISE
 */
static void remap_dontunmap(void)
{
	remap_of(SIZE, false, 3 * PAGE, MREMAP_DONTUNMAP);
	remap_of(HUGE, true, 0, MREMAP_DONTUNMAP);
	remap_of(HUGE, true, 3 * PAGE, MREMAP_DONTUNMAP);
}

static void remap_first(size_t length, bool large, size_t shift)
{
	char *p = map_memory(length, large), *q;

	put_pattern(p, length, OLD);
	q = remap_to(p, length, shift, 0);
	advise(q, length, id);
	fault(q, length);
	assert_holds(&observer, q, length, id, OLD);
	assert_cpu_takes(&gpu, q, length, OLD);
	munmap(q - shift, length + HUGE);
}

/**
 * SUBTEST: remap-before
 * Description: Memory that moved to another address before it went to the GPU, and may span
 *	two huge pages now, moves there and back.
 * Promises: IOCTLS MADVISE
 */
static void remap_before(void)
{
	remap_first(SIZE, false, 3 * PAGE);
	remap_first(HUGE, true, 0);
	remap_first(HUGE, true, 3 * PAGE);
}

static void dontneed_of(size_t length, bool large)
{
	char *p = map_at(&gpu, length, large, id, OLD);
	size_t from = length / 4, to = length / 2, i;
	uint64_t *copy = map_memory(length, false);

	igt_assert(!madvise(p + from, to - from, MADV_DONTNEED));
	assert_at(&gpu, p + from, to - from, SVM_ABSENT);
	assert_ok(gpu.driver->copy(&gpu, copy, p, length));
	assert_at(&gpu, p, length, id);
	for (i = from / 8; i < to / 8; i++)
		igt_assert_eq_u64(copy[i], 0);
	igt_assert(has_pattern(copy, from, OLD));
	igt_assert(has_pattern_from((char *)copy + to, length - to, OLD, to));
	igt_assert_eq_u64(*(uint64_t *)(p + from), 0);
	munmap(copy, length);
	munmap(p, length);
}

/**
 * SUBTEST: dontneed
 * Description: Memory that is dropped on the GPU reads as zeroes on the GPU and the CPU.
 * Promises: MADVISE
 */
static void dontneed(void)
{
	dontneed_of(SIZE, false);
	dontneed_of(HUGE, true);
}

static void child_reads(struct svm_gpu *mine, char *p, size_t length)
{
	assert_at(mine, p, length, id);
	assert_cpu_takes(mine, p, length, OLD);
}

static void child_writes(struct svm_gpu *mine, char *p, size_t length)
{
	put_pattern(p, length, NEW);
	assert_holds(mine, p, length, SVM_SYSTEM, NEW);
}

static void child_unmaps(struct svm_gpu *mine, char *p, size_t length)
{
	const size_t half = length / 2;

	munmap(p, half);
	assert_at(mine, p, half, SVM_ABSENT);
	assert_at(mine, p + half, half, id);
	assert_gpu_reads(mine, p + half, half, OLD, half);
}

static void child_writes_by_gpu(struct svm_gpu *mine, char *p, size_t length)
{
	size_t i;

	for (i = 0; i < length; i += PAGE)
		assert_ok(mine->driver->store(mine, p + i, 77));
	for (i = 0; i < length; i += PAGE) {
		igt_assert_eq_u64(*(uint64_t *)(p + i), 77);
		igt_assert(has_pattern_from(p + i + 8, PAGE - 8, OLD, i + 8));
	}
}

/* Where the child's GPU writes is where the child wants it. */
static void child_places(struct svm_gpu *mine, char *p, size_t length)
{
	assert_ok(mine->driver->advise(mine, p, length, id));
	child_writes_by_gpu(mine, p, length);
}

/* A child does this to its copy of pages that are on the GPU. */
static void forked(void (*run)(struct svm_gpu *mine, char *p, size_t length), size_t length,
		   bool large)
{
	char *p = map_at(&gpu, length, large, id, OLD);

	in_child(run, p, length);
	assert_parent_has(p, length, OLD);
}

/**
 * SUBTEST: fork-read
 * Description: A child reads pages that are on the GPU, which were a huge page or not, and
 *	both processes have their content.
 * Promises: IOCTLS
 */
static void fork_read(void)
{
	forked(child_reads, SIZE, false);
	forked(child_reads, HUGE, true);
}

/**
 * SUBTEST: fork-write
 * Description: A child writes pages that are on the GPU, and the parent does not see it.
 * Promises: IOCTLS
 */
static void fork_write(void)
{
	forked(child_writes, SIZE, false);
	forked(child_writes, HUGE, true);
}

/**
 * SUBTEST: fork-unmap
 * Description: A child unmaps a half of the pages that are on the GPU: it keeps the other
 *	half, and the parent keeps all of them.
 * Promises: IOCTLS
 */
static void fork_unmap(void)
{
	forked(child_unmaps, SIZE, false);
	forked(child_unmaps, HUGE, true);
}

/**
 * SUBTEST: fork-gpu-write
 * Description: A child lets the GPU write its copy of the pages, with a preference or
 *	without, and the parent does not see it. The pages start on the GPU or in system
 *	memory.
 * Promises: IOCTLS MADVISE
 */
static void fork_gpu_write(void)
{
	char *p = map_memory(SIZE, false);

	forked(child_writes_by_gpu, SIZE, false);
	forked(child_places, SIZE, false);

	put_pattern(p, SIZE, OLD);
	advise(p, SIZE, id);
	in_child(child_places, p, SIZE);
	assert_parent_has(p, SIZE, OLD);
}

/**
 * SUBTEST: huge-fork-gpu-write
 * Description: The same for memory that was a huge page.
 * Promises: IOCTLS MADVISE
 */
static void huge_fork_gpu_write(void)
{
	forked(child_places, HUGE, true);
}

/* The word at the beginning of each page. */
static void write_pages(char *p, bool by_gpu)
{
	size_t i;

	for (i = 0; i < SIZE; i += PAGE) {
		if (by_gpu)
			assert_ok(gpu.driver->store(&gpu, p + i, 99));
		else
			*(uint64_t *)(p + i) = 99;
	}
}

static void fork_parent_writes(bool by_gpu)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD), go;
	size_t i;
	int ends[2];

	igt_assert(!pipe(ends));
	igt_fork(child, 1) {
		igt_assert_eq(read(ends[0], &go, 1), 1);
		igt_assert(has_pattern(p, SIZE, OLD));
	}
	write_pages(p, by_gpu);
	igt_assert_eq(write(ends[1], "", 1), 1);
	igt_waitchildren();
	for (i = 0; i < SIZE; i += PAGE) {
		igt_assert_eq_u64(*(uint64_t *)(p + i), 99);
		igt_assert(has_pattern_from(p + i + 8, PAGE - 8, OLD, i + 8));
	}
	close(ends[0]);
	close(ends[1]);
	munmap(p, SIZE);
}

/**
 * SUBTEST: fork-parent-write
 * Description: The parent's GPU, or the parent itself, writes while a child shares the
 *	pages, and the child keeps the old content.
 * Promises: IOCTLS
 */
static void fork_parent_write(void)
{
	fork_parent_writes(true);
	fork_parent_writes(false);
}

/* The memory in the child, after its parent, which placed it, has exited. */
static void child_of_gone(char *p, size_t length, struct orphan *orphan)
{
	struct svm_gpu mine;

	orphan_waits(orphan);
	svm_start(&mine, gpu.uid);
	assert_holds(&mine, p, length, id, OLD);
	assert_cpu_takes(&mine, p, length, OLD);
	orphan_is_well(orphan);
}

static void orphan_has(size_t length, bool large)
{
	struct orphan orphan;

	orphan_init(&orphan);
	igt_fork(child, 1) {
		struct svm_gpu mine;
		char *p;

		svm_start(&mine, gpu.uid);
		p = map_at(&mine, length, large, id, OLD);
		if (!fork()) {
			svm_close(&mine);
			child_of_gone(p, length, &orphan);
		}
	}
	igt_waitchildren();
	orphan_goes_on(&orphan);
	orphan_assert_well(&orphan);
}

/**
 * SUBTEST: orphan
 * Description: A child keeps the pages on the GPU, with their content, after its parent,
 *	which placed them, has exited.
 * Promises: IOCTLS
 */
static void orphan(void)
{
	orphan_has(SIZE, false);
	orphan_has(HUGE, true);
}

/**
 * SUBTEST: exit
 * Description: A process exits with pages on the GPU: the memory is free again, and the
 *	next process finds no trace of it.
 * Promises: pagemap/free VM_DESTROY
 */
static void exiting(void)
{
	uint64_t before = file_number(PAGEMAPS "/pagemap%u/free", id);

	igt_fork(child, 1) {
		struct svm_gpu mine;
		char *p = map_memory(SIZE, false);

		svm_start(&mine, gpu.uid);
		put_pattern(p, SIZE, NEW);
		assert_ok(mine.driver->advise(&mine, p, SIZE, id));
		assert_ok(mine.driver->prefetch(&mine, p, SIZE));
		assert_at(&mine, p, SIZE, id);
	}
	igt_waitchildren();
	igt_assert(eventually(file_number(PAGEMAPS "/pagemap%u/free", id) >= before));
	migrate_new();
}

/**
 * SUBTEST: shared-mapping
 * Description: The GPU uses memory that can't live on a GPU in place, whatever it prefers.
 * Promises: MADVISE
 */
static void shared_mapping(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	igt_assert(p != MAP_FAILED);
	put_pattern(p, SIZE, OLD);
	advise(p, SIZE, id);
	assert_holds(&gpu, p, SIZE, SVM_SYSTEM, OLD);
	assert_ok(gpu.driver->store(&gpu, p, 8));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	igt_assert_eq_u64(*(uint64_t *)p, 8);
	munmap(p, SIZE);
}

static const struct subtest tests[] = {
	{ "preferred-split", "A part loses its preference", preferred_split },
	{ "huge-preferred-parts", "Two preferences in a huge page", huge_preferred_parts },
	{ "preferred-mappings", "A preference over several mappings", preferred_mappings },
	{ "preferred-same", "The same preference again", preferred_same },
	{ "preferred-changed", "A new preference", preferred_changed },
	{ "preferred-before-mmap", "A preference before mmap()", preferred_before_mmap },
	{ "migrate", "Pages move to the GPU and back", migrate },
	{ "migrate-new", "Pages are created on the GPU", migrate_new },
	{ "migrate-zero", "Pages that were only read", migrate_zero },
	{ "migrate-mixed", "Pages in several places", migrate_mixed },
	{ "residency-mixed", "The query of places", residency_mixed },
	{ "cpu-touches-one", "The CPU touches one page", cpu_touches_one },
	{ "huge", "A huge page moves", huge },
	{ "huge-new", "A huge page that does not exist yet", huge_new },
	{ "huge-zero", "A huge page that was only read", huge_zero },
	{ "huge-free", "MADV_FREE of a huge page", huge_free },
	{ "huge-unmap", "A part of a huge page is unmapped", huge_unmap },
	{ "huge-split", "A huge page becomes a part of two mappings", huge_split },
	{ "huge-remap", "mremap() of a huge page", huge_remap },
	{ "huge-collapse", "MADV_COLLAPSE of pages in several places", huge_collapse },
	{ "unmap", "A part is unmapped", unmap },
	{ "remap", "mremap() of pages on the GPU", remap },
	{ "remap-dontunmap", "... with MREMAP_DONTUNMAP", remap_dontunmap },
	{ "remap-before", "... before they go to the GPU", remap_before },
	{ "dontneed", "Pages are dropped", dontneed },
	{ "fork-read", "A child reads", fork_read },
	{ "fork-write", "A child writes", fork_write },
	{ "fork-unmap", "A child unmaps a half", fork_unmap },
	{ "fork-gpu-write", "A child's GPU writes", fork_gpu_write },
	{ "huge-fork-gpu-write", "... a huge page", huge_fork_gpu_write },
	{ "fork-parent-write", "A parent's GPU writes", fork_parent_write },
	{ "orphan", "A child outlives the parent that placed its pages", orphan },
	{ "exit", "A process exits with pages on the GPU", exiting },
	{ "shared-mapping", "Memory that can't live on a GPU", shared_mapping },
};

int igt_main()
{
	run_on_each_gpu(tests, ARRAY_SIZE(tests));
}
