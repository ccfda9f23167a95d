// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <unistd.h>

#include "files.h"
#include "igt_kmod.h"
#include "reclaim.h"
#include "svm.h"

#define SWAP_SIZE	(8 * MIB)
#define FILLER_SIZE	(16 * MIB)

size_t pages_in_memory(const void *p, size_t length)
{
	size_t num = length / page_size(), there = 0, i;
	unsigned char *pages = malloc(num);

	igt_assert(!mincore((void *)p, length, pages));
	for (i = 0; i < num; i++)
		there += pages[i] & 1;
	free(pages);

	return there;
}

bool drop_caches(void)
{
	return !file_put("1", "/proc/sys/vm/drop_caches");
}

/*
 * Reclaim passes over pages that wait in the queues of processors. Dropping caches empties
 * these. Pages that were written to swap are no longer mapped, but stay in memory until the
 * next reclaim.
 */
static bool try_page_out(void *p, size_t length)
{
	if (!drop_caches() || madvise(p, length, MADV_PAGEOUT))
		return false;
	if (pages_in_memory(p, length))
		file_put("1M swappiness=max", "/sys/fs/cgroup/memory.reclaim");

	return !pages_in_memory(p, length);
}

bool page_out(void *p, size_t length)
{
	return eventually(try_page_out(p, length));
}

void lend(void *p, size_t length)
{
	igt_assert(!madvise(p, length, MADV_FREE));
	igt_assert(drop_caches());
}

/* The header of a swap area, as mkswap writes it: two parts of a page. */
struct swap_header {
	char boot[1024];
	uint32_t version, last_page, bad_pages;
};

static bool write_header(int file)
{
	const size_t page = page_size();
	static const char magic[] = "SWAPSPACE2";
	const struct swap_header header = {
		.version = 1, .last_page = SWAP_SIZE / page - 1,
	};

	return !ftruncate(file, SWAP_SIZE) &&
	       pwrite(file, &header, sizeof(header), 0) == sizeof(header) &&
	       pwrite(file, magic, 10, page - 10) == 10;
}

static char device[32];
static void *swap_memory, *filler;
static cpu_set_t processors;

/* Memory that is swap may not be swapped itself. */
static bool keep_in_memory(int file)
{
	swap_memory = mmap(NULL, SWAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	return swap_memory != MAP_FAILED && !mlock(swap_memory, SWAP_SIZE);
}

/* The kernel removes the loop device after its last user, including swap. */
static int open_loop(int file)
{
	struct loop_config config = {
		.fd = file, .block_size = page_size(), .info.lo_flags = LO_FLAGS_AUTOCLEAR,
	};
	int control, number, loop;

	igt_kmod_load("loop", NULL);
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	if (number < 0)
		return -1;

	snprintf(device, sizeof(device), "/dev/loop%d", number);
	loop = open(device, O_RDWR | O_CLOEXEC);
	if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config)) {
		close(loop);
		return -1;
	}

	return loop;
}

static void end_at_exit(int sig)
{
	(void)sig;
	end_slow_swap();
}

/* The used part of the swap, in KiB; 0 if the file is no swap. */
static unsigned long slow_swap_used(void)
{
	FILE *list = fopen("/proc/swaps", "r");
	unsigned long used = 0, each;
	char line[256], name[64];

	while (list && fgets(line, sizeof(line), list))
		if (sscanf(line, "%63s %*s %*s %lu", name, &each) == 2 && !strcmp(name, device))
			used = each;
	if (list)
		fclose(list);

	return used;
}

/*
 * A processor continues with the cluster of swap that it used last, whatever the priority,
 * until the cluster is full. So stay on one processor, and fill its cluster.
 */
static bool reach_slow_swap(void)
{
	const size_t piece = MIB;
	cpu_set_t one;
	size_t i;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_getaffinity(0, sizeof(processors), &processors) ||
	    sched_setaffinity(0, sizeof(one), &one))
		return false;

	filler = map_memory(FILLER_SIZE, false);
	for (i = 0; i < FILLER_SIZE && !slow_swap_used(); i += piece) {
		put_pattern((char *)filler + i, piece, i);
		if (!page_out((char *)filler + i, piece))
			return false;
	}

	return slow_swap_used();
}

void start_slow_swap(void)
{
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), loop;

	igt_assert(file >= 0 && write_header(file) && keep_in_memory(file));
	loop = open_loop(file);
	close(file);
	igt_require_f(loop >= 0, "there is no loop device\n");
	igt_install_exit_handler(end_at_exit);
	igt_assert(!swapon(device, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK));
	close(loop);
	igt_assert(reach_slow_swap());
}

void end_slow_swap(void)
{
	if (!*device)
		return;

	swapoff(device);
	munmap(swap_memory, SWAP_SIZE);
	munmap(filler, FILLER_SIZE);
	sched_setaffinity(0, sizeof(processors), &processors);
	*device = 0;
}
