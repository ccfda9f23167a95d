// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The memory of a virtual GPU: its allocations. &struct vgpusvm_mem_ops has what
 * is behind their pages.
 */

#include <linux/cgroup_dmem.h>
#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/pci.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "vgpusvm_config.h"
#include "vgpusvm_options.h"
#include "vgpusvm_usage.h"
#include "vgpusvm_vram.h"
#include "vgpusvm_work.h"

/* Number of allocations to look at before interrupts are enabled again */
#define VGPUSVM_LRU_BATCH	32

static void vgpusvm_region_release_work(struct work_struct *work);

/**
 * vgpusvm_region_init() - Initialize a memory region
 * @region: Region to initialize; zeroed.
 * @drm: GPU of the region.
 * @stats: Counters of the GPU.
 * @traffic: Counters of the links of the GPU.
 * @config: Configuration of the region.
 * @mem: Operations of the memory behind its pages.
 * @mem_private: Data of @mem, if it needs any before the first allocation.
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_region_init(struct vgpusvm_region *region, struct drm_device *drm,
			struct vgpusvm_stats *stats,
			struct vgpusvm_traffic *traffic,
			const struct vgpusvm_region_config *config,
			const struct vgpusvm_mem_ops *mem, void *mem_private)
{
	const struct vgpusvm_region_attrs *attrs = &config->attrs;
	int err;

	err = gpu_buddy_init(&region->buddy, attrs->size, PAGE_SIZE);
	if (err)
		return err;

	region->drm = drm;
	region->mem = mem;
	region->mem_private = mem_private;
	region->stats = stats;
	region->traffic = traffic;
	region->instance = config->instance;
	region->size = attrs->size;
	region->numa_node = attrs->numa_node;
	region->info = attrs->info;
	init_rwsem(&region->populate_lock);
	mutex_init(&region->evict_lock);
	mutex_init(&region->move_lock);
	mutex_init(&region->lock);
	gpu_buddy_driver_set_lock(&region->buddy, &region->lock);
	spin_lock_init(&region->lru_lock);
	INIT_LIST_HEAD(&region->lru);
	INIT_LIST_HEAD(&region->pagemaps);
	INIT_LIST_HEAD(&region->dead);
	init_llist_head(&region->released);
	INIT_WORK(&region->release_work, vgpusvm_region_release_work);

	return 0;
}

/**
 * vgpusvm_region_kill() - Stop the migration of pages to a region
 * @region: The region.
 *
 * The function waits for pages that are moving there.
 */
void vgpusvm_region_kill(struct vgpusvm_region *region)
{
	guard(rwsem_write)(&region->populate_lock);
	region->dying = true;
}

/**
 * vgpusvm_region_fini() - Tear down a memory region
 * @region: Region without allocations and pagemaps.
 */
void vgpusvm_region_fini(struct vgpusvm_region *region)
{
	vgpusvm_dmem_unregister(&region->dmem);
	gpu_buddy_fini(&region->buddy);
	mutex_destroy(&region->lock);
	mutex_destroy(&region->move_lock);
	mutex_destroy(&region->evict_lock);
	region->mem->fini(region);
}

/**
 * vgpusvm_region_prepare() - Prepare the memory behind the pages of a region
 * @region: The region.
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_region_prepare(struct vgpusvm_region *region)
{
	guard(mutex)(&region->lock);

	return region->mem->prepare(region);
}

/**
 * vgpusvm_region_node() - Get the NUMA node for the system pages of a region
 * @region: The region.
 *
 * Return: The configured NUMA node if it is online, else %NUMA_NO_NODE.
 */
int vgpusvm_region_node(const struct vgpusvm_region *region)
{
	int node = region->numa_node;

	if (node < 0 || node >= MAX_NUMNODES || !node_online(node))
		return NUMA_NO_NODE;

	return node;
}

/**
 * vgpusvm_region_timeslice() - Get how long pages stay in a region
 * @region: The region.
 *
 * Return: The minimum time in ms.
 */
unsigned int vgpusvm_region_timeslice(const struct vgpusvm_region *region)
{
	return region->timeslice_ms < 0 ? READ_ONCE(vgpusvm_timeslice_ms) :
					  region->timeslice_ms;
}

/**
 * vgpusvm_region_lost() - Check whether the content of a region is lost
 * @region: The region.
 *
 * A card may be pulled out at any time. So check this after a copy, too.
 *
 * Return: True if the GPU was pulled out. It stays true.
 */
bool vgpusvm_region_lost(const struct vgpusvm_region *region)
{
	struct device *dev = region->drm->dev;

	return READ_ONCE(region->lost) ||
	       (dev_is_pci(dev) && pci_dev_is_disconnected(to_pci_dev(dev)));
}

static u64 vgpusvm_block_first(struct gpu_buddy_block *block)
{
	return gpu_buddy_block_offset(block) >> PAGE_SHIFT;
}

static u64 vgpusvm_block_pages(struct vgpusvm_region *region,
			       struct gpu_buddy_block *block)
{
	return gpu_buddy_block_size(&region->buddy, block) >> PAGE_SHIFT;
}

static bool vgpusvm_is_huge(size_t size)
{
	return size >= HPAGE_PMD_SIZE;
}

static void vgpusvm_alloc_free_blocks(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;
	struct gpu_buddy_block *block;

	list_for_each_entry(block, &alloc->blocks, link)
		region->mem->free(region, vgpusvm_block_first(block),
				  vgpusvm_block_pages(region, block));

	guard(mutex)(&region->lock);
	gpu_buddy_free_list(&region->buddy, &alloc->blocks, 0);
}

static int vgpusvm_alloc_get_blocks(struct vgpusvm_alloc *alloc, size_t size)
{
	struct vgpusvm_region *region = alloc->region;
	struct gpu_buddy_block *block;
	bool huge = vgpusvm_is_huge(size);
	int err;

	/*
	 * A 2 MiB folio needs one block that is aligned to its size; the flag
	 * for contiguous allocations would accept an unaligned one. A huge page
	 * backs it, and can take its place in the process when no other huge
	 * page is available, see vgpusvm_evict_folio(). Small pages take any
	 * free blocks.
	 */
	scoped_guard(mutex, &region->lock)
		err = gpu_buddy_alloc_blocks(&region->buddy, 0, region->size,
					     size, huge ? size : PAGE_SIZE,
					     &alloc->blocks, 0);
	if (err)
		return err;

	list_for_each_entry(block, &alloc->blocks, link) {
		err = region->mem->allocate(alloc, vgpusvm_block_first(block),
					    vgpusvm_block_pages(region, block),
					    huge ? HPAGE_PMD_ORDER : 0);
		if (err)
			break;
	}
	if (err)
		vgpusvm_alloc_free_blocks(alloc);

	return err;
}

static int vgpusvm_alloc_charge(struct vgpusvm_alloc *alloc, size_t size,
				struct dmem_cgroup_pool_state **limit)
{
	int err;

	err = vgpusvm_dmem_charge(&alloc->region->dmem, size, &alloc->charge,
				  limit);
	if (err)
		return err;

	err = vgpusvm_alloc_get_blocks(alloc, size);
	if (err)
		dmem_cgroup_uncharge(alloc->charge, size);

	return err;
}

/**
 * vgpusvm_alloc_create() - Allocate memory in a region
 * @region: The region.
 * @mm: Address space of the pages for this memory.
 * @size: Size in bytes, a power of two of pages.
 * @limit: Returned: if the cgroup of the current task may not have more of the region,
 *	   the pool whose limit is reached, with a reference, else %NULL.
 *
 * The allocation keeps the structure of the mm. drm_pagemap reads it as long as
 * the allocation has pages, which may be longer than the VM or the process
 * exists.
 *
 * Return: The zeroed allocation, or an error pointer: -ENOSPC if the region is
 * full or a limit is reached, -ENOMEM.
 */
struct vgpusvm_alloc *
vgpusvm_alloc_create(struct vgpusvm_region *region, struct mm_struct *mm,
		     size_t size, struct dmem_cgroup_pool_state **limit)
{
	struct vgpusvm_alloc *alloc = kzalloc_obj(*alloc, GFP_KERNEL_ACCOUNT);
	int err;

	*limit = NULL;
	if (!alloc)
		return ERR_PTR(-ENOMEM);

	kref_init(&alloc->ref);
	INIT_LIST_HEAD(&alloc->blocks);
	INIT_LIST_HEAD(&alloc->lru);
	alloc->region = region;
	alloc->evict_round = READ_ONCE(region->evict_round);
	alloc->usage = vgpusvm_usage_get(mm, region->id);
	if (!alloc->usage) {
		kfree(alloc);
		return ERR_PTR(-ENOMEM);
	}
	err = vgpusvm_alloc_charge(alloc, size, limit);
	if (err) {
		vgpusvm_usage_put(alloc->usage);
		kfree(alloc);
		return ERR_PTR(err);
	}

	vgpusvm_usage_add(alloc->usage, size);
	mmgrab(mm);
	drm_dev_get(region->drm);

	return alloc;
}

/* Bytes of the pages that were not freed one by one */
static s64 vgpusvm_alloc_in_use(const struct vgpusvm_alloc *alloc)
{
	return (s64)alloc->devmem.size -
	       (s64)atomic_read(&alloc->num_freed) * PAGE_SIZE;
}

static void vgpusvm_alloc_free(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;
	struct drm_device *drm = region->drm;

	scoped_guard(spinlock_irqsave, &region->lru_lock) {
		if (!list_empty(&alloc->lru))
			WRITE_ONCE(region->num_lru, region->num_lru - 1);
		list_del_init(&alloc->lru);
	}
	vgpusvm_alloc_free_blocks(alloc);
	dmem_cgroup_uncharge(alloc->charge, alloc->devmem.size);
	vgpusvm_usage_add(alloc->usage, -vgpusvm_alloc_in_use(alloc));
	vgpusvm_usage_put(alloc->usage);
	mmdrop(alloc->devmem.mm);
	kfree(alloc);
	drm_dev_put(drm);
}

static void vgpusvm_region_release_work(struct work_struct *work)
{
	struct vgpusvm_region *region =
		container_of(work, struct vgpusvm_region, release_work);
	struct llist_node *node = llist_del_all(&region->released);
	struct drm_device *drm = region->drm;
	struct vgpusvm_alloc *alloc, *next;

	llist_for_each_entry_safe(alloc, next, node, released)
		vgpusvm_alloc_free(alloc);
	/* This may free the device with its regions */
	drm_dev_put(drm);
}

static void vgpusvm_alloc_release(struct kref *ref)
{
	struct vgpusvm_alloc *alloc =
		container_of(ref, struct vgpusvm_alloc, ref);
	struct vgpusvm_region *region = alloc->region;
	struct drm_device *drm = region->drm;

	/*
	 * The work has a reference to the device. That of the allocation is not
	 * enough, because the work may run already and free it here, before it is
	 * queued once more.
	 */
	drm_dev_get(drm);
	llist_add(&alloc->released, &region->released);
	if (!queue_work(vgpusvm_wq, &region->release_work))
		drm_dev_put(drm);
}

/**
 * vgpusvm_alloc_put() - Drop a reference to an allocation
 * @alloc: The allocation.
 *
 * Context: Any context; the caller has a reference to the pagemap or to the
 * device. &vgpusvm_region.release_work frees the allocation.
 */
void vgpusvm_alloc_put(struct vgpusvm_alloc *alloc)
{
	kref_put(&alloc->ref, vgpusvm_alloc_release);
}

/**
 * vgpusvm_alloc_add_lru() - Make an allocation evictable
 * @alloc: Allocation that has pages.
 */
void vgpusvm_alloc_add_lru(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;

	guard(spinlock_irqsave)(&region->lru_lock);
	list_add_tail(&alloc->lru, &region->lru);
	WRITE_ONCE(region->num_lru, region->num_lru + 1);
}

/**
 * vgpusvm_region_rotate() - Pick an allocation of a region
 * @region: The region.
 * @rounds: Number of times to look at each allocation.
 * @pick: Function that returns true to pick an allocation. Called with
 *	  interrupts off.
 *
 * The allocation that was used longest ago comes first. The set of allocations
 * may change meanwhile, because the lock is released after a few of them.
 *
 * Return: The picked allocation with a reference, or %NULL.
 */
struct vgpusvm_alloc *
vgpusvm_region_rotate(struct vgpusvm_region *region, unsigned int rounds,
		      bool (*pick)(struct vgpusvm_alloc *alloc))
{
	u64 left = (u64)READ_ONCE(region->num_lru) * rounds;
	struct vgpusvm_alloc *alloc;
	unsigned int i;

	while (left) {
		guard(spinlock_irqsave)(&region->lru_lock);
		for (i = 0; i < VGPUSVM_LRU_BATCH && left; i++, left--) {
			alloc = list_first_entry_or_null(&region->lru,
							 typeof(*alloc), lru);
			if (!alloc)
				return NULL;
			/* If this one is not usable now, look at another one next */
			list_move_tail(&alloc->lru, &region->lru);
			if (pick(alloc) && kref_get_unless_zero(&alloc->ref))
				return alloc;
		}
	}

	return NULL;
}

/* If most pages of an allocation are free, evict it first. */
static void vgpusvm_alloc_set_sparse(struct vgpusvm_alloc *alloc)
{
	struct vgpusvm_region *region = alloc->region;

	guard(spinlock_irqsave)(&region->lru_lock);
	WRITE_ONCE(alloc->sparse, true);
	if (!list_empty(&alloc->lru))
		list_move(&alloc->lru, &region->lru);
}

/**
 * vgpusvm_region_pages_freed() - Record that pages of a region are free
 * @region: The region.
 * @first: Index of the first page.
 * @npages: Number of pages.
 *
 * The pages stay part of their allocation.
 *
 * Context: Any context.
 */
void vgpusvm_region_pages_freed(struct vgpusvm_region *region,
				unsigned long first, unsigned long npages)
{
	struct vgpusvm_alloc *alloc = region->mem->allocation(region, first);
	unsigned int total, freed;

	/* Eviction may have given the system page away */
	if (!alloc)
		return;

	total = alloc->devmem.size >> PAGE_SHIFT;
	freed = atomic_add_return(npages, &alloc->num_freed);
	vgpusvm_usage_add(alloc->usage, -(s64)(npages * PAGE_SIZE));
	/* A huge page is freed with the allocation */
	if (!vgpusvm_is_huge(alloc->devmem.size))
		region->mem->free(region, first, npages);
	if (freed > total / 2 && freed - npages <= total / 2)
		vgpusvm_alloc_set_sparse(alloc);
}
