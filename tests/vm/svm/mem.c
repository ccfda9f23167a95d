// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

#define HUGE_SIZE	(2 * MIB)

const char * const pages_name[] = {
	[SMALL_PAGES] = "small pages",
	[HUGE_PAGES] = "huge pages",
};

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void *mem_map(size_t size, enum pages pages)
{
	char *p, *aligned;
	size_t before;

	p = mmap(NULL, size + HUGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	must(p != MAP_FAILED, "no memory can be mapped");

	/* Unmap the rest, so that the mapping has exactly this length. */
	aligned = (char *)(((uintptr_t)p + HUGE_SIZE - 1) & -HUGE_SIZE);
	before = aligned - p;
	if (before)
		munmap(p, before);
	if (HUGE_SIZE - before)
		munmap(aligned + size, HUGE_SIZE - before);

	must(!madvise(aligned, size, pages == HUGE_PAGES ? MADV_HUGEPAGE : MADV_NOHUGEPAGE),
	     "madvise() for %s failed", pages_name[pages]);

	return aligned;
}

void mem_unmap(void *p, size_t size)
{
	munmap(p, size);
}

/* The finaliser of SplitMix64. */
uint64_t pattern(uint64_t seed, uint64_t index)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15ull + index;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/*
 * Tests compare with the same few patterns many times, on emulated machines. So keep the
 * last ones, with their CRC-32.
 */
struct expected {
	uint64_t seed, first;
	size_t size;
	uint64_t *words;
	uint32_t crc;
};

#define EXPECTED	8

static void expected_make(struct expected *expected, size_t size, uint64_t seed,
			  uint64_t first)
{
	size_t i;

	free(expected->words);
	*expected = (struct expected) {
		.seed = seed,
		.first = first,
		.size = size,
		.words = malloc(size),
	};
	must(expected->words, "no memory");
	for (i = 0; i < size / 8; i++)
		expected->words[i] = pattern(seed, first + i);
	expected->crc = crc32_of(expected->words, size);
}

/* Not for threads. */
static const struct expected *expected_get(size_t size, uint64_t seed, uint64_t first)
{
	static struct expected cache[EXPECTED];
	static unsigned int next;
	struct expected *expected;

	for (expected = cache; expected < cache + EXPECTED; expected++)
		if (expected->words && expected->size == size && expected->seed == seed &&
		    expected->first == first)
			return expected;

	expected = &cache[next++ % EXPECTED];
	expected_make(expected, size, seed, first);
	return expected;
}

void cpu_put(void *p, size_t size, uint64_t seed)
{
	memcpy(p, expected_get(size, seed, 0)->words, size);
}

static bool compare(const void *p, const struct expected *expected, const void *at)
{
	const uint64_t *word = p;
	size_t i;

	if (!memcmp(p, expected->words, expected->size))
		return true;

	for (i = 0; word[i] == expected->words[i]; i++)
		;
	diag("%p + 0x%zx is 0x%016llx instead of 0x%016llx", at, i * 8,
	     (unsigned long long)word[i], (unsigned long long)expected->words[i]);
	return false;
}

bool cpu_has_from(const void *p, size_t size, uint64_t seed, uint64_t first)
{
	return compare(p, expected_get(size, seed, first), p);
}

bool cpu_has(const void *p, size_t size, uint64_t seed)
{
	return cpu_has_from(p, size, seed, 0);
}

/* The bytes that a GPU reads, which the caller frees, and the CRC-32 that the GPU computes. */
static void *gpu_look(struct gpu *gpu, const void *p, size_t size, uint32_t *crc)
{
	void *buffer = malloc(size);
	int err;

	must(buffer, "no memory");
	err = gpu_read(gpu, p, size, buffer);
	if (!err)
		err = gpu_crc(gpu, p, size, crc);
	if (!err)
		return buffer;

	diag("GPU %u can't read at %p: %s", gpu->number, p, strerror(-err));
	free(buffer);
	return NULL;
}

static bool crc_is(struct gpu *gpu, const void *p, uint32_t got, uint32_t wanted)
{
	if (got == wanted)
		return true;

	diag("the CRC-32 of GPU %u at %p is 0x%x instead of 0x%x", gpu->number, p, got,
	     wanted);
	return false;
}

bool gpu_has(struct gpu *gpu, const void *p, size_t size, uint64_t seed)
{
	const struct expected *expected = expected_get(size, seed, 0);
	uint32_t crc;
	void *buffer = gpu_look(gpu, p, size, &crc);
	bool same = buffer && compare(buffer, expected, p) &&
		    crc_is(gpu, p, crc, expected->crc);

	free(buffer);
	return same;
}

bool gpu_has_word(struct gpu *gpu, const void *p, size_t size, uint64_t word)
{
	uint32_t crc;
	uint64_t *buffer = gpu_look(gpu, p, size, &crc);
	bool same = buffer;
	size_t i;

	for (i = 0; same && i < size / 8; i++)
		same = buffer[i] == word;
	if (buffer && !same)
		diag("%p + 0x%zx is 0x%llx instead of 0x%llx", p, i * 8 - 8,
		     (unsigned long long)buffer[i - 1], (unsigned long long)word);
	same = same && crc_is(gpu, p, crc, crc32_of(buffer, size));

	free(buffer);
	return same;
}

uint32_t crc32_of(const void *p, size_t size)
{
	static uint32_t table[256];
	const unsigned char *byte = p;
	uint32_t crc = ~0u;
	unsigned int i, bit;

	for (i = 0; !table[255] && i < 256; i++)
		for (table[i] = i, bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;

	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 0xff];

	return ~crc;
}

uint32_t *residency(struct gpu *gpu, const void *p, size_t size)
{
	uint32_t *pages = calloc(size / page_size(), sizeof(*pages));
	struct drm_vgpusvm_query_residency query = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.length = size,
		.pages = (uintptr_t)pages,
	};
	int err;

	err = gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY, &query);
	if (!err)
		return pages;

	diag("the residency of %p is not available: %s", p, strerror(-err));
	free(pages);
	return NULL;
}

bool all_at_either(struct gpu *gpu, const void *p, size_t size, uint32_t id,
		   uint32_t other, size_t *num)
{
	uint32_t *pages = residency(gpu, p, size);
	size_t i, n = size / page_size();
	bool good = pages;

	*num = 0;
	for (i = 0; good && i < n; i++) {
		*num += pages[i] == id;
		good = pages[i] == id || pages[i] == other;
		if (!good)
			diag("page %zu of %zu at %p is at %d, not at %d", i, n, p,
			     (int)pages[i], (int)id);
	}
	free(pages);

	return good;
}

bool all_at(struct gpu *gpu, const void *p, size_t size, uint32_t id)
{
	size_t num;

	return all_at_either(gpu, p, size, id, id, &num);
}

bool holds(struct gpu *gpu, const void *p, size_t size, uint32_t id, uint64_t seed)
{
	return all_at(gpu, p, size, id) && gpu_has(gpu, p, size, seed) &&
	       all_at(gpu, p, size, id);
}
