// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Device-private pages of regions, and the pagemaps that they belong to.
 */

#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/iommu.h>
#include <linux/spinlock.h>

#include "vgpusvm_pages.h"

/* Protects &vgpusvm_region.pagemaps */
static DEFINE_SPINLOCK(vgpusvm_pagemaps_lock);

/**
 * vgpusvm_pagemap_add() - Add a pagemap to its region and to queries
 * @vpagemap: Mapped pagemap.
 */
void vgpusvm_pagemap_add(struct vgpusvm_pagemap *vpagemap)
{
	drm_pagemap_pages_add(&vpagemap->pages, &vpagemap->dpagemap,
			      vpagemap->region->id);

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_add_tail(&vpagemap->entry, &vpagemap->region->pagemaps);
}

/**
 * vgpusvm_pagemap_del() - Undo vgpusvm_pagemap_add()
 * @vpagemap: Pagemap without references, to be unmapped.
 */
void vgpusvm_pagemap_del(struct vgpusvm_pagemap *vpagemap)
{
	drm_pagemap_pages_del(&vpagemap->pages);

	guard(spinlock)(&vgpusvm_pagemaps_lock);
	list_del(&vpagemap->entry);
}

/**
 * vgpusvm_region_has_pagemap() - Check whether a region has mapped pages
 * @region: The region.
 *
 * Return: True if the pages of the region exist, in use or not.
 */
bool vgpusvm_region_has_pagemap(struct vgpusvm_region *region)
{
	guard(spinlock)(&vgpusvm_pagemaps_lock);

	return !list_empty(&region->pagemaps);
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

/**
 * vgpusvm_dma_to_phys() - Translate an address as the path of a request does
 * @dev: Device that sends the request.
 * @addr: DMA address that is mapped for @dev.
 *
 * Return: The physical address.
 */
phys_addr_t vgpusvm_dma_to_phys(struct device *dev, dma_addr_t addr)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return domain ? iommu_iova_to_phys(domain, addr) :
			dma_to_phys(dev, addr);
}

/**
 * vgpusvm_addr_pfn() - Get the page of an address
 * @dev: Device that @addr is mapped for.
 * @addr: Address of system memory or of GPU memory.
 *
 * Return: Page frame number of the first page of @addr, with %VGPUSVM_PFN_BAR if
 * the page is in a BAR.
 */
unsigned long vgpusvm_addr_pfn(struct device *dev,
			       const struct drm_pagemap_addr *addr)
{
	if (addr->proto == VGPUSVM_INTERCONNECT)
		return PHYS_PFN(addr->addr);
	if (addr->proto == VGPUSVM_BUS)
		return PHYS_PFN(vgpusvm_dma_to_phys(dev, addr->addr)) |
		       VGPUSVM_PFN_BAR;

	return PHYS_PFN(vgpusvm_dma_to_phys(dev, addr->addr));
}

/**
 * vgpusvm_access_copy() - Copy a page
 * @to: Page to write.
 * @from: Page to read.
 */
void vgpusvm_access_copy(const struct vgpusvm_access *to,
			 const struct vgpusvm_access *from)
{
	struct page *from_page = vgpusvm_access_page(from);
	struct page *to_page = vgpusvm_access_page(to);
	void *src, *dst;

	/* Also copies what architectures keep beside the content */
	if (from_page && to_page) {
		copy_highpage(to_page, from_page);
		return;
	}

	src = vgpusvm_access_map(from);
	dst = vgpusvm_access_map(to);
	copy_page(dst, src);
	vgpusvm_access_unmap(to, dst);
	vgpusvm_access_unmap(from, src);
}
