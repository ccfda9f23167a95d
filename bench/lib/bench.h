/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include <drm/vgpusvm_drm.h>

#include "gpu.h"

#define MAX_GPUS	64

/* The baseline of what has none. */
#define NO_BASELINE	(-1.0)

/* Print a message and exit if @err is not 0 but a negative errno. */
void check(int err, const char *what);

uint64_t now_ns(void);

/* Sorts @times. */
uint64_t median(uint64_t *times, unsigned int num);

/*
 * Print what was measured, for bench/collect. @at has words KEY=VALUE. @aim is "", or "value" or
 * "ratio", then <=, >= or =, then a number.
 */
void report(const char *what, const char *at, const char *unit, double value, double baseline,
	    const char *aim);

/* Count the system calls of this thread, from the first to the second. */
void count_calls(void);
uint64_t counted_calls(void);

/* Write to a file of the kernel. */
void put_text(const char *path, const char *text);

/* Set what decides who may place on a pagemap of another GPU: foreign_access in configfs. */
void set_access(const char *policy);

/* A number of /proc/meminfo, in KiB. */
uint64_t meminfo(const char *key);

/* All GPUs of vgpusvm, found once by opening each of them. */
struct gpus {
	unsigned int num;
	uint32_t ids[MAX_GPUS];
	char render[MAX_GPUS][64];
};

void find_gpus(struct gpus *gpus, const char *argument);

int madvise_by_file(struct gpu *gpu, void *p, size_t length, int devmem_fd);

/* Is "state" of the pagemap other than idle, so that its struct pages exist? */
int is_instantiated(uint32_t id);

#endif
