// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm dmem
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,cgroup
 * Test category: functionality test
 * Description: The memory of a virtual GPU is charged to the control group of the process
 *	whose pages live there. At its limit, a group only loses its own pages.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/dmem_cgroup.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("Control groups limit the memory of virtual GPUs");

/* One allocation. */
#define SIZE	(64 * KIB)
/* A limit, and what exceeds it. */
#define LIMIT	"1048576"
#define FITS	16
#define PIECES	32
#define OLD	1

/* The names of the regions of both GPUs in the controller. */
static const char *here, *there;
static uint32_t id, other_id;

static void start(void)
{
	start_afresh();
	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	id = vgpu_id('a', 0);
	other_id = vgpu_id('b', 0);
	make_dmem_cgroups();
	here = file_text(PAGEMAPS "/pagemap%u/dmem_region", id);
	there = file_text(PAGEMAPS "/pagemap%u/dmem_region", other_id);
}

/* A process of a group that uses the first GPU. */
static void start_in(struct svm_gpu *mine, char cgroup)
{
	join_dmem_cgroup(cgroup);
	svm_start(mine, vgpu_uid('a'));
}

static void assert_charged(char cgroup, const char *region, uint64_t bytes)
{
	igt_assert_f(eventually(dmem_of(cgroup, "current", region) == bytes),
		     "%c has %s in %s, not %zu\n", cgroup,
		     text_of("%zu", (size_t)dmem_of(cgroup, "current", region)), region,
		     (size_t)bytes);
}

/**
 * SUBTEST: name
 * Description: sysfs has the name of each region in the controller, which knows its size and
 *	forgets it when the GPU goes.
 * Promises: pagemap/dmem_region
 */
static void name(void)
{
	assert_text(here, text_of("drm/vgpusvm.%u/vram0", vgpu_number('a')));
	assert_text(there, text_of("drm/vgpusvm.%u/vram0", vgpu_number('b')));
	igt_assert_eq_u64(dmem_of('/', "capacity", here), VGPU_SIZE);
	disable_vgpus("a");
	igt_assert(!dmem_has(here));
	enable_vgpus("a");
	igt_assert_eq_u64(dmem_of('/', "capacity", here), VGPU_SIZE);
	remove_dmem_cgroups();
}

static void charge_in_child(void)
{
	struct drm_vgpusvm_op op = { .op = DRM_VGPUSVM_OP_FILL, .length = SIZE };
	static uint64_t fence;
	struct svm_gpu mine;
	char *p, *q;

	start_in(&mine, 'a');
	/* A prefetch, a page fault, and a page fault of a job. */
	p = map_at(&mine, SIZE, false, id, OLD);
	assert_charged('a', here, SIZE);
	q = map_memory(SIZE, false);
	put_pattern(q, SIZE, OLD);
	assert_ok(mine.driver->advise(&mine, q, SIZE, id));
	assert_gpu_reads(&mine, q, SIZE, OLD, 0);
	assert_charged('a', here, 2 * SIZE);
	op.dst = (uintptr_t)map_memory(SIZE, false);
	assert_ok(mine.driver->advise(&mine, (void *)(uintptr_t)op.dst, SIZE, id));
	assert_ok(vgpusvm_submit(mine.fd, mine.vm, &op, 1, &fence));
	igt_assert(vgpusvm_has_ended(&fence));
	assert_charged('a', here, 3 * SIZE);
	assert_charged('p', here, 3 * SIZE);
	assert_charged('b', here, 0);
	/* Pages that return, move to another GPU or are unmapped. */
	assert_cpu_takes(&mine, p, SIZE, OLD);
	assert_charged('a', here, 2 * SIZE);
	assert_ok(mine.driver->advise(&mine, q, SIZE, other_id));
	assert_ok(mine.driver->prefetch(&mine, q, SIZE));
	assert_holds(&mine, q, SIZE, other_id, OLD);
	assert_charged('a', here, SIZE);
	assert_charged('a', there, SIZE);
	munmap((void *)(uintptr_t)op.dst, SIZE);
	assert_charged('a', here, 0);
	svm_close(&mine);
}

/**
 * SUBTEST: charge
 * Description: Pages are charged to the group of their process while they are in a region:
 *	moved by PREFETCH, by a page fault, or by a job, to the own GPU or to another one.
 * Promises: pagemap/dmem_region PREFETCH EXEC
 */
static void charge(void)
{
	igt_fork(child, 1)
		charge_in_child();
	igt_waitchildren();
	assert_charged('a', here, 0);
	assert_charged('a', there, 0);
	remove_dmem_cgroups();
}

/* Place pieces, each with a pattern of its own. Returns how many are on the GPU. */
static int place_pieces(struct svm_gpu *mine, char **pieces, int num)
{
	int i, placed = 0;
	uint32_t where[16];

	for (i = 0; i < num; i++) {
		pieces[i] = map_memory(SIZE, false);
		put_pattern(pieces[i], SIZE, OLD + i);
		assert_ok(mine->driver->advise(mine, pieces[i], SIZE, id));
		assert_ok(mine->driver->prefetch(mine, pieces[i], SIZE));
	}
	for (i = 0; i < num; i++) {
		assert_ok(mine->driver->residency(mine, pieces[i], SIZE, where));
		assert_at(mine, pieces[i], SIZE, where[0]);
		igt_assert(where[0] == id || where[0] == SVM_SYSTEM);
		placed += where[0] == id;
	}

	return placed;
}

static void assert_pieces(char **pieces, int num)
{
	int i;

	for (i = 0; i < num; i++)
		igt_assert(has_pattern(pieces[i], SIZE, OLD + i));
}

static void exceed_in_child(char limited)
{
	char *pieces[PIECES];
	struct svm_gpu mine;

	set_dmem(limited, "max", here, LIMIT);
	start_in(&mine, 'a');
	igt_assert_eq(place_pieces(&mine, pieces, PIECES), FITS);
	assert_charged('a', here, FITS * SIZE);
	/* A charge that the parent refuses counts for the peak of its child. */
	igt_assert_eq_u64(dmem_of(limited, "peak", here), FITS * SIZE);
	assert_pieces(pieces, PIECES);
	svm_close(&mine);
}

/**
 * SUBTEST: limit
 * Description: At its limit, or that of its parent, a group evicts its own pages: as many as
 *	fit are on the GPU, never more, and all have their content.
 * Promises: pagemap/dmem_region
 */
static void limit(void)
{
	igt_fork(child, 1)
		exceed_in_child('a');
	igt_waitchildren();
	set_dmem('a', "max", here, "max");
	igt_fork(child, 1)
		exceed_in_child('p');
	igt_waitchildren();
	remove_dmem_cgroups();
}

static void fall_back_in_child(void)
{
	char *p = map_memory(MIB, false);
	uint64_t fallback = 0;
	struct svm_gpu mine;

	set_dmem('a', "max", here, text_of("%zu", MIB / 2));
	start_in(&mine, 'a');
	put_pattern(p, MIB, OLD);
	assert_ok(mine.driver->advise(&mine, p, MIB, id));
	assert_ok(vgpusvm_prefetch(mine.fd, mine.vm, p, MIB, 0, &fallback));
	igt_assert_eq_u64(fallback, MIB);
	assert_holds(&mine, p, MIB, SVM_SYSTEM, OLD);
	assert_charged('a', here, 0);
	set_dmem('a', "max", here, "max");
	assert_ok(mine.driver->prefetch(&mine, p, MIB));
	assert_holds(&mine, p, MIB, id, OLD);
	svm_close(&mine);
}

/**
 * SUBTEST: fallback
 * Description: An allocation that is larger than the limit falls back to system memory, and
 *	moves when the limit is raised.
 * Promises: pagemap/dmem_region PREFETCH
 */
static void fallback(void)
{
	igt_fork(child, 1)
		fall_back_in_child();
	igt_waitchildren();
	remove_dmem_cgroups();
}

/* Holds pages in a group while another process does something. */
static void hold_in_child(char cgroup, const int ready[2], const int go[2], bool stays)
{
	char *pieces[FITS], byte;
	struct svm_gpu mine;
	int i;

	close(ready[0]);
	close(go[1]);
	start_in(&mine, cgroup);
	igt_assert_eq(place_pieces(&mine, pieces, FITS), FITS);
	igt_assert_eq(write(ready[1], "", 1), 1);
	/* The other process ends, well or not. */
	igt_assert_eq(read(go[0], &byte, 1), 0);
	for (i = 0; stays && i < FITS; i++)
		assert_holds(&mine, pieces[i], SIZE, id, OLD + i);
	assert_pieces(pieces, FITS);
	svm_close(&mine);
}

static void wait_for_holder(const int ready[2], const int go[2])
{
	char byte;

	close(ready[1]);
	close(go[0]);
	igt_assert_eq(read(ready[0], &byte, 1), 1);
}

/**
 * SUBTEST: others
 * Description: A group at its limit evicts no page of another group, however long ago that
 *	one used it.
 * Promises: pagemap/dmem_region
 */
static void others(void)
{
	int ready[2], go[2];

	igt_assert(!pipe(ready) && !pipe(go));
	igt_fork(holder, 1)
		hold_in_child('b', ready, go, true);
	wait_for_holder(ready, go);
	igt_fork(child, 1) {
		close(go[1]);
		exceed_in_child('a');
	}
	igt_assert(eventually(dmem_of('a', "peak", here) == FITS * SIZE));
	igt_assert(eventually(!dmem_of('a', "current", here)));
	igt_assert_eq_u64(dmem_of('b', "current", here), FITS * SIZE);
	close(go[1]);
	igt_waitchildren();
	remove_dmem_cgroups();
}

/**
 * SUBTEST: protected
 * Description: A full region evicts no page of a group that dmem.min protects, and the others
 *	fall back.
 * Promises: pagemap/dmem_region
 */
static void protected(void)
{
	static char *pieces[2 * VGPU_SIZE / SIZE];
	int ready[2], go[2];

	set_dmem('p', "min", here, LIMIT);
	set_dmem('b', "min", here, LIMIT);
	igt_assert(!pipe(ready) && !pipe(go));
	igt_fork(holder, 1)
		hold_in_child('b', ready, go, true);
	wait_for_holder(ready, go);
	igt_fork(child, 1) {
		struct svm_gpu mine;

		close(go[1]);
		start_in(&mine, 'a');
		igt_assert_eq(place_pieces(&mine, pieces, ARRAY_SIZE(pieces)),
			      (int)(VGPU_SIZE / SIZE) - FITS);
		assert_pieces(pieces, ARRAY_SIZE(pieces));
		svm_close(&mine);
	}
	igt_assert(eventually(dmem_of('a', "peak", here) >= VGPU_SIZE - FITS * SIZE));
	igt_assert(eventually(!dmem_of('a', "current", here)));
	/* The attempt to place one more counts for the peak. */
	igt_assert_eq_u64(dmem_of('a', "peak", here), VGPU_SIZE - FITS * SIZE + SIZE);
	igt_assert_eq_u64(dmem_of('b', "current", here), FITS * SIZE);
	close(go[1]);
	igt_waitchildren();
	remove_dmem_cgroups();
}

/**
 * SUBTEST: lower
 * Description: A limit that falls below the usage moves pages to system memory at once, and
 *	no byte is lost.
 * Promises: pagemap/dmem_region
 */
static void lower(void)
{
	int ready[2], go[2];

	igt_assert(!pipe(ready) && !pipe(go));
	igt_fork(holder, 1)
		hold_in_child('a', ready, go, false);
	wait_for_holder(ready, go);
	igt_assert_eq_u64(dmem_of('a', "current", here), FITS * SIZE);
	set_dmem('a', "max", here, text_of("%zu", FITS / 4 * SIZE));
	igt_assert_eq_u64(dmem_of('a', "current", here), FITS / 4 * SIZE);
	set_dmem('p', "max", here, "0");
	igt_assert_eq_u64(dmem_of('a', "current", here), 0);
	close(go[1]);
	igt_waitchildren();
	remove_dmem_cgroups();
}

/**
 * SUBTEST: removed
 * Description: A group and a GPU go while pages are charged: nothing stays charged, and the
 *	region is registered again with the GPU.
 * Promises: pagemap/dmem_region
 */
static void removed(void)
{
	int ready[2], go[2];

	igt_assert(!pipe(ready) && !pipe(go));
	igt_fork(holder, 1)
		hold_in_child('a', ready, go, false);
	wait_for_holder(ready, go);
	assert_ok(unbind_vgpu('a'));
	assert_ok(bind_vgpu('a'));
	igt_assert_eq_u64(dmem_of('a', "current", here), 0);
	igt_assert_eq_u64(dmem_of('/', "capacity", here), VGPU_SIZE);
	close(go[1]);
	igt_waitchildren();
	remove_dmem_cgroups();
}

static const struct subtest tests[] = {
	{ "name", "The names of regions in the controller", name },
	{ "charge", "Pages are charged to the process's group", charge },
	{ "limit", "A group at its limit evicts its own pages", limit },
	{ "fallback", "An allocation exceeds the limit", fallback },
	{ "others", "A group at its limit spares other groups", others },
	{ "protected", "A full region spares protected groups", protected },
	{ "lower", "A limit falls below the usage", lower },
	{ "removed", "A GPU goes while its memory is charged", removed },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start());
}
