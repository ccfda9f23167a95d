// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svm_agent GPU
 *
 * Carries out commands that a shell script writes to its standard input, and replies to
 * each with a line: ok, or the name of an error.
 *
 *   vm             create a VM
 *   novm           destroy it
 *   place ID       place 2 MiB of a pattern at a pagemap, and take it there
 *   touch          is the pattern there, as the CPU sees it; takes the pages
 *   close          close the render node
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define SIZE	(2 * MIB)
#define SEED	77

static struct gpu gpu = { .fd = -1 };
static char *p;

static void answer(int err)
{
	printf("%s\n", err ? strerrorname_np(-err) : "ok");
}

static int place(uint32_t id)
{
	int err;

	if (!p) {
		p = mem_map(SIZE, SMALL_PAGES);
		cpu_put(p, SIZE, SEED);
	}
	err = gpu_madvise(&gpu, p, SIZE, id);

	return err ? err : gpu_prefetch(&gpu, p, SIZE, NULL);
}

static void obey(const char *word, uint32_t id)
{
	if (!strcmp(word, "vm"))
		answer(gpu_vm(&gpu));
	else if (!strcmp(word, "novm"))
		answer(gpu_vm_destroy(&gpu));
	else if (!strcmp(word, "place"))
		answer(place(id));
	else if (!strcmp(word, "touch"))
		puts(cpu_has(p, SIZE, SEED) ? "ok" : "bad");
	else if (!strcmp(word, "close"))
		gpu_close(&gpu), puts("ok");
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
	err = gpu_open(&gpu, atoi(argv[1]));
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
