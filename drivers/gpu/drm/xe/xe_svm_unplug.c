// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Removal of a device whose VMs and memory are in use, in an order that loses no
 * data.
 */

#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/huge_mm.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <kunit/static_stub.h>

#include <drm/drm_pagemap_util.h>
#include <drm/drm_print.h>

#include "xe_device.h"
#include "xe_svm.h"
#include "xe_svm_pagemap.h"
#include "xe_svm_unplug.h"
#include "xe_tile.h"
#include "xe_tlb_inval.h"
#include "xe_vm.h"
#include "xe_vram_types.h"

/* Interval of warnings while removal waits for pages. */
#define XE_DRAIN_WARN	(10 * HZ)
/* Time after which copies that always fail are given up. */
#define XE_DRAIN_GIVE_UP	(30 * HZ)

/* Number of pages that move at once. The largest folio must fit. */
#define XE_EMPTY_PAGES	HPAGE_PMD_NR

static bool xe_is_pulled_out(struct xe_device *xe)
{
	return dev_is_pci(xe->drm.dev) &&
	       pci_dev_is_disconnected(to_pci_dev(xe->drm.dev));
}

/**
 * xe_svm_is_lost() - Check whether the memory of a device is out of reach for good
 * @xe: The device.
 *
 * Return: %true if the card was pulled out or is wedged, so that it can copy
 * nothing.
 */
bool xe_svm_is_lost(struct xe_device *xe)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_svm_is_lost, xe);

	return xe_is_pulled_out(xe) || xe_device_wedged(xe);
}

/* The VM with the next higher ASID, with a reference. */
static struct xe_vm *xe_next_vm(struct xe_device *xe, unsigned long *asid)
{
	struct xe_vm *vm;

	guard(rwsem_read)(&xe->usm.lock);
	vm = xa_find_after(&xe->usm.asid_to_vm, asid, ULONG_MAX, XA_PRESENT);

	return vm ? xe_vm_get(vm) : NULL;
}

/*
 * Jobs may run until the end of remove(). They must not reach pages that the VM
 * has given up by then.
 */
static void xe_vm_zap_ranges(struct xe_vm *vm)
{
	struct xe_tlb_inval_batch batch;
	struct xe_device *xe = vm->xe;
	u8 tile_mask;

	if (xe_is_pulled_out(xe))
		return;

	dma_resv_wait_timeout(xe_vm_resv(vm), DMA_RESV_USAGE_BOOKKEEP, false,
			      MAX_SCHEDULE_TIMEOUT);

	xe_svm_notifier_lock(vm);
	tile_mask = xe_svm_ranges_zap_ptes_in_range(vm, 0, vm->size);
	if (tile_mask) {
		xe_device_wmb(xe);
		if (!xe_tlb_inval_range_tilemask_submit(xe, vm->usm.asid, 0, vm->size,
							tile_mask, &batch))
			xe_tlb_inval_batch_wait(&batch);
	}
	xe_svm_notifier_unlock(vm);
}

/**
 * xe_svm_unplug_vm() - Ban a VM and release its group
 * @vm: The VM of a device that is unplugged. A second call does nothing.
 *
 * The VM releases its group after its mappings are gone.
 */
void xe_svm_unplug_vm(struct xe_vm *vm)
{
	guard(rwsem_write)(&vm->lock);
	if (!vm->svm.group || xe_vm_is_closed(vm))
		return;

	xe_vm_kill(vm, true);
	xe_vm_zap_ranges(vm);
	xe_svm_unmap_ranges(vm);
	xe_svm_pagemap_release(vm);
}

/**
 * xe_svm_unplug_vms() - Ban the VMs of a device and release their groups
 * @xe: The device, which is unplugged, so that no new VMs appear.
 */
void xe_svm_unplug_vms(struct xe_device *xe)
{
	unsigned long asid = 0;
	struct xe_vm *vm;

	while ((vm = xe_next_vm(xe, &asid))) {
		xe_svm_unplug_vm(vm);
		xe_vm_put(vm);
	}
}

/**
 * struct xe_empty_batch - Pages that move to system memory
 * @xe: The device that has the pages.
 * @src: Source entries of migrate_device_range().
 * @dst: Destination entries.
 * @pages: The device pages to copy, at the first index of each folio.
 * @addr: The bus addresses of the destination.
 */
struct xe_empty_batch {
	struct xe_device *xe;
	unsigned long src[XE_EMPTY_PAGES];
	unsigned long dst[XE_EMPTY_PAGES];
	struct page *pages[XE_EMPTY_PAGES];
	struct drm_pagemap_addr addr[XE_EMPTY_PAGES];
};

/*
 * A folio may have moved while somebody still references it. Its stale content must
 * not be copied again. A folio that moved to system memory has a mark. drm_pagemap
 * does not mark one that moved to another device. But the memory cgroup went along in
 * both cases, and locking the LRU of a page without one would never end.
 */
static bool xe_folio_is_retired(struct folio *folio)
{
	if (!mem_cgroup_disabled() && !folio_memcg_charged(folio))
		return true;

	return (unsigned long)folio_zone_device_data(folio) &
		DRM_PAGEMAP_ZDD_FLAG_MIGRATED;
}

static void xe_folio_retire(struct folio *folio)
{
	unsigned long data = (unsigned long)folio_zone_device_data(folio);

	folio_set_zone_device_data(folio,
				   (void *)(data | DRM_PAGEMAP_ZDD_FLAG_MIGRATED));
}

/*
 * The allocation of a page waits until it succeeds. That of a huge page may fail,
 * and the next pass tries again.
 */
static struct folio *xe_empty_target(unsigned int order)
{
	if (order)
		return folio_alloc(GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN,
				   order);

	return folio_alloc(GFP_HIGHUSER | __GFP_NOFAIL, 0);
}

static void xe_empty_prepare(struct xe_empty_batch *batch, unsigned long i)
{
	struct folio *folio = page_folio(migrate_pfn_to_page(batch->src[i]));
	unsigned int order = folio_order(folio);
	struct device *dev = batch->xe->drm.dev;
	struct folio *target;
	dma_addr_t addr;

	if (xe_folio_is_retired(folio))
		return;

	target = xe_empty_target(order);
	if (!target)
		return;

	addr = dma_map_page(dev, folio_page(target, 0), 0, PAGE_SIZE << order,
			    DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, addr)) {
		folio_put(target);
		return;
	}

	folio_lock(target);
	batch->pages[i] = &folio->page;
	batch->addr[i] = drm_pagemap_addr_encode(addr, DRM_INTERCONNECT_SYSTEM, order,
						 DMA_FROM_DEVICE);
	batch->dst[i] = migrate_pfn(folio_pfn(target)) |
		(order ? MIGRATE_PFN_COMPOUND : 0);
}

/* Without a destination, the folio stays on the device. */
static void xe_empty_cancel(struct xe_empty_batch *batch, unsigned long i)
{
	struct folio *target = page_folio(migrate_pfn_to_page(batch->dst[i]));

	folio_unlock(target);
	folio_put(target);
	batch->dst[i] = 0;
}

static void xe_empty_finish(struct xe_empty_batch *batch, unsigned long i, bool copied)
{
	const struct drm_pagemap_addr *addr = &batch->addr[i];

	dma_unmap_page(batch->xe->drm.dev, addr->addr, PAGE_SIZE << addr->order,
		       DMA_FROM_DEVICE);
	if (!copied) {
		xe_empty_cancel(batch, i);
		return;
	}

	/* No PTE has recorded writes of the device. Reclaim drops clean pages after MADV_FREE. */
	folio_mark_dirty(page_folio(migrate_pfn_to_page(batch->dst[i])));
}

static void xe_empty_retire(struct xe_empty_batch *batch, unsigned long i)
{
	if (batch->dst[i] && batch->src[i] & MIGRATE_PFN_MIGRATE)
		xe_folio_retire(page_folio(batch->pages[i]));
}

/* Best effort: pages that somebody has locked or pinned stay. */
static int xe_empty_pages(struct xe_empty_batch *batch, unsigned long pfn,
			  unsigned long npages)
{
	bool any = false;
	unsigned long i;
	int err = 0;

	memset(batch->dst, 0, sizeof(batch->dst));
	memset(batch->pages, 0, sizeof(batch->pages));
	memset(batch->addr, 0, sizeof(batch->addr));

	migrate_device_range(batch->src, pfn, npages);
	for (i = 0; i < npages; i++) {
		if (batch->src[i] & MIGRATE_PFN_MIGRATE)
			xe_empty_prepare(batch, i);
		any |= !!batch->pages[i];
	}

	if (any)
		err = xe_svm_copy_to_ram(batch->pages, batch->addr, npages, NULL);
	for (i = 0; i < npages; i++)
		if (batch->pages[i])
			xe_empty_finish(batch, i, !err);

	migrate_device_pages(batch->src, batch->dst, npages);
	for (i = 0; i < npages; i++)
		xe_empty_retire(batch, i);
	migrate_device_finalize(batch->src, batch->dst, npages);

	return err;
}

/**
 * xe_svm_empty_pagemap() - Move the pages of a pagemap to system memory
 * @dpagemap: The pagemap.
 *
 * Does not depend on any process: a forked child may have pages that its parent
 * placed, and drm_pagemap cannot evict these after the parent has exited. Does not
 * depend on drm_dev_enter() either, which fails by now.
 *
 * Return: 0 if what can move now has moved; the error of a copy otherwise.
 */
int xe_svm_empty_pagemap(struct drm_pagemap *dpagemap)
{
	/* Removal of a device can't fail, so this must not fail. */
	struct xe_empty_batch *batch __free(kvfree) =
		kvzalloc(sizeof(*batch), GFP_KERNEL | __GFP_NOFAIL);
	struct range *range = &dpagemap->pagemap->range;
	unsigned long pfn = PHYS_PFN(range->start);
	unsigned long end = PHYS_PFN(range->end) + 1;
	int err = 0;

	batch->xe = to_xe_device(dpagemap->drm);
	for (; pfn < end; pfn += XE_EMPTY_PAGES) {
		err = xe_empty_pages(batch, pfn,
				     min(end - pfn, (unsigned long)XE_EMPTY_PAGES)) ?: err;
		cond_resched();
	}

	return err;
}

/* A page fault that began before holds the lock of its page. */
static void xe_wait_for_faults(unsigned long pfn, unsigned long npages)
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

/* Without a destination, this only takes the pages out of all page tables for a moment. */
static void xe_unmap_from_gpus(struct xe_empty_batch *batch, unsigned long pfn,
			       unsigned long npages)
{
	memset(batch->dst, 0, sizeof(batch->dst));
	migrate_device_range(batch->src, pfn, npages);
	migrate_device_pages(batch->src, batch->dst, npages);
	migrate_device_finalize(batch->src, batch->dst, npages);
}

/* Takes the reference to @dpagemap. */
static void xe_svm_lose_pagemap(struct drm_pagemap *dpagemap)
{
	struct xe_empty_batch *batch __free(kvfree) =
		kvzalloc(sizeof(*batch), GFP_KERNEL | __GFP_NOFAIL);
	struct range *range = &dpagemap->pagemap->range;
	unsigned long pfn = PHYS_PFN(range->start);
	unsigned long end = PHYS_PFN(range->end) + 1;
	unsigned long npages;

	drm_err(dpagemap->drm, "Pages in device memory are lost, accesses to them fail\n");
	xe_pagemap_lose(dpagemap);
	for (; pfn < end; pfn += npages) {
		npages = min(end - pfn, (unsigned long)XE_EMPTY_PAGES);
		xe_wait_for_faults(pfn, npages);
		xe_unmap_from_gpus(batch, pfn, npages);
		cond_resched();
	}
}

/*
 * Pages return when nobody references them any more, which may take a while. But what
 * can't be copied is given up: at once if the device is lost, else after a time.
 */
static void xe_svm_drain(struct xe_vram_region *vr)
{
	unsigned long warn = jiffies + XE_DRAIN_WARN;
	unsigned long last_copy = jiffies;
	struct drm_pagemap *dpagemap;

	for (;;) {
		dpagemap = drm_pagemap_get_from_cache_if_active(vr->dpagemap_cache);
		if (!dpagemap)
			break;
		if (xe_svm_is_lost(vr->xe) ||
		    time_after(jiffies, last_copy + XE_DRAIN_GIVE_UP)) {
			xe_svm_lose_pagemap(dpagemap);
			break;
		}
		if (!xe_svm_empty_pagemap(dpagemap))
			last_copy = jiffies;
		drm_pagemap_put(dpagemap);
		fsleep(1000);
		if (time_before(jiffies, warn))
			continue;

		drm_warn(&vr->xe->drm, "VRAM[%u]: removal waits for pages in use\n", vr->id);
		warn = jiffies + XE_DRAIN_WARN;
	}
}

/**
 * xe_svm_unplug_memory() - Move all pages of a device to system memory, and wait
 * @xe: The device, which is unplugged, and whose VMs have released their groups.
 *
 * If the device is lost, accesses to its pages fail from now on, and nothing waits.
 */
void xe_svm_unplug_memory(struct xe_device *xe)
{
	struct xe_vram_region *vr;
	struct xe_tile *tile;
	u8 id;

	for_each_tile(tile, xe, id) {
		vr = xe_tile_to_vr(tile);
		if (vr && vr->dpagemap_cache)
			xe_svm_drain(vr);
	}
	flush_workqueue(xe->destroy_wq);
}
