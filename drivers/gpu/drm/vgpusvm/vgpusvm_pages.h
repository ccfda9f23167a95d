/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PAGES_H_
#define _VGPUSVM_PAGES_H_

#include <linux/interval_tree.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include <drm/drm_pagemap.h>

#include "vgpusvm_vram.h"

/* Addresses are those of device-private pages, shared by all GPUs */
#define VGPUSVM_INTERCONNECT	DRM_INTERCONNECT_DRIVER

/**
 * struct vgpusvm_pagemap - Device-private pages of a region, while they exist
 * @dpagemap: Pagemap for drm_pagemap.
 * @pagemap: Device-private pages.
 * @region: Region that the pages belong to.
 * @first: Page frame number of the first page.
 * @pfns: Page frame numbers, in the interval tree of all pagemaps.
 * @entry: Entry in &vgpusvm_region.pagemaps, then in &vgpusvm_region.dead.
 * @destroy_work: Work that unmaps the pages.
 */
struct vgpusvm_pagemap {
	struct drm_pagemap dpagemap;
	struct dev_pagemap pagemap;
	struct vgpusvm_region *region;
	unsigned long first;
	struct interval_tree_node pfns;
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
 * vgpusvm_page_backing() - Get the system page behind a device-private page
 * @page: Device-private page; in use.
 *
 * Return: The system page.
 */
static inline struct page *vgpusvm_page_backing(struct page *page)
{
	struct vgpusvm_pagemap *vpagemap = vgpusvm_page_pagemap(page);

	return vpagemap->region->backing[page_to_pfn(page) - vpagemap->first];
}

void vgpusvm_pagemap_add(struct vgpusvm_pagemap *vpagemap);
void vgpusvm_pagemap_del(struct vgpusvm_pagemap *vpagemap);
struct drm_pagemap *vgpusvm_region_pagemap(struct vgpusvm_region *region);
bool vgpusvm_region_has_pagemap(struct vgpusvm_region *region);
unsigned int vgpusvm_pagemap_owners(void **owners, unsigned int max);
void vgpusvm_pfns_ids(const unsigned long *hmm_pfns, unsigned long npages,
		      u32 *ids);
struct page *vgpusvm_addr_page(struct device *dev,
			       const struct drm_pagemap_addr *addr);

#endif
