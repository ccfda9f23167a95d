/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PAGES_H_
#define _VGPUSVM_PAGES_H_

#include <linux/bits.h>
#include <linux/highmem.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_residency.h>

#include "vgpusvm_mem_bar.h"
#include "vgpusvm_vram.h"

/* Addresses are those of device-private pages, shared by all GPUs */
#define VGPUSVM_INTERCONNECT	DRM_INTERCONNECT_DRIVER
/* Addresses are DMA addresses of memory in a BAR, for the GPU they are mapped for */
#define VGPUSVM_BUS		(DRM_INTERCONNECT_DRIVER + 1)

/* Marks the page frame number of memory in a BAR, which has no struct page */
#define VGPUSVM_PFN_BAR		BIT(BITS_PER_LONG - 1)

/**
 * struct vgpusvm_pagemap - Device-private pages of a region, while they exist
 * @dpagemap: Pagemap for drm_pagemap.
 * @pagemap: Device-private pages.
 * @region: Region that the pages belong to.
 * @first: Page frame number of the first page.
 * @pages: The pages, for queries of their places.
 * @entry: Entry in &vgpusvm_region.pagemaps, then in &vgpusvm_region.dead.
 * @destroy_work: Work that unmaps the pages.
 */
struct vgpusvm_pagemap {
	struct drm_pagemap dpagemap;
	struct dev_pagemap pagemap;
	struct vgpusvm_region *region;
	unsigned long first;
	struct drm_pagemap_pages pages;
	struct list_head entry;
	struct work_struct destroy_work;
};

static inline struct vgpusvm_pagemap *
to_vgpusvm_pagemap(struct drm_pagemap *dpagemap)
{
	return container_of(dpagemap, struct vgpusvm_pagemap, dpagemap);
}

/**
 * vgpusvm_page_pagemap() - Get the pagemap of a device-private page
 * @page: Page of this driver; in use.
 *
 * Return: The pagemap of the page.
 */
static inline struct vgpusvm_pagemap *vgpusvm_page_pagemap(struct page *page)
{
	return container_of(page_pgmap(page), struct vgpusvm_pagemap, pagemap);
}

/**
 * struct vgpusvm_access - A page that a GPU reads or writes
 * @region: Region that the page belongs to, %NULL for system memory.
 * @index: Index of the page in @region.
 * @page: The page of system memory, without @region.
 */
struct vgpusvm_access {
	struct vgpusvm_region *region;
	u64 index;
	struct page *page;
};

/**
 * vgpusvm_page_access() - Describe an access to a page
 * @page: Page of system memory, or device-private page of this driver; in use.
 *
 * Return: The access.
 */
static inline struct vgpusvm_access vgpusvm_page_access(struct page *page)
{
	struct vgpusvm_pagemap *vpagemap;

	if (!is_device_private_page(page))
		return (struct vgpusvm_access) { .page = page };

	vpagemap = vgpusvm_page_pagemap(page);

	return (struct vgpusvm_access) {
		.region = vpagemap->region,
		.index = page_to_pfn(page) - vpagemap->first,
	};
}

/**
 * vgpusvm_pfn_access() - Describe an access to a page
 * @pfn: Page frame number from vgpusvm_addr_pfn(); the page is in use.
 *
 * Return: The access.
 */
static inline struct vgpusvm_access vgpusvm_pfn_access(unsigned long pfn)
{
	struct vgpusvm_access access = {};

	if (!(pfn & VGPUSVM_PFN_BAR))
		return vgpusvm_page_access(pfn_to_page(pfn));

	access.region = vgpusvm_bar_find(pfn & ~VGPUSVM_PFN_BAR, &access.index);

	return access;
}

/**
 * vgpusvm_access_advance() - Go on to the next page of a folio
 * @access: The access.
 */
static inline void vgpusvm_access_advance(struct vgpusvm_access *access)
{
	if (access->region)
		access->index++;
	else
		access->page++;
}

/**
 * vgpusvm_access_map() - Map the content of a page for the CPU
 * @access: The access.
 *
 * Return: Address of the content, valid until vgpusvm_access_unmap().
 */
static inline void *vgpusvm_access_map(const struct vgpusvm_access *access)
{
	struct vgpusvm_region *region = access->region;

	return region ? region->mem->map(region, access->index) :
			kmap_local_page(access->page);
}

/**
 * vgpusvm_access_unmap() - End a mapping
 * @access: The access.
 * @addr: Return value of vgpusvm_access_map(). The last one is unmapped first.
 */
static inline void vgpusvm_access_unmap(const struct vgpusvm_access *access,
					void *addr)
{
	if (access->region)
		access->region->mem->unmap(addr);
	else
		kunmap_local(addr);
}

/**
 * vgpusvm_access_page() - Get the system page with the content of a page
 * @access: The access.
 *
 * Return: The system page, or %NULL if the memory is of another kind.
 */
static inline struct page *
vgpusvm_access_page(const struct vgpusvm_access *access)
{
	struct vgpusvm_region *region = access->region;

	if (!region)
		return access->page;

	return region->mem->page ? region->mem->page(region, access->index) :
				   NULL;
}

/**
 * vgpusvm_page_backing() - Get the system page behind a device-private page
 * @page: Device-private page; in use.
 *
 * Return: The system page, or %NULL if the memory is of another kind.
 */
static inline struct page *vgpusvm_page_backing(struct page *page)
{
	const struct vgpusvm_access access = vgpusvm_page_access(page);

	return vgpusvm_access_page(&access);
}

void vgpusvm_pagemap_add(struct vgpusvm_pagemap *vpagemap);
void vgpusvm_pagemap_del(struct vgpusvm_pagemap *vpagemap);
struct drm_pagemap *vgpusvm_region_pagemap(struct vgpusvm_region *region);
bool vgpusvm_region_has_pagemap(struct vgpusvm_region *region);
phys_addr_t vgpusvm_dma_to_phys(struct device *dev, dma_addr_t addr);
unsigned long vgpusvm_addr_pfn(struct device *dev,
			       const struct drm_pagemap_addr *addr);
void vgpusvm_access_copy(const struct vgpusvm_access *to,
			 const struct vgpusvm_access *from);

#endif
