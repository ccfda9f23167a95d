// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The life of the device-private pages of a region. They are created at the
 * first use of the region, and unmapped when the last reference is gone.
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/hmm.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap_util.h>

#include "vgpusvm_evict.h"
#include "vgpusvm_migrate.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_work.h"

/* The operations of drm_pagemap, except those of this file */
static struct dev_pagemap_ops vgpusvm_dev_pagemap_ops;

/* Called under notifier locks. */
static struct drm_pagemap_addr
vgpusvm_device_map(struct drm_pagemap *dpagemap, struct device *dev,
		   struct page *page, unsigned int order,
		   enum dma_data_direction dir)
{
	struct vgpusvm_access access = vgpusvm_page_access(page);
	struct vgpusvm_region *region = access.region;
	dma_addr_t addr;

	if (dev == region->drm->dev || !region->mem->map_peer)
		return drm_pagemap_addr_encode(PFN_PHYS(page_to_pfn(page)),
					       VGPUSVM_INTERCONNECT, order,
					       dir);

	addr = region->mem->map_peer(region, access.index, dev,
				     PAGE_SIZE << order, dir);

	return drm_pagemap_addr_encode(addr, VGPUSVM_BUS, order, dir);
}

static void vgpusvm_device_unmap(struct drm_pagemap *dpagemap,
				 struct device *dev,
				 const struct drm_pagemap_addr *addr)
{
	struct vgpusvm_region *region = to_vgpusvm_pagemap(dpagemap)->region;

	if (addr->proto == VGPUSVM_BUS)
		region->mem->unmap_peer(dev, addr->addr,
					PAGE_SIZE << addr->order, addr->dir);
}

static void vgpusvm_pagemap_unmap(struct vgpusvm_pagemap *vpagemap)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct range *range = &vpagemap->pagemap.range;
	struct drm_device *drm = region->drm;

	vgpusvm_pagemap_del(vpagemap);
	memunmap_pages(&vpagemap->pagemap);
	release_mem_region(range->start, range_len(range));

	/*
	 * Do not free the pagemap yet. After an unplug, the cache may still
	 * point to it, and reads it during its own teardown. If the cache is
	 * gone already, the last reference to the device frees the pagemap.
	 */
	scoped_guard(spinlock_irqsave, &region->lru_lock)
		list_add_tail(&vpagemap->entry, &region->dead);
	drm_dev_put(drm);
}

static void vgpusvm_pagemap_destroy_work(struct work_struct *work)
{
	vgpusvm_pagemap_unmap(container_of(work, struct vgpusvm_pagemap,
					   destroy_work));
}

static void vgpusvm_pagemap_destroy(struct drm_pagemap *dpagemap,
				    bool is_atomic_or_reclaim)
{
	struct vgpusvm_pagemap *vpagemap = to_vgpusvm_pagemap(dpagemap);

	if (is_atomic_or_reclaim)
		queue_work(vgpusvm_wq, &vpagemap->destroy_work);
	else
		vgpusvm_pagemap_unmap(vpagemap);
}

static const struct drm_pagemap_ops vgpusvm_pagemap_ops = {
	.device_map = vgpusvm_device_map,
	.device_unmap = vgpusvm_device_unmap,
	.populate_mm = vgpusvm_populate_mm,
	.destroy = vgpusvm_pagemap_destroy,
};

/**
 * vgpusvm_pagemap_reap() - Free unmapped pagemaps
 * @region: Region whose cache refers to none of its unmapped pagemaps.
 */
void vgpusvm_pagemap_reap(struct vgpusvm_region *region)
{
	struct vgpusvm_pagemap *vpagemap, *next;
	LIST_HEAD(dead);

	scoped_guard(spinlock_irqsave, &region->lru_lock)
		list_splice_init(&region->dead, &dead);
	list_for_each_entry_safe(vpagemap, next, &dead, entry)
		kfree(vpagemap);
}

/*
 * drm_pagemap frees an allocation as a whole, with its last page. Free the
 * system memory behind the other pages earlier.
 */
static void vgpusvm_folio_free(struct folio *folio)
{
	struct vgpusvm_pagemap *vpagemap =
		vgpusvm_page_pagemap(folio_page(folio, 0));

	vgpusvm_region_pages_freed(vpagemap->region,
				   folio_pfn(folio) - vpagemap->first,
				   folio_nr_pages(folio));
	drm_pagemap_pagemap_ops_get()->folio_free(folio);
}

/*
 * An access to lost content fails as one to poisoned memory. The content can also
 * get lost while it is copied.
 */
static vm_fault_t vgpusvm_migrate_to_ram(struct vm_fault *vmf)
{
	struct vgpusvm_region *region =
		vgpusvm_page_pagemap(vmf->page)->region;
	vm_fault_t ret;

	if (vgpusvm_region_lost(region))
		return VM_FAULT_HWPOISON;

	/* The caller's reference to the page keeps the region */
	ret = drm_pagemap_pagemap_ops_get()->migrate_to_ram(vmf);

	return ret && vgpusvm_region_lost(region) ? VM_FAULT_HWPOISON : ret;
}

/**
 * vgpusvm_region_lose() - Give up the content of a region
 * @region: Region of a GPU that was pulled out; no pages move there any more.
 *
 * Each access to its pages fails from now on, by processors as for poisoned memory.
 * The pages exist until their last user drops them. Nobody waits for that. They
 * have an owner of their own, so that no GPU maps them again.
 */
void vgpusvm_region_lose(struct vgpusvm_region *region)
{
	struct drm_pagemap *dpagemap = vgpusvm_region_pagemap(region);
	struct vgpusvm_pagemap *vpagemap;

	WRITE_ONCE(region->lost, true);
	if (!dpagemap)
		return;

	vpagemap = to_vgpusvm_pagemap(dpagemap);
	WRITE_ONCE(vpagemap->pagemap.owner, vpagemap);
	/* Page walks compare the owner and lock the page under a spinlock */
	synchronize_rcu();
	vgpusvm_evict_pagemap(vpagemap);
	drm_pagemap_put(dpagemap);
}

/**
 * vgpusvm_pagemap_init_ops() - Initialize the operations of all pagemaps
 */
void vgpusvm_pagemap_init_ops(void)
{
	vgpusvm_dev_pagemap_ops = *drm_pagemap_pagemap_ops_get();
	vgpusvm_dev_pagemap_ops.folio_free = vgpusvm_folio_free;
	vgpusvm_dev_pagemap_ops.migrate_to_ram = vgpusvm_migrate_to_ram;
}

static int vgpusvm_pagemap_map(struct vgpusvm_pagemap *vpagemap, void *owner)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct dev_pagemap *pagemap = &vpagemap->pagemap;
	struct resource *res;
	void *addr;

	res = request_free_mem_region(&iomem_resource, region->size,
				      dev_name(region->drm->dev));
	if (IS_ERR(res))
		return PTR_ERR(res);

	pagemap->type = MEMORY_DEVICE_PRIVATE;
	pagemap->range.start = res->start;
	pagemap->range.end = res->end;
	pagemap->nr_range = 1;
	pagemap->owner = owner;
	pagemap->ops = &vgpusvm_dev_pagemap_ops;
	vpagemap->first = PHYS_PFN(res->start);

	addr = memremap_pages(pagemap, vgpusvm_region_node(region));
	if (IS_ERR(addr)) {
		release_mem_region(res->start, resource_size(res));
		return PTR_ERR(addr);
	}

	return 0;
}

/* Consumes a reference of @dpagemap, and returns it on success. */
static struct drm_pagemap *vgpusvm_pagemap_again(struct drm_pagemap *dpagemap,
						 void *owner)
{
	if (dpagemap->pagemap->owner == owner)
		return dpagemap;

	drm_pagemap_put(dpagemap);

	return ERR_PTR(-EBUSY);
}

/*
 * Do not use devm_memremap_pages(): the last page may go away after the devres
 * of the device, or long before it.
 */
static struct drm_pagemap *vgpusvm_region_create(void *private, void *owner)
{
	struct vgpusvm_region *region = private;
	struct drm_device *drm = region->drm;
	struct vgpusvm_pagemap *vpagemap;
	struct drm_pagemap *dpagemap;
	int err;

	/* The shrinker can make the cache forget a pagemap that is in use */
	dpagemap = vgpusvm_region_pagemap(region);
	if (dpagemap)
		return vgpusvm_pagemap_again(dpagemap, owner);

	/* The topology calls this only if the cache is empty */
	vgpusvm_pagemap_reap(region);

	err = vgpusvm_region_prepare(region);
	if (err)
		return ERR_PTR(err);

	vpagemap = kzalloc_obj(*vpagemap);
	if (!vpagemap)
		return ERR_PTR(-ENOMEM);

	vpagemap->region = region;
	INIT_WORK(&vpagemap->destroy_work, vgpusvm_pagemap_destroy_work);
	err = vgpusvm_pagemap_map(vpagemap, owner);
	if (err)
		goto err_free;

	err = drm_pagemap_init(&vpagemap->dpagemap, &vpagemap->pagemap, drm,
			       &vgpusvm_pagemap_ops);
	if (err)
		goto err_unmap;

	drm_dev_get(drm);
	vgpusvm_pagemap_add(vpagemap);

	return &vpagemap->dpagemap;

err_unmap:
	memunmap_pages(&vpagemap->pagemap);
	release_mem_region(vpagemap->pagemap.range.start,
			   range_len(&vpagemap->pagemap.range));
err_free:
	kfree(vpagemap);

	return ERR_PTR(err);
}

static bool vgpusvm_region_instantiated(void *private)
{
	return vgpusvm_region_has_pagemap(private);
}

static u64 vgpusvm_region_free(void *private)
{
	return vgpusvm_region_avail(private);
}

const struct drm_pagemap_region_ops vgpusvm_region_ops = {
	.create = vgpusvm_region_create,
	.instantiated = vgpusvm_region_instantiated,
	.free = vgpusvm_region_free,
};
