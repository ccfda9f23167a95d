// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-touch GPUS
 *
 * Which struct pages exist after a program has placed memory on other GPUs, and after its GPU has
 * touched what is on one of them. One half of the other GPUs is for placement by ID, the other
 * half for placement by file. No struct pages may exist before.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"
#include "mem.h"

static struct gpus gpus;
static void *memory;

/* One of the two ways, with the GPUs that it uses and what it leaves behind */
struct way {
	void (*place)(struct gpu *gpu, unsigned int i);
	unsigned int first, num;
	unsigned int placed, touched;
	double placed_kib, touched_kib;
	uint64_t place_ns, touch_ns;
};

static void *part(unsigned int i)
{
	return memory + i * 2 * MIB;
}

static unsigned int num_instantiated(const struct way *way)
{
	unsigned int i, num = 0;

	for (i = 0; i < way->num; i++)
		num += !!is_instantiated(gpus.ids[way->first + i]);

	return num;
}

static void place_by_id(struct gpu *gpu, unsigned int i)
{
	check(gpu_madvise(gpu, part(i), 2 * MIB, gpus.ids[i]), "MADVISE by ID");
}

static void place_by_file(struct gpu *gpu, unsigned int i)
{
	int fd = open(gpus.render[i], O_RDWR | O_CLOEXEC);

	check(fd < 0 ? -errno : 0, gpus.render[i]);
	check(madvise_by_file(gpu, part(i), 2 * MIB, fd), "MADVISE by file");
	close(fd);
}

static double used_since(uint64_t kib)
{
	double used = (double)kib - (double)meminfo("MemFree:");

	return used > 0 ? used : 0;
}

static void measure(struct gpu *gpu, struct way *way)
{
	uint64_t kib = meminfo("MemFree:"), start;
	unsigned int i;

	if (num_instantiated(way))
		check(-EBUSY, "struct pages exist before");

	start = now_ns();
	for (i = 0; i < way->num; i++)
		way->place(gpu, way->first + i);
	way->place_ns = now_ns() - start;
	way->placed = num_instantiated(way);
	way->placed_kib = used_since(kib);

	start = now_ns();
	check(gpu_fill(gpu, part(way->first), page_size(), 1), "EXEC");
	way->touch_ns = now_ns() - start;
	way->touched = num_instantiated(way);
	way->touched_kib = used_since(kib);
	if (!all_at(gpu, part(way->first), page_size(), gpus.ids[way->first]))
		check(-EIO, "the page is not on the pagemap");
}

int main(int argc, char **argv)
{
	struct way id = { .place = place_by_id }, file = { .place = place_by_file };
	struct gpu gpu;
	char at[32];

	find_gpus(&gpus, argc == 2 ? argv[1] : NULL);
	id.num = (gpus.num - 1) / 2;
	file.num = id.num;
	id.first = 1;
	file.first = 1 + id.num;
	memory = mem_map(gpus.num * 2 * MIB, SMALL_PAGES);
	check(gpu_open(&gpu, 0), "opening a GPU");
	check(gpu_vm(&gpu), "VM_CREATE");

	measure(&gpu, &id);
	measure(&gpu, &file);
	gpu_close(&gpu);

	snprintf(at, sizeof(at), "pagemaps=%u", id.num);
	report("pagemaps with struct pages after MADVISE", at, "pagemaps", id.placed, file.placed,
	       "value = 0");
	report("pagemaps with struct pages after a touch of one", at, "pagemaps", id.touched,
	       file.touched, "value = 1");
	report("memory used after MADVISE", at, "KiB", id.placed_kib, file.placed_kib, "");
	report("memory used after a touch of one", at, "KiB", id.touched_kib, file.touched_kib,
	       "ratio <= 0.5");
	report("time of MADVISE of all", at, "ns", id.place_ns, file.place_ns, "");
	report("time of the first touch", at, "ns", id.touch_ns, file.touch_ns, "");
	report("time of both", at, "ns", id.place_ns + id.touch_ns, file.place_ns + file.touch_ns,
	       "ratio <= 1");

	return 0;
}
