// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Device-private pages of regions, the pagemaps that they belong to, and the
 * look-up from one to the other.
 */

#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/hmm.h>
#include <linux/interval_tree.h>
#include <linux/iommu.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>

#include "vgpusvm_pages.h"

/* All mapped pagemaps of all GPUs, by page frame number */
static struct rb_root_cached vgpusvm_pagemaps = RB_ROOT_CACHED;
/* Protects vgpusvm_pagemaps and &vgpusvm_region.pagemaps */
static DEFINE_SPINLOCK(vgpusvm_pagemaps_lock);

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
 * vgpusvm_pagemap_add() - Add a pagemap to the look-up by page
 * @vpagemap: Mapped pagemap.
 */
void vgpusvm_pagemap_add(struct vgpusvm_pagemap *vpagemap)
{
	guard(spinlock)(&vgpusvm_pagemaps_lock);
	interval_tree_insert(&vpagemap->pfns, &vgpusvm_pagemaps);
	list_add_tail(&vpagemap->entry, &vpagemap->region->pagemaps);
}

/**
 * vgpusvm_pagemap_del() - Remove a pagemap from the look-up by page
 * @vpagemap: Pagemap without references, to be unmapped.
 */
void vgpusvm_pagemap_del(struct vgpusvm_pagemap *vpagemap)
{
	guard(spinlock)(&vgpusvm_pagemaps_lock);
	interval_tree_remove(&vpagemap->pfns, &vgpusvm_pagemaps);
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
