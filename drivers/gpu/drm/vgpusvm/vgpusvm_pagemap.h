/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PAGEMAP_H_
#define _VGPUSVM_PAGEMAP_H_

#include <linux/interval_tree.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>

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

extern struct rw_semaphore vgpusvm_move_lock;
extern const struct drm_pagemap_region_ops vgpusvm_region_ops;
extern const struct drm_pagemap_devmem_ops vgpusvm_devmem_ops;

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

struct page *vgpusvm_addr_page(struct device *dev,
			       const struct drm_pagemap_addr *addr);
void vgpusvm_pagemap_reap(struct vgpusvm_region *region);
unsigned int vgpusvm_pagemap_owners(void **owners, unsigned int max);
void vgpusvm_pfns_ids(const unsigned long *hmm_pfns, unsigned long npages,
		      u32 *ids);
struct drm_pagemap *vgpusvm_region_pagemap(struct vgpusvm_region *region);
void vgpusvm_pagemap_init_ops(void);

int vgpusvm_populate_mm(struct drm_pagemap *dpagemap, unsigned long start,
			unsigned long end, struct mm_struct *mm,
			unsigned long timeslice_ms);
int vgpusvm_evict_one(struct vgpusvm_pagemap *vpagemap);
int vgpusvm_evict_pagemap(struct vgpusvm_pagemap *vpagemap);

#endif
