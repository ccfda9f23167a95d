// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The device-private pages of a region. They are created at the first use of
 * the region, and unmapped when the last reference is gone.
 */

#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/hmm.h>
#include <linux/interval_tree.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap_util.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_work.h"

/* All mapped pagemaps of all GPUs, by page frame number */
static struct rb_root_cached vgpusvm_pagemaps = RB_ROOT_CACHED;
/* Protects vgpusvm_pagemaps and &vgpusvm_region.pagemaps */
static DEFINE_SPINLOCK(vgpusvm_pagemaps_lock);

/* The operations of drm_pagemap, with vgpusvm_folio_free() */
static struct dev_pagemap_ops vgpusvm_dev_pagemap_ops;

static struct vgpusvm_pagemap *
vgpusvm_pagemap_of(struct interval_tree_node *node)
{
	return container_of(node, struct vgpusvm_pagemap, pfns);
}

static u32 vgpusvm_pfn_id(unsigned long pfn)
{
	struct interval_tree_node *node =
		interval_tree_iter_first(&vgpusvm_pagemaps, pfn, pfn);

	return node ? vgpusvm_pagemap_of(node)->region->id : 0;
}

/**
 * vgpusvm_pfns_ids() - Get the pagemap IDs of pages
 * @hmm_pfns: Pages in the format of hmm_range_fault().
 * @npages: Number of entries in @hmm_pfns and @ids.
 * @ids: Returned: for each present page the pagemap ID, or 0 if the page
 *	 belongs to no vgpusvm GPU. Entries of other pages stay unchanged.
 *
 * The function only uses page frame numbers, because the pages may be gone.
 */
void vgpusvm_pfns_ids(const unsigned long *hmm_pfns, unsigned long npages,
		      u32 *ids)
{
	unsigned long i;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	for (i = 0; i < npages; i++)
		if (hmm_pfns[i] & HMM_PFN_VALID)
			ids[i] = vgpusvm_pfn_id(hmm_pfns[i] & ~HMM_PFN_FLAGS);
}

/**
 * vgpusvm_region_pagemap() - Get the pagemap of a region if it is in use
 * @region: The region.
 *
 * Return: The pagemap with a reference, or %NULL.
 */
struct drm_pagemap *vgpusvm_region_pagemap(struct vgpusvm_region *region)
{
	struct vgpusvm_pagemap *vpagemap;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_for_each_entry(vpagemap, &region->pagemaps, entry)
		if (drm_pagemap_get_unless_zero(&vpagemap->dpagemap))
			return &vpagemap->dpagemap;

	return NULL;
}

static bool vgpusvm_has_owner(void **owners, unsigned int num, void *owner)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (owners[i] == owner)
			return true;

	return false;
}

/**
 * vgpusvm_pagemap_owners() - Collect the owners of all device-private pages in
 * use
 * @owners: Returned: each owner once, for comparison only; some may be going
 *	    away.
 * @max: Size of @owners.
 *
 * Return: The number of owners, which may exceed @max.
 */
unsigned int vgpusvm_pagemap_owners(void **owners, unsigned int max)
{
	struct interval_tree_node *node;
	unsigned int num = 0;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	for (node = interval_tree_iter_first(&vgpusvm_pagemaps, 0, ULONG_MAX);
	     node; node = interval_tree_iter_next(node, 0, ULONG_MAX)) {
		struct vgpusvm_pagemap *vpagemap = vgpusvm_pagemap_of(node);
		void *owner = READ_ONCE(vpagemap->pagemap.owner);

		if (!vgpusvm_region_used(vpagemap->region) ||
		    vgpusvm_has_owner(owners, min(num, max), owner))
			continue;
		if (num < max)
			owners[num] = owner;
		num++;
	}

	return num;
}

/**
 * vgpusvm_addr_page() - Get the system page of an address
 * @dev: Device that @addr is mapped for.
 * @addr: Address of system memory or of GPU memory.
 *
 * Return: The first page of @addr.
 */
struct page *vgpusvm_addr_page(struct device *dev,
			       const struct drm_pagemap_addr *addr)
{
	if (addr->proto == VGPUSVM_INTERCONNECT)
		return vgpusvm_page_backing(pfn_to_page(PHYS_PFN(addr->addr)));

	return pfn_to_page(PHYS_PFN(dma_to_phys(dev, addr->addr)));
}

/*
 * Called under notifier locks. A virtual GPU needs no mapping to reach the
 * memory of another GPU, so vgpusvm_device_unmap() is empty.
 */
static struct drm_pagemap_addr
vgpusvm_device_map(struct drm_pagemap *dpagemap, struct device *dev,
		   struct page *page, unsigned int order,
		   enum dma_data_direction dir)
{
	return drm_pagemap_addr_encode(PFN_PHYS(page_to_pfn(page)),
				       VGPUSVM_INTERCONNECT, order, dir);
}

static void vgpusvm_device_unmap(struct drm_pagemap *dpagemap,
				 struct device *dev,
				 const struct drm_pagemap_addr *addr)
{
}

static void vgpusvm_pagemap_unmap(struct vgpusvm_pagemap *vpagemap)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct range *range = &vpagemap->pagemap.range;
	struct drm_device *drm = &region->vdev->drm;

	scoped_guard(spinlock, &vgpusvm_pagemaps_lock) {
		interval_tree_remove(&vpagemap->pfns, &vgpusvm_pagemaps);
		list_del(&vpagemap->entry);
	}
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

/**
 * vgpusvm_pagemap_init_ops() - Initialize the operations of all pagemaps
 */
void vgpusvm_pagemap_init_ops(void)
{
	vgpusvm_dev_pagemap_ops = *drm_pagemap_pagemap_ops_get();
	vgpusvm_dev_pagemap_ops.folio_free = vgpusvm_folio_free;
}

static int vgpusvm_pagemap_map(struct vgpusvm_pagemap *vpagemap, void *owner)
{
	struct vgpusvm_region *region = vpagemap->region;
	struct dev_pagemap *pagemap = &vpagemap->pagemap;
	struct resource *res;
	void *addr;

	res = request_free_mem_region(&iomem_resource, region->size,
				      dev_name(region->vdev->drm.dev));
	if (IS_ERR(res))
		return PTR_ERR(res);

	pagemap->type = MEMORY_DEVICE_PRIVATE;
	pagemap->range.start = res->start;
	pagemap->range.end = res->end;
	pagemap->nr_range = 1;
	pagemap->owner = owner;
	pagemap->ops = &vgpusvm_dev_pagemap_ops;
	vpagemap->first = PHYS_PFN(res->start);
	vpagemap->pfns.start = vpagemap->first;
	vpagemap->pfns.last = PHYS_PFN(res->end);

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
	struct drm_device *drm = &region->vdev->drm;
	struct vgpusvm_pagemap *vpagemap;
	struct drm_pagemap *dpagemap;
	int err;

	/* The shrinker can make the cache forget a pagemap that is in use */
	dpagemap = vgpusvm_region_pagemap(region);
	if (dpagemap)
		return vgpusvm_pagemap_again(dpagemap, owner);

	/* The topology calls this only if the cache is empty */
	vgpusvm_pagemap_reap(region);

	err = vgpusvm_region_make_backing(region);
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
	scoped_guard(spinlock, &vgpusvm_pagemaps_lock) {
		interval_tree_insert(&vpagemap->pfns, &vgpusvm_pagemaps);
		list_add_tail(&vpagemap->entry, &region->pagemaps);
	}

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
	struct vgpusvm_region *region = private;

	guard(spinlock)(&vgpusvm_pagemaps_lock);

	return !list_empty(&region->pagemaps);
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
