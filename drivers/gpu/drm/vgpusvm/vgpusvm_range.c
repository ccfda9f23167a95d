// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The GPU's page tables. The interval trees of drm_gpusvm are the upper levels,
 * the tables of the ranges are the leaves.
 */

#include <linux/cleanup.h>
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_device.h"
#include "vgpusvm_mm.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

/* A range moves as one piece, so a 2 MiB range allows huge pages */
static const unsigned long vgpusvm_huge_chunk_sizes[VGPUSVM_NUM_CHUNK_SIZES] = {
	SZ_2M, SZ_64K, SZ_4K,
};

static const unsigned long vgpusvm_small_chunk_sizes[VGPUSVM_NUM_CHUNK_SIZES] = {
	SZ_1M, SZ_64K, SZ_4K,
};

/**
 * vgpusvm_chunk_sizes() - Get the sizes of ranges for a new VM
 * @huge: True if the VM may have huge folios.
 *
 * Return: An array of %VGPUSVM_NUM_CHUNK_SIZES sizes, the largest one first.
 */
const unsigned long *vgpusvm_chunk_sizes(bool huge)
{
	return huge ? vgpusvm_huge_chunk_sizes : vgpusvm_small_chunk_sizes;
}

static struct vgpusvm_vm *to_vgpusvm_vm(struct drm_gpusvm *svm)
{
	return container_of(svm, struct vgpusvm_vm, svm);
}

/* A GPU that is being removed gets no new ranges. */
static struct drm_gpusvm_range *vgpusvm_range_alloc(struct drm_gpusvm *svm)
{
	struct vgpusvm_range *range __free(kfree) =
		kzalloc_obj(*range, GFP_KERNEL_ACCOUNT);
	struct vgpusvm_vm *vm = to_vgpusvm_vm(svm);

	if (!range)
		return NULL;

	INIT_LIST_HEAD(&range->gc_entry);
	drm_gpusvm_init_pages(&range->pages, &vm->vdev->drm);

	guard(rwsem_write)(&svm->notifier_lock);
	if (vm->dead)
		return NULL;
	list_add(&range->entry, &vm->ranges);

	return &no_free_ptr(range)->base;
}

static void vgpusvm_range_free(struct drm_gpusvm_range *base)
{
	struct vgpusvm_range *range = to_vgpusvm_range(base);
	struct vgpusvm_vm *vm = to_vgpusvm_vm(base->gpusvm);

	scoped_guard(rwsem_write, &vm->svm.notifier_lock)
		list_del(&range->entry);
	scoped_guard(spinlock, &vm->gc_lock)
		list_del_init(&range->gc_entry);
	drm_gpusvm_free_pages(base->gpusvm, &range->pages,
			      vgpusvm_range_pages(range));
	kvfree(range->table);
	kfree(range);
}

/* Called with the notifier lock held for writing. */
static void vgpusvm_range_unmap_locked(struct vgpusvm_vm *vm,
				       struct vgpusvm_range *range)
{
	const struct drm_gpusvm_ctx ctx = { .in_notifier = true };

	WRITE_ONCE(range->mapped, false);
	drm_gpusvm_unmap_pages(&vm->svm, &range->pages,
			       vgpusvm_range_pages(range), &ctx);
}

static void vgpusvm_range_gc_add(struct vgpusvm_vm *vm,
				 struct vgpusvm_range *range)
{
	lockdep_assert_held(&vm->gc_lock);
	if (list_empty(&range->gc_entry))
		list_add_tail(&range->gc_entry, &vm->gc_ranges);
	queue_work(vm->shared->wq, &vm->gc_work);
}

/**
 * vgpusvm_range_claim() - Claim a range, to work on it without the VM's lock
 * @vm: The VM, locked.
 * @range: Range to claim.
 *
 * Return: True if the range is claimed, false if another fault has claimed it.
 */
bool vgpusvm_range_claim(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	lockdep_assert_held(&vm->lock);
	guard(spinlock)(&vm->gc_lock);
	if (range->busy)
		return false;

	range->busy = true;
	drm_gpusvm_range_get(&range->base);

	return true;
}

/**
 * vgpusvm_range_unclaim() - Release a claimed range
 * @vm: The VM.
 * @range: Range that the caller has claimed.
 */
void vgpusvm_range_unclaim(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	scoped_guard(spinlock, &vm->gc_lock) {
		WRITE_ONCE(range->busy, false);
		if (range->doomed)
			vgpusvm_range_gc_add(vm, range);
	}
	wake_up_all(&vm->range_free);
	drm_gpusvm_range_put(&range->base);
}

/*
 * The CPU's page tables change, which includes migration to a GPU. From now on
 * the GPU must not use the old pages.
 */
static void vgpusvm_invalidate(struct drm_gpusvm *svm,
			       struct drm_gpusvm_notifier *notifier,
			       const struct mmu_notifier_range *mmu_range)
{
	unsigned long start = max(drm_gpusvm_notifier_start(notifier),
				  mmu_range->start);
	unsigned long end = min(drm_gpusvm_notifier_end(notifier),
				mmu_range->end);
	struct vgpusvm_vm *vm = to_vgpusvm_vm(svm);
	struct drm_gpusvm_range *base = NULL;

	drm_gpusvm_for_each_range(base, notifier, start, end) {
		struct vgpusvm_range *range = to_vgpusvm_range(base);

		if (range->mapped)
			vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_INVALIDATIONS, 1);
		vgpusvm_range_unmap_locked(vm, range);
		if (mmu_range->event != MMU_NOTIFY_UNMAP)
			continue;

		drm_gpusvm_range_set_unmapped(base, &range->pages, 1,
					      mmu_range);
		scoped_guard(spinlock, &vm->gc_lock)
			vgpusvm_range_gc_add(vm, range);
	}
}

const struct drm_gpusvm_ops vgpusvm_gpusvm_ops = {
	.range_alloc = vgpusvm_range_alloc,
	.range_free = vgpusvm_range_free,
	.invalidate = vgpusvm_invalidate,
};

/*
 * The process may have memory that the kernel itself has not mapped, such as
 * memfd_secret() memory. Copying it would crash the kernel.
 */
static bool vgpusvm_pfn_accessible(unsigned long pfn)
{
	struct page *page;
	const u8 *map;
	u8 byte;
	int err;

	if (pfn & VGPUSVM_PFN_BAR)
		return true;
	page = pfn_to_page(pfn);
	if (is_device_private_page(page))
		return true;

	map = kmap_local_page(page);
	err = copy_from_kernel_nofault(&byte, map, sizeof(byte));
	kunmap_local(map);

	return !err;
}

static int vgpusvm_range_fill(struct vgpusvm_vm *vm,
			      struct vgpusvm_range *range)
{
	unsigned long npages = vgpusvm_range_pages(range);
	struct device *dev = vm->vdev->drm.dev;
	unsigned long i, j, k;

	for (i = 0, j = 0; i < npages; j++) {
		const struct drm_pagemap_addr *addr = &range->pages.dma_addr[j];
		unsigned long pfn = vgpusvm_addr_pfn(dev, addr);

		for (k = 0; k < 1UL << addr->order; k++, pfn++) {
			if (!vgpusvm_pfn_accessible(pfn))
				return -EFAULT;
			range->table[i++] = pfn;
		}
	}

	return 0;
}

static bool vgpusvm_pfns_writable(const unsigned long *pfns,
				  unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++)
		if (!(pfns[i] & HMM_PFN_VALID) || !(pfns[i] & HMM_PFN_WRITE))
			return false;

	return true;
}

/**
 * vgpusvm_range_may_write() - Check whether the process may write a whole range
 * @vm: The VM.
 * @range: Claimed range with pages from drm_gpusvm_get_pages().
 *
 * For pages on a GPU of the same group, hmm_range_fault() accepts a read-only
 * entry even if the caller asks for a writable one, and drm_gpusvm does not
 * check that. Such a page is shared since a fork, or protected. The function
 * checks all other pages as well, because a GPU must never write a page that
 * the process shares. If a page becomes shared after the check, a notifier
 * invalidates the pages before they are mapped.
 *
 * Return: 1 if the process may write, 0 if not, or a negative errno.
 */
int vgpusvm_range_may_write(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	unsigned long *pfns __free(kvfree) =
		kvcalloc(vgpusvm_range_pages(range), sizeof(*pfns), GFP_KERNEL);
	struct hmm_range walk = {
		.notifier = &range->base.notifier->notifier,
		.start = drm_gpusvm_range_start(&range->base),
		.end = drm_gpusvm_range_end(&range->base),
		.hmm_pfns = pfns,
		.dev_private_owner = vm->owner,
	};
	int err;

	if (!pfns)
		return -ENOMEM;
	if (!mmget_not_zero(vm->mm))
		return -EFAULT;

	err = hmm_range_fault_unlocked_timeout(&walk,
					       msecs_to_jiffies(HMM_RANGE_DEFAULT_TIMEOUT));
	mmput(vm->mm);

	return err ?: vgpusvm_pfns_writable(pfns, vgpusvm_range_pages(range));
}

/**
 * vgpusvm_range_map() - Map the pages of a range on the GPU
 * @vm: The VM.
 * @range: Claimed range with pages from drm_gpusvm_get_pages().
 * @writable: True if the GPU may write.
 *
 * Return: 0; -EAGAIN if the pages have changed or the range is doomed; -EFAULT
 * if no device may access the pages; -ENODEV; -ENOMEM.
 */
int vgpusvm_range_map(struct vgpusvm_vm *vm, struct vgpusvm_range *range,
		      bool writable)
{
	int err;

	if (!range->table)
		range->table = kvmalloc_array(vgpusvm_range_pages(range),
					      sizeof(*range->table),
					      GFP_KERNEL_ACCOUNT);
	if (!range->table)
		return -ENOMEM;

	guard(rwsem_write)(&vm->svm.notifier_lock);
	if (vm->dead)
		return -ENODEV;
	if (READ_ONCE(range->doomed) ||
	    !drm_gpusvm_pages_valid(&vm->svm, &range->pages))
		return -EAGAIN;

	err = vgpusvm_range_fill(vm, range);
	if (err)
		return err;
	WRITE_ONCE(range->writable, writable);
	WRITE_ONCE(range->mapped, true);

	return 0;
}

/**
 * vgpusvm_range_unmap() - Unmap a range on the GPU
 * @vm: The VM.
 * @range: Range to unmap. The caller has claimed it or locked the VM.
 */
void vgpusvm_range_unmap(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	guard(rwsem_write)(&vm->svm.notifier_lock);
	vgpusvm_range_unmap_locked(vm, range);
}

/**
 * vgpusvm_range_doom() - Unmap a claimed range and mark it for removal
 * @vm: The VM.
 * @range: Claimed range. vgpusvm_range_unclaim() removes it.
 */
void vgpusvm_range_doom(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	/* Mark it first, so that it is not mapped again */
	scoped_guard(spinlock, &vm->gc_lock)
		WRITE_ONCE(range->doomed, true);
	vgpusvm_range_unmap(vm, range);
}

/* Returns whether a fault works on the range, which removes it when done. */
static bool vgpusvm_range_defer(struct vgpusvm_vm *vm,
				struct vgpusvm_range *range)
{
	lockdep_assert_held(&vm->lock);
	guard(spinlock)(&vm->gc_lock);
	if (!range->busy) {
		/* The caller removes it now, so vgpusvm_range_gc() must not */
		list_del_init(&range->gc_entry);
		return false;
	}

	range->doomed = true;

	return true;
}

/* If a fault works on the range, it removes the range when it is done. */
static void vgpusvm_range_remove(struct vgpusvm_vm *vm,
				 struct vgpusvm_range *range)
{
	bool busy = vgpusvm_range_defer(vm, range);

	vgpusvm_range_unmap(vm, range);
	if (!busy)
		drm_gpusvm_range_remove(&vm->svm, &range->base);
}

/**
 * vgpusvm_range_zap() - Make the GPU fault in a part of the address space
 * @vm: The VM, locked.
 * @start: Start of the part.
 * @end: End of the part.
 *
 * The function removes ranges that cross a border of the part, so that new
 * ranges do not cross it. It also removes ranges that a fault works on, so that
 * the fault starts again. It only unmaps the other ranges.
 */
void vgpusvm_range_zap(struct vgpusvm_vm *vm, unsigned long start,
		       unsigned long end)
{
	struct drm_gpusvm_notifier *notifier, *next_notifier;

	lockdep_assert_held(&vm->lock);
	drm_gpusvm_for_each_notifier_safe(notifier, next_notifier, &vm->svm,
					  start, end) {
		struct drm_gpusvm_range *base, *next;

		drm_gpusvm_for_each_range_safe(base, next, notifier, start,
					       end) {
			struct vgpusvm_range *range = to_vgpusvm_range(base);

			if (drm_gpusvm_range_start(base) < start ||
			    drm_gpusvm_range_end(base) > end ||
			    READ_ONCE(range->busy))
				vgpusvm_range_remove(vm, range);
			else
				vgpusvm_range_unmap(vm, range);
		}
	}
}

/**
 * vgpusvm_range_kill_all() - Unmap all ranges permanently
 * @vm: The VM.
 *
 * Faults that work on a range without the VM's lock get no more pages.
 */
void vgpusvm_range_kill_all(struct vgpusvm_vm *vm)
{
	struct vgpusvm_range *range;

	guard(rwsem_write)(&vm->svm.notifier_lock);
	list_for_each_entry(range, &vm->ranges, entry) {
		vgpusvm_range_unmap_locked(vm, range);
		range->pages.flags.unmapped = true;
	}
	WRITE_ONCE(vm->dead, true);
}

static struct vgpusvm_range *vgpusvm_range_gc_next(struct vgpusvm_vm *vm)
{
	struct vgpusvm_range *range;

	guard(spinlock)(&vm->gc_lock);
	range = list_first_entry_or_null(&vm->gc_ranges, typeof(*range),
					 gc_entry);
	if (range)
		list_del_init(&range->gc_entry);

	return range;
}

/**
 * vgpusvm_range_gc() - Remove the ranges whose memory was unmapped
 * @vm: The VM, locked.
 *
 * Ranges whose memory was unmapped in part can't be split, so the function
 * removes them as well. The next fault creates smaller ranges. The pages stay
 * in place.
 */
void vgpusvm_range_gc(struct vgpusvm_vm *vm)
{
	struct vgpusvm_range *range;

	lockdep_assert_held(&vm->lock);
	while ((range = vgpusvm_range_gc_next(vm)))
		vgpusvm_range_remove(vm, range);
}

/**
 * vgpusvm_range_gc_work() - Remove ranges whose memory was unmapped
 * @work: Work &vgpusvm_vm.gc_work.
 *
 * The next fault would also remove them, but the GPU may never fault again.
 */
void vgpusvm_range_gc_work(struct work_struct *work)
{
	struct vgpusvm_vm *vm = container_of(work, struct vgpusvm_vm, gc_work);

	/* The holder may wait for the process. It requeues this work later */
	if (!mutex_trylock(&vm->lock))
		return;

	vgpusvm_range_gc(vm);
	vgpusvm_vm_unlock(vm);
}

/*
 * The CPU's page table does not record writes by a GPU. If the page were not
 * marked dirty, reclaim would take it for a copy of the page on disk, or for a
 * free page after MADV_FREE. The page can't be unmapped while the notifier lock
 * is held.
 */
static void vgpusvm_page_dirty(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (!folio_test_dirty(folio))
		folio_mark_dirty(folio);
}

/*
 * Check for a page of a GPU that was pulled out, and whose mapping is about to be
 * removed. The page exists as long as it is mapped. Its BAR may not exist any more,
 * or another card may have its addresses, so do not ask the region of @access.
 */
static bool vgpusvm_range_is_lost(const struct vgpusvm_range *range,
				  unsigned long pfn,
				  const struct vgpusvm_access *access)
{
	struct drm_pagemap *dpagemap = range->pages.dpagemap;

	/* A range may also have system pages */
	if (!access->region && !(pfn & VGPUSVM_PFN_BAR))
		return false;

	return dpagemap &&
	       vgpusvm_region_lost(to_vgpusvm_pagemap(dpagemap)->region);
}

/**
 * vgpusvm_range_walk() - Walk the GPU's page table
 * @vm: The VM, locked, and with the notifier lock held.
 * @addr: Address to look up.
 * @write: True if the GPU is going to write.
 * @access: Returned: page of the address, valid while the notifier lock is
 *	held.
 *
 * Return: 0 if the address is mapped; -EAGAIN if the GPU faults; -EFAULT if the
 * content of the page is lost.
 */
int vgpusvm_range_walk(struct vgpusvm_vm *vm, unsigned long addr, bool write,
		       struct vgpusvm_access *access)
{
	struct drm_gpusvm_notifier *notifier;
	struct drm_gpusvm_range *base;
	struct vgpusvm_range *range;
	unsigned long pfn;

	lockdep_assert_held(&vm->lock);
	lockdep_assert_held(&vm->svm.notifier_lock);
	notifier = drm_gpusvm_notifier_find(&vm->svm, addr, addr + 1);
	if (!notifier)
		return -EAGAIN;
	base = drm_gpusvm_range_find(notifier, addr, addr + 1);
	if (!base)
		return -EAGAIN;
	range = to_vgpusvm_range(base);
	if (vm->dead || !range->mapped || (write && !range->writable))
		return -EAGAIN;

	pfn = range->table[(addr - drm_gpusvm_range_start(base)) >> PAGE_SHIFT];
	*access = vgpusvm_pfn_access(pfn);
	/* Check this last: a BAR is lost before it goes */
	if (vgpusvm_range_is_lost(range, pfn, access))
		return -EFAULT;
	if (access->region)
		vgpusvm_region_touch(access->region, access->index);
	else if (write)
		vgpusvm_page_dirty(access->page);

	return 0;
}
