// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A GPU's driver is unbound while its memory has pages, and bound again: no
 * data is lost, IDs stay, and placements apply again without being repeated.
 */

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

/* Moving page by page takes long where all is emulated. */
static const size_t sizes[] = {
	[SMALL_PAGES] = 512 * KIB,
	[HUGE_PAGES] = 4 * MIB,
};

static size_t size;

static struct gpu gpu;		/* 0 */
static struct gpu other;	/* 1, which is the one that goes */
static struct gpu observer;	/* 2, without preferences */
static enum pages pages;

static void rebind(unsigned int number)
{
	int err = gpu_bind(number);

	must(!err, "GPU %u can't be bound again: %s", number, strerror(-err));
}

static char *placed(struct gpu *by, uint32_t id, uint64_t seed)
{
	char *p = mem_map(size, pages);

	cpu_put(p, size, seed);
	must(!gpu_madvise(by, p, size, id) && !gpu_prefetch(by, p, size, NULL),
	     "pages can't be placed");
	must(all_at(by, p, size, id), "pages are not where they were placed");

	return p;
}

/* A child that shares @p, and looks at it when told. */
struct watcher {
	pid_t pid;
	int tell;
};

static struct watcher watch(const char *p, uint64_t seed)
{
	struct watcher watcher;
	int go[2];
	char byte;

	must(!pipe(go), "no pipe");
	watcher.pid = fork();
	must(watcher.pid >= 0, "fork() failed");
	if (!watcher.pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 1 && cpu_has(p, size, seed) ? 0 : 1);
	}
	close(go[0]);
	watcher.tell = go[1];

	return watcher;
}

static bool judge(struct watcher watcher)
{
	int status = -1;
	bool told = write(watcher.tell, "", 1) == 1;

	close(watcher.tell);
	return told && waitpid(watcher.pid, &status, 0) == watcher.pid && !status;
}

/* What prefers the memory that is gone. */
static void test_while_away(char *p, uint32_t id)
{
	const char *name = pages_name[pages];
	char *q = mem_map(size, pages);

	ok(gpu_ask(&gpu, id) == -ENODEV && gpu_madvise(&gpu, q, size, id) == -ENODEV &&
	   !gpu_preference(&gpu, q, size), "%s: nothing more can be placed there", name);
	ok(gpu_preference(&gpu, p, size) == id &&
	   gpu_prefetch(&gpu, p, size / 2, NULL) == -ENODEV && all_at(&gpu, p, size, SYSTEM),
	   "%s: a prefetch fails while the preferred GPU is away", name);
	ok(gpu_has(&gpu, p, size / 2, 1) && !gpu_put(&gpu, p, size / 2, 2) &&
	   holds(&gpu, p, size / 2, SYSTEM, 2), "%s: the GPU uses them in system memory", name);
	mem_unmap(q, size);
}

/* @p: the first part has been used by the GPU meanwhile, the second has not. */
static void test_back_again(char *p, uint32_t id)
{
	const char *name = pages_name[pages];

	ok(other.ids[0] == id && !gpu_ask(&gpu, id), "%s: the ID is the same", name);
	ok(holds(&gpu, p, size / 2, SYSTEM, 2), "%s: what is mapped stays", name);
	ok(gpu_has_from(&gpu, p + size / 2, size / 2, 1, size / 16) &&
	   all_at(&gpu, p + size / 2, size / 2, id), "%s: a fault takes pages there again", name);
	ok(!gpu_prefetch(&gpu, p, size, NULL) && all_at(&gpu, p, size, id) &&
	   gpu_has(&gpu, p, size / 2, 2) &&
	   gpu_has_from(&gpu, p + size / 2, size / 2, 1, size / 16),
	   "%s: and so does a prefetch", name);
	ok(cpu_has(p, size / 2, 2) && cpu_has_from(p + size / 2, size / 2, 1, size / 16) &&
	   all_at(&gpu, p, size, SYSTEM), "%s: the CPU reads the same", name);
}

/* The memory of a peer goes. */
static void test_peer(void)
{
	uint32_t id = other.ids[0];
	char *p = placed(&gpu, id, 1);
	struct watcher watcher = watch(p, 1);

	ok(!gpu_unbind(1), "%s: a GPU is unbound while it has pages of others",
	   pages_name[pages]);
	ok(all_at(&gpu, p, size, SYSTEM) && holds(&observer, p, size, SYSTEM, 1),
	   "%s: the pages are in system memory", pages_name[pages]);
	test_while_away(p, id);
	ok(judge(watcher), "%s: the child has what it had", pages_name[pages]);

	gpu_close(&other);
	rebind(1);
	gpu_start(&other, 1);
	test_back_again(p, id);
	mem_unmap(p, size);
}

static bool is_dead(struct gpu *dead, char *p)
{
	struct gpu second = *dead;

	return gpu_fill(dead, p, size, 3) == -ENODEV &&
	       gpu_madvise(dead, p, size, dead->ids[0]) == -ENODEV &&
	       gpu_prefetch(dead, p, size, NULL) == -ENODEV &&
	       gpu_evict(dead, p, size) == -ENODEV &&
	       gpu_ask(dead, dead->ids[0]) == -ENODEV &&
	       gpu_vm(&second) == -ENODEV;
}

/* The GPU goes that the VM is of. */
static void test_own(void)
{
	uint32_t id = other.ids[0];
	char *p = placed(&other, id, 4);
	struct watcher watcher = watch(p, 4);
	struct gpu dead = other;

	ok(!gpu_unbind(1), "%s: a GPU is unbound while it has pages of its own",
	   pages_name[pages]);
	ok(is_dead(&dead, p) && holds(&observer, p, size, SYSTEM, 4),
	   "%s: the open file is dead, the pages are in system memory", pages_name[pages]);
	ok(cpu_has(p, size, 4) && judge(watcher), "%s: parent and child have what they had",
	   pages_name[pages]);

	rebind(1);
	gpu_start(&other, 1);
	ok(other.ids[0] == id && is_dead(&dead, p), "%s: the old file stays dead",
	   pages_name[pages]);
	ok(!gpu_madvise(&other, p, size, id) && !gpu_prefetch(&other, p, size, NULL) &&
	   holds(&other, p, size, id, 4) && cpu_has(p, size, 4), "%s: a new one works",
	   pages_name[pages]);
	gpu_close(&dead);
	mem_unmap(p, size);
}

/* Only a child has the pages; who placed them is gone. */
static bool leave_orphan(void *arg)
{
	int *tell = arg;
	char byte, *p;
	pid_t pid;

	gpu_start(&other, 1);
	p = placed(&other, other.ids[0], 5);
	pid = fork();
	if (pid)
		_exit(pid < 0);

	gpu_close(&other);
	if (read(tell[0], &byte, 1) == 1 && cpu_has(p, size, 5) &&
	    write(tell[3], "", 1) != 1)
		_exit(1);
	_exit(0);
}

static void test_orphan(void)
{
	int tell[4], err;
	bool good;
	char byte;

	must(!pipe(tell) && !pipe(tell + 2), "no pipe");
	gpu_close(&other);
	good = in_child(leave_orphan, tell);
	close(tell[3]);
	err = gpu_unbind(1);
	good = good && write(tell[1], "", 1) == 1 && read(tell[2], &byte, 1) == 1;
	ok(!err && good, "%s: a child has its pages when parent and GPU are gone",
	   pages_name[pages]);
	close(tell[0]);
	close(tell[1]);
	close(tell[2]);
	rebind(1);
	gpu_start(&other, 1);
}

/* Nobody has made pages yet, or they are out of use. */
static void test_idle(void)
{
	uint32_t id = other.ids[0];
	char *p = mem_map(size, pages);
	int err;

	must(!gpu_madvise(&gpu, p, size, id), "pages can't be placed");
	gpu_close(&other);
	err = gpu_unbind(1);
	rebind(1);
	gpu_start(&other, 1);
	ok(!err && state_is(id, "idle") && !gpu_fill(&gpu, p, size, 6) &&
	   all_at(&gpu, p, size, id) && gpu_has_word(&gpu, p, size, 6),
	   "%s: the first fault comes after the GPU has been away", pages_name[pages]);
	mem_unmap(p, size);
}

int main(void)
{
	gpu_start(&gpu, 0);
	gpu_start(&other, 1);
	gpu_start(&observer, 2);

	for (pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		size = sizes[pages];
		test_peer();
		test_own();
		test_orphan();
		test_idle();
	}

	return tap_end();
}
