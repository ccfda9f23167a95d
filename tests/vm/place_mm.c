// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages in a GPU's memory, and what a process does to its address space:
 * mremap(), munmap(), madvise(), mprotect().
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

static char *placed(enum pages pages, uint64_t seed)
{
	char *p = mem_map(size, pages);

	cpu_put(p, size, seed);
	must(!gpu_madvise(&gpu, p, size, gpu.ids[0]) && !gpu_prefetch(&gpu, p, size, NULL),
	     "pages can't be placed");
	must(all_at(&gpu, p, size, gpu.ids[0]), "pages are not where they were placed");

	return p;
}

/* Does a GPU's access to @p fail, at the address @at? */
static bool faults_at(const char *p, size_t length, uint32_t code, const char *at)
{
	struct drm_vgpusvm_op op = { .op = code, .length = length };
	int err;

	if (code == DRM_VGPUSVM_OP_CRC32)
		op.src = (uintptr_t)p;
	else
		op.dst = (uintptr_t)p;
	err = gpu_exec(&gpu, &op, 1);
	if (err == -EFAULT && op.error == -EFAULT && op.fault_addr / page_size() ==
	    (uintptr_t)at / page_size())
		return true;

	diag("the access ends with %s, the operation's error is %d at 0x%llx, not at %p",
	     strerror(-err), op.error, (unsigned long long)op.fault_addr, at);
	return false;
}

static char *move(char *p, size_t shift)
{
	char *room = mem_map(size + 2 * MIB, SMALL_PAGES);
	char *q = room + shift;

	must(mremap(p, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q,
	     "mremap() failed");
	munmap(room, shift);
	munmap(q + size, 2 * MIB - shift);

	return q;
}

static void test_mremap(enum pages pages, size_t shift)
{
	const char *name = pages_name[pages];
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 1), *q = move(p, shift);

	ok(holds(&observer, q, size, id, 1), "%s moved by 0x%zx stay on the device", name,
	   shift);
	ok(all_at(&gpu, p, size, NOT_PRESENT) &&
	   faults_at(p, size, DRM_VGPUSVM_OP_CRC32, p), "%s moved by 0x%zx are gone", name,
	   shift);
	ok(gpu_preference(&gpu, p, size) == id && !gpu_preference(&gpu, q, size) &&
	   holds(&gpu, q, size, id, 1), "%s moved by 0x%zx left the preference behind", name,
	   shift);

	must(mmap(p, size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == p,
	     "the old address can't be mapped again");
	ok(!gpu_fill(&gpu, p, size, 2) && all_at(&gpu, p, size, id) &&
	   gpu_has_word(&observer, p, size, 2) && holds(&gpu, q, size, id, 1),
	   "%s at the old address take the preference", name);
	ok(cpu_has(q, size, 1) && all_at(&gpu, q, size, SYSTEM),
	   "%s moved by 0x%zx: the CPU reads the same", name, shift);
	mem_unmap(p, size);
	mem_unmap(q, size);
}

static void test_munmap(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = size / 4 - page_size(), to = 3 * size / 4 + page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 3);

	munmap(p + from, to - from);
	ok(all_at(&gpu, p, from, id) && all_at(&gpu, p + from, to - from, NOT_PRESENT) &&
	   all_at(&gpu, p + to, size - to, id), "%s: munmap() takes the middle", name);
	ok(gpu_has(&observer, p, from, 3) &&
	   gpu_has_from(&observer, p + to, size - to, 3, to / 8) &&
	   all_at(&gpu, p, from, id) && all_at(&gpu, p + to, size - to, id),
	   "%s: the ends have what they had", name);
	ok(faults_at(p, size, DRM_VGPUSVM_OP_CRC32, p + from),
	   "%s: a GPU's access ends where the hole begins", name);
	ok(cpu_has(p, from, 3) && cpu_has_from(p + to, size - to, 3, to / 8) &&
	   all_at(&gpu, p, from, SYSTEM) && all_at(&gpu, p + to, size - to, SYSTEM),
	   "%s: the CPU reads the ends", name);
	mem_unmap(p, size);
}

static bool all_zero(const char *q, size_t length)
{
	while (length && !*q) {
		q++;
		length--;
	}

	return !length;
}

static void test_dontneed(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = size / 4 + page_size(), to = size / 2 + 7 * page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 4);

	must(!madvise(p + from, to - from, MADV_DONTNEED), "MADV_DONTNEED failed");
	ok(all_at(&gpu, p, from, id) && all_at(&gpu, p + from, to - from, NOT_PRESENT) &&
	   all_at(&gpu, p + to, size - to, id), "%s: MADV_DONTNEED drops the middle", name);
	ok(gpu_has_word(&gpu, p + from, to - from, 0) && gpu_has(&gpu, p, from, 4) &&
	   gpu_has_from(&gpu, p + to, size - to, 4, to / 8) && all_at(&gpu, p, size, id),
	   "%s: zeroes in its place, on the device again", name);
	ok(cpu_has(p, from, 4) && cpu_has_from(p + to, size - to, 4, to / 8) &&
	   all_zero(p + from, to - from) && all_at(&gpu, p, size, SYSTEM),
	   "%s: the CPU reads the same", name);
	mem_unmap(p, size);
}

static struct drm_vgpusvm_region region(void)
{
	struct drm_vgpusvm_region region = {};
	struct drm_vgpusvm_query_regions query = {
		.num_regions = 1,
		.regions = (uintptr_t)&region,
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};

	gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);
	return region;
}

/* Room is given back by a worker. */
static bool free_becomes(uint64_t wanted)
{
	uint64_t end = now_ms() + 10000;

	while (region().free != wanted && now_ms() < end)
		usleep(10000);

	return region().free == wanted;
}

static void test_given_back(enum pages pages)
{
	uint64_t free = region().size;
	char *p;

	/* What tests before this one had may still be on its way back. */
	must(free_becomes(free), "there is something on the device");
	p = placed(pages, 5);
	ok(region().free <= free - size, "%s take room on the device", pages_name[pages]);
	must(!madvise(p, size, MADV_DONTNEED), "MADV_DONTNEED failed");
	ok(state_becomes(gpu.ids[0], "cached") && free_becomes(free),
	   "%s: the room is given back", pages_name[pages]);
	mem_unmap(p, size);
}

static void test_mprotect(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = size / 2 - page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 6);

	must(!mprotect(p + from, size - from, PROT_READ), "mprotect() failed");
	ok(holds(&gpu, p, size, id, 6), "%s: the GPU reads what must not be written", name);
	ok(faults_at(p + from, size - from, DRM_VGPUSVM_OP_FILL, p + from) &&
	   gpu_has(&gpu, p, size, 6), "%s: and does not write it", name);
	must(!mprotect(p + from, size - from, PROT_NONE), "mprotect() failed");
	ok(faults_at(p + from, size - from, DRM_VGPUSVM_OP_CRC32, p + from),
	   "%s: nor reads what must not be read", name);
	must(!mprotect(p + from, size - from, PROT_READ | PROT_WRITE), "mprotect() failed");
	ok(gpu_has(&gpu, p, size, 6) && !gpu_put(&gpu, p, size, 7) &&
	   holds(&gpu, p, size, id, 7) && cpu_has(p, size, 7),
	   "%s: but when it may again", name);
	mem_unmap(p, size);
}

/* What the GPU maps as one is two mappings by now. */
static void test_split(enum pages pages)
{
	size_t from = size / 2 + page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 10);

	must(!gpu_evict(&gpu, p, size) && all_at(&gpu, p, size, SYSTEM), "EVICT failed");
	must(!madvise(p + from, size - from,
		      pages == HUGE_PAGES ? MADV_NOHUGEPAGE : MADV_HUGEPAGE),
	     "madvise() failed");
	ok(!gpu_prefetch(&gpu, p, size, NULL) && holds(&observer, p, size, id, 10),
	   "%s: a prefetch of a mapping that was split", pages_name[pages]);
	must(!gpu_evict(&gpu, p, size) && all_at(&gpu, p, size, SYSTEM), "EVICT failed");
	must(!mprotect(p + from, page_size(), PROT_READ), "mprotect() failed");
	ok(gpu_has(&gpu, p, size, 10) && holds(&observer, p, size, id, 10) &&
	   cpu_has(p, size, 10), "%s: a fault in a mapping that was split", pages_name[pages]);
	mem_unmap(p, size);
}

/* Memory that can't live on a GPU is used in place. */
static void test_shared(void)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cpu_put(p, size, 8);
	ok(!gpu_madvise(&gpu, p, size, gpu.ids[0]) && holds(&gpu, p, size, SYSTEM, 8) &&
	   !gpu_put(&gpu, p, size, 9) && holds(&gpu, p, size, SYSTEM, 9) && cpu_has(p, size, 9),
	   "shared memory stays system memory");
	mem_unmap(p, size);
}

int main(void)
{
	enum pages pages;

	gpu_start(&gpu, 0);
	gpu_start(&observer, 0);

	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		size = sizes[pages];
		test_mremap(pages, 0);
		test_mremap(pages, 64 * KIB + page_size());
		test_munmap(pages);
		test_dontneed(pages);
		test_given_back(pages);
		test_mprotect(pages);
		test_split(pages);
	}
	test_shared();

	return tap_end();
}
