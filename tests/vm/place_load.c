// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two GPUs at work, of which one is unbound and bound again and again: nothing
 * is lost, and the only error is that the device is gone.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

#define SIZE	(2 * MIB)
#define ROUNDS	6

/* What a thread works on: a part that only gets read, and one of counters. */
struct worker {
	unsigned int number;
	unsigned int seed;
	uint32_t ids[2];		/* where it places, in turn */
	char *fixed;
	uint64_t *counters;
	uint64_t counted;		/* complete rounds over the counters */
	uint32_t crc;
	atomic_ulong progress;
	atomic_ulong deaths;
	const char *wrong;
	int error;
};

static atomic_bool stop;

static bool expect(struct worker *worker, bool good, const char *what, int err)
{
	if (good)
		return true;

	worker->wrong = what;
	worker->error = err;
	return false;
}

static bool gone(int err)
{
	return err == -ENODEV;
}

/* Adds one to each counter, whatever happens to the GPU on the way. */
static int count(struct gpu *gpu, struct worker *worker)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_ADD,
		.dst = (uintptr_t)worker->counters,
		.src = (uintptr_t)worker->counters,
		.length = SIZE,
		.value = 1,
	};
	int err = gpu_exec(gpu, &op, 1);
	size_t i;

	if (err)
		for (i = op.done / 8; i < SIZE / 8; i++)
			worker->counters[i]++;
	worker->counted++;

	return err;
}

/* A turn of work; @mine: the GPU itself may go, not only what it places on. */
static int turn(struct gpu *gpu, struct worker *worker, bool mine)
{
	uint32_t id = worker->ids[rand_r(&worker->seed) % 2];
	void *at = rand_r(&worker->seed) % 2 ? worker->fixed : (void *)worker->counters;
	uint32_t crc = 0;
	int err;

	err = gpu_madvise(gpu, at, SIZE, id);
	if (!expect(worker, !err || gone(err), "MADVISE", err))
		return -EPROTO;
	if (!err && rand_r(&worker->seed) % 2)
		err = gpu_prefetch(gpu, at, SIZE, NULL);
	if (!expect(worker, !err || gone(err) || err == -EBUSY, "PREFETCH", err))
		return -EPROTO;

	err = gpu_crc(gpu, worker->fixed, SIZE, &crc);
	if (!expect(worker, !err || (mine && gone(err)), "EXEC of CRC32", err) ||
	    !expect(worker, err || crc == worker->crc, "the CRC-32", 0))
		return -EPROTO;
	if (!err)
		err = count(gpu, worker);
	if (!expect(worker, !err || (mine && gone(err)), "EXEC of ADD", err))
		return -EPROTO;
	if (!err)
		worker->progress++;

	return err;
}

/* The GPU that stays. */
static void *work(void *arg)
{
	struct worker *worker = arg;
	struct gpu gpu;

	gpu_start(&gpu, worker->number);
	while (!stop && !turn(&gpu, worker, false))
		;
	gpu_close(&gpu);

	return NULL;
}

/* The GPU that goes: a new VM each time it is back. */
static void *work_anew(void *arg)
{
	struct worker *worker = arg;
	struct gpu gpu;
	int err;

	while (!stop) {
		if (gpu_open(&gpu, worker->number) || gpu_vm(&gpu)) {
			gpu_close(&gpu);
			usleep(10000);
			continue;
		}
		do {
			err = turn(&gpu, worker, true);
		} while (!err && !stop);
		worker->deaths += gone(err);
		gpu_close(&gpu);
		if (err && !gone(err))
			break;
	}

	return NULL;
}

static void worker_init(struct worker *worker, unsigned int number, const uint32_t *ids,
			unsigned int seed)
{
	*worker = (struct worker) {
		.number = number,
		.seed = seed + number,
		.ids = { ids[0], ids[1] },
		.fixed = mem_map(SIZE, number % 2 ? SMALL_PAGES : HUGE_PAGES),
		.counters = mem_map(SIZE, number % 2 ? HUGE_PAGES : SMALL_PAGES),
	};
	cpu_put(worker->fixed, SIZE, number);
	worker->crc = crc32_of(worker->fixed, SIZE);
	memset(worker->counters, 0, SIZE);
}

static bool progresses(struct worker *worker)
{
	unsigned long before = worker->progress;
	uint64_t end = now_ms() + 20000;

	while (worker->progress < before + 2 && !worker->wrong && now_ms() < end)
		usleep(5000);

	return worker->progress >= before + 2;
}

static bool counters_right(struct worker *worker)
{
	size_t i;

	for (i = 0; i < SIZE / 8; i++) {
		if (worker->counters[i] == worker->counted)
			continue;
		diag("counter %zu is %llu instead of %llu", i,
		     (unsigned long long)worker->counters[i],
		     (unsigned long long)worker->counted);
		return false;
	}

	return true;
}

static void judge(struct worker *worker)
{
	if (worker->wrong)
		diag("GPU %u: %s: %s", worker->number, worker->wrong,
		     strerror(-worker->error));
	ok(!worker->wrong, "GPU %u: no error but that a device is gone", worker->number);
	ok(cpu_has(worker->fixed, SIZE, worker->number),
	   "GPU %u: what was only read is as it was", worker->number);
	ok(counters_right(worker), "GPU %u: each addition was made once", worker->number);
	diag("GPU %u: %lu turns", worker->number, worker->progress);
}

int main(int argc, char **argv)
{
	unsigned int seed = argc > 1 ? atoi(argv[1]) : (int)time(NULL);
	struct worker stays, goes;
	pthread_t threads[2];
	struct gpu gpus[2];
	uint32_t ids[2];
	unsigned int i;
	bool good = true;

	diag("seed %u", seed);
	for (i = 0; i < 2; i++) {
		gpu_start(&gpus[i], i);
		ids[i] = gpus[i].ids[0];
		gpu_close(&gpus[i]);
	}
	worker_init(&stays, 0, ids, seed);
	worker_init(&goes, 1, ids, seed);
	pthread_create(&threads[0], NULL, work, &stays);
	pthread_create(&threads[1], NULL, work_anew, &goes);

	for (i = 0; i < ROUNDS && good; i++) {
		good = ok(progresses(&goes) && progresses(&stays),
			  "round %u: both GPUs work", i) &&
		       ok(!gpu_unbind(1), "round %u: one is unbound", i) &&
		       ok(progresses(&stays), "round %u: the other works on", i) &&
		       ok(!gpu_bind(1), "round %u: it is bound again", i) &&
		       ok(!gpu_open(&gpus[1], 1) && gpus[1].ids[0] == ids[1],
			  "round %u: its memory has the same ID", i);
		gpu_close(&gpus[1]);
	}
	stop = true;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);

	ok(goes.deaths > 0, "the GPU has gone while it was at work");
	judge(&stays);
	judge(&goes);

	return tap_end();
}
