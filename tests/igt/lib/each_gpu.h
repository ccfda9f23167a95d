/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef EACH_GPU_H
#define EACH_GPU_H

#include "subtests.h"
#include "svm.h"

/*
 * Common parts of tests of a process's memory. They run on each GPU in the machine that
 * has memory and can be tested, and on a virtual GPU with three regions if vgpusvm
 * exists.
 */

#define PAGE	page_size()
#define SIZE	(256 * KIB)
#define HUGE	(2 * MIB)
#define OLD	1
#define NEW	2

/* Two VMs of the GPU: the second has no preferences, and so moves nothing. */
extern struct svm_gpu gpu, observer;
/* The ID of its first pagemap. */
extern uint32_t id;

/* The ID of a pagemap of the GPU that has room for one huge page and nothing else. */
uint32_t tight_memory(void);

void advise(void *p, size_t length, uint32_t to);
void prefetch(void *p, size_t length);
uint64_t faults(void);
/* Let the GPU access the memory, which moves it to its preferred pagemap. */
void fault(const void *p, size_t length);

bool is_zero(const void *p, size_t length);

/* Run in a child that shares the pages and has a VM of its own. */
void in_child(void (*run)(struct svm_gpu *mine, char *p, size_t length), char *p,
	      size_t length);
/* Assert that the child changed nothing and that the pages can move again. Unmap them. */
void assert_parent_has(char *p, size_t length, uint64_t seed);

/* The body of igt_main(): each test on each GPU, and the fixtures around them. */
void run_on_each_gpu(const struct subtest *tests, size_t num);

#endif
