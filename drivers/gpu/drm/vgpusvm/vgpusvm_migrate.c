// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Migration of pages to a region, and the copy engine.
 */

#include <linux/cgroup_dmem.h>
#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include <drm/drm_device.h>

#include "vgpusvm_evict.h"
#include "vgpusvm_inject.h"
#include "vgpusvm_migrate.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_stats.h"
#include "vgpusvm_traffic.h"

static void vgpusvm_devmem_release(struct drm_pagemap_devmem *devmem)
{
	vgpusvm_alloc_put(container_of(devmem, struct vgpusvm_alloc, devmem));
}

static int vgpusvm_devmem_pfns(struct drm_pagemap_devmem *devmem,
			       unsigned long npages, unsigned long *pfn)
{
	struct vgpusvm_alloc *alloc =
		container_of(devmem, struct vgpusvm_alloc, devmem);
	struct vgpusvm_pagemap *vpagemap = to_vgpusvm_pagemap(devmem->dpagemap);
	struct gpu_buddy *buddy = &alloc->region->buddy;
	struct gpu_buddy_block *block;
	unsigned long i = 0;

	list_for_each_entry(block, &alloc->blocks, link) {
		unsigned long next = vpagemap->first +
			(gpu_buddy_block_offset(block) >> PAGE_SHIFT);
		u64 num = gpu_buddy_block_size(buddy, block) >> PAGE_SHIFT;

		while (num-- && i < npages)
			pfn[i++] = next++;
	}

	return 0;
}

/* Copy a folio, of which @local and @other describe the first page. */
static void vgpusvm_copy_folio(struct vgpusvm_access local,
			       struct vgpusvm_access other, unsigned int order,
			       bool to_region)
{
	unsigned long i;

	/* No disk has the data that a GPU wrote, and it must survive MADV_FREE */
	if (!to_region && !other.region)
		folio_mark_dirty(page_folio(other.page));

	for (i = 0; i < 1UL << order; i++) {
		if (to_region)
			vgpusvm_access_copy(&local, &other);
		else
			vgpusvm_access_copy(&other, &local);
		vgpusvm_access_advance(&local);
		vgpusvm_access_advance(&other);
	}
}

/* The copy engine is that of the GPU with @local. */
static void vgpusvm_count_copy(struct vgpusvm_region *local,
			       struct vgpusvm_region *other, u64 bytes,
			       bool to_region)
{
	struct vgpusvm_region *from = to_region ? other : local;
	struct vgpusvm_region *to = to_region ? local : other;

	if (from) {
		vgpusvm_stats_add(from->stats, VGPUSVM_STAT_COPIED_OUT_BYTES,
				  bytes);
		vgpusvm_traffic_add(local->traffic, from->id, bytes, 0);
	}
	if (to) {
		vgpusvm_stats_add(to->stats, VGPUSVM_STAT_COPIED_IN_BYTES,
				  bytes);
		vgpusvm_traffic_add(local->traffic, to->id, 0, bytes);
	}
}

/* Content that was copied while a card was pulled out is not what was there. */
static bool vgpusvm_copy_is_lost(const struct vgpusvm_region *local,
				 const struct vgpusvm_region *other)
{
	return vgpusvm_region_lost(local) ||
	       (other && vgpusvm_region_lost(other));
}

static bool vgpusvm_copy_fails(const struct vgpusvm_region *local,
			       bool to_region)
{
	return vgpusvm_inject(local->inject, to_region ? VGPUSVM_FAIL_COPY_IN :
							 VGPUSVM_FAIL_COPY_OUT);
}

/*
 * On both sides, only the first entry of a folio is filled in.
 *
 * Do not gate this by drm_dev_enter(): a device that is being removed still
 * copies its data to system memory, unless it was pulled out.
 */
static int vgpusvm_copy(struct page **pages, struct drm_pagemap_addr *addrs,
			unsigned long npages, bool to_region)
{
	unsigned long i = 0;
	bool begun = false;

	while (i < npages) {
		const struct drm_pagemap_addr *addr = &addrs[i];
		struct vgpusvm_access local, other;

		/* A page without content: the destination is already zeroed */
		if (!pages[i] || !addr->addr) {
			i++;
			continue;
		}

		local = vgpusvm_page_access(pages[i]);
		other = vgpusvm_pfn_access(vgpusvm_addr_pfn(local.region->drm->dev,
							    addr));
		vgpusvm_copy_folio(local, other, addr->order, to_region);
		if (vgpusvm_copy_is_lost(local.region, other.region))
			return -ENODEV;
		/* A copy that fails may have written a part of its destination */
		if (!begun && vgpusvm_copy_fails(local.region, to_region))
			return -EIO;
		begun = true;
		vgpusvm_count_copy(local.region, other.region,
				   PAGE_SIZE << addr->order, to_region);
		i += 1UL << addr->order;
		cond_resched();
	}

	return 0;
}

static int vgpusvm_copy_to_devmem(struct page **pages,
				  struct drm_pagemap_addr *pagemap_addr,
				  unsigned long npages,
				  struct dma_fence *pre_migrate_fence)
{
	return vgpusvm_copy(pages, pagemap_addr, npages, true);
}

static int vgpusvm_copy_to_ram(struct page **pages,
			       struct drm_pagemap_addr *pagemap_addr,
			       unsigned long npages,
			       struct dma_fence *pre_migrate_fence)
{
	return vgpusvm_copy(pages, pagemap_addr, npages, false);
}

static const struct drm_pagemap_devmem_ops vgpusvm_devmem_ops = {
	.devmem_release = vgpusvm_devmem_release,
	.populate_devmem_pfn = vgpusvm_devmem_pfns,
	.copy_to_devmem = vgpusvm_copy_to_devmem,
	.copy_to_ram = vgpusvm_copy_to_ram,
};

/*
 * Returns 0 if it makes sense to allocate again, also if memory is being freed already; or
 * an error of vgpusvm_evict_one().
 */
static int vgpusvm_make_room(struct vgpusvm_pagemap *vpagemap,
			     struct dmem_cgroup_pool_state *limit)
{
	if (flush_work(&vpagemap->region->release_work))
		return 0;

	return vgpusvm_evict_one(vpagemap, limit);
}

/*
 * Make room by evicting other allocations. Eviction may fail, and another
 * process may take the freed room, so the number of failures and attempts is
 * limited. An injected failure is that of a full region from which nothing can be
 * evicted.
 */
static struct vgpusvm_alloc *
vgpusvm_alloc_evicting(struct vgpusvm_pagemap *vpagemap, struct mm_struct *mm,
		       size_t size)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct dmem_cgroup_pool_state *limit;
	u64 tries = region->size >> PAGE_SHIFT;
	struct vgpusvm_alloc *alloc;
	unsigned int failures = 8;
	int err;

	if (vgpusvm_inject(region->inject, VGPUSVM_FAIL_VRAM_ALLOC))
		return ERR_PTR(-ENOSPC);

	do {
		alloc = vgpusvm_alloc_create(region, mm, size, &limit);
		if (!IS_ERR(alloc) || PTR_ERR(alloc) != -ENOSPC)
			return alloc;
		err = signal_pending(current) ? -EINTR :
						vgpusvm_make_room(vpagemap, limit);
		dmem_cgroup_pool_state_put(limit);
		if (err == -EINTR)
			return ERR_PTR(err);
		if (err == -ENOENT || (err && !--failures))
			break;
	} while (--tries);

	return alloc;
}

/**
 * vgpusvm_populate_mm() - &drm_pagemap_ops.populate_mm
 * @dpagemap: Destination.
 * @start: Start of the range, a power of two of pages and aligned to its size.
 * @end: End of the range.
 * @mm: Address space; its mmap_lock is held for reading.
 * @timeslice_ms: Minimum time before the pages may return to the CPU.
 *
 * Return: 0; -ENODEV if the device is going away, -ENOSPC if the region is full,
 * -ENOMEM, -EINTR; -EIO if a copy failed; -EBUSY if not all pages can be moved now.
 */
int vgpusvm_populate_mm(struct drm_pagemap *dpagemap, unsigned long start,
			unsigned long end, struct mm_struct *mm,
			unsigned long timeslice_ms)
{
	/* Also move pages that another allocation of the region has */
	const struct drm_pagemap_migrate_details details = {
		.timeslice_ms = timeslice_ms,
		.can_migrate_same_pagemap = 1,
	};
	struct vgpusvm_pagemap *vpagemap = to_vgpusvm_pagemap(dpagemap);
	struct vgpusvm_region *region = vpagemap->region;
	struct vgpusvm_alloc *alloc;
	int err;

	guard(rwsem_read)(&region->populate_lock);
	if (region->dying)
		return -ENODEV;

	alloc = vgpusvm_alloc_evicting(vpagemap, mm, end - start);
	if (IS_ERR(alloc))
		return PTR_ERR(alloc);

	drm_pagemap_devmem_init(&alloc->devmem, region->drm->dev, mm,
				&vgpusvm_devmem_ops, dpagemap, end - start,
				NULL);
	kref_get(&alloc->ref);
	/* This consumes a reference, even on failure */
	err = drm_pagemap_migrate_to_devmem(&alloc->devmem, mm, start, end,
					    &details);
	/* After an error, pages that moved may have the other reference */
	if (kref_read(&alloc->ref) > 1)
		vgpusvm_alloc_add_lru(alloc);
	vgpusvm_alloc_put(alloc);

	return err;
}
