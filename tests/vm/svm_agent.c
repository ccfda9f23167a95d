// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svm_agent GPU
 *
 * Does what a shell script tells it by lines on standard input, and answers
 * each by a line: ok, the name of an error, or what was asked for.
 *
 *   open           open the render node; done at the start, too
 *   vm             create a VM
 *   novm           destroy it
 *   place ID       place 2 MiB of a pattern at a pagemap, and take it there
 *   advise ID      place only
 *   prefetch       take it to where it was placed
 *   ask ID         what MADVISE would say
 *   where          the residency of its first page, if that is all pages'
 *   check          is the pattern there, as a GPU sees it
 *   touch          is the pattern there, as the CPU sees it; takes the pages
 *   free           unmap the memory
 *   close          close the render node
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

#define SIZE	(2 * MIB)
#define SEED	77

static struct gpu gpu = { .fd = -1 };
static unsigned int number;
static char *p;

static void answer(int err)
{
	printf("%s\n", err ? strerrorname_np(-err) : "ok");
}

static void *memory(void)
{
	if (!p) {
		p = mem_map(SIZE, SMALL_PAGES);
		cpu_put(p, SIZE, SEED);
	}

	return p;
}

static int place(uint32_t id)
{
	int err = gpu_madvise(&gpu, memory(), SIZE, id);

	return err ? err : gpu_prefetch(&gpu, p, SIZE, NULL);
}

static void where(void)
{
	uint32_t *pages = residency(&gpu, p, SIZE);

	if (pages && all_at(&gpu, p, SIZE, pages[0]))
		printf("%d\n", (int)pages[0]);
	else
		puts("mixed");
	free(pages);
}

static void drop(void)
{
	if (p)
		mem_unmap(p, SIZE);
	p = NULL;
}

static void obey(const char *word, uint32_t id)
{
	if (!strcmp(word, "vm"))
		answer(gpu_vm(&gpu));
	else if (!strcmp(word, "novm"))
		answer(gpu_vm_destroy(&gpu));
	else if (!strcmp(word, "place"))
		answer(place(id));
	else if (!strcmp(word, "advise"))
		answer(gpu_madvise(&gpu, memory(), SIZE, id));
	else if (!strcmp(word, "prefetch"))
		answer(gpu_prefetch(&gpu, memory(), SIZE, NULL));
	else if (!strcmp(word, "ask"))
		answer(gpu_ask(&gpu, id));
	else if (!strcmp(word, "where"))
		where();
	else if (!strcmp(word, "check"))
		puts(gpu_has(&gpu, p, SIZE, SEED) ? "ok" : "bad");
	else if (!strcmp(word, "touch"))
		puts(cpu_has(p, SIZE, SEED) ? "ok" : "bad");
	else if (!strcmp(word, "free"))
		drop(), puts("ok");
	else if (!strcmp(word, "close"))
		gpu_close(&gpu), puts("ok");
	else if (!strcmp(word, "open"))
		answer(gpu_open(&gpu, number));
	else
		puts("what?");
}

int main(int argc, char **argv)
{
	char line[128], word[32];
	unsigned int id;
	int err;

	if (argc != 2)
		return 2;
	number = atoi(argv[1]);
	err = gpu_open(&gpu, number);
	answer(err);
	fflush(stdout);
	if (err)
		return 1;

	while (fgets(line, sizeof(line), stdin)) {
		id = 0;
		if (sscanf(line, "%31s %u", word, &id) < 1)
			continue;
		obey(word, id);
		fflush(stdout);
	}

	return 0;
}
