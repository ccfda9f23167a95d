/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_VRAM_H_
#define _VGPUSVM_VRAM_H_

#include <linux/dma-mapping.h>
#include <linux/gpu_buddy.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_dmem.h"

struct drm_device;
struct drm_pagemap_cache;
struct page;
struct vgpusvm_alloc;
struct vgpusvm_inject;
struct vgpusvm_region;
struct vgpusvm_region_config;
struct vgpusvm_stats;
struct vgpusvm_traffic;
struct vgpusvm_usage;

/**
 * struct vgpusvm_mem_ops - The memory behind the pages of a region
 *
 * Pages are named by their index in the region.
 */
struct vgpusvm_mem_ops {
	/**
	 * @prepare: Prepare for the first allocation. Called before each
	 * creation of device-private pages, under &vgpusvm_region.lock.
	 *
	 * Return: 0 or -ENOMEM.
	 */
	int (*prepare)(struct vgpusvm_region *region);

	/** @fini: Free what @prepare has allocated, if anything. */
	void (*fini)(struct vgpusvm_region *region);

	/**
	 * @allocate: Provide zeroed memory for pages of an allocation. A
	 * migration does not write pages that had no content.
	 *
	 * @order is 0, or that of the huge page that all pages belong to. After
	 * an error, the caller calls @free for all pages.
	 *
	 * Return: 0 or -ENOMEM.
	 */
	int (*allocate)(struct vgpusvm_alloc *alloc, u64 first, u64 npages,
			unsigned int order);

	/**
	 * @free: Free the memory behind pages. Some pages may have none. Called
	 * in any context.
	 */
	void (*free)(struct vgpusvm_region *region, u64 first, u64 npages);

	/**
	 * @allocation: Get the allocation of a page.
	 *
	 * Return: The allocation, or %NULL if no memory is behind the page.
	 */
	struct vgpusvm_alloc *(*allocation)(struct vgpusvm_region *region,
					    u64 index);

	/**
	 * @map: Map a page in use, to read or write it, or to copy from or to
	 * it. Does not sleep. Mappings nest as those of kmap_local_page().
	 *
	 * Return: The address.
	 */
	void *(*map)(struct vgpusvm_region *region, u64 index);

	/** @unmap: End a mapping. */
	void (*unmap)(void *addr);

	/**
	 * @page: Get the system page behind a page in use. Optional.
	 *
	 * Return: The system page, which may take the place of the page in a
	 * process after @free.
	 */
	struct page *(*page)(struct vgpusvm_region *region, u64 index);

	/**
	 * @map_peer: Get the DMA address of pages for another GPU. Optional:
	 * without it, other GPUs use the page frame numbers of device-private
	 * pages. Called under notifier locks.
	 *
	 * Return: The address, or %DMA_MAPPING_ERROR.
	 */
	dma_addr_t (*map_peer)(struct vgpusvm_region *region, u64 index,
			       struct device *peer, size_t size,
			       enum dma_data_direction dir);

	/** @unmap_peer: Release an address of @map_peer. */
	void (*unmap_peer)(struct device *peer, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir);
};

/**
 * struct vgpusvm_region - A memory region of a GPU
 * @drm: GPU of the region.
 * @stats: Counters of the GPU.
 * @traffic: Counters of the links of the GPU.
 * @inject: Failures of the GPU, or %NULL.
 * @instance: Number of the region on the GPU.
 * @id: Pagemap ID of the region.
 * @size: Size in bytes.
 * @numa_node: Configured NUMA node, which need not exist.
 * @timeslice_ms: Minimum time that pages stay there, in ms; -1 for that of the module
 *		  parameter.
 * @info: Attributes of the local link from the GPU to the region.
 * @dying: Set when no more pages may move to the region. Protected by
 *	   @populate_lock.
 * @lost: Set when the content of the region is lost, see vgpusvm_region_lost().
 * @dmem: The region in the dmem cgroup controller.
 * @cache: Cache of the region's &struct drm_pagemap.
 * @pagemaps: List of mapped &struct vgpusvm_pagemap, usually at most one.
 * @dead: List of unmapped &struct vgpusvm_pagemap that @cache may still read.
 * @buddy: Allocator of the region.
 * @mem: Operations of the memory behind the pages.
 * @mem_private: Data of @mem.
 * @lru: List of &struct vgpusvm_alloc; eviction starts with the first.
 * @num_lru: Number of entries in @lru.
 * @evict_round: Number of times that the region was emptied.
 * @released: List of allocations without users.
 * @release_work: Work that frees the allocations of @released.
 */
struct vgpusvm_region {
	struct drm_device *drm;
	struct vgpusvm_stats *stats;
	struct vgpusvm_traffic *traffic;
	struct vgpusvm_inject *inject;
	u16 instance;
	u32 id;
	u64 size;
	int numa_node;
	int timeslice_ms;
	struct drm_pagemap_link_info info;
	/**
	 * @populate_lock: Held for reading while pages move to the region. A
	 * limit of the process's cgroup can delay this. If drm_dev_enter()
	 * protected it, the process could delay all of DRM. Nests inside
	 * mmap_lock.
	 */
	struct rw_semaphore populate_lock;
	bool dying;
	bool lost;
	struct vgpusvm_dmem dmem;
	struct drm_pagemap_cache *cache;
	struct list_head pagemaps;
	struct list_head dead;
	/** @lock: Protects @buddy. */
	struct mutex lock;
	struct gpu_buddy buddy;
	const struct vgpusvm_mem_ops *mem;
	void *mem_private;
	/** @lru_lock: Protects @lru, @num_lru and @dead. */
	spinlock_t lru_lock;
	struct list_head lru;
	unsigned int num_lru;
	/** @evict_lock: Serializes emptying the region. */
	struct mutex evict_lock;
	unsigned int evict_round;
	/** @move_lock: Serializes evicting pages of the region. */
	struct mutex move_lock;
	struct llist_head released;
	struct work_struct release_work;
};

/**
 * struct vgpusvm_alloc - An allocation in a region, for a range of an mm
 * @devmem: Allocation for drm_pagemap.
 * @ref: Reference count: one for the device pages, one during eviction.
 * @region: Region of the allocation.
 * @usage: Bytes that the address space uses of the region.
 * @charge: Pool of the dmem cgroup controller that the allocation is charged to; %NULL
 *	    without the controller.
 * @blocks: List of blocks from &vgpusvm_region.buddy.
 * @lru: Entry in &vgpusvm_region.lru, once the allocation has pages.
 * @released: Entry in &vgpusvm_region.released.
 * @num_freed: Number of pages that are free already.
 * @evict_round: Last &vgpusvm_region.evict_round that saw the allocation.
 * @used: Set if a GPU used the allocation since eviction last looked at it.
 * @sparse: Set if most of the pages are free, so that eviction costs little.
 */
struct vgpusvm_alloc {
	struct drm_pagemap_devmem devmem;
	struct kref ref;
	struct vgpusvm_region *region;
	struct vgpusvm_usage *usage;
	struct dmem_cgroup_pool_state *charge;
	struct list_head blocks;
	struct list_head lru;
	struct llist_node released;
	atomic_t num_freed;
	unsigned int evict_round;
	bool used;
	bool sparse;
};

int vgpusvm_region_init(struct vgpusvm_region *region, struct drm_device *drm,
			struct vgpusvm_stats *stats,
			struct vgpusvm_traffic *traffic,
			const struct vgpusvm_region_config *config,
			const struct vgpusvm_mem_ops *mem, void *mem_private);
void vgpusvm_region_kill(struct vgpusvm_region *region);
void vgpusvm_region_fini(struct vgpusvm_region *region);
int vgpusvm_region_prepare(struct vgpusvm_region *region);

struct vgpusvm_alloc *
vgpusvm_alloc_create(struct vgpusvm_region *region, struct mm_struct *mm,
		     size_t size, struct dmem_cgroup_pool_state **limit);
void vgpusvm_alloc_put(struct vgpusvm_alloc *alloc);
void vgpusvm_alloc_add_lru(struct vgpusvm_alloc *alloc);
struct vgpusvm_alloc *
vgpusvm_region_rotate(struct vgpusvm_region *region, unsigned int rounds,
		      bool (*pick)(struct vgpusvm_alloc *alloc));
void vgpusvm_region_pages_freed(struct vgpusvm_region *region,
				unsigned long first, unsigned long npages);
unsigned int vgpusvm_region_timeslice(const struct vgpusvm_region *region);
int vgpusvm_region_node(const struct vgpusvm_region *region);
bool vgpusvm_region_lost(const struct vgpusvm_region *region);

/**
 * vgpusvm_region_avail() - Get the free bytes of a region
 * @region: The region.
 *
 * Return: Number of free bytes, which may be out of date.
 */
static inline u64 vgpusvm_region_avail(const struct vgpusvm_region *region)
{
	/* The allocator writes without WRITE_ONCE(); any past value will do */
	return data_race(READ_ONCE(region->buddy.avail));
}

/**
 * vgpusvm_region_used() - Check whether a part of a region is allocated
 * @region: The region.
 *
 * Return: True if a part is allocated; the result may be out of date.
 */
static inline bool vgpusvm_region_used(const struct vgpusvm_region *region)
{
	return vgpusvm_region_avail(region) != region->size;
}

/**
 * vgpusvm_region_touch() - Record that a GPU uses a page of a region
 * @region: The region.
 * @index: Index of the page, which is in use and mapped.
 */
static inline void vgpusvm_region_touch(struct vgpusvm_region *region,
					u64 index)
{
	struct vgpusvm_alloc *alloc = region->mem->allocation(region, index);

	if (!READ_ONCE(alloc->used))
		WRITE_ONCE(alloc->used, true);
}

#endif
