// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Moving pages from a region to system memory, whosever they are. Needs no
 * process: a forked child may have pages that its parent placed and that
 * drm_pagemap can't evict any more.
 */

#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/migrate.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "vgpusvm_device.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_residency.h"

/* Pages moved at once; the largest folio has to fit */
#define VGPUSVM_EVICT_PAGES	HPAGE_PMD_NR

/* One at a time empties regions, so that it sees all that is in them */
static DEFINE_MUTEX(vgpusvm_evict_lock);

static void vgpusvm_count_eviction(struct vgpusvm_region *region, u64 bytes)
{
	vgpusvm_stats_add(&region->vdev->stats, VGPUSVM_STAT_EVICTIONS, 1);
	vgpusvm_stats_add(&region->vdev->stats, VGPUSVM_STAT_EVICTED_BYTES,
			  bytes);
}

/*
 * A folio that was moved before and is still held by somebody: drm_pagemap
 * marks it so that its stale content goes nowhere.
 */
static bool vgpusvm_folio_is_retired(struct folio *folio)
{
	return (unsigned long)folio_zone_device_data(folio) &
		DRM_PAGEMAP_ZDD_FLAG_MIGRATED;
}

static void vgpusvm_folio_retire(struct folio *folio)
{
	unsigned long data = (unsigned long)folio_zone_device_data(folio);

	folio_set_zone_device_data(folio, (void *)
				   (data | DRM_PAGEMAP_ZDD_FLAG_MIGRATED));
}

/*
 * A page always comes, sooner or later. A huge one may not, and a device
 * folio can't be split from here: see vgpusvm_evict_huge().
 */
static struct folio *vgpusvm_evict_target(unsigned int order)
{
	if (order)
		return folio_alloc(GFP_HIGHUSER | __GFP_RETRY_MAYFAIL |
				   __GFP_NOWARN, order);

	return folio_alloc(GFP_HIGHUSER | __GFP_NOFAIL, 0);
}

static unsigned long vgpusvm_evict_folio(struct folio *folio)
{
	unsigned int order = folio_order(folio);
	struct folio *target;
	unsigned long i;

	if (vgpusvm_folio_is_retired(folio))
		return 0;

	target = vgpusvm_evict_target(order);
	if (!target)
		return 0;

	folio_lock(target);
	for (i = 0; i < 1UL << order; i++)
		copy_highpage(folio_page(target, i),
			      vgpusvm_page_backing(folio_page(folio, i)));
	vgpusvm_stats_add(&vgpusvm_page_pagemap(&folio->page)->region->vdev->stats,
			  VGPUSVM_STAT_COPIED_OUT_BYTES, PAGE_SIZE << order);

	return migrate_pfn(folio_pfn(target)) |
		(order ? MIGRATE_PFN_COMPOUND : 0);
}

static void vgpusvm_evict_retire(const unsigned long *src, unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++) {
		struct page *page = migrate_pfn_to_page(src[i]);

		if (page && src[i] & MIGRATE_PFN_MIGRATE)
			vgpusvm_folio_retire(page_folio(page));
	}
}

/* Best effort: pages that somebody has locked or uses just now stay. */
static void vgpusvm_evict_pfns(unsigned long pfn, unsigned long npages)
{
	/* Unbinding can't fail, so neither can this */
	unsigned long *src __free(kvfree) =
		kvcalloc(npages, 2 * sizeof(*src), GFP_KERNEL | __GFP_NOFAIL);
	unsigned long *dst = src + npages;
	unsigned long i;

	guard(rwsem_write)(&vgpusvm_move_lock);
	migrate_device_range(src, pfn, npages);
	for (i = 0; i < npages; i++)
		if (src[i] & MIGRATE_PFN_MIGRATE)
			dst[i] = vgpusvm_evict_folio(page_folio(migrate_pfn_to_page(src[i])));

	migrate_device_pages(src, dst, npages);
	vgpusvm_evict_retire(src, npages);
	migrate_device_finalize(src, dst, npages);
}

/*
 * When there is no huge page to be had, the CPU's fault handler can split the
 * device folio, as long as the process is there.
 */
static void vgpusvm_evict_huge(struct vgpusvm_alloc *alloc)
{
	struct mm_struct *mm = alloc->devmem.mm;

	if (alloc->devmem.size < HPAGE_PMD_SIZE || !mmget_not_zero(mm))
		return;

	vgpusvm_mm_evict(mm, alloc->start, alloc->devmem.size, NULL);
	mmput_async(mm);
}

static int vgpusvm_evict_alloc(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_pagemap *vpagemap =
		to_vgpusvm_pagemap(alloc->devmem.dpagemap);
	struct gpu_buddy_block *block =
		list_first_entry(&alloc->blocks, typeof(*block), link);
	unsigned long first = vpagemap->first +
		(gpu_buddy_block_offset(block) >> PAGE_SHIFT);

	vgpusvm_evict_pfns(first, alloc->devmem.size >> PAGE_SHIFT);

	return completion_done(&alloc->devmem.detached) ? 0 : -EBUSY;
}

/**
 * vgpusvm_evict_one() - Make some room in a region
 * @region: The region; its pagemap is in use.
 *
 * Return: 0 if something was freed, -ENOENT if there is nothing, else why the
 * one that was tried would not move.
 */
int vgpusvm_evict_one(struct vgpusvm_region *region)
{
	struct vgpusvm_alloc *alloc = vgpusvm_alloc_next_victim(region);
	size_t size;
	int err;

	/* What is on its way to be freed is room as well */
	if (!alloc)
		return flush_work(&region->release_work) ? 0 : -ENOENT;

	size = alloc->devmem.size;
	scoped_guard(rwsem_write, &vgpusvm_move_lock)
		err = drm_pagemap_evict_to_ram(&alloc->devmem);
	/* The process is gone, but a child of it has the pages */
	if (err == -EFAULT)
		err = vgpusvm_evict_alloc(alloc);
	vgpusvm_alloc_put(alloc);
	if (err)
		return err;

	vgpusvm_count_eviction(region, size);
	flush_work(&region->release_work);

	return 0;
}

/**
 * vgpusvm_evict_pagemap() - Try to move all pages of a region
 * @vpagemap: Its pagemap, with a reference.
 *
 * Return: 0 if no page is left, -EBUSY if some could not be moved now.
 */
int vgpusvm_evict_pagemap(struct vgpusvm_pagemap *vpagemap)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct vgpusvm_alloc *alloc, *next;
	LIST_HEAD(allocs);
	int err = 0;

	guard(mutex)(&vgpusvm_evict_lock);
	/* Each once, but for those that come while this runs */
	scoped_guard(spinlock_irqsave, &region->lru_lock) {
		list_for_each_entry_safe(alloc, next, &region->lru, lru) {
			if (kref_get_unless_zero(&alloc->ref))
				list_move_tail(&alloc->lru, &allocs);
		}
	}

	for (;;) {
		scoped_guard(spinlock_irqsave, &region->lru_lock) {
			alloc = list_first_entry_or_null(&allocs,
							 typeof(*alloc), lru);
			if (alloc)
				list_move_tail(&alloc->lru, &region->lru);
		}
		if (!alloc)
			break;

		if (vgpusvm_evict_alloc(alloc)) {
			vgpusvm_evict_huge(alloc);
			err = -EBUSY;
		} else {
			vgpusvm_count_eviction(region, alloc->devmem.size);
		}
		vgpusvm_alloc_put(alloc);
		cond_resched();
	}
	flush_work(&region->release_work);

	return err;
}
