// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-madvise GPUS
 *
 * The time of MADVISE by pagemap ID and by file, where the file is open already, and the struct
 * pages of all regions exist and stay. Then that of a VM, beside others.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "mem.h"

#define RUNS		101
/* A file has up to 64. */
#define VMS_OF_FILE	50
#define OTHER_FILES	20

static struct gpus gpus;
static int files[MAX_GPUS];
static void *memory;

static void *part(unsigned int i)
{
	return memory + i * 2 * MIB;
}

static uint64_t place_by_id(struct gpu *gpu)
{
	uint64_t start = now_ns();
	unsigned int i;

	for (i = 0; i < gpus.num; i++)
		check(gpu_madvise(gpu, part(i), 2 * MIB, gpus.ids[i]), "MADVISE by ID");

	return now_ns() - start;
}

static uint64_t place_by_file(struct gpu *gpu)
{
	uint64_t start = now_ns();
	unsigned int i;

	for (i = 0; i < gpus.num; i++)
		check(madvise_by_file(gpu, part(i), 2 * MIB, files[i]), "MADVISE by file");

	return now_ns() - start;
}

/* Parts of the same size that do not touch, as above */
static uint64_t place_on_own(struct gpu *gpu)
{
	uint64_t start = now_ns();
	unsigned int i;

	for (i = 0; i < gpus.num; i++)
		check(gpu_madvise(gpu, part(i), MIB, gpus.ids[0]), "MADVISE by ID");

	return now_ns() - start;
}

static uint64_t open_and_close(struct gpu *gpu)
{
	uint64_t start = now_ns();
	unsigned int i;
	int fd;

	(void)gpu;
	for (i = 0; i < gpus.num; i++) {
		fd = open(gpus.render[i], O_RDWR | O_CLOEXEC);
		check(fd < 0 ? -errno : 0, gpus.render[i]);
		close(fd);
	}

	return now_ns() - start;
}

static uint64_t open_and_place(struct gpu *gpu)
{
	uint64_t start = now_ns();
	unsigned int i;
	int fd;

	for (i = 0; i < gpus.num; i++) {
		fd = open(gpus.render[i], O_RDWR | O_CLOEXEC);
		check(fd < 0 ? -errno : 0, gpus.render[i]);
		check(madvise_by_file(gpu, part(i), 2 * MIB, fd), "MADVISE by file");
		close(fd);
	}

	return now_ns() - start;
}

/* Each run has a VM of its own, the making of which does not count. */
static uint64_t in_new_vm(struct gpu *gpu, uint64_t (*run)(struct gpu *gpu))
{
	uint64_t elapsed;

	check(gpu_vm(gpu), "VM_CREATE");
	elapsed = run(gpu);
	check(gpu_vm_destroy(gpu), "VM_DESTROY");

	return elapsed;
}

static void compare(struct gpu *gpu, const char *what, const char *at,
		    uint64_t (*run)(struct gpu *gpu), uint64_t (*base)(struct gpu *gpu),
		    const char *aim)
{
	uint64_t runs[RUNS], others[RUNS];
	unsigned int i;

	for (i = 0; i < RUNS; i++) {
		others[i] = in_new_vm(gpu, base);
		runs[i] = in_new_vm(gpu, run);
	}
	report(what, at, "ns", median(runs, RUNS) / (double)gpus.num,
	       median(others, RUNS) / (double)gpus.num, aim);
}

static void compare_ways(struct gpu *gpu, const char *pages)
{
	static const char by_open_file[] = "MADVISE of 2 MiB; baseline: by an open file";
	char at[64];

	snprintf(at, sizeof(at), "pages=%s access=open", pages);
	compare(gpu, by_open_file, at, place_by_id, place_by_file, "ratio <= 0.15");
	compare(gpu, "MADVISE of 2 MiB; baseline: by a file, which is opened and closed", at,
		place_by_id, open_and_place, "");
	compare(gpu, "open and close a render node; baseline: MADVISE by ID", at, open_and_close,
		place_by_id, "");

	/* Without the look-up of the render node */
	set_access("cgroup");
	snprintf(at, sizeof(at), "pages=%s access=cgroup", pages);
	compare(gpu, by_open_file, at, place_by_id, place_by_file, "ratio <= 0.15");
	compare(gpu, "MADVISE on the own pagemap; baseline: on others by an open file", at,
		place_on_own, place_by_file, "");
	set_access("open");
}

static void bench_madvise(struct gpu *gpu)
{
	struct gpu other = *gpu;
	unsigned int i;

	for (i = 0; i < gpus.num; i++) {
		files[i] = open(gpus.render[i], O_RDWR | O_CLOEXEC);
		check(files[i] < 0 ? -errno : 0, gpus.render[i]);
	}

	/* After this, the struct pages exist, and nobody uses them. */
	in_new_vm(gpu, place_by_file);
	compare_ways(gpu, "unused");

	check(gpu_vm(&other), "VM_CREATE");
	place_by_id(&other);
	for (i = 0; i < gpus.num; i++)
		check(gpu_fill(&other, part(i), page_size(), i), "EXEC");
	compare_ways(gpu, "used");
	check(gpu_vm_destroy(&other), "VM_DESTROY");

	for (i = 0; i < gpus.num; i++)
		close(files[i]);
}

static uint64_t make_vm(struct gpu *gpu)
{
	uint64_t start = now_ns();

	check(gpu_vm(gpu), "VM_CREATE");
	check(gpu_vm_destroy(gpu), "VM_DESTROY");

	return now_ns() - start;
}

static uint64_t make_vms(struct gpu *gpu)
{
	uint64_t times[RUNS];
	unsigned int i;

	for (i = 0; i < RUNS; i++)
		times[i] = make_vm(gpu);

	return median(times, RUNS);
}

static void bench_vms(struct gpu *gpu)
{
	static struct gpu others[OTHER_FILES];
	uint64_t alone, crowded;
	unsigned int i;

	alone = make_vms(gpu);
	for (i = 0; i < OTHER_FILES * VMS_OF_FILE; i++) {
		if (i < OTHER_FILES)
			check(gpu_open(&others[i], gpu->number), "opening a GPU");
		check(gpu_vm(&others[i % OTHER_FILES]), "VM_CREATE");
	}
	crowded = make_vms(gpu);
	for (i = 0; i < OTHER_FILES; i++)
		gpu_close(&others[i]);

	report("create and destroy a VM beside 1000 others; baseline: alone", "", "ns", crowded,
	       alone, "ratio <= 1.2");
}

int main(int argc, char **argv)
{
	struct gpu gpu;

	find_gpus(&gpus, argc == 2 ? argv[1] : NULL);
	memory = mem_map(gpus.num * 2 * MIB, SMALL_PAGES);
	check(gpu_open(&gpu, 0), "opening a GPU");

	bench_madvise(&gpu);
	bench_vms(&gpu);
	gpu_close(&gpu);

	return 0;
}
