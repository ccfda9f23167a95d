// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where pages are, and what is in them, after whatever moves pages from one
 * memory to another: faults, prefetches, other preferences, evictions, the CPU.
 */

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

/* Moving page by page takes long where all is emulated. */
static const size_t sizes[] = {
	[SMALL_PAGES] = 512 * KIB,
	[HUGE_PAGES] = 4 * MIB,
};

static size_t size;

static struct gpu gpu;
/* Same GPU, no preferences: it sees pages where they are, and moves none. */
static struct gpu observer;
static struct gpu peer;

static const char *label(enum pages pages, uint32_t id)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s, %s memory", pages_name[pages],
		 id == gpu.ids[0] ? "own" : "peer");
	return text;
}

/* Ready to be moved: its CPU has written a pattern. */
static char *written(enum pages pages, uint64_t seed)
{
	char *p = mem_map(size, pages);

	cpu_put(p, size, seed);
	if (pages == HUGE_PAGES)
		must(huge_kib(p) == size / KIB, "the kernel has given no huge pages");
	else
		must(!huge_kib(p), "the kernel has given huge pages");

	return p;
}

/* What can be reclaimed is. */
static bool reclaim(void)
{
	FILE *file = fopen("/proc/sys/vm/drop_caches", "w");
	bool good = file && fputs("2\n", file) >= 0;

	return file && !fclose(file) && good;
}

static void test_first_use(uint32_t id)
{
	const char *name = label(SMALL_PAGES, id);
	char *p = mem_map(size, SMALL_PAGES);

	ok(state_is(id, "idle"), "%s: no struct pages before the first use", name);
	ok(!gpu_madvise(&gpu, p, size, id) && !gpu_ask(&gpu, id) && state_is(id, "idle"),
	   "%s: to place makes no struct pages", name);
	ok(all_at(&gpu, p, size, NOT_PRESENT), "%s: to place makes no pages", name);
	ok(!gpu_fill(&gpu, p, size, 1) && state_is(id, "active"),
	   "%s: the first fault makes struct pages", name);
	mem_unmap(p, size);
	ok(state_becomes(id, "cached"), "%s: struct pages are out of use with the pages", name);
	ok(reclaim() && state_becomes(id, "idle"), "%s: and can be reclaimed", name);
	p = mem_map(size, SMALL_PAGES);
	ok(!gpu_madvise(&gpu, p, size, id) && !gpu_prefetch(&gpu, p, size, NULL) &&
	   state_is(id, "active") && all_at(&gpu, p, size, id) && gpu_has_word(&gpu, p, size, 0),
	   "%s: and made again, by a prefetch", name);
	mem_unmap(p, size);
}

static void test_fault_new(enum pages pages, uint32_t id)
{
	char *p = mem_map(size, pages);
	const uint64_t value = 0x0123456789abcdef;
	uint64_t *word = (uint64_t *)p;
	size_t i;

	ok(!gpu_madvise(&gpu, p, size, id) && !gpu_fill(&gpu, p, size, value) &&
	   all_at(&gpu, p, size, id) && gpu_has_word(&observer, p, size, value) &&
	   all_at(&gpu, p, size, id), "%s: a GPU's write makes new pages", label(pages, id));
	ok(gpu_preference(&gpu, p, size) == id, "%s: the preference is told",
	   label(pages, id));

	for (i = 0; i < size / 8 && word[i] == value; i++)
		;
	ok(i == size / 8 && all_at(&gpu, p, size, SYSTEM),
	   "%s: the CPU reads what the GPU wrote", label(pages, id));
	mem_unmap(p, size);

	p = mem_map(size, pages);
	ok(!gpu_madvise(&gpu, p, size, id) && gpu_has_word(&gpu, p, size, 0) &&
	   all_at(&gpu, p, size, id), "%s: a GPU's read makes new pages, of zeroes",
	   label(pages, id));
	mem_unmap(p, size);
}

static void test_fault_written(enum pages pages, uint32_t id)
{
	char *p = written(pages, 2);
	uint32_t crc = 0;

	ok(!gpu_madvise(&gpu, p, size, id) && all_at(&gpu, p, size, SYSTEM),
	   "%s: to place moves nothing", label(pages, id));
	ok(!gpu_crc(&gpu, p, size, &crc) && holds(&observer, p, size, id, 2),
	   "%s: a fault moves what the CPU wrote", label(pages, id));
	ok(cpu_has(p, size, 2) && all_at(&gpu, p, size, SYSTEM),
	   "%s: the CPU gets all of it back", label(pages, id));
	ok(crc == crc32_of(p, size), "%s: the CRC-32 is the CPU's", label(pages, id));
	mem_unmap(p, size);
}

static void test_prefetch(enum pages pages, uint32_t id)
{
	struct drm_vgpusvm_stats before, after;
	char *p = written(pages, 3);
	uint64_t fallback = 0;

	ok(!gpu_madvise(&gpu, p, size, id) && !gpu_prefetch(&gpu, p, size, &fallback) &&
	   !fallback && holds(&observer, p, size, id, 3), "%s: a prefetch moves",
	   label(pages, id));
	ok(!gpu_stats(&gpu, false, &before) && gpu_has(&gpu, p, size, 3) &&
	   !gpu_stats(&gpu, false, &after) && before.faults == after.faults,
	   "%s: there is no fault after a prefetch", label(pages, id));

	ok(!gpu_prefetch_system(&gpu, p, size) && holds(&observer, p, size, SYSTEM, 3),
	   "%s: a prefetch to system memory", label(pages, id));
	ok(gpu_preference(&gpu, p, size) == id && !gpu_prefetch(&gpu, p, size, NULL) &&
	   holds(&observer, p, size, id, 3), "%s: the preference is still there",
	   label(pages, id));
	mem_unmap(p, size);
}

static uint64_t copied_in(struct gpu *of)
{
	struct drm_vgpusvm_stats stats;

	return gpu_stats(of, true, &stats) ? 0 : stats.copied_in_bytes;
}

static uint64_t copied_out(struct gpu *of)
{
	struct drm_vgpusvm_stats stats;

	return gpu_stats(of, true, &stats) ? 0 : stats.copied_out_bytes;
}

static void test_device_to_device(enum pages pages)
{
	const char *name = pages_name[pages];
	uint32_t own = gpu.ids[0], other = peer.ids[0];
	char *p = written(pages, 4);
	uint64_t in, out;
	uint32_t crc;

	must(!gpu_madvise(&gpu, p, size, own) && !gpu_prefetch(&gpu, p, size, NULL),
	     "pages can't be placed");
	in = copied_in(&peer);
	out = copied_out(&gpu);
	ok(!gpu_madvise(&gpu, p, size, other) && all_at(&gpu, p, size, own) &&
	   !gpu_crc(&gpu, p, size, &crc) && holds(&observer, p, size, other, 4),
	   "%s: from own to peer by a fault", name);
	ok(copied_in(&peer) - in == size && copied_out(&gpu) - out == size,
	   "%s: each page was copied once, from one GPU to the other", name);
	ok(!gpu_madvise(&gpu, p, size, own) && !gpu_prefetch(&gpu, p, size, NULL) &&
	   holds(&observer, p, size, own, 4), "%s: from peer to own by a prefetch", name);
	ok(!gpu_madvise(&gpu, p, size, DRM_VGPUSVM_PAGEMAP_NONE) &&
	   !gpu_prefetch(&gpu, p, size, NULL) && holds(&gpu, p, size, own, 4) &&
	   !gpu_preference(&gpu, p, size), "%s: without a preference they stay", name);
	ok(gpu_has(&peer, p, size, 4) && all_at(&gpu, p, size, own) &&
	   !gpu_put(&peer, p, size, 5) && holds(&gpu, p, size, own, 5),
	   "%s: the peer reads and writes them where they are", name);
	ok(cpu_has(p, size, 5) && all_at(&gpu, p, size, SYSTEM),
	   "%s: the CPU reads what the peer wrote", name);
	mem_unmap(p, size);
}

/* Two preferences that meet within what would be one huge page. */
static void test_parts(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t first = size / 4 + 3 * page_size(), rest = size - first;
	uint32_t own = gpu.ids[0], other = peer.ids[0];
	char *p = written(pages, 6);

	ok(!gpu_madvise(&gpu, p, first, own) && !gpu_madvise(&gpu, p + first, rest, other) &&
	   gpu_preference(&gpu, p, first) == own &&
	   gpu_preference(&gpu, p + first, rest) == other &&
	   gpu_preference(&gpu, p, size) == -1, "%s: two parts, two preferences", name);
	ok(!gpu_prefetch(&gpu, p, size, NULL) && all_at(&gpu, p, first, own) &&
	   all_at(&gpu, p + first, rest, other) && gpu_has(&observer, p, size, 6) &&
	   all_at(&gpu, p, first, own) && all_at(&gpu, p + first, rest, other),
	   "%s: each part is where it prefers to be", name);
	ok(!gpu_madvise(&gpu, p + first, rest, own) && gpu_has(&gpu, p, size, 6) &&
	   all_at(&gpu, p, size, own) && gpu_preference(&gpu, p, size) == own,
	   "%s: the second part follows", name);
	ok(cpu_has(p, size, 6), "%s: nothing was lost at the seam", name);
	mem_unmap(p, size);
}

static void test_evict(enum pages pages, uint32_t id)
{
	struct gpu *owner = id == gpu.ids[0] ? &gpu : &peer;
	char *p = written(pages, 7);

	must(!gpu_madvise(&gpu, p, size, id) && !gpu_prefetch(&gpu, p, size, NULL),
	     "pages can't be placed");
	ok(!gpu_evict(&gpu, p, size) && holds(&observer, p, size, SYSTEM, 7),
	   "%s: a range is evicted", label(pages, id));
	ok(gpu_has(&gpu, p, size, 7) && holds(&observer, p, size, id, 7),
	   "%s: a fault takes it back", label(pages, id));
	ok(!gpu_evict_region(owner, id) && holds(&observer, p, size, SYSTEM, 7),
	   "%s: a region is evicted", label(pages, id));
	ok(!gpu_prefetch(&gpu, p, size, NULL) && holds(&observer, p, size, id, 7) &&
	   cpu_has(p, size, 7), "%s: a prefetch takes it back", label(pages, id));
	mem_unmap(p, size);
}

static void test_touch(enum pages pages, uint32_t id)
{
	size_t at = size / 2 + 5 * page_size(), num;
	char *p = written(pages, 8);
	uint64_t *word = (uint64_t *)(p + at);

	must(!gpu_madvise(&gpu, p, size, id) && !gpu_prefetch(&gpu, p, size, NULL),
	     "pages can't be placed");
	ok(*(volatile uint64_t *)word == pattern(8, at / 8) &&
	   all_at(&gpu, p + at, page_size(), SYSTEM) &&
	   all_at_either(&gpu, p, size, id, SYSTEM, &num),
	   "%s: a word that the CPU reads", label(pages, id));
	ok(gpu_has(&gpu, p, size, 8) && holds(&observer, p, size, id, 8),
	   "%s: goes back with the next access of the GPU", label(pages, id));
	*(volatile uint64_t *)word = 42;
	ok(all_at(&gpu, p + at, page_size(), SYSTEM) && gpu_has(&gpu, p, at, 8) &&
	   gpu_has_word(&gpu, word, 8, 42) &&
	   gpu_has_from(&gpu, word + 1, size - at - 8, 8, at / 8 + 1) &&
	   all_at(&gpu, p, size, id), "%s: the GPU reads the word that the CPU wrote",
	   label(pages, id));
	mem_unmap(p, size);
}

static void test_no_preference(enum pages pages)
{
	char *p = mem_map(size, pages);

	/* Addresses are used again, and with them the preferences of the other. */
	ok(!gpu_fill(&observer, p, size, 9) && all_at(&gpu, p, size, SYSTEM) &&
	   gpu_has_word(&observer, p, size, 9),
	   "%s: without a preference new pages are system memory", pages_name[pages]);
	mem_unmap(p, size);
}

int main(void)
{
	enum pages pages;
	unsigned int i;

	gpu_start(&gpu, 0);
	gpu_start(&observer, 0);
	gpu_start(&peer, 1);

	size = sizes[SMALL_PAGES];
	test_first_use(gpu.ids[0]);
	test_first_use(peer.ids[0]);
	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		const uint32_t ids[] = { gpu.ids[0], peer.ids[0] };

		size = sizes[pages];
		for (i = 0; i < 2; i++) {
			test_fault_new(pages, ids[i]);
			test_fault_written(pages, ids[i]);
			test_prefetch(pages, ids[i]);
			test_evict(pages, ids[i]);
			test_touch(pages, ids[i]);
		}
		test_device_to_device(pages);
		test_parts(pages);
		test_no_preference(pages);
	}

	return tap_end();
}
