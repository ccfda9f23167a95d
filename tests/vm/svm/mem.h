/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SVM_MEM_H
#define SVM_MEM_H

#include "gpu.h"

#define KIB	1024ul
#define MIB	(1024 * KIB)

/* How memory is backed before a GPU gets it. */
enum pages { SMALL_PAGES, HUGE_PAGES };

extern const char * const pages_name[];

/* Anonymous memory, 2 MiB-aligned, with huge pages or without. */
void *mem_map(size_t size, enum pages pages);
void mem_unmap(void *p, size_t size);
size_t page_size(void);

/* The word at @index of a pattern. Different seeds have nothing in common. */
uint64_t pattern(uint64_t seed, uint64_t index);
/* Accesses of the CPU, which move pages to system memory. */
void cpu_put(void *p, size_t size, uint64_t seed);
bool cpu_has(const void *p, size_t size, uint64_t seed);
/* Accesses of a GPU by READ and CRC32, which leave pages in place. */
bool gpu_has(struct gpu *gpu, const void *p, size_t size, uint64_t seed);
bool gpu_has_word(struct gpu *gpu, const void *p, size_t size, uint64_t word);
/* Does @p have the part of the pattern that begins at word @first? */
bool cpu_has_from(const void *p, size_t size, uint64_t seed, uint64_t first);

uint32_t crc32_of(const void *p, size_t size);

/* The residency of each page. The caller frees it. */
uint32_t *residency(struct gpu *gpu, const void *p, size_t size);
/* Is each page there? @id may be one of DRM_VGPUSVM_RESIDENCY_*. */
bool all_at(struct gpu *gpu, const void *p, size_t size, uint32_t id);
/* Is each page at one of the two? *@num: Number of pages at @id. */
bool all_at_either(struct gpu *gpu, const void *p, size_t size, uint32_t id,
		   uint32_t other, size_t *num);
/* Both, and that reading has moved nothing. */
bool holds(struct gpu *gpu, const void *p, size_t size, uint32_t id, uint64_t seed);

#define NOT_PRESENT	DRM_VGPUSVM_RESIDENCY_NOT_PRESENT
#define SYSTEM		DRM_VGPUSVM_RESIDENCY_SYSTEM

#endif
