// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-placement GPUS
 *
 * Measure the time that a process needs to place memory on each of GPUS virtual GPUs: by
 * an open file of the other GPU, as other drivers do, and by pagemap ID. Also measure the
 * time to create a VM when many exist.
 *
 * Needs vgpusvm with fd_placement=1. Each line has the median of many runs, and the ratio to
 * its baseline in the same process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gpu.h"
#include "mem.h"
#include "topology.h"

#define RUNS		201
#define MAX_GPUS	64
#define OTHER_VMS	1000

static unsigned int num_gpus;
static uint32_t ids[MAX_GPUS];
static char render[MAX_GPUS][64];
static void *memory;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void check(int err, const char *what)
{
	if (!err)
		return;

	fprintf(stderr, "bench-placement: %s: %s\n", what, strerror(-err));
	exit(1);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Each run has a VM of its own, the making of which does not count. */
static uint64_t median(struct gpu *gpu, void (*run)(struct gpu *gpu), int needs_vm)
{
	uint64_t times[RUNS], start;
	unsigned int i;

	for (i = 0; i < RUNS; i++) {
		if (needs_vm)
			check(gpu_vm(gpu), "VM_CREATE");
		start = now_ns();
		run(gpu);
		times[i] = now_ns() - start;
		if (needs_vm)
			check(gpu_vm_destroy(gpu), "VM_DESTROY");
	}
	qsort(times, RUNS, sizeof(*times), compare);

	return times[RUNS / 2];
}

static void place_by_id(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < num_gpus; i++)
		check(gpu_madvise(gpu, memory + i * 2 * MIB, 2 * MIB, ids[i]),
		      "MADVISE by ID");
}

static void place_by_file(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < num_gpus; i++) {
		struct drm_vgpusvm_madvise args = {
			.vm_id = gpu->vm,
			.flags = DRM_VGPUSVM_MADVISE_FD,
			.start = (uintptr_t)memory + i * 2 * MIB,
			.length = 2 * MIB,
		};

		args.devmem_fd = open(render[i], O_RDWR | O_CLOEXEC);
		if (args.devmem_fd < 0)
			check(-errno, render[i]);
		check(gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_MADVISE, &args),
		      "MADVISE by file");
		close(args.devmem_fd);
	}
}

static void make_vm(struct gpu *gpu)
{
	check(gpu_vm(gpu), "VM_CREATE");
	check(gpu_vm_destroy(gpu), "VM_DESTROY");
}

static int is_instantiated(uint32_t id)
{
	char path[64], state[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/drm_pagemap/pagemap%u/state", id);
	file = fopen(path, "r");
	if (!file || !fgets(state, sizeof(state), file))
		check(-EIO, path);
	fclose(file);

	return strcmp(state, "idle\n");
}

/* Regions whose struct pages exist. */
static unsigned int num_instantiated(void)
{
	unsigned int i, num = 0;

	for (i = 0; i < num_gpus; i++)
		num += !!is_instantiated(ids[i]);

	return num;
}

static void report(const char *what, uint64_t ns, uint64_t baseline)
{
	printf("%-44s %10.1f us   ratio %.2f\n", what, ns / 1e3, (double)ns / baseline);
}

static void bench_placement(struct gpu *gpu)
{
	uint64_t by_id, by_file;

	by_id = median(gpu, place_by_id, 1);
	printf("struct pages exist for %u of %u regions after placement by ID\n",
	       num_instantiated(), num_gpus);
	by_file = median(gpu, place_by_file, 1);
	printf("struct pages exist for %u of %u regions after placement by file\n",
	       num_instantiated(), num_gpus);

	report("place on each GPU by file (baseline)", by_file, by_file);
	report("place on each GPU by ID", by_id, by_file);
}

static void bench_vms(struct gpu *gpu)
{
	static struct gpu others[OTHER_VMS];
	uint64_t alone, crowded;
	unsigned int i;

	alone = median(gpu, make_vm, 0);
	for (i = 0; i < OTHER_VMS; i++) {
		others[i] = *gpu;
		others[i].vm = 0;
		check(gpu_vm(&others[i]), "VM_CREATE");
	}
	crowded = median(gpu, make_vm, 0);
	for (i = 0; i < OTHER_VMS; i++)
		check(gpu_vm_destroy(&others[i]), "VM_DESTROY");

	report("create and destroy a VM alone (baseline)", alone, alone);
	report("create and destroy a VM beside 1000 others", crowded, alone);
}

int main(int argc, char **argv)
{
	struct gpu gpu;
	unsigned int i;

	num_gpus = argc == 2 ? atoi(argv[1]) : 0;
	if (!num_gpus || num_gpus > MAX_GPUS) {
		fprintf(stderr, "usage: bench-placement GPUS (1 to %d)\n", MAX_GPUS);
		return 2;
	}

	for (i = 0; i < num_gpus; i++) {
		check(gpu_open(&gpu, i), "opening a GPU");
		ids[i] = gpu.ids[0];
		check(render_path(i, render[i], sizeof(render[i])), "render node");
		gpu_close(&gpu);
	}
	memory = mem_map(num_gpus * 2 * MIB, SMALL_PAGES);
	check(gpu_open(&gpu, 0), "opening a GPU");

	bench_placement(&gpu);
	bench_vms(&gpu);
	gpu_close(&gpu);

	return 0;
}
