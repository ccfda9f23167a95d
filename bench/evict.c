// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-evict MIB
 *
 * The time to evict MIB MiB from each of two GPUs, by two threads at once, and by one of them after
 * the other as the baseline. Each GPU has the pages of another process.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "mem.h"

#define NUM	2
#define RUNS	5

/* A process that has pages on a GPU. It places them for each byte of @go, and then replies. */
struct owner {
	pid_t pid;
	int go, ready;
};

static struct gpu gpus[NUM];
static struct owner owners[NUM];

static void own(unsigned int number, size_t size, int go, int ready)
{
	struct gpu gpu;
	uint64_t fallback;
	char *p, byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	gpu_start(&gpu, number);
	p = mem_map(size, SMALL_PAGES);
	cpu_put(p, size, number);
	check(gpu_madvise(&gpu, p, size, gpu.ids[0]), "MADVISE");
	while (read(go, &byte, 1) == 1) {
		check(gpu_prefetch(&gpu, p, size, &fallback), "PREFETCH");
		check(fallback || !all_at(&gpu, p, size, gpu.ids[0]) ? -ENOSPC : 0, "PREFETCH");
		check(write(ready, &byte, 1) == 1 ? 0 : -errno, "pipe");
	}
}

static void start_owner(struct owner *owner, unsigned int number, size_t size)
{
	int go[2], ready[2];

	check(pipe(go) || pipe(ready) ? -errno : 0, "pipe");
	owner->pid = fork();
	check(owner->pid < 0 ? -errno : 0, "fork");
	if (!owner->pid) {
		close(go[1]);
		close(ready[0]);
		own(number, size, go[0], ready[1]);
		_exit(0);
	}
	close(go[0]);
	close(ready[1]);
	owner->go = go[1];
	owner->ready = ready[0];
}

static void end_owner(struct owner *owner)
{
	int status;

	close(owner->go);
	close(owner->ready);
	waitpid(owner->pid, &status, 0);
	check(status ? -EIO : 0, "a process that places pages");
}

static void place_all(void)
{
	unsigned int i;
	char byte = 0;

	for (i = 0; i < NUM; i++) {
		check(write(owners[i].go, &byte, 1) == 1 ? 0 : -errno, "pipe");
		check(read(owners[i].ready, &byte, 1) == 1 ? 0 : -EIO, "placing pages");
	}
}

static void *evict(void *argument)
{
	struct gpu *gpu = argument;

	check(gpu_evict_region(gpu, gpu->ids[0]), "EVICT");
	return NULL;
}

static uint64_t one_by_one(void)
{
	uint64_t start;
	unsigned int i;

	place_all();
	start = now_ns();
	for (i = 0; i < NUM; i++)
		evict(&gpus[i]);
	return now_ns() - start;
}

static uint64_t at_once(void)
{
	pthread_t threads[NUM];
	uint64_t start;
	unsigned int i;

	place_all();
	start = now_ns();
	for (i = 0; i < NUM; i++)
		check(-pthread_create(&threads[i], NULL, evict, &gpus[i]), "pthread_create");
	for (i = 0; i < NUM; i++)
		pthread_join(threads[i], NULL);
	return now_ns() - start;
}

int main(int argc, char **argv)
{
	size_t size = argc == 2 ? atoi(argv[1]) * MIB : 0;
	uint64_t together[RUNS], apart[RUNS];
	unsigned int i;
	char at[64];

	if (!size) {
		fprintf(stderr, "usage: bench-evict MIB\n");
		return 2;
	}
	for (i = 0; i < NUM; i++) {
		start_owner(&owners[i], i, size);
		check(gpu_open(&gpus[i], i), "opening a GPU");
	}
	for (i = 0; i < RUNS; i++) {
		apart[i] = one_by_one();
		together[i] = at_once();
	}
	/* A process has copies of the pipes of those before it */
	for (i = NUM; i--;) {
		end_owner(&owners[i]);
		gpu_close(&gpus[i]);
	}

	snprintf(at, sizeof(at), "gpus=%d mib=%zu", NUM, size / MIB);
	report("evict a region of each GPU at once; baseline: one after the other", at, "ns",
	       median(together, RUNS), median(apart, RUNS), "ratio <= 0.75");

	return 0;
}
