// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The device-private pages of a region: made at its first use, unmapped when
 * nothing refers to them any more.
 */

#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_pagemap_util.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_pagemap.h"

/* All that are mapped, of all GPUs */
static LIST_HEAD(vgpusvm_pagemaps);
static DEFINE_SPINLOCK(vgpusvm_pagemaps_lock);

static unsigned long vgpusvm_pagemap_pages(struct vgpusvm_pagemap *vpagemap)
{
	return range_len(&vpagemap->pagemap.range) >> PAGE_SHIFT;
}

/**
 * vgpusvm_pfn_id() - What pagemap a page number belongs to
 * @pfn: The page number.
 *
 * Does not look at the page, which may be gone.
 *
 * Return: The ID, 0 if it is none of this driver.
 */
u32 vgpusvm_pfn_id(unsigned long pfn)
{
	struct vgpusvm_pagemap *vpagemap;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_for_each_entry(vpagemap, &vgpusvm_pagemaps, entry)
		if (pfn - vpagemap->first < vgpusvm_pagemap_pages(vpagemap))
			return vpagemap->region->id;

	return 0;
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
 * vgpusvm_pagemap_owners() - The owners of all device-private pages there are
 * @owners: Each owner once, to compare with only; some may be going.
 * @max: Room in @owners.
 *
 * Return: How many there are, which may be more than @max.
 */
unsigned int vgpusvm_pagemap_owners(void **owners, unsigned int max)
{
	struct vgpusvm_pagemap *vpagemap;
	unsigned int num = 0;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_for_each_entry(vpagemap, &vgpusvm_pagemaps, entry) {
		void *owner = READ_ONCE(vpagemap->pagemap.owner);

		if (vgpusvm_has_owner(owners, min(num, max), owner))
			continue;
		if (num < max)
			owners[num] = owner;
		num++;
	}

	return num;
}

/**
 * vgpusvm_addr_page() - The system page that an address leads to
 * @dev: Whose address it is.
 * @addr: The address, of system memory or of a GPU's memory.
 *
 * Return: The first page that @addr stands for.
 */
struct page *vgpusvm_addr_page(struct device *dev,
			       const struct drm_pagemap_addr *addr)
{
	if (addr->proto == VGPUSVM_INTERCONNECT)
		return vgpusvm_page_backing(pfn_to_page(PHYS_PFN(addr->addr)));

	return pfn_to_page(PHYS_PFN(dma_to_phys(dev, addr->addr)));
}

/*
 * Under notifier locks. No GPU needs anything to reach another's memory, so
 * there is nothing to unmap either.
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

	scoped_guard(spinlock, &vgpusvm_pagemaps_lock)
		list_del(&vpagemap->entry);
	memunmap_pages(&vpagemap->pagemap);
	release_mem_region(range->start, range_len(range));

	/*
	 * Not freed yet: once the device was unplugged the cache may still
	 * have a pointer to it, and looks at it when it is torn down.
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
 * vgpusvm_pagemap_reap() - Free what is left of former pagemaps
 * @region: The region; its cache refers to none of them.
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
	pagemap->ops = drm_pagemap_pagemap_ops_get();
	vpagemap->first = PHYS_PFN(res->start);

	addr = memremap_pages(pagemap, region->config->numa_node);
	if (IS_ERR(addr)) {
		release_mem_region(res->start, resource_size(res));
		return PTR_ERR(addr);
	}

	return 0;
}

/*
 * Not by devm_memremap_pages(): the last page may go after the devres of the
 * device, or long before it.
 */
static struct drm_pagemap *vgpusvm_region_create(void *private, void *owner)
{
	struct vgpusvm_region *region = private;
	struct drm_device *drm = &region->vdev->drm;
	struct vgpusvm_pagemap *vpagemap;
	int err;

	/* The cache is empty or we were not called */
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
	scoped_guard(spinlock, &vgpusvm_pagemaps_lock)
		list_add_tail(&vpagemap->entry, &vgpusvm_pagemaps);

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
	struct vgpusvm_pagemap *vpagemap;

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_for_each_entry(vpagemap, &vgpusvm_pagemaps, entry)
		if (vpagemap->region == private)
			return true;

	return false;
}

static u64 vgpusvm_region_free(void *private)
{
	struct vgpusvm_region *region = private;

	return READ_ONCE(region->buddy.avail);
}

const struct drm_pagemap_region_ops vgpusvm_region_ops = {
	.create = vgpusvm_region_create,
	.instantiated = vgpusvm_region_instantiated,
	.free = vgpusvm_region_free,
};
