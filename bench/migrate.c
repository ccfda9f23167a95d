// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-migrate MAX_MIB
 *
 * The time of PREFETCH for ranges of 4 KiB up to MAX_MIB MiB: to a GPU, from there to another one,
 * and back to system memory, after MADVISE by ID, and by file as the baseline. Another baseline is
 * the kernel's module test_hmm with base pages, which has no peers. Its migration to a device also
 * returns what it migrated. The module parameter timeslice_ms has to be 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "mem.h"

/* The interface of test_hmm is in lib/test_hmm_uapi.h of the kernel's source. */
struct hmm_dmirror_cmd {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define HMM_DMIRROR_MIGRATE_TO_DEV	_IOWR('H', 0x02, struct hmm_dmirror_cmd)
#define HMM_DMIRROR_MIGRATE_TO_SYS	_IOWR('H', 0x03, struct hmm_dmirror_cmd)

#define TIMESLICE	"/sys/module/vgpusvm/parameters/timeslice_ms"
#define HUGE_FOLIOS	"/sys/module/vgpusvm/parameters/huge_folios"
#define TEST_HMM	"/dev/hmm_dmirror0"
#define TEST_HMM_MAX	(256 * MIB)

#define MAX_RUNS	31

/* Small ranges are measured more often: this much memory, if MAX_RUNS suffices for it */
#define ENOUGH		(32 * MIB)

enum step { TO_DEVICE, TO_PEER, TO_SYSTEM, STEPS };

static const char * const step_name[] = {
	[TO_DEVICE] = "system memory to pagemap",
	[TO_PEER] = "pagemap to pagemap of a peer",
	[TO_SYSTEM] = "pagemap to system memory",
};

/* One of the two ways to place */
struct way {
	void (*place)(struct gpu *gpu, void *p, size_t size, unsigned int target);
	uint64_t times[STEPS][MAX_RUNS];
};

static struct gpus gpus;
static int files[MAX_GPUS];

static void place_by_id(struct gpu *gpu, void *p, size_t size, unsigned int target)
{
	check(gpu_madvise(gpu, p, size, gpus.ids[target]), "MADVISE by ID");
}

static void place_by_file(struct gpu *gpu, void *p, size_t size, unsigned int target)
{
	check(madvise_by_file(gpu, p, size, files[target]), "MADVISE by file");
}

static uint64_t prefetch(struct gpu *gpu, void *p, size_t size)
{
	uint64_t start = now_ns(), fallback;

	check(gpu_prefetch(gpu, p, size, &fallback), "PREFETCH");
	check(fallback ? -ENOSPC : 0, "PREFETCH");

	return now_ns() - start;
}

static uint64_t prefetch_system(struct gpu *gpu, void *p, size_t size)
{
	uint64_t start = now_ns();

	check(gpu_prefetch_system(gpu, p, size), "PREFETCH to system memory");

	return now_ns() - start;
}

/* Its ends only: a look at each page of a GiB takes longer than moving it. */
static void must_be_at(struct gpu *gpu, char *p, size_t size, uint32_t id)
{
	if (!all_at(gpu, p, page_size(), id) ||
	    !all_at(gpu, p + size - page_size(), page_size(), id))
		check(-EIO, "pages are elsewhere");
}

static void run(struct gpu *gpu, struct way *way, size_t size, enum pages pages, unsigned int i)
{
	void *p = mem_map(size, pages);

	memset(p, i + 1, size);
	check(gpu_vm(gpu), "VM_CREATE");

	way->place(gpu, p, size, 0);
	way->times[TO_DEVICE][i] = prefetch(gpu, p, size);
	must_be_at(gpu, p, size, gpus.ids[0]);

	way->place(gpu, p, size, 1);
	way->times[TO_PEER][i] = prefetch(gpu, p, size);
	must_be_at(gpu, p, size, gpus.ids[1]);

	way->times[TO_SYSTEM][i] = prefetch_system(gpu, p, size);
	must_be_at(gpu, p, size, SYSTEM);

	check(gpu_vm_destroy(gpu), "VM_DESTROY");
	mem_unmap(p, size);
}

static uint64_t hmm_migrate(int fd, unsigned long request, void *p, size_t size, void *copy)
{
	struct hmm_dmirror_cmd command = {
		.addr = (uintptr_t)p,
		.ptr = (uintptr_t)copy,
		.npages = size / page_size(),
	};
	uint64_t start = now_ns();

	check(ioctl(fd, request, &command) ? -errno : 0, TEST_HMM);
	check(command.cpages == command.npages ? 0 : -EIO, "test_hmm migrated a part");

	return now_ns() - start;
}

/* A file of test_hmm mirrors one address space. */
static void run_hmm(struct way *way, size_t size, unsigned int i)
{
	void *p = mem_map(size, SMALL_PAGES), *copy = mem_map(size, SMALL_PAGES);
	int fd = open(TEST_HMM, O_RDWR | O_CLOEXEC);

	check(fd < 0 ? -errno : 0, TEST_HMM);
	memset(p, i + 1, size);
	memset(copy, 0, size);
	way->times[TO_DEVICE][i] = hmm_migrate(fd, HMM_DMIRROR_MIGRATE_TO_DEV, p, size, copy);
	way->times[TO_SYSTEM][i] = hmm_migrate(fd, HMM_DMIRROR_MIGRATE_TO_SYS, p, size, copy);
	close(fd);
	mem_unmap(copy, size);
	mem_unmap(p, size);
}

static void compare_with(const char *baseline, size_t size, enum pages pages, struct way *way,
			 struct way *base, enum step step, unsigned int runs, const char *aim)
{
	double num = size / (double)page_size();
	char what[128], at[64];

	snprintf(what, sizeof(what), "%s; baseline: %s", step_name[step], baseline);
	snprintf(at, sizeof(at), "kib=%zu pages=%s", size / KIB,
		 pages == SMALL_PAGES ? "base" : "huge");
	report(what, at, "ns a page", median(way->times[step], runs) / num,
	       median(base->times[step], runs) / num, aim);
}

static void measure(struct gpu *gpu, size_t size, enum pages pages)
{
	static struct way id = { .place = place_by_id }, file = { .place = place_by_file }, hmm;
	bool with_hmm = size <= TEST_HMM_MAX && pages == SMALL_PAGES;
	unsigned int i, runs = ENOUGH / size;

	runs = runs > MAX_RUNS ? MAX_RUNS : runs < 2 ? 2 : runs;
	for (i = 0; i < runs; i++) {
		/* Nobody always comes first. */
		run(gpu, i % 2 ? &id : &file, size, pages, i);
		run(gpu, i % 2 ? &file : &id, size, pages, i);
		if (with_hmm)
			run_hmm(&hmm, size, i);
	}

	for (i = 0; i < STEPS; i++)
		compare_with("by file", size, pages, &id, &file, i, runs, "ratio <= 1.1");
	if (!with_hmm)
		return;
	compare_with("test_hmm", size, pages, &id, &hmm, TO_DEVICE, runs, "ratio <= 1");
	compare_with("test_hmm", size, pages, &id, &hmm, TO_SYSTEM, runs, "ratio <= 1");
}

/* Compare with the steps of @without, at other values of a module parameter. */
static void measure_parameter(struct gpu *gpu, const char *parameter, const char *value,
			      const char *usual, size_t size, enum pages pages,
			      struct way *with, struct way *without)
{
	unsigned int i;

	for (i = 0; i < MAX_RUNS; i++) {
		run(gpu, without, size, pages, i);
		put_text(parameter, value);
		run(gpu, with, size, pages, i);
		put_text(parameter, usual);
	}
}

/*
 * The time slice of a page begins when it arrives. Until it ends, drm_pagemap leaves the page
 * where it is, and moving it to system memory tries again. test_hmm has none, and above, the
 * module parameter is 0.
 */
static void measure_timeslice(struct gpu *gpu, const char *timeslice)
{
	static struct way with = { .place = place_by_id }, without = { .place = place_by_id };
	char at[64];

	measure_parameter(gpu, TIMESLICE, timeslice, "0", page_size(), SMALL_PAGES, &with,
			  &without);
	snprintf(at, sizeof(at), "kib=%zu pages=base timeslice_ms=%s", page_size() / KIB,
		 timeslice);
	report("pagemap to system memory; baseline: without a time slice", at, "ns a page",
	       median(with.times[TO_SYSTEM], MAX_RUNS),
	       median(without.times[TO_SYSTEM], MAX_RUNS), "");
}

/* Huge pages move whole instead of being split. That is not safe with this kernel, so it is off. */
static void measure_whole(struct gpu *gpu)
{
	static struct way with = { .place = place_by_id }, without = { .place = place_by_id };
	double num = 2 * MIB / (double)page_size();
	char what[128];
	enum step i;

	measure_parameter(gpu, HUGE_FOLIOS, "1", "0", 2 * MIB, HUGE_PAGES, &with, &without);
	for (i = 0; i < STEPS; i++) {
		snprintf(what, sizeof(what), "%s; baseline: huge pages are split", step_name[i]);
		report(what, "kib=2048 pages=huge huge_folios=1", "ns a page",
		       median(with.times[i], MAX_RUNS) / num,
		       median(without.times[i], MAX_RUNS) / num, "ratio <= 1");
	}
}

/* Keep the struct pages of all regions in use, so that no way has to wait for them. */
static void use_regions(const struct gpu *gpu)
{
	static struct gpu keeper;
	char *p = mem_map(2 * MIB, SMALL_PAGES);
	unsigned int i;

	check(gpu_open(&keeper, gpu->number), "opening a GPU");
	check(gpu_vm(&keeper), "VM_CREATE");
	for (i = 0; i < gpus.num; i++, p += page_size()) {
		place_by_id(&keeper, p, page_size(), i);
		check(gpu_fill(&keeper, p, page_size(), i), "EXEC");
	}
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {
		4 * KIB, 64 * KIB, 2 * MIB, 32 * MIB, 256 * MIB, 1024 * MIB,
	};
	size_t most = argc == 2 ? atoi(argv[1]) * MIB : 0;
	struct gpu gpu;
	unsigned int i;

	find_gpus(&gpus, "2");
	for (i = 0; i < gpus.num; i++) {
		files[i] = open(gpus.render[i], O_RDWR | O_CLOEXEC);
		check(files[i] < 0 ? -errno : 0, gpus.render[i]);
	}
	check(gpu_open(&gpu, 0), "opening a GPU");
	use_regions(&gpu);

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes) && sizes[i] <= most; i++) {
		measure(&gpu, sizes[i], SMALL_PAGES);
		if (sizes[i] >= 2 * MIB)
			measure(&gpu, sizes[i], HUGE_PAGES);
	}
	measure_timeslice(&gpu, "5");
	measure_whole(&gpu);
	gpu_close(&gpu);

	return 0;
}
