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

#define SIZE	(4 * MIB)

static struct gpu gpu;
/* Same GPU, no preferences: it sees pages where they are, and moves none. */
static struct gpu observer;

static char *placed(enum pages pages, uint64_t seed)
{
	char *p = mem_map(SIZE, pages);

	cpu_put(p, SIZE, seed);
	must(!gpu_madvise(&gpu, p, SIZE, gpu.ids[0]) && !gpu_prefetch(&gpu, p, SIZE, NULL),
	     "pages can't be placed");
	must(all_at(&gpu, p, SIZE, gpu.ids[0]), "pages are not where they were placed");

	return p;
}

/* Does a GPU's access to @p fail, at the address @at? */
static bool faults_at(const char *p, size_t size, uint32_t code, const char *at)
{
	struct drm_vgpusvm_op op = { .op = code, .length = size };
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
	char *room = mem_map(SIZE + 2 * MIB, SMALL_PAGES);
	char *q = room + shift;

	must(mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q,
	     "mremap() failed");
	munmap(room, shift);
	munmap(q + SIZE, 2 * MIB - shift);

	return q;
}

static void test_mremap(enum pages pages, size_t shift)
{
	const char *name = pages_name[pages];
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 1), *q = move(p, shift);

	ok(holds(&observer, q, SIZE, id, 1), "%s moved by 0x%zx stay on the device", name,
	   shift);
	ok(all_at(&gpu, p, SIZE, NOT_PRESENT) &&
	   faults_at(p, SIZE, DRM_VGPUSVM_OP_CRC32, p), "%s moved by 0x%zx are gone", name,
	   shift);
	ok(gpu_preference(&gpu, p, SIZE) == id && !gpu_preference(&gpu, q, SIZE) &&
	   holds(&gpu, q, SIZE, id, 1), "%s moved by 0x%zx left the preference behind", name,
	   shift);

	must(mmap(p, SIZE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == p,
	     "the old address can't be mapped again");
	ok(!gpu_fill(&gpu, p, SIZE, 2) && all_at(&gpu, p, SIZE, id) &&
	   gpu_has_word(&observer, p, SIZE, 2) && holds(&gpu, q, SIZE, id, 1),
	   "%s at the old address take the preference", name);
	ok(cpu_has(q, SIZE, 1) && all_at(&gpu, q, SIZE, SYSTEM),
	   "%s moved by 0x%zx: the CPU reads the same", name, shift);
	mem_unmap(p, SIZE);
	mem_unmap(q, SIZE);
}

static void test_munmap(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = 1 * MIB - page_size(), to = 3 * MIB + page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 3);

	munmap(p + from, to - from);
	ok(all_at(&gpu, p, from, id) && all_at(&gpu, p + from, to - from, NOT_PRESENT) &&
	   all_at(&gpu, p + to, SIZE - to, id), "%s: munmap() takes the middle", name);
	ok(gpu_has(&observer, p, from, 3) &&
	   gpu_has_from(&observer, p + to, SIZE - to, 3, to / 8) &&
	   all_at(&gpu, p, from, id) && all_at(&gpu, p + to, SIZE - to, id),
	   "%s: the ends have what they had", name);
	ok(faults_at(p, SIZE, DRM_VGPUSVM_OP_CRC32, p + from),
	   "%s: a GPU's access ends where the hole begins", name);
	ok(cpu_has(p, from, 3) && cpu_has_from(p + to, SIZE - to, 3, to / 8) &&
	   all_at(&gpu, p, from, SYSTEM) && all_at(&gpu, p + to, SIZE - to, SYSTEM),
	   "%s: the CPU reads the ends", name);
	mem_unmap(p, SIZE);
}

static void test_dontneed(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = 1 * MIB + page_size(), to = 2 * MIB + 7 * page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 4);

	must(!madvise(p + from, to - from, MADV_DONTNEED), "MADV_DONTNEED failed");
	ok(all_at(&gpu, p, from, id) && all_at(&gpu, p + from, to - from, NOT_PRESENT) &&
	   all_at(&gpu, p + to, SIZE - to, id), "%s: MADV_DONTNEED drops the middle", name);
	ok(gpu_has_word(&gpu, p + from, to - from, 0) && gpu_has(&gpu, p, from, 4) &&
	   gpu_has_from(&gpu, p + to, SIZE - to, 4, to / 8) && all_at(&gpu, p, SIZE, id),
	   "%s: zeroes in its place, on the device again", name);
	ok(cpu_has(p, from, 4) && cpu_has_from(p + to, SIZE - to, 4, to / 8) &&
	   !p[from] && !p[to - 1] && all_at(&gpu, p, SIZE, SYSTEM),
	   "%s: the CPU reads the same", name);
	mem_unmap(p, SIZE);
}

static uint64_t region_free(void)
{
	struct drm_vgpusvm_region region = {};
	struct drm_vgpusvm_query_regions query = {
		.num_regions = 1,
		.regions = (uintptr_t)&region,
	};

	gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);
	return region.free;
}

/* Room is given back by a worker. */
static bool free_becomes(uint64_t wanted)
{
	uint64_t end = now_ms() + 10000;

	while (region_free() != wanted && now_ms() < end)
		usleep(10000);

	return region_free() == wanted;
}

static void test_given_back(enum pages pages)
{
	uint64_t free = region_free();
	char *p = placed(pages, 5);

	ok(region_free() <= free - SIZE, "%s take room on the device", pages_name[pages]);
	must(!madvise(p, SIZE, MADV_DONTNEED), "MADV_DONTNEED failed");
	ok(state_becomes(gpu.ids[0], "cached") && free_becomes(free),
	   "%s: the room is given back", pages_name[pages]);
	mem_unmap(p, SIZE);
}

static void test_mprotect(enum pages pages)
{
	const char *name = pages_name[pages];
	size_t from = 2 * MIB - page_size();
	uint32_t id = gpu.ids[0];
	char *p = placed(pages, 6);

	must(!mprotect(p + from, SIZE - from, PROT_READ), "mprotect() failed");
	ok(holds(&gpu, p, SIZE, id, 6), "%s: the GPU reads what must not be written", name);
	ok(faults_at(p + from, SIZE - from, DRM_VGPUSVM_OP_FILL, p + from) &&
	   gpu_has(&gpu, p, SIZE, 6), "%s: and does not write it", name);
	must(!mprotect(p + from, SIZE - from, PROT_NONE), "mprotect() failed");
	ok(faults_at(p + from, SIZE - from, DRM_VGPUSVM_OP_CRC32, p + from),
	   "%s: nor reads what must not be read", name);
	must(!mprotect(p + from, SIZE - from, PROT_READ | PROT_WRITE), "mprotect() failed");
	ok(gpu_has(&gpu, p, SIZE, 6) && !gpu_put(&gpu, p, SIZE, 7) &&
	   holds(&gpu, p, SIZE, id, 7) && cpu_has(p, SIZE, 7),
	   "%s: but when it may again", name);
	mem_unmap(p, SIZE);
}

/* Memory that can't live on a GPU is used in place. */
static void test_shared(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cpu_put(p, SIZE, 8);
	ok(!gpu_madvise(&gpu, p, SIZE, gpu.ids[0]) && holds(&gpu, p, SIZE, SYSTEM, 8) &&
	   !gpu_put(&gpu, p, SIZE, 9) && holds(&gpu, p, SIZE, SYSTEM, 9) && cpu_has(p, SIZE, 9),
	   "shared memory stays system memory");
	mem_unmap(p, SIZE);
}

int main(void)
{
	enum pages pages;

	gpu_start(&gpu, 0);
	gpu_start(&observer, 0);

	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		test_mremap(pages, 0);
		test_mremap(pages, 64 * KIB + page_size());
		test_munmap(pages);
		test_dontneed(pages);
		test_given_back(pages);
		test_mprotect(pages);
	}
	test_shared();

	return tap_end();
}
