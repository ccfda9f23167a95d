// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages of a region are evicted while processes unmap them: by munmap(), by exit(), and by the
 * last child that has them. The kernel must not complain, and what stays mapped must be right.
 */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

#define ROUNDS	40
#define SIZE	(256 * KIB)

static struct gpu gpu;

/* A process that evicts all the time. */
static pid_t start_evictor(void)
{
	struct gpu own;
	pid_t pid = fork();

	must(pid >= 0, "fork() failed");
	if (pid)
		return pid;

	must(!gpu_open(&own, 0), "the GPU can't be opened");
	for (;;)
		gpu_evict_region(&own, gpu.ids[0]);
}

static char *placed(struct gpu *by, uint64_t seed)
{
	char *p = mem_map(SIZE, SMALL_PAGES);

	cpu_put(p, SIZE, seed);
	must(!gpu_madvise(by, p, SIZE, by->ids[0]), "pages can't be placed");
	/* Some may be evicted before the last ones are there */
	gpu_prefetch(by, p, SIZE, NULL);

	return p;
}

static bool unmaps(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		char *gone = placed(&gpu, i), *p = placed(&gpu, i);

		mem_unmap(gone, SIZE);
		if (!cpu_has(p, SIZE, i))
			return false;
		mem_unmap(p, SIZE);
	}

	return true;
}

static bool exits(void *arg)
{
	struct gpu own;

	(void)arg;
	gpu_start(&own, 0);
	placed(&own, 1);
	return true;
}

static bool exit_often(void)
{
	bool good = true;

	for (unsigned int i = 0; i < ROUNDS && good; i++)
		good = in_child(exits, NULL);

	return good;
}

/* The parent unmaps first, so that only the child has the pages when it exits. */
static bool leave_to_child(uint64_t seed)
{
	char *p = placed(&gpu, seed);
	int status = -1, go[2];
	pid_t pid;
	char byte;

	must(!pipe(go), "no pipe");
	pid = fork();
	must(pid >= 0, "fork() failed");
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 1 || !cpu_has(p, page_size(), seed));
	}
	close(go[0]);
	mem_unmap(p, SIZE);
	if (write(go[1], "", 1) != 1)
		status = 1;
	close(go[1]);

	return waitpid(pid, &status, 0) == pid && !status;
}

static bool leave_often(void)
{
	bool good = true;

	for (unsigned int i = 0; i < ROUNDS && good; i++)
		good = leave_to_child(i);

	return good;
}

int main(void)
{
	pid_t evictor;

	gpu_start(&gpu, 0);
	evictor = start_evictor();
	ok(unmaps(NULL), "pages are unmapped while they are evicted");
	ok(exit_often(), "a process exits while its pages are evicted");
	ok(leave_often(), "a child exits that has the pages of its parent");
	kill(evictor, SIGKILL);
	waitpid(evictor, NULL, 0);

	return tap_end();
}
