/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VRAM_H_
#define _VGPUSVM_VRAM_H_

#include <linux/gpu_buddy.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
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
 * @cache: The cache of its &struct drm_pagemap.
 * @dead: Its &struct vgpusvm_pagemap that are unmapped and may still be
 *	  looked at by @cache.
 * @buddy: Which parts of it are in use.
 * @backing: The system page behind each page in use. Made with the first
 *	     pagemap. An entry is stable while the page is in use.
 * @lru: Its &struct vgpusvm_alloc, the next one to evict first.
 * @released: Allocations that nobody uses any more.
 * @release_work: Frees these.
 */
struct vgpusvm_region {
	struct vgpusvm_device *vdev;
	const struct vgpusvm_region_config *config;
	u16 instance;
	u32 id;
	u64 size;
	struct drm_pagemap_cache *cache;
	struct list_head dead;
	/** @lock: Protects @buddy. */
	struct mutex lock;
	struct gpu_buddy buddy;
	struct page **backing;
	/** @lru_lock: Protects @lru and @dead. */
	spinlock_t lru_lock;
	struct list_head lru;
	struct llist_head released;
	struct work_struct release_work;
};

/**
 * struct vgpusvm_alloc - An allocation of a region, for a range of an mm
 * @devmem: What drm_pagemap has of it.
 * @ref: One of the device pages, and one while it is being evicted.
 * @region: The region.
 * @blocks: Its blocks of &vgpusvm_region.buddy.
 * @start: Where in the mm it was at first.
 * @lru: In &vgpusvm_region.lru, once there are pages.
 * @released: In &vgpusvm_region.released.
 * @used: A GPU has used it since it was last looked at for eviction.
 */
struct vgpusvm_alloc {
	struct drm_pagemap_devmem devmem;
	struct kref ref;
	struct vgpusvm_region *region;
	struct list_head blocks;
	unsigned long start;
	struct list_head lru;
	struct llist_node released;
	bool used;
};

int vgpusvm_region_init(struct vgpusvm_region *region,
			struct vgpusvm_device *vdev,
			const struct vgpusvm_region_config *config);
void vgpusvm_region_fini(struct vgpusvm_region *region);
int vgpusvm_region_make_backing(struct vgpusvm_region *region);

struct vgpusvm_alloc *vgpusvm_alloc_create(struct vgpusvm_region *region,
					   struct mm_struct *mm,
					   unsigned long start, size_t size);
void vgpusvm_alloc_put(struct vgpusvm_alloc *alloc);
struct vgpusvm_alloc *vgpusvm_alloc_next_victim(struct vgpusvm_region *region);
struct vgpusvm_alloc *vgpusvm_alloc_at(struct vgpusvm_region *region,
				       u64 offset);

/**
 * vgpusvm_backing_used() - A GPU uses a page of a region
 * @backing: The system page behind it.
 *
 * The page of the region has to be in use and mapped.
 */
static inline void vgpusvm_backing_used(struct page *backing)
{
	struct vgpusvm_alloc *alloc = (void *)page_private(backing);

	if (!READ_ONCE(alloc->used))
		WRITE_ONCE(alloc->used, true);
}

#endif
