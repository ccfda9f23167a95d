// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-readers SECONDS
 *
 * Threads on all processors except one read sysfs or look up pagemaps, while the last processor is
 * quiet (the baseline), or changes the links of all GPUs of the module topology_bench. A thread
 * that had to wait for a lock was switched off voluntarily, which the kernel counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define MAX_READERS	64
#define CHANGES		"/sys/module/topology_bench/parameters/links_per_call"
#define LIST		"/sys/class/drm_pagemap_initiator/platform-vgpusvm.0/group/pagemap_list"

/* What readers do, again and again */
struct task {
	const char *name;
	void (*step)(struct gpu *gpu, int fd);
	const char *access;	/* NULL: whatever it is */
};

static void read_open_file(struct gpu *gpu, int fd)
{
	char value[4096];

	(void)gpu;
	check(pread(fd, value, sizeof(value), 0) > 0 ? 0 : -EIO, LIST);
}

static void open_and_read(struct gpu *gpu, int fd)
{
	int file = open(LIST, O_RDONLY | O_CLOEXEC);

	check(file < 0 ? -errno : 0, LIST);
	read_open_file(gpu, file);
	close(file);
	(void)fd;
}

static uint32_t peer_id;

static void look_up(struct gpu *gpu, int fd)
{
	(void)fd;
	check(gpu_ask(gpu, peer_id), "QUERY_PLACEMENT");
}

static const struct task tasks[] = {
	{ "reads of an open file", read_open_file, NULL },
	{ "opens and reads of a file", open_and_read, NULL },
	{ "look-ups of the pagemap of a peer", look_up, "open" },
	{ "look-ups of the pagemap of a peer", look_up, "cgroup" },
};

static atomic_bool stop;
static pthread_barrier_t start;

struct reader {
	pthread_t thread;
	unsigned int cpu;
	const struct task *task;
	uint64_t steps;
	long waits;
};

static void run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	check(sched_setaffinity(0, sizeof(set), &set) ? -errno : 0, "sched_setaffinity");
}

static long num_waits(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

static void *read_until_stop(void *argument)
{
	struct reader *reader = argument;
	struct gpu gpu;
	int fd;

	run_on(reader->cpu);
	check(gpu_open(&gpu, 0), "opening a GPU");
	check(gpu_vm(&gpu), "VM_CREATE");
	fd = open(LIST, O_RDONLY | O_CLOEXEC);
	check(fd < 0 ? -errno : 0, LIST);
	reader->task->step(&gpu, fd);

	pthread_barrier_wait(&start);
	reader->steps = 0;
	reader->waits = num_waits();
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		reader->task->step(&gpu, fd);
		reader->steps++;
	}
	reader->waits = num_waits() - reader->waits;

	pthread_barrier_wait(&start);
	close(fd);
	gpu_close(&gpu);

	return NULL;
}

/* What all readers did together */
struct result {
	uint64_t steps, waits, changes;
};

static void change_links(void)
{
	static const char one[] = "1";
	int fd = open(CHANGES, O_WRONLY | O_CLOEXEC);

	check(fd < 0 ? -errno : 0, CHANGES);
	check(write(fd, one, 1) == 1 ? 0 : -errno, CHANGES);
	close(fd);
}

static void measure(const struct task *task, unsigned int num, unsigned int seconds, bool change,
		    struct result *result)
{
	static struct reader readers[MAX_READERS];
	uint64_t end;
	unsigned int i;

	*result = (struct result) {};
	stop = false;
	pthread_barrier_init(&start, NULL, num + 1);
	for (i = 0; i < num; i++) {
		readers[i] = (struct reader) { .cpu = i, .task = task };
		check(-pthread_create(&readers[i].thread, NULL, read_until_stop, &readers[i]),
		      "pthread_create");
	}
	run_on(num);

	pthread_barrier_wait(&start);
	end = now_ns() + seconds * 1000000000ull;
	while (now_ns() < end) {
		if (!change) {
			usleep(10000);
			continue;
		}
		change_links();
		result->changes++;
	}
	stop = true;
	pthread_barrier_wait(&start);

	for (i = 0; i < num; i++) {
		pthread_join(readers[i].thread, NULL);
		result->steps += readers[i].steps;
		result->waits += readers[i].waits;
	}
	pthread_barrier_destroy(&start);
}

static void bench(const struct task *task, unsigned int num, unsigned int seconds)
{
	struct result quiet, changing;
	char what[96], at[64];

	if (task->access)
		set_access(task->access);
	measure(task, num, seconds, false, &quiet);
	measure(task, num, seconds, true, &changing);
	check(changing.changes ? 0 : -EIO, "nothing changed");

	snprintf(at, sizeof(at), "readers=%u%s%s", num, task->access ? " access=" : "",
		 task->access ? task->access : "");
	snprintf(what, sizeof(what), "%s that waited", task->name);
	report(what, at, "in a million", 1e6 * changing.waits / changing.steps,
	       1e6 * quiet.waits / quiet.steps, "value = 0");
	report(task->name, at, "a second", changing.steps / (double)seconds,
	       quiet.steps / (double)seconds, "");
}

int main(int argc, char **argv)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN), i;
	unsigned int seconds = argc == 2 ? atoi(argv[1]) : 0;
	struct gpu gpu;

	if (!seconds || cpus < 2 || cpus > MAX_READERS) {
		fprintf(stderr, "usage: bench-readers SECONDS, on 2 to %d processors\n",
			MAX_READERS);
		return 2;
	}
	check(gpu_open(&gpu, 1), "opening a GPU");
	peer_id = gpu.ids[0];
	gpu_close(&gpu);

	for (i = 0; i < sizeof(tasks) / sizeof(*tasks); i++)
		bench(&tasks[i], cpus - 1, seconds);

	return 0;
}
