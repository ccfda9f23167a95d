// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm huge
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,huge pages
 * Test category: functionality test
 * Description: Huge pages that live unsplit on a virtual GPU, which the module parameter
 *	huge_folios allows: they move whole, and return even when no huge page of system
 *	memory is free.
 */

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/lost.h"
#include "lib/settings.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("Huge pages on a virtual GPU");

#define PARAMETER	"/sys/module/vgpusvm/parameters/huge_folios"
#define FAILING		"/sys/kernel/debug/fail_page_alloc"
#define HUGE		(2 * MIB)
#define LENGTH		(2 * HUGE)
#define SEED		5

static struct svm_gpu gpu = { .fd = -1 };
static char *p;

static void start(void)
{
	svm_close(&gpu);
	start_afresh();
	make_vgpus("a", 1);
	enable_vgpus("a");
	assert_ok(file_put("Y", PARAMETER));
	svm_start(&gpu, vgpu_uid('a'));
	p = map_memory(LENGTH, true);
	put_pattern(p, LENGTH, SEED);
	igt_require_f(huge_kib(p) == LENGTH / KIB, "no huge pages are available\n");
	assert_ok(gpu.driver->advise(&gpu, p, LENGTH, gpu.ids[0]));
}

static uint64_t migrations(void)
{
	struct drm_vgpusvm_stats stats;

	assert_ok(vgpusvm_stats(gpu.fd, gpu.vm, &stats));

	return stats.migrations;
}

/**
 * SUBTEST: move
 * Description: A prefetch moves each huge page as one piece, and the CPU gets it back.
 * Promises: MADVISE
 */
static void move(void)
{
	assert_ok(gpu.driver->prefetch(&gpu, p, LENGTH));
	igt_assert_eq_u64(migrations(), LENGTH / HUGE);
	assert_holds(&gpu, p, LENGTH, gpu.ids[0], SEED);
	assert_cpu_takes(&gpu, p, LENGTH, SEED);
	munmap(p, LENGTH);
}

/**
 * SUBTEST: split
 * Description: Unmapping a part leaves the rest in place, with its content.
 * Promises: MADVISE
 */
static void split(void)
{
	assert_ok(gpu.driver->prefetch(&gpu, p, LENGTH));
	assert_ok(munmap(p + HUGE / 2, 4 * KIB));
	assert_gpu_reads(&gpu, p, HUGE / 2, SEED, 0);
	igt_assert(has_pattern(p, HUGE / 2, SEED));
	igt_assert(has_pattern_from(p + HUGE, HUGE, SEED, HUGE));
	munmap(p, LENGTH);
}

static void fail_next(const char *file)
{
	assert_ok(file_put("1", "%s/%s", vgpu_dir('a'), file));
}

static void assert_failed(const char *file)
{
	assert_text(file_text("%s/%s", vgpu_dir('a'), file), "0");
}

/**
 * SUBTEST: copy-fails
 * Description: A copy of a huge page fails, to the GPU, for the CPU and for an eviction: it
 *	stays at its source in one piece, with its content, and moves the next time.
 * Promises: vgpu/{fail_copy_in,fail_copy_out} PREFETCH:EIO
 */
static void copy_fails(void)
{
	fail_next("fail_copy_in");
	assert_error(gpu.driver->prefetch(&gpu, p, LENGTH), -EIO);
	assert_failed("fail_copy_in");
	assert_at(&gpu, p, LENGTH, SVM_SYSTEM);
	igt_assert(has_pattern(p, LENGTH, SEED));
	igt_assert_eq_u64(huge_kib(p), LENGTH / KIB);

	assert_ok(gpu.driver->prefetch(&gpu, p, LENGTH));
	igt_assert_eq_u64(migrations(), LENGTH / HUGE);
	fail_next("fail_copy_out");
	igt_assert_eq(access_code(p, false), BUS_ADRERR);
	assert_failed("fail_copy_out");
	assert_holds(&gpu, p, LENGTH, gpu.ids[0], SEED);

	fail_next("fail_copy_out");
	assert_ok(vgpusvm_evict_region(gpu.fd, gpu.ids[0]));
	assert_failed("fail_copy_out");
	assert_cpu_takes(&gpu, p, LENGTH, SEED);
	munmap(p, LENGTH);
}

static void set_failing(const char *probability)
{
	keep_setting(FAILING "/probability");
	keep_setting(FAILING "/times");
	keep_setting(FAILING "/min-order");
	keep_setting(FAILING "/verbose");
	keep_setting(FAILING "/ignore-gfp-wait");
	keep_setting(FAILING "/ignore-gfp-highmem");
	assert_ok(file_put("0", FAILING "/verbose"));
	assert_ok(file_put("9", FAILING "/min-order"));
	assert_ok(file_put("N", FAILING "/ignore-gfp-wait"));
	assert_ok(file_put("N", FAILING "/ignore-gfp-highmem"));
	assert_ok(file_put("-1", FAILING "/times"));
	assert_ok(file_put(probability, FAILING "/probability"));
}

/**
 * SUBTEST: unbind-fragmented
 * Description: Unbinding a GPU loses no data when system memory has no free huge page for
 *	the huge pages on the GPU.
 * Promises: MADVISE
 */
static void unbind_fragmented(void)
{
	igt_require_f(file_exists(FAILING "/min-order"), "no allocations can be made to fail\n");
	assert_ok(gpu.driver->prefetch(&gpu, p, LENGTH));
	igt_assert_eq_u64(migrations(), LENGTH / HUGE);
	assert_at(&gpu, p, LENGTH, gpu.ids[0]);
	set_failing("100");
	assert_ok(unbind_vgpu('a'));
	assert_ok(file_put("0", FAILING "/probability"));
	igt_assert(has_pattern(p, LENGTH, SEED));
	put_pattern(p, LENGTH, SEED + 1);
	igt_assert(has_pattern(p, LENGTH, SEED + 1));
	munmap(p, LENGTH);
	assert_ok(bind_vgpu('a'));
}

static const struct subtest tests[] = {
	{ "move", "Huge pages move whole", move },
	{ "split", "A part of a huge page is unmapped", split },
	{ "copy-fails", "A copy of a huge page fails", copy_fails },
	{ "unbind-fragmented", "Unbind without huge pages in system memory", unbind_fragmented },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		keep_setting(PARAMETER);
	}

	run_subtests(tests, start());
}
