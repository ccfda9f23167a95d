// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svm_ask GPU ID...
 *
 * Places memory by each of the IDs in a VM of that GPU, and prints the result of MADVISE.
 * Fails if QUERY_PLACEMENT returns another result, if pages do not move there after a
 * success, or if a failure changes anything.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "tap.h"

#define SIZE	(64 * KIB)
#define SEED	5

static struct gpu gpu;
static char *p;
static bool wrong;

static void require(bool good, uint32_t id, const char *what)
{
	if (good)
		return;

	fprintf(stderr, "svm_ask: %u: %s\n", id, what);
	wrong = true;
}

static const char *name(int err)
{
	return err ? strerrorname_np(-err) : "ok";
}

static void ask(uint32_t id)
{
	int64_t before = gpu_preference(&gpu, p, SIZE);
	uint32_t *pages = residency(&gpu, p, SIZE);
	int asked = gpu_ask(&gpu, id);
	int err;

	require(gpu_preference(&gpu, p, SIZE) == before && pages &&
		all_at(&gpu, p, SIZE, pages[0]), id, "the query changes something");
	err = gpu_madvise(&gpu, p, SIZE, id);
	require(asked == err, id, "the query says something else");
	if (err) {
		require(gpu_preference(&gpu, p, SIZE) == before, id,
			"a failure changes the preference");
		require(pages && holds(&gpu, p, SIZE, pages[0], SEED), id,
			"a failure moves something");
	} else {
		require(gpu_preference(&gpu, p, SIZE) == id, id, "there is no preference");
		require(!id || (!gpu_prefetch(&gpu, p, SIZE, NULL) &&
				holds(&gpu, p, SIZE, id, SEED)), id, "pages don't go there");
	}
	free(pages);
	printf("%s%s", name(err), wrong ? "!" : "");
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		return 2;

	gpu_start(&gpu, atoi(argv[1]));
	p = mem_map(SIZE, SMALL_PAGES);
	cpu_put(p, SIZE, SEED);
	if (gpu.num_regions)
		must(!gpu_madvise(&gpu, p, SIZE, gpu.ids[0]) && !gpu_prefetch(&gpu, p, SIZE, NULL),
		     "own memory can't be used");

	for (i = 2; i < argc; i++) {
		ask(strtoul(argv[i], NULL, 0));
		putchar(i + 1 < argc ? ' ' : '\n');
	}

	return wrong;
}
