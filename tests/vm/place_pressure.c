// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More is to live in a memory than it has room for: others make way, what finds
 * no room stays in system memory, never anywhere else, and is counted.
 *
 * Expects GPU 0 with 8 MiB and GPU 1 with 2 MiB, linked.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

#define ROOM	(8 * MIB)
#define SIZE	(12 * MIB)
#define CHUNK	(2 * MIB)

static struct gpu gpu, tight, observer;

static void test_larger_than_memory(enum pages pages)
{
	const char *name = pages_name[pages];
	struct drm_vgpusvm_stats before, after;
	char *p = mem_map(SIZE, pages);
	uint32_t id = gpu.ids[0];
	uint64_t fallback;
	size_t num;

	cpu_put(p, SIZE, 1);
	must(!gpu_stats(&gpu, true, &before), "no statistics");
	ok(!gpu_madvise(&gpu, p, SIZE, id) && !gpu_prefetch(&gpu, p, SIZE, &fallback) &&
	   !fallback, "%s: a prefetch of more than there is room for", name);
	ok(all_at_either(&gpu, p, SIZE, id, SYSTEM, &num) && num * page_size() == ROOM &&
	   all_at(&gpu, p + SIZE - CHUNK, CHUNK, id),
	   "%s: the memory is full, the rest is in system memory", name);
	must(!gpu_stats(&gpu, true, &after), "no statistics");
	ok(after.evicted_bytes - before.evicted_bytes >= SIZE - ROOM &&
	   after.evictions > before.evictions && after.fallbacks == before.fallbacks,
	   "%s: what made way is counted", name);
	ok(gpu_has(&observer, p, SIZE, 1) && all_at_either(&gpu, p, SIZE, id, SYSTEM, &num) &&
	   num * page_size() == ROOM, "%s: the content is right wherever it is", name);
	ok(gpu_has(&gpu, p, SIZE, 1) && !gpu_put(&gpu, p, SIZE, 2) &&
	   gpu_has(&gpu, p, SIZE, 2) && all_at_either(&gpu, p, SIZE, id, SYSTEM, &num) &&
	   num * page_size() == ROOM, "%s: faults take turns in it", name);
	ok(cpu_has(p, SIZE, 2) && all_at(&gpu, p, SIZE, SYSTEM), "%s: the CPU reads it all",
	   name);
	mem_unmap(p, SIZE);
}

static bool child_fills(void *arg)
{
	struct gpu mine;
	char *p = mem_map(ROOM, SMALL_PAGES);

	(void)arg;
	gpu_start(&mine, 0);
	cpu_put(p, ROOM, 4);

	return !gpu_madvise(&mine, p, ROOM, mine.ids[0]) && !gpu_prefetch(&mine, p, ROOM, NULL) &&
	       holds(&mine, p, ROOM, mine.ids[0], 4) && cpu_has(p, ROOM, 4);
}

static void test_other_process(void)
{
	char *p = mem_map(ROOM, HUGE_PAGES);
	uint32_t id = gpu.ids[0];

	cpu_put(p, ROOM, 3);
	must(!gpu_madvise(&gpu, p, ROOM, id) && !gpu_prefetch(&gpu, p, ROOM, NULL) &&
	     all_at(&gpu, p, ROOM, id), "pages can't be placed");
	ok(in_child(child_fills, NULL), "another process fills the memory");
	ok(holds(&observer, p, ROOM, SYSTEM, 3), "who was there has made way");
	ok(gpu_has(&gpu, p, ROOM, 3) && holds(&observer, p, ROOM, id, 3) &&
	   cpu_has(p, ROOM, 3), "and comes back");
	mem_unmap(p, ROOM);
}

/* Threads that all want the same 2 MiB, each for its own pages. */
#define RIVALS	4

static atomic_bool stop;

struct rival {
	char *p;
	uint64_t fallback;
	unsigned long turns;
	const char *wrong;
};

static const char *rival_turn(struct gpu *mine, struct rival *rival)
{
	uint64_t fallback = 0;
	size_t num;
	int err;

	err = gpu_prefetch(mine, rival->p, CHUNK, &fallback);
	rival->fallback += fallback;
	if (err && err != -EBUSY)
		return strerror(-err);
	if (fallback > CHUNK)
		return "more fell back than there is";
	if (!all_at_either(mine, rival->p, CHUNK, tight.ids[0], SYSTEM, &num))
		return "a page is where it must not be";
	/* The CPU takes it away, so that there is something to move. */
	if (!cpu_has(rival->p, CHUNK, 5))
		return "content is lost";

	rival->turns++;
	return NULL;
}

static void *compete(void *arg)
{
	struct rival *rival = arg;
	struct gpu mine;

	gpu_start(&mine, 0);
	must(!gpu_madvise(&mine, rival->p, CHUNK, tight.ids[0]), "pages can't be placed");
	while (!stop && !rival->wrong)
		rival->wrong = rival_turn(&mine, rival);
	gpu_close(&mine);

	return NULL;
}

static uint64_t counted_fallback(void)
{
	struct drm_vgpusvm_stats stats;

	must(!gpu_stats(&gpu, true, &stats), "no statistics");
	return stats.fallback_bytes;
}

static void test_no_room(void)
{
	uint64_t before = counted_fallback(), told = 0, end = now_ms() + 30000;
	struct rival rivals[RIVALS] = {};
	pthread_t threads[RIVALS];
	unsigned int i;

	for (i = 0; i < RIVALS; i++) {
		rivals[i].p = mem_map(CHUNK, SMALL_PAGES);
		cpu_put(rivals[i].p, CHUNK, 5);
		pthread_create(&threads[i], NULL, compete, &rivals[i]);
	}
	while (counted_fallback() == before && now_ms() < end)
		usleep(10000);
	stop = true;
	for (i = 0; i < RIVALS; i++)
		pthread_join(threads[i], NULL);

	for (i = 0; i < RIVALS; i++) {
		ok(!rivals[i].wrong, "rival %u: %s", i, rivals[i].wrong ?: "nothing is lost");
		diag("%lu turns, %llu bytes fell back", rivals[i].turns,
		     (unsigned long long)rivals[i].fallback);
		told += rivals[i].fallback;
		mem_unmap(rivals[i].p, CHUNK);
	}
	ok(told, "what finds no room falls back to system memory");
	ok(counted_fallback() - before == told, "the counter says what the prefetches said");
}

int main(void)
{
	enum pages pages;

	gpu_start(&gpu, 0);
	gpu_start(&observer, 0);
	gpu_start(&tight, 1);

	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++)
		test_larger_than_memory(pages);
	test_other_process();
	test_no_room();

	return tap_end();
}
