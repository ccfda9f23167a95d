/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef SVM_H
#define SVM_H

#include "topology.h"

/*
 * The common interface of drivers, for tests of placement by pagemap ID: a GPU, a VM that
 * mirrors the process, and operations on its addresses. Functions that return int return 0
 * or a negative errno.
 */

#define KIB	1024ul
#define MIB	(1024 * KIB)

#define SVM_IDS		16

/* Places of a page that are no IDs. */
#define SVM_SYSTEM	0u
#define SVM_ABSENT	0xffffffffu

struct svm_driver;

struct svm_gpu {
	const struct svm_driver *driver;
	char uid[NAME_SIZE];
	int fd;
	uint32_t vm, queue;
	int num_ids;
	uint32_t ids[SVM_IDS];
};

struct svm_driver {
	/* Name of the DRM driver. */
	const char *name;
	int (*vm_create)(struct svm_gpu *gpu);
	int (*vm_destroy)(struct svm_gpu *gpu);
	/* Fills the IDs of its own pagemaps, by its memory-region query. */
	int (*query_ids)(struct svm_gpu *gpu);
	/* Sets the preferred pagemap; 0 for none. */
	int (*advise)(struct svm_gpu *gpu, void *p, size_t length, uint32_t id);
	/* Returns the error that advise() would return, and changes nothing. */
	int (*permitted)(struct svm_gpu *gpu, uint32_t id);
	/* The preference of a range; -EXDEV if it has several. */
	int (*preference)(struct svm_gpu *gpu, void *p, size_t length, uint32_t *id);
	/* Moves memory to its preferred pagemap. */
	int (*prefetch)(struct svm_gpu *gpu, void *p, size_t length);
	/* Fills the place of each page. */
	int (*residency)(struct svm_gpu *gpu, const void *p, size_t length, uint32_t *ids);
	int (*copy)(struct svm_gpu *gpu, void *dst, const void *src, size_t length);
	int (*store)(struct svm_gpu *gpu, void *dst, uint64_t value);
	int (*atomic_add)(struct svm_gpu *gpu, void *dst, uint64_t value);
	/* Returns the number of page faults of the VM. */
	int (*faults)(struct svm_gpu *gpu, uint64_t *faults);
	/*
	 * Optional. Bytes that the VM has read and written in memory of its own GPU, of other
	 * GPUs and of the system, and the modelled time of that in ns.
	 */
	int (*traffic)(struct svm_gpu *gpu, uint64_t bytes[3], uint64_t time[3]);
};

extern const struct svm_driver svm_vgpusvm, svm_xe;

/* Open a GPU by the uid of its initiator, without a VM. -ENOTSUP: no driver here tests it. */
int svm_open(struct svm_gpu *gpu, const char *uid);
void svm_close(struct svm_gpu *gpu);
/* The same with a VM. The test fails if that is not possible. */
void svm_start(struct svm_gpu *gpu, const char *uid);
/* Can this initiator be tested? */
bool svm_known(const char *uid);

size_t page_size(void);
/* Private memory, aligned to 2 MiB: with huge pages or without. */
void *map_memory(size_t length, bool huge);
/* KiB of huge pages there. */
unsigned long huge_kib(const void *p);

/* The CPU writes words that depend on their index and on @seed. */
void put_pattern(void *p, size_t length, uint64_t seed);
bool has_pattern(const void *p, size_t length, uint64_t seed);
/* The same for the part of a pattern from byte @offset on. */
bool has_pattern_from(const void *p, size_t length, uint64_t seed, size_t offset);

/*
 * Assert that each page is there, by the driver and by the page tables of the process; that
 * the GPU reads this pattern; and both, and that reading has moved nothing.
 */
void assert_at(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id);
void assert_gpu_reads(struct svm_gpu *gpu, const void *p, size_t length, uint64_t seed,
		      size_t offset);
void assert_holds(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id,
		  uint64_t seed);
/* Assert that the CPU reads the pattern, and that all pages are in system memory then. */
void assert_cpu_takes(struct svm_gpu *gpu, void *p, size_t length, uint64_t seed);

/* Map memory with a pattern that prefers that pagemap and lives there. */
void *map_at(struct svm_gpu *gpu, size_t length, bool huge, uint32_t id, uint64_t seed);

#endif
