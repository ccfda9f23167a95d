// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm trace
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,tracing
 * Test category: functionality test
 * Description: The tracepoints of the virtual GPU, read from tracefs: which GPU, which
 *	pagemap, which addresses, and the reason. Its files in debugfs.
 */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "igt.h"
#include "lib/placed.h"
#include "lib/subtests.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("Tracepoints of the virtual GPU");

#define TRACING	"/sys/kernel/debug/tracing"
#define EVENTS	TRACING "/events/vgpusvm"
#define SIZE	PLACED_SIZE

static struct svm_gpu gpu;
static uint32_t id, peer;
static char *p;

static void stop_tracing(void)
{
	if (file_exists(EVENTS "/enable"))
		assert_ok(file_put("0", EVENTS "/enable"));
}

static void start(void)
{
	stop_tracing();
	p = start_placed(&gpu);
	id = gpu.ids[0];
	peer = vgpu_id('b', 0);
	igt_require_f(file_exists(EVENTS "/enable"), "the kernel has no tracepoints\n");
	assert_ok(file_put("0", TRACING "/trace"));
	assert_ok(file_put("1", EVENTS "/enable"));
}

static const char *device(char gpu)
{
	return strchr(vgpu_uid(gpu), '-') + 1;
}

/* Number of events whose text begins so, after the name of the event and the GPU. */
static int count(const char *event, char of, const char *text)
{
	const char *wanted = text_of("vgpusvm_%s: dev=%s %s", event, device(of), text);
	FILE *file = fopen(TRACING "/trace", "re");
	char line[LINE];
	int num = 0;

	igt_assert(file);
	while (fgets(line, sizeof(line), file))
		num += !!strstr(line, wanted);
	fclose(file);
	if (!num)
		igt_info("no event: %s\n", wanted);

	return num;
}

static const char *range(uint32_t pagemap, const void *start, size_t length, const char *reason)
{
	return text_of("pagemap=%u start=0x%lx end=0x%lx reason=%s\n", pagemap, (long)start,
		       (long)start + length, reason);
}

/**
 * SUBTEST: place
 * Description: MADVISE traces the pagemap and the range, and why it refused an ID.
 * Promises: MADVISE
 */
static void place(void)
{
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, peer));
	igt_assert_eq(count("place", 'a', range(peer, p, SIZE, "none")), 1);
	assert_error(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, 4000000000u), -ENOENT);
	igt_assert_eq(count("place", 'a', range(4000000000u, p, SIZE, "unknown")), 1);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, 0));
	igt_assert_eq(count("place", 'a', range(0, p, SIZE, "none")), 1);
}

/**
 * SUBTEST: fault
 * Description: A fault traces its address, the preferred pagemap and the access, a fault
 *	that fails also the reason. The move to the pagemap has an event of its own.
 * Promises: EXEC PREFETCH
 */
static void fault(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE,
	};
	char *hole = map_memory(SIZE, false);
	const char *text;

	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	text = text_of("pagemap=%u addr=0x%lx access=write tries=", id, (long)p);
	igt_assert(count("page_fault", 'a', text) > 0);
	igt_assert(count("migrate", 'a', text_of("pagemap=%u start=0x%lx", id, (long)p)) > 0);

	munmap(hole, SIZE);
	op.dst = (uintptr_t)hole;
	op.done = 0;
	assert_error(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1), -EFAULT);
	text = text_of("pagemap=0 addr=0x%lx access=write tries=1 reason=inaccessible\n",
		       (long)hole);
	igt_assert_eq(count("page_fault", 'a', text), 1);

	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, p, SIZE, 0, NULL));
	text = text_of("pagemap=%u addr=0x%lx access=prefetch", id, (long)p);
	igt_assert(count("page_fault", 'a', text) > 0);
}

/**
 * SUBTEST: evict
 * Description: An eviction traces the pagemap, the size, and whether it makes room for
 *	others or empties the region.
 * Promises: EVICT_REGION
 */
static void evict(void)
{
	const size_t length = VGPU_SIZE + 2 * MIB;
	const char *text;
	char *big;

	assert_ok(vgpusvm_evict_region(gpu.fd, id));
	igt_assert(count("evict", 'a', text_of("pagemap=%u size=", id)) > 0);
	assert_ok(file_put("0", TRACING "/trace"));

	big = map_memory(length, false);
	put_pattern(big, length, 3);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, big, length, id));
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, big, length, 0, NULL));
	text = text_of("pagemap=%u size=%lu for=room reason=none\n", id, MIB);
	igt_assert(count("evict", 'a', text) > 0);
	assert_ok(vgpusvm_evict_region(gpu.fd, id));
	text = text_of("pagemap=%u size=%lu for=empty reason=none\n", id, MIB);
	igt_assert(count("evict", 'a', text) > 0);
	munmap(big, length);
}

/**
 * SUBTEST: fallback
 * Description: When the GPU of the preferred pagemap is away, the event has the pagemap and
 *	the reason.
 * Promises: MADVISE EXEC
 */
static void fallback(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE,
	};

	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, p, SIZE, peer));
	assert_ok(unbind_vgpu('b'));
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	igt_assert(count("fallback", 'a', range(peer, p, SIZE, "gone")) > 0);
	assert_ok(bind_vgpu('b'));
}

/* Does a file of the GPU in debugfs have this text? */
static bool debugfs_has(const char *name, const char *text)
{
	struct stat node;
	char line[LINE];
	bool found = false;
	FILE *file;

	igt_assert(!fstat(gpu.fd, &node));
	file = fopen(text_of("/sys/kernel/debug/dri/%u/%s", minor(node.st_rdev), name), "re");
	igt_assert(file);
	while (fgets(line, sizeof(line), file))
		found |= !!strstr(line, text);
	fclose(file);
	if (!found)
		igt_info("not in %s: %s\n", name, text);

	return found;
}

/**
 * SUBTEST: debugfs
 * Description: debugfs lists the ranges of a process with their pagemap, and the allocations
 *	of a region.
 * Promises: PREFETCH
 */
static void debugfs(void)
{
	const char *first = text_of("  0x%lx-0x%lx", (long)p, (long)p + SIZE / 2);

	igt_assert(debugfs_has("ranges", text_of("process %d\n", getpid())));
	igt_assert(debugfs_has("ranges", text_of("%s pagemap %u rw\n", first, id)));
	igt_assert(debugfs_has("allocations",
			       text_of("pagemap %u size %lu free %lu allocations 2\n", id,
				       VGPU_SIZE, VGPU_SIZE - SIZE)));
	igt_assert(debugfs_has("allocations", text_of("  size %lu freed 0", SIZE / 2)));

	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, SIZE));
	igt_assert(debugfs_has("ranges", text_of("%s unmapped\n", first)));
	igt_assert(eventually(debugfs_has("allocations", "allocations 0\n")));
}

/**
 * SUBTEST: debugfs-many
 * Description: Of the ranges of a VM with very many, debugfs lists a limited number.
 * Promises: EXEC
 */
static void debugfs_many(void)
{
	const size_t page = page_size(), pages = 1200;
	char *many = map_memory(pages * page, false);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)many, .length = pages * page,
	};

	put_pattern(many, pages * page, 3);
	/* A range ends where the preference changes, so each page has its own */
	for (size_t i = 0; i < pages; i += 2)
		assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, many + i * page, page, id));
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &op, 1));
	igt_assert(debugfs_has("ranges", "  ...\n"));
	munmap(many, pages * page);
}

static const struct subtest tests[] = {
	{ "place", "MADVISE is traced", place },
	{ "fault", "Faults and migration are traced", fault },
	{ "evict", "Evictions are traced", evict },
	{ "fallback", "Fallbacks are traced", fallback },
	{ "debugfs", "Ranges and allocations are in debugfs", debugfs },
	{ "debugfs-many", "debugfs lists a limited number of ranges", debugfs_many },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());

	igt_fixture()
		stop_tracing();
}
