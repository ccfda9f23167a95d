// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-scan [LIST AT]
 *
 * The time and the system calls of a scan by the library, and of a loop that opens, reads and
 * closes the files of LIST, one path a line, sorted. The loop also opens each directory. Without
 * arguments, scan once, so that another program can list these files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "gpusvm-topology.h"

#define MAX_RUNS	5
#define MAX_FILES	1048576

/* Large scans take minutes on an emulated processor. */
#define MANY_FILES	10000

/* Directory and name of each file; files of one directory share the former. */
static struct {
	const char *dir;
	const char *name;
} files[MAX_FILES];
static unsigned int num_files;

static void add_path(char *path)
{
	char *name = strrchr(path, '/');
	const char *last = num_files ? files[num_files - 1].dir : "";

	check(name ? 0 : -EINVAL, path);
	*name++ = 0;
	files[num_files].dir = strcmp(path, last) ? path : last;
	files[num_files++].name = name;
}

static void load_paths(const char *list)
{
	FILE *file = fopen(list, "r");
	char line[512];

	check(file ? 0 : -errno, list);
	while (fgets(line, sizeof(line), file) && num_files < MAX_FILES) {
		char *path;

		line[strcspn(line, "\n")] = 0;
		path = strdup(line);
		check(path ? 0 : -ENOMEM, list);
		add_path(path);
	}
	fclose(file);
	check(num_files ? 0 : -ENODATA, list);
}

static void scan_by_library(void)
{
	struct gpusvm_topology *topology;
	struct gpusvm_ctx *ctx;

	check(gpusvm_new(&ctx), "gpusvm_new");
	check(gpusvm_topology_new(ctx, &topology), "gpusvm_topology_new");
	check(gpusvm_topology_is_consistent(topology) ? 0 : -EAGAIN, "the topology changed");
	gpusvm_topology_unref(topology);
	gpusvm_unref(ctx);
}

/* Some files have no value at the moment. */
static void read_file(int dir, const char *name)
{
	char value[4096];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	check(fd < 0 ? -errno : 0, name);
	if (read(fd, value, sizeof(value)) < 0 && errno != ENODATA)
		check(-errno, name);
	close(fd);
}

static void scan_by_loop(void)
{
	const char *last = NULL;
	unsigned int i;
	int dir = -1;

	for (i = 0; i < num_files; i++) {
		if (files[i].dir != last) {
			if (last)
				close(dir);
			last = files[i].dir;
			dir = open(last, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			check(dir < 0 ? -errno : 0, last);
		}
		read_file(dir, files[i].name);
	}
	close(dir);
}

static uint64_t time_of(void (*scan)(void))
{
	uint64_t start = now_ns();

	scan();
	return now_ns() - start;
}

static double calls_of(void (*scan)(void))
{
	count_calls();
	scan();
	return (double)counted_calls() / num_files;
}

int main(int argc, char **argv)
{
	uint64_t library[MAX_RUNS], loop[MAX_RUNS];
	unsigned int i, runs;

	if (argc != 3) {
		scan_by_library();
		return 0;
	}

	load_paths(argv[1]);
	runs = num_files > MANY_FILES ? 1 : MAX_RUNS;
	for (i = 0; i < runs; i++) {
		loop[i] = time_of(scan_by_loop);
		library[i] = time_of(scan_by_library);
	}

	report("files that a scan reads", argv[2], "files", num_files, NO_BASELINE, "");
	report("system calls of a scan", argv[2], "calls a file", calls_of(scan_by_library),
	       calls_of(scan_by_loop), "value <= 3");
	report("time of a scan", argv[2], "ns a file", median(library, runs) / (double)num_files,
	       median(loop, runs) / (double)num_files, "ratio <= 1.3");

	return 0;
}
