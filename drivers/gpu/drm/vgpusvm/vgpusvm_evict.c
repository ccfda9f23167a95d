// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Eviction: move pages from a region to system memory, no matter which process
 * has them. This works without a process, because a forked child may have pages
 * that its parent placed, and drm_pagemap can't evict those after the parent
 * has exited.
 */

#include <linux/cgroup_dmem.h>
#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/rmap.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_device.h>

#include "vgpusvm_dmem.h"
#include "vgpusvm_evict.h"
#include "vgpusvm_inject.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_stats.h"
#include "vgpusvm_trace.h"
#include "vgpusvm_traffic.h"

/* Pages moved at once; the largest folio has to fit */
#define VGPUSVM_EVICT_PAGES	HPAGE_PMD_NR

/*
 * Held for reading to evict pages, so that evictions on different regions don't
 * wait for each other. Queries hold it for writing to look again at pages that
 * have no place, because a page has none while it is evicted. Nobody holds it
 * to move pages to a region: a limit of a cgroup can delay that, and would
 * delay all processes. Nests inside mmap_lock and &vgpusvm_region.move_lock,
 * and outside notifier locks.
 */
DECLARE_RWSEM(vgpusvm_evict_lock);

static void vgpusvm_count_eviction(struct vgpusvm_region *region, u64 bytes)
{
	vgpusvm_stats_add(region->stats, VGPUSVM_STAT_EVICTIONS, 1);
	vgpusvm_stats_add(region->stats, VGPUSVM_STAT_EVICTED_BYTES, bytes);
}

/*
 * A folio may be moved while somebody still has a reference to it. Its stale
 * content must not be copied. drm_pagemap marks a folio that it has moved to
 * system memory, but not one that it has moved to another device. The memory
 * cgroup goes along in both cases, and putting a page without one on the LRU
 * would crash the kernel.
 */
static bool vgpusvm_folio_is_retired(struct folio *folio)
{
	if (!mem_cgroup_disabled() && !folio_memcg_charged(folio))
		return true;

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
 * Get the folio that the content moves to. A small one can always be allocated.
 * A huge one may not be available, and a device folio can't be split without
 * its process, which may be gone. The huge system page behind the device folio
 * then takes its place, as it has the content already.
 */
static struct folio *vgpusvm_evict_target(struct page *backing,
					  unsigned int order)
{
	struct folio *target;

	if (!order)
		return folio_alloc(GFP_HIGHUSER | __GFP_NOFAIL, 0);

	target = folio_alloc(GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN,
			     order);
	if (target)
		return target;

	if (!backing)
		return NULL;
	target = page_folio(backing);
	if (folio_order(target) != order)
		return NULL;
	folio_get(target);

	return target;
}

static unsigned long vgpusvm_evict_folio(struct folio *folio)
{
	struct vgpusvm_region *region =
		vgpusvm_page_pagemap(&folio->page)->region;
	struct page *backing = vgpusvm_page_backing(folio_page(folio, 0));
	unsigned int order = folio_order(folio);
	struct folio *target;
	unsigned long i;
	bool given;

	if (vgpusvm_folio_is_retired(folio) || vgpusvm_region_lost(region))
		return 0;

	target = vgpusvm_evict_target(backing, order);
	if (!target)
		return 0;

	folio_lock(target);
	given = backing && target == page_folio(backing);
	for (i = 0; !given && i < 1UL << order; i++) {
		struct vgpusvm_access from =
			vgpusvm_page_access(folio_page(folio, i));
		struct vgpusvm_access to =
			vgpusvm_page_access(folio_page(target, i));

		vgpusvm_access_copy(&to, &from);
	}
	if (vgpusvm_region_lost(region)) {
		folio_unlock(target);
		folio_put(target);
		return 0;
	}
	/* No disk has the data that a GPU wrote */
	folio_mark_dirty(target);
	vgpusvm_stats_add(region->stats, VGPUSVM_STAT_COPIED_OUT_BYTES,
			  PAGE_SIZE << order);
	vgpusvm_traffic_add(region->traffic, region->id, PAGE_SIZE << order, 0);

	return migrate_pfn(folio_pfn(target)) |
		(order ? MIGRATE_PFN_COMPOUND : 0);
}

/* A system page that took the place of its page now belongs to the process. */
static void vgpusvm_evict_give(struct page *page, unsigned long dst)
{
	struct page *backing = vgpusvm_page_backing(page);
	struct vgpusvm_access access;

	if (!backing || migrate_pfn_to_page(dst) != backing)
		return;

	access = vgpusvm_page_access(page);
	access.region->mem->free(access.region, access.index, 1);
}

static void vgpusvm_evict_retire(const unsigned long *src,
				 const unsigned long *dst, unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++) {
		struct page *page = migrate_pfn_to_page(src[i]);

		if (!page || !(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		vgpusvm_evict_give(page, dst[i]);
		vgpusvm_folio_retire(page_folio(page));
	}
}

/*
 * migrate_device_pfns() and migrate_device_finalize() walk the anon_vma of each
 * page without a reference to it. A process may free the anon_vma meanwhile, by
 * exit() or by munmap(), which downgrades mmap_lock before it frees. So this
 * file takes references. The functions for that are private to mm. What they do
 * follows from &struct anon_vma.refcount.
 */
static void vgpusvm_anon_vma_free(struct anon_vma *anon_vma)
{
	/* A task that locked it without a reference must unlock it first */
	if (rwsem_is_locked(&anon_vma->root->rwsem)) {
		down_write(&anon_vma->root->rwsem);
		up_write(&anon_vma->root->rwsem);
	}

	kfree(anon_vma);
}

static void vgpusvm_anon_vma_put(struct anon_vma *anon_vma)
{
	struct anon_vma *root;

	if (!anon_vma || !atomic_dec_and_test(&anon_vma->refcount))
		return;

	root = anon_vma->root;
	vgpusvm_anon_vma_free(anon_vma);
	if (root != anon_vma && atomic_dec_and_test(&root->refcount))
		vgpusvm_anon_vma_free(root);
}

/*
 * Take a reference to the anon_vma of a folio, which exists as long as the
 * folio is mapped. The caller has a reference to the allocation, so no other
 * content gets into a folio that is freed meanwhile.
 *
 * Returns %NULL if the folio is not mapped: then there is nothing to move.
 */
static struct anon_vma *vgpusvm_anon_vma_get(struct folio *folio)
{
	struct anon_vma *anon_vma;
	unsigned long mapping;

	scoped_guard(rcu) {
		mapping = (unsigned long)READ_ONCE(folio->mapping);
		if ((mapping & FOLIO_MAPPING_FLAGS) != FOLIO_MAPPING_ANON ||
		    !folio_mapped(folio))
			return NULL;

		/* Until RCU ends, the memory stays an anon_vma, maybe another */
		anon_vma = (struct anon_vma *)(mapping - FOLIO_MAPPING_ANON);
		if (!atomic_inc_not_zero(&anon_vma->refcount))
			return NULL;
	}

	if (folio_mapped(folio))
		return anon_vma;

	vgpusvm_anon_vma_put(anon_vma);

	return NULL;
}

/*
 * List all pages of each mapped folio in @src, and take a reference to the
 * anon_vma of each of these folios, in @held.
 *
 * Returns the number of listed pages.
 */
static unsigned long vgpusvm_evict_collect(unsigned long pfn,
					   unsigned long npages,
					   unsigned long *src,
					   struct anon_vma **held)
{
	unsigned long i, j, nr, num = 0;

	for (i = 0; i < npages; i += nr) {
		struct folio *folio = page_folio(pfn_to_page(pfn + i));

		/* If it is split now, the parts have the same anon_vma */
		nr = min(folio_nr_pages(folio), npages - i);
		held[num] = vgpusvm_anon_vma_get(folio);
		if (!held[num])
			continue;

		for (j = 0; j < nr; j++)
			src[num++] = pfn + i + j;
	}

	return num;
}

/* Wait for faults and migrations that have begun to copy the content of pages. */
static void vgpusvm_wait_for_copies(unsigned long pfn, unsigned long npages)
{
	struct folio *folio;

	for (; npages; npages--, pfn++) {
		folio = page_folio(pfn_to_page(pfn));
		if (!folio_try_get(folio))
			continue;
		folio_lock(folio);
		folio_unlock(folio);
		folio_put(folio);
	}
}

/* One copy moves all pages. If it fails, all of them stay. */
static void vgpusvm_evict_copy(struct vgpusvm_region *region,
			       const unsigned long *src, unsigned long *dst,
			       unsigned long num)
{
	bool begun = false;
	unsigned long i;

	for (i = 0; i < num; i++) {
		if (!(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		if (!begun &&
		    vgpusvm_inject(region->inject, VGPUSVM_FAIL_COPY_OUT))
			return;
		begun = true;
		dst[i] = vgpusvm_evict_folio(page_folio(migrate_pfn_to_page(src[i])));
	}
}

/*
 * Pages that are locked or in use at the moment stay. Those without a target also
 * stay, but processors and GPUs lose their mappings of them for a moment.
 */
static void vgpusvm_evict_pfns(struct vgpusvm_region *region,
			       unsigned long pfn, unsigned long npages)
{
	/* Unbinding the driver can't fail, so this must not fail either */
	unsigned long *src __free(kvfree) =
		kvcalloc(npages, 3 * sizeof(*src), GFP_KERNEL | __GFP_NOFAIL);
	unsigned long *dst = src + npages;
	struct anon_vma **held = (struct anon_vma **)(dst + npages);
	unsigned long i, num;

	guard(mutex)(&region->move_lock);
	guard(rwsem_read)(&vgpusvm_evict_lock);
	num = vgpusvm_evict_collect(pfn, npages, src, held);
	migrate_device_pfns(src, num);
	vgpusvm_evict_copy(region, src, dst, num);
	migrate_device_pages(src, dst, num);
	vgpusvm_evict_retire(src, dst, num);
	migrate_device_finalize(src, dst, num);
	for (i = 0; i < npages; i++)
		vgpusvm_anon_vma_put(held[i]);
}

static void vgpusvm_evict_block(struct vgpusvm_pagemap *vpagemap,
				struct gpu_buddy_block *block)
{
	struct gpu_buddy *buddy = &vpagemap->region->buddy;
	unsigned long pfn = vpagemap->first +
		(gpu_buddy_block_offset(block) >> PAGE_SHIFT);
	unsigned long left = gpu_buddy_block_size(buddy, block) >> PAGE_SHIFT;

	while (left) {
		unsigned long num = min(left, VGPUSVM_EVICT_PAGES);

		if (vgpusvm_region_lost(vpagemap->region))
			vgpusvm_wait_for_copies(pfn, num);
		vgpusvm_evict_pfns(vpagemap->region, pfn, num);
		pfn += num;
		left -= num;
	}
}

/*
 * Check whether the pages of an allocation belong to a pagemap. The caller has
 * a reference to it. Other pagemaps may be unmapped at any time.
 */
static bool vgpusvm_alloc_is_of(const struct vgpusvm_alloc *alloc,
				const struct vgpusvm_pagemap *vpagemap)
{
	return alloc->devmem.dpagemap == &vpagemap->dpagemap;
}

static int vgpusvm_evict_blocks(struct vgpusvm_pagemap *vpagemap,
				struct vgpusvm_alloc *alloc)
{
	struct gpu_buddy_block *block;

	if (!vgpusvm_alloc_is_of(alloc, vpagemap))
		return -EBUSY;

	list_for_each_entry(block, &alloc->blocks, link)
		vgpusvm_evict_block(vpagemap, block);
	if (!completion_done(&alloc->devmem.detached))
		return -EBUSY;

	vgpusvm_count_eviction(vpagemap->region, alloc->devmem.size);

	return 0;
}

static int vgpusvm_evict_alloc(struct vgpusvm_pagemap *vpagemap,
			       struct vgpusvm_alloc *alloc,
			       enum vgpusvm_evict_reason why)
{
	struct vgpusvm_region *region = vpagemap->region;
	int err = vgpusvm_evict_blocks(vpagemap, alloc);

	trace_vgpusvm_evict(region->drm->dev, region->id, alloc->devmem.size,
			    why, err);

	return err;
}

/* An allocation that was used since the last check gets a second chance. */
static bool vgpusvm_evict_is_victim(struct vgpusvm_alloc *alloc)
{
	if (READ_ONCE(alloc->sparse) || !READ_ONCE(alloc->used))
		return true;

	WRITE_ONCE(alloc->used, false);

	return false;
}

static bool vgpusvm_evict_is_any(struct vgpusvm_alloc *alloc)
{
	return true;
}

/*
 * Look at each allocation at most twice. The controller walks cgroups to find out which
 * ones it protects, so ask it without the lock of the list.
 */
static struct vgpusvm_alloc *
vgpusvm_evict_choose(struct vgpusvm_region *region,
		     struct dmem_cgroup_pool_state *limit, bool ignore_low,
		     bool *hit_low)
{
	u64 left = 2 * (u64)READ_ONCE(region->num_lru);
	struct vgpusvm_alloc *alloc;

	for (; left && !fatal_signal_pending(current); left--) {
		alloc = vgpusvm_region_rotate(region, 1, vgpusvm_evict_is_any);
		if (!alloc)
			return NULL;
		if (dmem_cgroup_state_evict_valuable(limit, alloc->charge,
						     ignore_low, hit_low) &&
		    vgpusvm_evict_is_victim(alloc))
			return alloc;
		vgpusvm_alloc_put(alloc);
		cond_resched();
	}

	return NULL;
}

/**
 * vgpusvm_evict_one() - Evict one allocation to make room in a region
 * @vpagemap: Pagemap of the region, with a reference.
 * @limit: Pool of the dmem cgroup controller whose limit is reached: only allocations of
 *	   its cgroup and those below it are evicted. %NULL if the region is full: any
 *	   allocation is, unless the controller protects it.
 *
 * Return: 0 if memory was freed, -ENOENT if no allocation may be evicted,
 * -EBUSY if the chosen allocation can't be moved now.
 */
int vgpusvm_evict_one(struct vgpusvm_pagemap *vpagemap,
		      struct dmem_cgroup_pool_state *limit)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct vgpusvm_alloc *alloc;
	bool hit_low = false;
	int err;

	alloc = vgpusvm_evict_choose(region, limit, false, &hit_low);
	if (!alloc && hit_low)
		alloc = vgpusvm_evict_choose(region, limit, true, &hit_low);
	if (!alloc)
		return -ENOENT;

	err = vgpusvm_evict_alloc(vpagemap, alloc, VGPUSVM_EVICT_ROOM);
	vgpusvm_alloc_put(alloc);
	if (!err)
		flush_work(&region->release_work);

	return err;
}

/**
 * vgpusvm_evict_reclaim() - &vgpusvm_dmem.reclaim
 * @dmem: The region in the dmem cgroup controller.
 * @pool: Pool whose limit is below its usage.
 *
 * Return: 0 if memory was freed, else -ENOSPC.
 */
int vgpusvm_evict_reclaim(struct vgpusvm_dmem *dmem,
			  struct dmem_cgroup_pool_state *pool)
{
	struct vgpusvm_region *region =
		container_of(dmem, struct vgpusvm_region, dmem);
	struct drm_pagemap *dpagemap = vgpusvm_region_pagemap(region);
	int err;

	if (!dpagemap)
		return -ENOSPC;

	err = vgpusvm_evict_one(to_vgpusvm_pagemap(dpagemap), pool);
	drm_pagemap_put(dpagemap);

	return err ? -ENOSPC : 0;
}

/* Pick each allocation once, except those created while eviction runs. */
static bool vgpusvm_evict_is_next(struct vgpusvm_alloc *alloc)
{
	unsigned int round = READ_ONCE(alloc->region->evict_round);

	if (alloc->evict_round == round)
		return false;

	alloc->evict_round = round;

	return true;
}

/**
 * vgpusvm_evict_pagemap() - Try to evict all allocations of a region
 * @vpagemap: Pagemap of the region, with a reference.
 *
 * If the content of the region is lost, its pages stay, and all GPUs lose their
 * mappings of them.
 *
 * Return: 0 if no page is left, -EBUSY if some pages can't be moved now.
 */
int vgpusvm_evict_pagemap(struct vgpusvm_pagemap *vpagemap)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct vgpusvm_alloc *alloc;
	int err = 0;

	guard(mutex)(&region->evict_lock);
	WRITE_ONCE(region->evict_round, region->evict_round + 1);
	while ((alloc = vgpusvm_region_rotate(region, 1,
					      vgpusvm_evict_is_next))) {
		if (vgpusvm_evict_alloc(vpagemap, alloc, VGPUSVM_EVICT_EMPTY))
			err = -EBUSY;
		vgpusvm_alloc_put(alloc);
		cond_resched();
	}
	flush_work(&region->release_work);

	return err;
}
