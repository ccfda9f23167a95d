// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two GPUs and the CPU count with the same words, and each wants them in another
 * memory: no addition gets lost.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

#define SIZE	(64 * KIB)
#define WORDS	16
#define TIME_MS	3000

static _Atomic uint64_t *memory;
static atomic_bool stop;

struct counter {
	pthread_t thread;
	unsigned int number;
	uint64_t counted[WORDS];
	uint64_t total;
	int err;
};

/* In different pages of what a GPU maps as one. */
static _Atomic uint64_t *word(unsigned int i)
{
	return memory + i * (SIZE / WORDS / 8);
}

static void *count_by_gpu(void *arg)
{
	struct counter *counter = arg;
	struct gpu gpu;
	unsigned int i;

	gpu_start(&gpu, counter->number);
	counter->err = gpu_madvise(&gpu, memory, SIZE, gpu.ids[0]);
	for (i = 0; !stop && !counter->err; i = (i + 1) % WORDS) {
		struct drm_vgpusvm_op op = {
			.op = DRM_VGPUSVM_OP_ATOMIC_ADD,
			.dst = (uintptr_t)word(i),
			.length = 8,
			.value = 1,
		};
		int err = gpu_exec(&gpu, &op, 1);

		/* Others had the page all the time. */
		if (err == -EBUSY)
			continue;
		counter->err = err;
		counter->counted[i] += !err;
		counter->total += !err;
	}
	gpu_close(&gpu);

	return NULL;
}

static void *count_by_cpu(void *arg)
{
	struct counter *counter = arg;
	unsigned int i;

	for (i = 0; !stop; i = (i + 1) % WORDS) {
		atomic_fetch_add(word(i), 1);
		counter->counted[i]++;
		counter->total++;
	}

	return NULL;
}

static bool exact(const struct counter *counters, unsigned int num)
{
	unsigned int i, j;
	uint64_t sum;

	for (i = 0; i < WORDS; i++) {
		for (sum = 0, j = 0; j < num; j++)
			sum += counters[j].counted[i];
		if (*word(i) == sum)
			continue;
		diag("word %u is %llu, %llu were counted", i, (unsigned long long)*word(i),
		     (unsigned long long)sum);
		return false;
	}

	return true;
}

int main(void)
{
	struct counter counters[3] = { { .number = 0 }, { .number = 1 } };
	uint64_t end = now_ms() + TIME_MS;
	unsigned int i;

	memory = mem_map(SIZE, SMALL_PAGES);
	for (i = 0; i < 3; i++)
		pthread_create(&counters[i].thread, NULL, i < 2 ? count_by_gpu : count_by_cpu,
			       &counters[i]);
	/* Everybody has to have been there, however slow the machine is. */
	while (now_ms() < end ||
	       (now_ms() < end + 10 * TIME_MS && (!counters[0].total || !counters[1].total)))
		usleep(10000);
	stop = true;
	for (i = 0; i < 3; i++)
		pthread_join(counters[i].thread, NULL);

	for (i = 0; i < 2; i++)
		ok(!counters[i].err && counters[i].total, "GPU %u counts: %llu, %s", i,
		   (unsigned long long)counters[i].total, strerror(-counters[i].err));
	ok(counters[2].total, "the CPU counts: %llu", (unsigned long long)counters[2].total);
	ok(exact(counters, 3), "the words have the sum");

	return tap_end();
}
