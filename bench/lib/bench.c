// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "topology.h"

void check(int err, const char *what)
{
	if (!err)
		return;

	fprintf(stderr, "bench: %s: %s\n", what, strerror(-err));
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

uint64_t median(uint64_t *times, unsigned int num)
{
	qsort(times, num, sizeof(*times), compare);
	return times[num / 2];
}

void report(const char *what, const char *at, const char *unit, double value, double baseline,
	    const char *aim)
{
	char number[32] = "null";

	if (baseline != NO_BASELINE)
		snprintf(number, sizeof(number), "%.6g", baseline);
	printf("{\"what\": \"%s\", \"at\": \"%s\", \"unit\": \"%s\", ", what, at, unit);
	printf("\"value\": %.6g, \"baseline\": %s, \"aim\": \"%s\"}\n", value, number, aim);
	fflush(stdout);
}

void put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	check(fd < 0 ? -errno : 0, path);
	check(write(fd, text, strlen(text)) < 0 ? -errno : 0, path);
	close(fd);
}

void set_access(const char *policy)
{
	put_text("/sys/kernel/config/drm_pagemap/auto/foreign_access", policy);
}

static uint64_t read_number(const char *path, const char *key)
{
	char line[256];
	uint64_t number = 0;
	FILE *file;
	bool found;

	file = fopen(path, "r");
	check(file ? 0 : -errno, path);
	do {
		found = !!fgets(line, sizeof(line), file);
	} while (found && strncmp(line, key, strlen(key)));
	check(found ? 0 : -ENODATA, path);
	check(sscanf(line + strlen(key), "%lu", &number) == 1 ? 0 : -EINVAL, path);
	fclose(file);

	return number;
}

uint64_t meminfo(const char *key)
{
	return read_number("/proc/meminfo", key);
}

static int calls_fd = -1;

void count_calls(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.disabled = 1,
	};

	attr.config = read_number("/sys/kernel/tracing/events/raw_syscalls/sys_enter/id", "");
	calls_fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	check(calls_fd < 0 ? -errno : 0, "perf_event_open");
	check(ioctl(calls_fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0, "PERF_EVENT_IOC_ENABLE");
}

/* The one that ends the count is not part of it. */
uint64_t counted_calls(void)
{
	uint64_t calls;

	check(ioctl(calls_fd, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0, "PERF_EVENT_IOC_DISABLE");
	check(read(calls_fd, &calls, sizeof(calls)) == sizeof(calls) ? 0 : -EIO, "perf event");
	close(calls_fd);

	return calls - 1;
}

void find_gpus(struct gpus *gpus, const char *argument)
{
	struct gpu gpu;
	unsigned int i;

	gpus->num = argument ? atoi(argument) : 0;
	if (!gpus->num || gpus->num > MAX_GPUS) {
		fprintf(stderr, "bench: the first argument is a number of GPUs, 1 to %d\n",
			MAX_GPUS);
		exit(2);
	}

	for (i = 0; i < gpus->num; i++) {
		check(gpu_open(&gpu, i), "opening a GPU");
		gpus->ids[i] = gpu.ids[0];
		check(render_path(i, gpus->render[i], sizeof(gpus->render[i])), "render node");
		gpu_close(&gpu);
	}
}

int madvise_by_file(struct gpu *gpu, void *p, size_t length, int devmem_fd)
{
	struct drm_vgpusvm_madvise args = {
		.vm_id = gpu->vm,
		.flags = DRM_VGPUSVM_MADVISE_FD,
		.start = (uintptr_t)p,
		.length = length,
		.devmem_fd = devmem_fd,
	};

	return gpu_ioctl(gpu->fd, DRM_IOCTL_VGPUSVM_MADVISE, &args);
}

int is_instantiated(uint32_t id)
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
