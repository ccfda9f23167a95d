/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef SVM_H
#define SVM_H

#include "topology.h"

/*
 * What drivers that take part have in common, for tests of the placement of memory
 * by pagemap ID: a GPU, a VM that mirrors the process, and operations on ordinary
 * addresses. What can fail returns 0 or a negative errno.
 */

#define KIB	1024ul
#define MIB	(1024 * KIB)

#define SVM_IDS		16

/* As a place where a page is, beside IDs. */
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
	/* Of the DRM driver. */
	const char *name;
	int (*vm_create)(struct svm_gpu *gpu);
	int (*vm_destroy)(struct svm_gpu *gpu);
	/* Its own pagemaps, by its memory-region query. */
	int (*query_ids)(struct svm_gpu *gpu);
	/* Sets the preferred pagemap; 0 for none. */
	int (*advise)(struct svm_gpu *gpu, void *p, size_t length, uint32_t id);
	/* What advise() would say, without doing it. */
	int (*permitted)(struct svm_gpu *gpu, uint32_t id);
	/* The preference of a range; -EXDEV if it has several. */
	int (*preference)(struct svm_gpu *gpu, void *p, size_t length, uint32_t *id);
	/* To where it prefers to be. */
	int (*prefetch)(struct svm_gpu *gpu, void *p, size_t length);
	/* Where each page is. */
	int (*residency)(struct svm_gpu *gpu, const void *p, size_t length, uint32_t *ids);
	int (*copy)(struct svm_gpu *gpu, void *dst, const void *src, size_t length);
	int (*store)(struct svm_gpu *gpu, void *dst, uint64_t value);
	int (*atomic_add)(struct svm_gpu *gpu, void *dst, uint64_t value);
	/* How many page faults the VM has had. */
	int (*faults)(struct svm_gpu *gpu, uint64_t *faults);
	/*
	 * Optional: what the VM has read and written in memory of its own GPU, of
	 * others and of the system, in bytes, and what that would take, in ns.
	 */
	int (*traffic)(struct svm_gpu *gpu, uint64_t bytes[3], uint64_t time[3]);
};

extern const struct svm_driver svm_vgpusvm, svm_xe;

/* By the uid of the initiator, without a VM. -ENOTSUP: it can't be tested. */
int svm_open(struct svm_gpu *gpu, const char *uid);
void svm_close(struct svm_gpu *gpu);
/* With a VM, or the test fails. */
void svm_start(struct svm_gpu *gpu, const char *uid);
/* Can this initiator be tested? */
bool svm_known(const char *uid);

size_t page_size(void);
/* Private memory, aligned to 2 MiB: with huge pages or without. */
void *map_memory(size_t length, bool huge);
/* KiB of huge pages there. */
unsigned long huge_kib(const void *p);

/* Words that look like nothing else, by the CPU. */
void put_pattern(void *p, size_t length, uint64_t seed);
bool has_pattern(const void *p, size_t length, uint64_t seed);
/* The part of a pattern that begins @offset bytes in it. */
bool has_pattern_from(const void *p, size_t length, uint64_t seed, size_t offset);

/*
 * Each fails the test: each page is there, by what the driver and the page tables of
 * the process say; the GPU reads this pattern; both, and that reading has moved nothing.
 */
void assert_at(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id);
void assert_gpu_reads(struct svm_gpu *gpu, const void *p, size_t length, uint64_t seed,
		      size_t offset);
void assert_holds(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id,
		  uint64_t seed);
/* The CPU reads the pattern, after which all is in system memory. */
void assert_cpu_takes(struct svm_gpu *gpu, void *p, size_t length, uint64_t seed);

/* Memory with a pattern that prefers that pagemap and is there. */
void *map_at(struct svm_gpu *gpu, size_t length, bool huge, uint32_t id, uint64_t seed);

#endif
