// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <sys/mman.h>

#include "each_gpu.h"
#include "vgpus.h"

struct svm_gpu gpu = { .fd = -1 }, observer = { .fd = -1 };
uint32_t id;

static struct names gpus;

uint32_t tight_memory(void)
{
	uint32_t tight = 0;
	int i;

	for (i = 0; i < gpu.num_ids; i++)
		if (file_number(PAGEMAPS "/pagemap%u/size", gpu.ids[i]) == HUGE)
			tight = gpu.ids[i];
	igt_require_f(tight, "the GPU has no memory that small\n");

	return tight;
}

void advise(void *p, size_t length, uint32_t to)
{
	assert_ok(gpu.driver->advise(&gpu, p, length, to));
}

void prefetch(void *p, size_t length)
{
	assert_ok(gpu.driver->prefetch(&gpu, p, length));
}

uint64_t faults(void)
{
	uint64_t number;

	assert_ok(gpu.driver->faults(&gpu, &number));
	return number;
}

void fault(const void *p, size_t length)
{
	void *copy = map_memory(length, false);

	assert_ok(gpu.driver->copy(&gpu, copy, p, length));
	munmap(copy, length);
}

bool is_zero(const void *p, size_t length)
{
	const char *bytes = p;

	return !length || (!*bytes && !memcmp(bytes, bytes + 1, length - 1));
}

void in_child(void (*run)(struct svm_gpu *mine, char *p, size_t length), char *p,
	      size_t length)
{
	igt_fork(child, 1) {
		struct svm_gpu mine;

		svm_start(&mine, gpu.uid);
		run(&mine, p, length);
		svm_close(&mine);
	}
	igt_waitchildren();
}

void assert_parent_has(char *p, size_t length, uint64_t seed)
{
	assert_gpu_reads(&gpu, p, length, seed, 0);
	igt_assert(has_pattern(p, length, seed));
	prefetch(p, length);
	assert_holds(&observer, p, length, id, seed);
	assert_cpu_takes(&gpu, p, length, seed);
	munmap(p, length);
}

/* Those that have memory of their own, and that can be used. */
static void list_gpus(void)
{
	struct names initiators;
	struct svm_gpu try;
	int i;

	names_in(&initiators, INITIATORS);
	gpus.num = 0;
	for (i = 0; i < initiators.num; i++) {
		if (!svm_known(initiators.name[i]) || svm_open(&try, initiators.name[i]))
			continue;
		if (try.num_ids)
			memcpy(gpus.name[gpus.num++], initiators.name[i], NAME_SIZE);
		svm_close(&try);
	}
}

static void find_gpus(void)
{
	if (vgpus_available()) {
		start_afresh();
		make_vgpus("a", 3);
		size_vgpu_memory('a', 2, HUGE);
		enable_vgpus("a");
	}
	require_topology();
	list_gpus();
	igt_require_f(gpus.num, "no GPU has memory that could be placed\n");
}

static void close_gpus(void)
{
	svm_close(&gpu);
	svm_close(&observer);
}

static void open_gpu(const char *uid)
{
	close_gpus();
	svm_start(&gpu, uid);
	svm_start(&observer, uid);
	id = gpu.ids[0];
}

void run_on_each_gpu(const struct subtest *tests, size_t num)
{
	size_t test;
	int i;

	igt_fixture() {
		find_gpus();
	}

	for (test = 0; test < num; test++) {
		igt_describe(tests[test].description);
		igt_subtest_with_dynamic(tests[test].name) {
			for (i = 0; i < gpus.num; i++) {
				igt_dynamic_f("%s", subtest_name(gpus.name[i])) {
					open_gpu(gpus.name[i]);
					tests[test].run();
				}
			}
		}
	}

	igt_fixture() {
		close_gpus();
	}
}
