/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_RESIDENCY_H_
#define _DRM_PAGEMAP_RESIDENCY_H_

#include <linux/hmm.h>
#include <linux/interval_tree.h>
#include <linux/mmu_notifier.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct drm_pagemap;
struct mm_struct;
struct rw_semaphore;

/* The page is in system memory. */
#define DRM_PAGEMAP_RESIDENCY_SYSTEM		0u
/* The page does not exist, is swapped out, or is being moved. */
#define DRM_PAGEMAP_RESIDENCY_NOT_PRESENT	U32_MAX

/* Maximum number of pages of a &struct drm_pagemap_walk. */
#define DRM_PAGEMAP_WALK_PAGES			(SZ_2M >> PAGE_SHIFT)

/**
 * struct drm_pagemap_pages - Device-private pages that queries of places find
 * @pfns: Page frame numbers, in the tree of all such pages.
 * @dpagemap: The pagemap that the pages belong to.
 * @id: ID of the pagemap.
 *
 * A driver embeds it in the structure that has its &struct drm_pagemap.
 */
struct drm_pagemap_pages {
	struct interval_tree_node pfns;
	struct drm_pagemap *dpagemap;
	u32 id;
};

/**
 * struct drm_pagemap_walk - State of a look at some pages of an mm
 * @notifier: Detects concurrent changes.
 * @range: Argument of hmm_range_fault().
 * @pfns: Pages of @range.
 */
struct drm_pagemap_walk {
	struct mmu_interval_notifier notifier;
	/** @lock: Serializes updates of the sequence number of @notifier. */
	spinlock_t lock;
	struct hmm_range range;
	unsigned long pfns[DRM_PAGEMAP_WALK_PAGES];
};

void drm_pagemap_pages_add(struct drm_pagemap_pages *pages, struct drm_pagemap *dpagemap, u32 id);
void drm_pagemap_pages_del(struct drm_pagemap_pages *pages);

struct drm_pagemap_walk *drm_pagemap_walk_begin(struct mm_struct *mm, unsigned long start,
						unsigned long npages);
int drm_pagemap_walk_residency(struct drm_pagemap_walk *walk, unsigned long npages, u32 *ids,
			       struct rw_semaphore *evict_lock);
void drm_pagemap_walk_end(struct drm_pagemap_walk *walk);

int drm_pagemap_mm_residency(struct mm_struct *mm, unsigned long start, unsigned long npages,
			     u32 *ids, struct rw_semaphore *evict_lock);

#endif
