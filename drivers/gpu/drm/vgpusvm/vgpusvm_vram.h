/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VRAM_H_
#define _VGPUSVM_VRAM_H_

#include <linux/gpu_buddy.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_pagemap.h>

struct drm_pagemap_cache;
struct page;
struct vgpusvm_device;
struct vgpusvm_region_config;

/**
 * struct vgpusvm_region - A memory of a GPU
 * @vdev: The GPU.
 * @config: What it is like.
 * @instance: Its number.
 * @id: The ID of its pagemap.
 * @size: In bytes.
 * @numa_node: Its NUMA node as configured, which need not exist.
 * @cache: The cache of its &struct drm_pagemap.
 * @pagemaps: Its &struct vgpusvm_pagemap that are mapped, as a rule one at most.
 * @dead: Its &struct vgpusvm_pagemap that are unmapped and may still be
 *	  looked at by @cache.
 * @buddy: Which parts of it are in use.
 * @backing: The system page behind each page in use. Made with the first
 *	     pagemap. An entry is stable while the page is in use.
 * @lru: Its &struct vgpusvm_alloc, the next one to evict first.
 * @num_lru: Number of entries in @lru.
 * @evict_round: Counts the times that the region was emptied.
 * @released: Allocations that nobody uses any more.
 * @release_work: Frees these.
 */
struct vgpusvm_region {
	struct vgpusvm_device *vdev;
	const struct vgpusvm_region_config *config;
	u16 instance;
	u32 id;
	u64 size;
	int numa_node;
	struct drm_pagemap_cache *cache;
	struct list_head pagemaps;
	struct list_head dead;
	/** @lock: Protects @buddy. */
	struct mutex lock;
	struct gpu_buddy buddy;
	struct page **backing;
	/** @lru_lock: Protects @lru, @num_lru and @dead. */
	spinlock_t lru_lock;
	struct list_head lru;
	unsigned int num_lru;
	/** @evict_lock: Lets one at a time empty the region. */
	struct mutex evict_lock;
	unsigned int evict_round;
	struct llist_head released;
	struct work_struct release_work;
};

/**
 * struct vgpusvm_alloc - An allocation of a region, for a range of an mm
 * @devmem: What drm_pagemap has of it.
 * @ref: One of the device pages, and one while it is being evicted.
 * @region: The region.
 * @blocks: Its blocks of &vgpusvm_region.buddy.
 * @lru: In &vgpusvm_region.lru, once there are pages.
 * @released: In &vgpusvm_region.released.
 * @num_freed: How many of its pages are free already.
 * @evict_round: The last &vgpusvm_region.evict_round that saw it.
 * @used: A GPU has used it since it was last looked at for eviction.
 * @sparse: Most of its pages are free, so that evicting it costs little.
 */
struct vgpusvm_alloc {
	struct drm_pagemap_devmem devmem;
	struct kref ref;
	struct vgpusvm_region *region;
	struct list_head blocks;
	struct list_head lru;
	struct llist_node released;
	atomic_t num_freed;
	unsigned int evict_round;
	bool used;
	bool sparse;
};

int vgpusvm_region_init(struct vgpusvm_region *region,
			struct vgpusvm_device *vdev,
			const struct vgpusvm_region_config *config);
void vgpusvm_region_fini(struct vgpusvm_region *region);
int vgpusvm_region_make_backing(struct vgpusvm_region *region);

struct vgpusvm_alloc *vgpusvm_alloc_create(struct vgpusvm_region *region,
					   struct mm_struct *mm, size_t size);
void vgpusvm_alloc_put(struct vgpusvm_alloc *alloc);
void vgpusvm_alloc_add_lru(struct vgpusvm_alloc *alloc);
struct vgpusvm_alloc *
vgpusvm_region_rotate(struct vgpusvm_region *region, unsigned int rounds,
		      bool (*pick)(struct vgpusvm_alloc *alloc));
void vgpusvm_region_pages_freed(struct vgpusvm_region *region,
				unsigned long first, unsigned long npages);
void vgpusvm_region_give_pages(struct vgpusvm_region *region,
			       unsigned long first);
int vgpusvm_region_node(const struct vgpusvm_region *region);

/**
 * vgpusvm_region_avail() - How much of a region is free
 * @region: The region.
 *
 * Return: Bytes, a moment ago.
 */
static inline u64 vgpusvm_region_avail(const struct vgpusvm_region *region)
{
	/* Any value that it had will do; the allocator changes it plainly */
	return data_race(READ_ONCE(region->buddy.avail));
}

/**
 * vgpusvm_region_used() - Whether anything lives in a region
 * @region: The region.
 *
 * Return: Whether, a moment ago.
 */
static inline bool vgpusvm_region_used(const struct vgpusvm_region *region)
{
	return vgpusvm_region_avail(region) != region->size;
}

/**
 * vgpusvm_backing_alloc() - The allocation that a page of a region belongs to
 * @backing: The system page behind it.
 *
 * Return: The allocation.
 */
static inline struct vgpusvm_alloc *vgpusvm_backing_alloc(struct page *backing)
{
	return folio_get_private(page_folio(backing));
}

/**
 * vgpusvm_backing_used() - A GPU uses a page of a region
 * @backing: The system page behind it.
 *
 * The page of the region has to be in use and mapped.
 */
static inline void vgpusvm_backing_used(struct page *backing)
{
	struct vgpusvm_alloc *alloc = vgpusvm_backing_alloc(backing);

	if (!READ_ONCE(alloc->used))
		WRITE_ONCE(alloc->used, true);
}

#endif
