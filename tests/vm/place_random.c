// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * place_random [SEED [TURNS]]
 *
 * Random accesses, placements and changes of the address space, each compared
 * with a copy in ordinary memory. Pages are only where some preference has
 * ever taken them.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

#define SIZE	(6 * MIB)
#define GPUS	3

static struct gpu gpus[GPUS];
static uint32_t ids[GPUS];
static unsigned char *memory, *copy;
static unsigned int seed;

/* A part of the memory: at bytes for accesses, at pages for the rest. */
static size_t start, length;

static unsigned int pick(unsigned int n)
{
	return rand_r(&seed) % n;
}

static void pick_bytes(void)
{
	start = pick(SIZE / 8) * 8ul;
	length = 8 + pick(pick(4) ? 64 * KIB : 2 * MIB) / 8 * 8ul;
	if (length > SIZE - start)
		length = SIZE - start;
}

static void pick_pages(void)
{
	size_t page = page_size();

	start = pick(SIZE / page) * page;
	if (!pick(3))
		start &= -2 * MIB;
	length = (1 + pick(pick(2) ? 16 : 1024)) * page;
	if (length > SIZE - start)
		length = SIZE - start;
}

static struct gpu *some_gpu(void)
{
	return &gpus[pick(GPUS)];
}

static bool same(const void *a, const char *what)
{
	if (!memcmp(a, copy + start, length))
		return true;

	diag("%s of 0x%zx bytes at 0x%zx: other bytes than there should be", what, length,
	     start);
	return false;
}

static bool done(int err, const char *what)
{
	if (!err)
		return true;

	diag("%s of 0x%zx bytes at 0x%zx: %s", what, length, start, strerror(-err));
	return false;
}

static void fill_words(unsigned char *p, uint64_t value)
{
	size_t i;

	for (i = 0; i < length; i += 8)
		memcpy(p + i, &value, 8);
}

static bool cpu_write(void)
{
	uint64_t value = rand_r(&seed);

	pick_bytes();
	fill_words(memory + start, value);
	fill_words(copy + start, value);
	return true;
}

static bool cpu_read(void)
{
	pick_bytes();
	return same(memory + start, "a read by the CPU");
}

static bool fill(void)
{
	uint64_t value = rand_r(&seed) * 0x100000001ull;

	pick_bytes();
	fill_words(copy + start, value);
	return done(gpu_fill(some_gpu(), memory + start, length, value), "FILL");
}

static bool read_back(void)
{
	static unsigned char buffer[SIZE];

	pick_bytes();
	return done(gpu_read(some_gpu(), memory + start, length, buffer), "READ") &&
	       same(buffer, "a READ");
}

static bool crc(void)
{
	uint32_t result = 0;

	pick_bytes();
	if (!done(gpu_crc(some_gpu(), memory + start, length, &result), "CRC32"))
		return false;
	if (result == crc32_of(copy + start, length))
		return true;

	diag("CRC32 of 0x%zx bytes at 0x%zx is wrong", length, start);
	return false;
}

static bool add(void)
{
	struct drm_vgpusvm_op op = { .op = DRM_VGPUSVM_OP_ADD, .value = 1 + pick(1000) };
	uint64_t word;
	size_t i;

	pick_bytes();
	op.src = (uintptr_t)memory + start;
	op.dst = op.src;
	op.length = length;
	for (i = start; i < start + length; i += 8) {
		memcpy(&word, copy + i, 8);
		word += op.value;
		memcpy(copy + i, &word, 8);
	}
	return done(gpu_exec(some_gpu(), &op, 1), "ADD");
}

static bool advise(void)
{
	pick_pages();
	return done(gpu_madvise(some_gpu(), memory + start, length,
				pick(4) ? ids[pick(GPUS)] : DRM_VGPUSVM_PAGEMAP_NONE), "MADVISE");
}

static bool prefetch(void)
{
	struct gpu *gpu = some_gpu();
	uint32_t id = ids[pick(GPUS)];
	uint64_t fallback;
	int err;

	pick_pages();
	err = gpu_madvise(gpu, memory + start, length, id);
	if (!err)
		err = gpu_prefetch(gpu, memory + start, length, &fallback);
	/* One process, and room enough: there is nobody to take them away. */
	return done(err, "PREFETCH") && !fallback && all_at(gpu, memory + start, length, id);
}

static bool prefetch_system(void)
{
	struct gpu *gpu = some_gpu();

	pick_pages();
	return done(gpu_prefetch_system(gpu, memory + start, length), "PREFETCH_SYSTEM");
}

static bool evict(void)
{
	unsigned int i = pick(GPUS);

	pick_pages();
	if (!pick(4))
		return done(gpu_evict_region(&gpus[i], ids[i]), "EVICT of a region");
	return done(gpu_evict(&gpus[i], memory + start, length), "EVICT");
}

static bool drop(void)
{
	pick_pages();
	memset(copy + start, 0, length);
	return !madvise(memory + start, length, MADV_DONTNEED);
}

static bool remap(void)
{
	pick_pages();
	memset(copy + start, 0, length);
	return mmap(memory + start, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static bool toggle_huge(void)
{
	pick_pages();
	return !madvise(memory + start, length, pick(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

/* Away and back: the pages move in the address space. */
static bool move(void)
{
	void *aside;

	pick_pages();
	aside = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mremap(memory + start, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, aside) != aside)
		return false;

	return same(aside, "what was moved") &&
	       mremap(aside, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, memory + start) ==
	       memory + start;
}

/* A child that writes what nobody else may see. */
static bool forked(void *arg)
{
	(void)arg;
	pick_bytes();
	memset(memory + start, 0xaa, length);
	pick_bytes();
	return true;
}

static bool fork_child(void)
{
	return in_child(forked, NULL);
}

static bool (*const actions[])(void) = {
	cpu_write, cpu_read, fill, fill, read_back, read_back, crc, add, add, advise, advise,
	prefetch, prefetch, prefetch_system, evict, drop, remap, toggle_huge, move, fork_child,
};

/* Every page, wherever it is, without moving it; then by the CPU. */
static bool check_all(void)
{
	uint32_t *pages = residency(&gpus[0], memory, SIZE);
	size_t i, n = SIZE / page_size();
	bool good = pages;

	for (i = 0; good && i < n; i++)
		good = pages[i] == SYSTEM || pages[i] == NOT_PRESENT || pages[i] == ids[0] ||
		       pages[i] == ids[1] || pages[i] == ids[2];
	free(pages);
	start = 0;
	length = SIZE;

	return good && same(memory, "all of it");
}

int main(int argc, char **argv)
{
	unsigned int i, turns = argc > 2 ? atoi(argv[2]) : 400;
	bool good = true;

	seed = argc > 1 ? atoi(argv[1]) : (int)time(NULL);
	diag("seed %u", seed);
	for (i = 0; i < GPUS; i++) {
		gpu_start(&gpus[i], i);
		ids[i] = gpus[i].ids[0];
	}
	memory = mem_map(SIZE, HUGE_PAGES);
	copy = calloc(1, SIZE);

	for (i = 0; i < turns && good; i++) {
		unsigned int action = pick(sizeof(actions) / sizeof(actions[0]));

		good = actions[action]();
		if (!good)
			diag("turn %u, action %u", i, action);
		if (good && i % 50 == 49)
			good = ok(check_all(), "after %u turns", i + 1);
	}
	ok(good, "each of %u turns", i);
	ok(check_all(), "at the end");

	return tap_end();
}
