// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages in a GPU's memory that a fork shares: who reads or writes what, on the
 * CPU or on a GPU, sees what it should, and nobody sees the other's writes.
 */

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

/* Moving page by page takes long where all is emulated. */
static const size_t sizes[] = {
	[SMALL_PAGES] = 512 * KIB,
	[HUGE_PAGES] = 4 * MIB,
};

static size_t size;
#define OLD	1
#define NEW	2

static struct gpu gpu;
static enum pages pages;
static char *p;

/* What a child asks with: its parent's VM is of no use to it. */
static struct gpu mine;

static char *placed(void)
{
	char *q = mem_map(size, pages);

	cpu_put(q, size, OLD);
	must(!gpu_madvise(&gpu, q, size, gpu.ids[0]) && !gpu_prefetch(&gpu, q, size, NULL),
	     "pages can't be placed");
	must(all_at(&gpu, q, size, gpu.ids[0]), "pages are not where they were placed");

	return q;
}

/* The parent, at the end of each test: it still has the pages of before. */
static bool parent_has(uint64_t seed)
{
	size_t num;
	bool good = all_at_either(&gpu, p, size, gpu.ids[0], SYSTEM, &num) &&
		    gpu_has(&gpu, p, size, seed) && cpu_has(p, size, seed) &&
		    all_at(&gpu, p, size, SYSTEM);

	/* Nobody shares them any more: they can move again. */
	good = good && !gpu_prefetch(&gpu, p, size, NULL) &&
	       holds(&gpu, p, size, gpu.ids[0], seed) && cpu_has(p, size, seed);
	mem_unmap(p, size);

	return good;
}

static bool child_inherits(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);

	return gpu_fill(&gpu, p, size, 3) == -EPERM &&
	       gpu_madvise(&gpu, p, size, gpu.ids[0]) == -EPERM &&
	       holds(&mine, p, size, gpu.ids[0], OLD);
}

static bool child_reads(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);

	return cpu_has(p, size, OLD) && all_at(&mine, p, size, SYSTEM);
}

static bool child_writes(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);
	cpu_put(p, size, NEW);

	return all_at(&mine, p, size, SYSTEM) && gpu_has(&mine, p, size, NEW) &&
	       cpu_has(p, size, NEW);
}

static bool child_writes_by_gpu(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);

	return !gpu_put(&mine, p, size, NEW) && gpu_has(&mine, p, size, NEW) &&
	       cpu_has(p, size, NEW);
}

static bool child_places(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);

	return !gpu_madvise(&mine, p, size, mine.ids[0]) &&
	       !gpu_put(&mine, p, size, NEW) &&
	       holds(&mine, p, size, mine.ids[0], NEW) && cpu_has(p, size, NEW);
}

static bool child_drops(void *arg)
{
	(void)arg;
	gpu_start(&mine, 0);
	mem_unmap(p, size / 2);

	return all_at(&mine, p, size / 2, NOT_PRESENT) &&
	       all_at(&mine, p + size / 2, size / 2, gpu.ids[0]) &&
	       gpu_has_from(&mine, p + size / 2, size / 2, OLD, size / 16);
}

static void test_child(bool (*run)(void *arg), const char *what)
{
	bool child;

	p = placed();
	child = in_child(run, NULL);
	ok(child, "%s: child %s", pages_name[pages], what);
	ok(parent_has(OLD), "%s: child %s: the parent has what it had", pages_name[pages],
	   what);
}

/* One byte to, and from, the other side of a pipe. */
static bool pass(int fd)
{
	return write(fd, "", 1) == 1;
}

static bool await(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1;
}

/*
 * Forks a child that looks at the pages when it is told to. Returns the pipe to
 * tell it; to be ended by judge().
 */
static pid_t watcher(int *tell, uint64_t seed)
{
	int go[2];
	pid_t pid;

	must(!pipe(go), "no pipe");
	pid = fork();
	must(pid >= 0, "fork() failed");
	if (!pid) {
		close(go[1]);
		_exit(await(go[0]) && cpu_has(p, size, seed) ? 0 : 1);
	}
	close(go[0]);
	*tell = go[1];

	return pid;
}

static bool judge(pid_t pid, int tell)
{
	int status = -1;

	pass(tell);
	close(tell);

	return waitpid(pid, &status, 0) == pid && !status;
}

static void test_parent_writes(void)
{
	pid_t pid;
	int tell;

	p = placed();
	pid = watcher(&tell, OLD);
	cpu_put(p, size, NEW);
	ok(judge(pid, tell) && parent_has(NEW),
	   "%s: the parent's CPU writes, the child has what was", pages_name[pages]);
}

static void test_parent_writes_by_gpu(void)
{
	pid_t pid;
	int tell;

	p = placed();
	pid = watcher(&tell, OLD);
	ok(gpu_has(&gpu, p, size, OLD) && !gpu_put(&gpu, p, size, NEW) &&
	   holds(&gpu, p, size, gpu.ids[0], NEW),
	   "%s: the parent's GPU reads and writes while a child shares", pages_name[pages]);
	ok(judge(pid, tell) && parent_has(NEW),
	   "%s: the parent's GPU writes, the child has what was", pages_name[pages]);
}

static void test_parent_evicts(void)
{
	pid_t pid;
	int tell;

	p = placed();
	pid = watcher(&tell, OLD);
	ok(!gpu_evict_region(&gpu, gpu.ids[0]) && all_at(&gpu, p, size, SYSTEM),
	   "%s: pages that a child shares are evicted", pages_name[pages]);
	ok(judge(pid, tell) && parent_has(OLD), "%s: both have them after that",
	   pages_name[pages]);
}

/* Places pages, forks, and is gone; the grandchild is left with them. */
static bool parent_goes(void *arg)
{
	int *tell = arg;
	pid_t pid;

	gpu_start(&gpu, 0);
	p = placed();
	pid = fork();
	if (pid)
		_exit(pid < 0);

	gpu_close(&gpu);
	if (!await(tell[0]))
		_exit(1);
	gpu_start(&mine, 0);
	if (holds(&mine, p, size, mine.ids[0], OLD) && cpu_has(p, size, OLD) &&
	    all_at(&mine, p, size, SYSTEM))
		pass(tell[3]);
	_exit(0);
}

/* The same; the pages are evicted while nobody has the mm that placed them. */
static bool parent_goes_evicted(void *arg)
{
	int *tell = arg;
	pid_t pid;

	gpu_start(&gpu, 0);
	p = placed();
	pid = fork();
	if (pid)
		_exit(pid < 0);

	gpu_close(&gpu);
	if (!await(tell[0]))
		_exit(1);
	gpu_start(&mine, 0);
	if (!gpu_evict_region(&mine, mine.ids[0]) && holds(&mine, p, size, SYSTEM, OLD) &&
	    cpu_has(p, size, OLD))
		pass(tell[3]);
	_exit(0);
}

static void test_orphan(bool (*run)(void *arg), const char *what)
{
	int tell[4];
	bool good;

	must(!pipe(tell) && !pipe(tell + 2), "no pipe");
	good = in_child(run, tell);
	close(tell[3]);
	good = good && pass(tell[1]) && await(tell[2]);
	ok(good, "%s: a child %s after its parent has gone", pages_name[pages], what);
	close(tell[0]);
	close(tell[1]);
	close(tell[2]);
}

int main(void)
{
	gpu_start(&gpu, 0);

	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		size = sizes[pages];
		test_child(child_inherits, "inherits pages, and no VM");
		test_child(child_reads, "reads");
		test_child(child_writes, "writes");
		test_child(child_writes_by_gpu, "writes by a GPU");
		test_child(child_places, "places its copy and writes by a GPU");
		test_child(child_drops, "unmaps a half");
		test_parent_writes();
		test_parent_writes_by_gpu();
		test_parent_evicts();
		test_orphan(parent_goes, "has the pages");
		test_orphan(parent_goes_evicted, "has the pages evicted");
	}

	return tap_end();
}
