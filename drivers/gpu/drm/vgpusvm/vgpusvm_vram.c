// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The memory of a virtual GPU: which parts are in use, and the system pages
 * that stand for them.
 */

#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_vram.h"

static void vgpusvm_region_release_work(struct work_struct *work);

/**
 * vgpusvm_region_init() - Set up a memory
 * @region: To be initialized; zeroed.
 * @vdev: The GPU.
 * @config: What it is like.
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_region_init(struct vgpusvm_region *region,
			struct vgpusvm_device *vdev,
			const struct vgpusvm_region_config *config)
{
	int err;

	err = gpu_buddy_init(&region->buddy, config->size, PAGE_SIZE);
	if (err)
		return err;

	region->vdev = vdev;
	region->config = config;
	region->instance = config->instance;
	region->size = config->size;
	mutex_init(&region->lock);
	gpu_buddy_driver_set_lock(&region->buddy, &region->lock);
	spin_lock_init(&region->lru_lock);
	INIT_LIST_HEAD(&region->lru);
	INIT_LIST_HEAD(&region->dead);
	init_llist_head(&region->released);
	INIT_WORK(&region->release_work, vgpusvm_region_release_work);

	return 0;
}

/**
 * vgpusvm_region_fini() - Tear down a memory
 * @region: The memory; nothing of it is in use.
 */
void vgpusvm_region_fini(struct vgpusvm_region *region)
{
	gpu_buddy_fini(&region->buddy);
	mutex_destroy(&region->lock);
	kvfree(region->backing);
}

/**
 * vgpusvm_region_make_backing() - Prepare for pages to come
 * @region: The memory.
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_region_make_backing(struct vgpusvm_region *region)
{
	guard(mutex)(&region->lock);
	if (region->backing)
		return 0;

	region->backing = kvcalloc(region->size >> PAGE_SHIFT,
				   sizeof(*region->backing), GFP_KERNEL);

	return region->backing ? 0 : -ENOMEM;
}

static void vgpusvm_block_put_pages(struct vgpusvm_region *region,
				    struct gpu_buddy_block *block)
{
	u64 first = gpu_buddy_block_offset(block) >> PAGE_SHIFT;
	u64 num = gpu_buddy_block_size(&region->buddy, block) >> PAGE_SHIFT;
	u64 i;

	for (i = first; i < first + num; i++) {
		struct page *page = region->backing[i];

		if (!page)
			continue;
		set_page_private(page, 0);
		__free_page(page);
		region->backing[i] = NULL;
	}
}

/* Zeroed: pages that had no content yet are never written by a migration. */
static int vgpusvm_block_get_pages(struct vgpusvm_alloc *alloc,
				   struct gpu_buddy_block *block)
{
	struct vgpusvm_region *region = alloc->region;
	u64 first = gpu_buddy_block_offset(block) >> PAGE_SHIFT;
	u64 num = gpu_buddy_block_size(&region->buddy, block) >> PAGE_SHIFT;
	u64 i;

	for (i = first; i < first + num; i++) {
		struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ZERO |
					       __GFP_NORETRY | __GFP_NOWARN);

		if (!page)
			return -ENOMEM;
		set_page_private(page, (unsigned long)alloc);
		region->backing[i] = page;
	}

	return 0;
}

static void vgpusvm_alloc_free_blocks(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;
	struct gpu_buddy_block *block;

	list_for_each_entry(block, &alloc->blocks, link)
		vgpusvm_block_put_pages(region, block);

	guard(mutex)(&region->lock);
	gpu_buddy_free_list(&region->buddy, &alloc->blocks, 0);
}

static int vgpusvm_alloc_get_blocks(struct vgpusvm_alloc *alloc, size_t size)
{
	struct vgpusvm_region *region = alloc->region;
	struct gpu_buddy_block *block;
	int err;

	/*
	 * One block, which is aligned to its size, since a 2 MiB folio needs
	 * pages that are. The flag for contiguous allocations would make do
	 * with unaligned ones.
	 */
	scoped_guard(mutex, &region->lock)
		err = gpu_buddy_alloc_blocks(&region->buddy, 0, region->size,
					     size, size, &alloc->blocks, 0);
	if (err)
		return err;

	list_for_each_entry(block, &alloc->blocks, link) {
		err = vgpusvm_block_get_pages(alloc, block);
		if (err)
			break;
	}
	if (err)
		vgpusvm_alloc_free_blocks(alloc);

	return err;
}

/**
 * vgpusvm_alloc_create() - Allocate of a region
 * @region: The region.
 * @mm: Whose pages are to live there.
 * @start: Where in @mm.
 * @size: How much, a power of two of pages.
 *
 * The mm's structure is kept: drm_pagemap looks at it as long as there are
 * pages of the allocation, which may be longer than the VM or the process.
 *
 * Return: The zeroed allocation, or an error pointer: -ENOSPC if the region is
 * full, -ENOMEM.
 */
struct vgpusvm_alloc *vgpusvm_alloc_create(struct vgpusvm_region *region,
					   struct mm_struct *mm,
					   unsigned long start, size_t size)
{
	struct vgpusvm_alloc *alloc = kzalloc_obj(*alloc);
	int err;

	if (!alloc)
		return ERR_PTR(-ENOMEM);

	kref_init(&alloc->ref);
	INIT_LIST_HEAD(&alloc->blocks);
	INIT_LIST_HEAD(&alloc->lru);
	alloc->region = region;
	alloc->start = start;
	err = vgpusvm_alloc_get_blocks(alloc, size);
	if (err) {
		kfree(alloc);
		return ERR_PTR(err);
	}

	mmgrab(mm);
	drm_dev_get(&region->vdev->drm);

	return alloc;
}

static void vgpusvm_alloc_free(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;
	struct drm_device *drm = &region->vdev->drm;

	scoped_guard(spinlock_irqsave, &region->lru_lock)
		list_del_init(&alloc->lru);
	vgpusvm_alloc_free_blocks(alloc);
	mmdrop(alloc->devmem.mm);
	kfree(alloc);
	drm_dev_put(drm);
}

static void vgpusvm_region_release_work(struct work_struct *work)
{
	struct vgpusvm_region *region =
		container_of(work, struct vgpusvm_region, release_work);
	struct llist_node *node = llist_del_all(&region->released);
	struct drm_device *drm = &region->vdev->drm;
	struct vgpusvm_alloc *alloc, *next;

	/* The region is gone with the device, which the last one may free */
	drm_dev_get(drm);
	llist_for_each_entry_safe(alloc, next, node, released)
		vgpusvm_alloc_free(alloc);
	drm_dev_put(drm);
}

static void vgpusvm_alloc_release(struct kref *ref)
{
	struct vgpusvm_alloc *alloc =
		container_of(ref, struct vgpusvm_alloc, ref);
	struct vgpusvm_region *region = alloc->region;

	llist_add(&alloc->released, &region->released);
	queue_work(vgpusvm_wq, &region->release_work);
}

/**
 * vgpusvm_alloc_put() - Drop a reference
 * @alloc: The allocation.
 *
 * Any context: the freeing is left to &vgpusvm_region.release_work.
 */
void vgpusvm_alloc_put(struct vgpusvm_alloc *alloc)
{
	kref_put(&alloc->ref, vgpusvm_alloc_release);
}

/**
 * vgpusvm_alloc_next_victim() - What to evict next
 * @region: The region.
 *
 * What was used since the last look gets a second chance.
 *
 * Return: An allocation with a reference, or %NULL if there is none.
 */
struct vgpusvm_alloc *vgpusvm_alloc_next_victim(struct vgpusvm_region *region)
{
	struct vgpusvm_alloc *alloc, *next;
	unsigned int round;

	guard(spinlock_irqsave)(&region->lru_lock);
	for (round = 0; round < 2; round++) {
		LIST_HEAD(used);

		list_for_each_entry_safe(alloc, next, &region->lru, lru) {
			if (READ_ONCE(alloc->used)) {
				WRITE_ONCE(alloc->used, false);
				list_move_tail(&alloc->lru, &used);
				continue;
			}
			if (!kref_get_unless_zero(&alloc->ref))
				continue;

			/* If it can't be had now, another is next time */
			list_move_tail(&alloc->lru, &used);
			list_splice_tail(&used, &region->lru);
			return alloc;
		}
		list_splice_tail(&used, &region->lru);
	}

	return NULL;
}

/**
 * vgpusvm_alloc_at() - What allocation a part of a region belongs to
 * @region: The region.
 * @offset: The part.
 *
 * Return: The allocation with a reference, or %NULL.
 */
struct vgpusvm_alloc *vgpusvm_alloc_at(struct vgpusvm_region *region,
				       u64 offset)
{
	struct gpu_buddy_block *block;
	struct vgpusvm_alloc *alloc;

	guard(spinlock_irqsave)(&region->lru_lock);
	list_for_each_entry(alloc, &region->lru, lru) {
		block = list_first_entry(&alloc->blocks, typeof(*block), link);
		if (offset - gpu_buddy_block_offset(block) <
		    alloc->devmem.size)
			return kref_get_unless_zero(&alloc->ref) ? alloc : NULL;
	}

	return NULL;
}
