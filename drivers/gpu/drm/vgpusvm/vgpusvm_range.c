// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The GPU's page tables. The upper levels are the interval trees of
 * drm_gpusvm, the leaves are the tables of the ranges.
 */

#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/hmm.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_device.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

/* A range is moved as one piece, so this is what decides on huge pages */
static const unsigned long vgpusvm_huge_chunk_sizes[VGPUSVM_NUM_CHUNK_SIZES] = {
	SZ_2M, SZ_64K, SZ_4K,
};

static const unsigned long vgpusvm_small_chunk_sizes[VGPUSVM_NUM_CHUNK_SIZES] = {
	SZ_1M, SZ_64K, SZ_4K,
};

/**
 * vgpusvm_chunk_sizes() - The sizes of ranges for a new VM
 *
 * Return: %VGPUSVM_NUM_CHUNK_SIZES of them, the largest one first.
 */
const unsigned long *vgpusvm_chunk_sizes(void)
{
	return READ_ONCE(vgpusvm_huge_folios) ? vgpusvm_huge_chunk_sizes :
						vgpusvm_small_chunk_sizes;
}

static struct vgpusvm_vm *to_vgpusvm_vm(struct drm_gpusvm *svm)
{
	return container_of(svm, struct vgpusvm_vm, svm);
}

static struct drm_gpusvm_range *vgpusvm_range_alloc(struct drm_gpusvm *svm)
{
	struct vgpusvm_range *range = kzalloc_obj(*range);

	if (!range)
		return NULL;

	INIT_LIST_HEAD(&range->gc_entry);
	drm_gpusvm_init_pages(&range->pages, &to_vgpusvm_vm(svm)->vdev->drm);

	return &range->base;
}

static void vgpusvm_range_free(struct drm_gpusvm_range *base)
{
	struct vgpusvm_range *range = to_vgpusvm_range(base);
	struct vgpusvm_vm *vm = to_vgpusvm_vm(base->gpusvm);

	scoped_guard(spinlock, &vm->gc_lock)
		list_del_init(&range->gc_entry);
	drm_gpusvm_free_pages(base->gpusvm, &range->pages,
			      vgpusvm_range_pages(range));
	kvfree(range->table);
	kfree(range);
}

/* With the notifier lock held for writing. */
static void vgpusvm_range_unmap_locked(struct vgpusvm_vm *vm,
				       struct vgpusvm_range *range)
{
	const struct drm_gpusvm_ctx ctx = { .in_notifier = true };

	range->mapped = false;
	drm_gpusvm_unmap_pages(&vm->svm, &range->pages,
			       vgpusvm_range_pages(range), &ctx);
}

static void vgpusvm_range_gc_add(struct vgpusvm_vm *vm,
				 struct vgpusvm_range *range)
{
	guard(spinlock)(&vm->gc_lock);
	if (list_empty(&range->gc_entry))
		list_add_tail(&range->gc_entry, &vm->gc_ranges);
	queue_work(vgpusvm_wq, &vm->gc_work);
}

/*
 * The CPU's page tables change, a migration to a GPU included: the GPU may not
 * use the old pages any more.
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
		vgpusvm_range_gc_add(vm, range);
	}
}

const struct drm_gpusvm_ops vgpusvm_gpusvm_ops = {
	.range_alloc = vgpusvm_range_alloc,
	.range_free = vgpusvm_range_free,
	.invalidate = vgpusvm_invalidate,
};

static unsigned long vgpusvm_addr_pfn(struct device *dev,
				      const struct drm_pagemap_addr *addr)
{
	if (addr->proto == VGPUSVM_INTERCONNECT)
		return PHYS_PFN(addr->addr);

	return PHYS_PFN(dma_to_phys(dev, addr->addr));
}

static void vgpusvm_range_fill(struct vgpusvm_vm *vm,
			       struct vgpusvm_range *range)
{
	unsigned long npages = vgpusvm_range_pages(range);
	struct device *dev = vm->vdev->drm.dev;
	unsigned long i, j, k;

	for (i = 0, j = 0; i < npages; j++) {
		const struct drm_pagemap_addr *addr = &range->pages.dma_addr[j];
		unsigned long pfn = vgpusvm_addr_pfn(dev, addr);

		for (k = 0; k < 1UL << addr->order; k++)
			range->table[i++] = pfn + k;
	}
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
 * vgpusvm_range_may_write() - May the process itself write all of a range now
 * @vm: The VM, locked.
 * @range: The range, with pages from drm_gpusvm_get_pages().
 *
 * For pages on a GPU of the own group hmm_range_fault() takes a read-only entry
 * for good even if it is asked for a writable one, and drm_gpusvm does not look.
 * But such a page is shared since a fork, or protected. When that becomes so
 * after this has looked, the pages are invalidated before they are mapped.
 *
 * Return: 1 if so, 0 if not, or a negative errno.
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
		.dev_private_owner = drm_pagemap_group_owner(vm->group),
	};
	int err;

	if (!range->pages.dpagemap)
		return 1;
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
 * vgpusvm_range_map() - Let the GPU use the pages of a range
 * @vm: The VM, locked.
 * @range: The range, with pages from drm_gpusvm_get_pages().
 * @writable: The GPU may write.
 *
 * Return: 0, -EAGAIN if the pages have changed, -ENOMEM.
 */
int vgpusvm_range_map(struct vgpusvm_vm *vm, struct vgpusvm_range *range,
		      bool writable)
{
	int err = -EAGAIN;

	lockdep_assert_held(&vm->lock);
	if (!range->table)
		range->table = kvmalloc_array(vgpusvm_range_pages(range),
					      sizeof(*range->table),
					      GFP_KERNEL);
	if (!range->table)
		return -ENOMEM;

	drm_gpusvm_notifier_lock(&vm->svm);
	if (drm_gpusvm_pages_valid(&vm->svm, &range->pages)) {
		vgpusvm_range_fill(vm, range);
		range->writable = writable;
		range->mapped = true;
		err = 0;
	}
	drm_gpusvm_notifier_unlock(&vm->svm);

	return err;
}

/**
 * vgpusvm_range_unmap() - Let the GPU fault on a range
 * @vm: The VM, locked.
 * @range: The range.
 */
void vgpusvm_range_unmap(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	lockdep_assert_held(&vm->lock);
	guard(rwsem_write)(&vm->svm.notifier_lock);
	vgpusvm_range_unmap_locked(vm, range);
}

/**
 * vgpusvm_range_remove() - Unmap a range and forget it
 * @vm: The VM, locked.
 * @range: The range.
 */
void vgpusvm_range_remove(struct vgpusvm_vm *vm, struct vgpusvm_range *range)
{
	vgpusvm_range_unmap(vm, range);
	drm_gpusvm_range_remove(&vm->svm, &range->base);
}

/**
 * vgpusvm_range_zap() - Let the GPU fault on a part of the address space
 * @vm: The VM, locked.
 * @start: Start of the part.
 * @end: Its end.
 *
 * Ranges that lie on its borders are removed: those that come after them do
 * not.
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
			    drm_gpusvm_range_end(base) > end)
				vgpusvm_range_remove(vm, range);
			else
				vgpusvm_range_unmap(vm, range);
		}
	}
}

/**
 * vgpusvm_range_zap_all() - Let the GPU fault on everything
 * @vm: The VM, locked.
 */
void vgpusvm_range_zap_all(struct vgpusvm_vm *vm)
{
	vgpusvm_range_zap(vm, 0, vm->end);
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
 * Those that were unmapped in part can't be split and go as well; the next fault
 * makes smaller ones. Their pages stay where they are.
 */
void vgpusvm_range_gc(struct vgpusvm_vm *vm)
{
	struct vgpusvm_range *range;

	lockdep_assert_held(&vm->lock);
	while ((range = vgpusvm_range_gc_next(vm)))
		vgpusvm_range_remove(vm, range);
}

/**
 * vgpusvm_range_gc_work() - Remove them soon, as the GPU may never fault again
 * @work: &vgpusvm_vm.gc_work.
 */
void vgpusvm_range_gc_work(struct work_struct *work)
{
	struct vgpusvm_vm *vm = container_of(work, struct vgpusvm_vm, gc_work);

	guard(mutex)(&vm->lock);
	if (!vm->closed)
		vgpusvm_range_gc(vm);
}

/**
 * vgpusvm_range_walk() - Walk the GPU's page table
 * @vm: The VM, locked, and with the notifier lock held.
 * @addr: The address.
 * @write: The GPU wants to write.
 * @access: Filled in with where it leads to, valid as long as the notifier
 *	    lock is held.
 *
 * Return: Whether it leads anywhere; if not, the GPU faults.
 */
bool vgpusvm_range_walk(struct vgpusvm_vm *vm, unsigned long addr, bool write,
			struct vgpusvm_access *access)
{
	struct drm_gpusvm_notifier *notifier;
	struct drm_gpusvm_range *base;
	struct vgpusvm_range *range;
	struct page *page;

	lockdep_assert_held(&vm->lock);
	lockdep_assert_held(&vm->svm.notifier_lock);
	notifier = drm_gpusvm_notifier_find(&vm->svm, addr, addr + 1);
	if (!notifier)
		return false;
	base = drm_gpusvm_range_find(notifier, addr, addr + 1);
	if (!base)
		return false;
	range = to_vgpusvm_range(base);
	if (!range->mapped || (write && !range->writable))
		return false;

	page = pfn_to_page(range->table[(addr - drm_gpusvm_range_start(base)) >>
					PAGE_SHIFT]);
	if (!is_device_private_page(page)) {
		access->page = page;
		access->region = NULL;
		return true;
	}

	access->page = vgpusvm_page_backing(page);
	access->region = vgpusvm_page_pagemap(page)->region;
	vgpusvm_backing_used(access->page);

	return true;
}
