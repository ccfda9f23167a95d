// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-ready GPUS
 *
 * What a runtime that has its own GPU open does until it can place memory on all GPUs: by ID, it
 * reads "pagemap_list" of its group. By file, it opens each render node, asks for the regions, and
 * keeps the file open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define RUNS		51
/* Memory of one runtime is too little to see. */
#define RUNTIMES	64

static struct gpus gpus;

/* Returns how many IDs there are. */
static unsigned int get_ready_by_id(void)
{
	static const char path[] =
		"/sys/class/drm_pagemap_initiator/platform-vgpusvm.0/group/pagemap_list";
	char list[4096], *word, *rest = list;
	unsigned int first, last, num = 0;
	ssize_t length;
	int fd, found;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd < 0 ? -errno : 0, path);
	length = read(fd, list, sizeof(list) - 1);
	check(length < 0 ? -errno : 0, path);
	close(fd);

	list[length] = 0;
	while ((word = strsep(&rest, ",\n"))) {
		found = sscanf(word, "%u-%u", &first, &last);
		if (found == 1)
			num++;
		else if (found == 2)
			num += last - first + 1;
	}

	return num;
}

static unsigned int get_ready_by_file(int *files)
{
	struct drm_vgpusvm_region region = {};
	struct drm_vgpusvm_query_regions query;
	unsigned int i;

	for (i = 1; i < gpus.num; i++) {
		query = (struct drm_vgpusvm_query_regions) {
			.num_regions = 1,
			.regions = (uintptr_t)&region,
			.region_stride = sizeof(region),
		};
		files[i] = open(gpus.render[i], O_RDWR | O_CLOEXEC);
		check(files[i] < 0 ? -errno : 0, gpus.render[i]);
		check(gpu_ioctl(files[i], DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query),
		      "QUERY_REGIONS");
	}

	return gpus.num;
}

static void close_files(const int *files)
{
	unsigned int i;

	for (i = 1; i < gpus.num; i++)
		close(files[i]);
}

static int files[RUNTIMES][MAX_GPUS];

static unsigned int by_id(int *unused)
{
	(void)unused;
	return get_ready_by_id();
}

static void nothing(const int *unused)
{
	(void)unused;
}

/* One of the two ways */
struct way {
	unsigned int (*get_ready)(int *files);
	void (*end)(const int *files);
	double calls, fds, kib, ns;
	uint64_t times[RUNS];
};

static unsigned int num_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int num = 0;

	check(dir ? 0 : -errno, "/proc/self/fd");
	while (readdir(dir))
		num++;
	closedir(dir);

	return num;
}

static void measure_counts(struct way *way)
{
	unsigned int i, before = num_fds();
	uint64_t kib;

	count_calls();
	if (way->get_ready(files[0]) != gpus.num)
		check(-ENOENT, "a pagemap is missing");
	way->calls = counted_calls();
	way->fds = num_fds() - before;
	way->end(files[0]);

	kib = meminfo("Slab:");
	for (i = 0; i < RUNTIMES; i++)
		way->get_ready(files[i]);
	way->kib = (double)((int64_t)meminfo("Slab:") - (int64_t)kib) / RUNTIMES;
	if (way->kib < 0)
		way->kib = 0;
	for (i = 0; i < RUNTIMES; i++)
		way->end(files[i]);
}

static void measure_time(struct way *way, unsigned int run)
{
	uint64_t start = now_ns();

	way->get_ready(files[0]);
	way->times[run] = now_ns() - start;
	way->end(files[0]);
}

int main(int argc, char **argv)
{
	static struct way id = { .get_ready = by_id, .end = nothing };
	static struct way file = { .get_ready = get_ready_by_file, .end = close_files };
	struct rlimit limit = { 65536, 65536 };
	const char *ten_times, *none;
	struct gpu gpu;
	char at[32];
	unsigned int i;

	check(setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0, "RLIMIT_NOFILE");
	find_gpus(&gpus, argc == 2 ? argv[1] : NULL);
	check(gpu_open(&gpu, 0), "opening a GPU");

	measure_counts(&id);
	measure_counts(&file);
	for (i = 0; i < RUNS; i++) {
		measure_time(&file, i);
		measure_time(&id, i);
	}

	snprintf(at, sizeof(at), "gpus=%u", gpus.num);
	ten_times = gpus.num == 64 ? "ratio <= 0.1" : "";
	none = "value = 0";
	report("system calls", at, "calls", id.calls, file.calls, ten_times);
	report("open files", at, "files", id.fds, file.fds, none);
	report("kernel memory (Slab) of a runtime", at, "KiB", id.kib, file.kib, ten_times);
	report("time", at, "ns", median(id.times, RUNS), median(file.times, RUNS), ten_times);
	gpu_close(&gpu);

	return 0;
}
