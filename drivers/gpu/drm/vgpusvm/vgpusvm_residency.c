// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Find the places of the pages of an mm, and move pages to system memory.
 */

#include <linux/cleanup.h>
#include <linux/hmm.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_evict.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_residency.h"

/* Number of pages to look at in one step */
#define VGPUSVM_WALK_PAGES	(SZ_2M >> PAGE_SHIFT)
/* Time to retry while other tasks change the same pages */
#define VGPUSVM_WALK_TIMEOUT	msecs_to_jiffies(1000)

/**
 * struct vgpusvm_walk - State of a look at some pages of an mm
 * @notifier: Notifier that detects concurrent changes.
 * @range: Range for hmm_range_fault().
 * @pfns: Pages of @range.
 */
struct vgpusvm_walk {
	struct mmu_interval_notifier notifier;
	/** @lock: Serializes updates of the sequence number of @notifier. */
	spinlock_t lock;
	struct hmm_range range;
	unsigned long pfns[VGPUSVM_WALK_PAGES];
};

static bool vgpusvm_walk_invalidate(struct mmu_interval_notifier *mni,
				    const struct mmu_notifier_range *range,
				    unsigned long seq)
{
	struct vgpusvm_walk *walk =
		container_of(mni, struct vgpusvm_walk, notifier);

	guard(spinlock)(&walk->lock);
	mmu_interval_set_seq(mni, seq);

	return true;
}

static const struct mmu_interval_notifier_ops vgpusvm_walk_ops = {
	.invalidate = vgpusvm_walk_invalidate,
};

static struct vgpusvm_walk *vgpusvm_walk_begin(struct mm_struct *mm,
					       unsigned long start,
					       unsigned long npages)
{
	struct vgpusvm_walk *walk = kvzalloc_obj(*walk);
	int err;

	if (!walk)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&walk->lock);
	walk->range.notifier = &walk->notifier;
	walk->range.start = start;
	walk->range.end = start + (npages << PAGE_SHIFT);
	walk->range.hmm_pfns = walk->pfns;
	err = mmu_interval_notifier_insert(&walk->notifier, mm, start,
					   npages << PAGE_SHIFT,
					   &vgpusvm_walk_ops);
	if (err) {
		kvfree(walk);
		return ERR_PTR(err);
	}

	return walk;
}

static void vgpusvm_walk_end(struct vgpusvm_walk *walk)
{
	mmu_interval_notifier_remove(&walk->notifier);
	kvfree(walk);
}

/* One look sees system memory, and the device-private pages of one owner. */
static int vgpusvm_walk_look(struct vgpusvm_walk *walk, void *owner,
			     unsigned long npages, u32 *ids)
{
	struct hmm_range range = walk->range;
	unsigned long first = 0;
	int err;

	/* Skip pages at both ends whose place is known */
	while (first < npages && ids[first] != DRM_VGPUSVM_RESIDENCY_NOT_PRESENT)
		first++;
	while (npages > first &&
	       ids[npages - 1] != DRM_VGPUSVM_RESIDENCY_NOT_PRESENT)
		npages--;
	if (first == npages)
		return 0;

	memset(walk->pfns, 0, sizeof(walk->pfns));
	range.hmm_pfns += first;
	range.end = range.start + (npages << PAGE_SHIFT);
	range.start += first << PAGE_SHIFT;
	range.pfn_flags_mask = 0;
	range.dev_private_owner = owner;
	err = hmm_range_fault(&range);
	if (!err)
		vgpusvm_pfns_ids(range.hmm_pfns, npages - first, ids + first);

	return err;
}

/* Called with the locks that keep pages in place. */
static int vgpusvm_walk_looks(struct vgpusvm_walk *walk, void **owners,
			      unsigned int num, unsigned long npages, u32 *ids)
{
	unsigned int i;
	int err;

	memset32(ids, DRM_VGPUSVM_RESIDENCY_NOT_PRESENT, npages);
	err = vgpusvm_walk_look(walk, NULL, npages, ids);
	for (i = 0; i < num && !err; i++)
		err = vgpusvm_walk_look(walk, owners[i], npages, ids);

	return err;
}

/* Returns the number of owners, or -ENOMEM. */
static int vgpusvm_walk_owners(void ***owners)
{
	unsigned int num, max = 0;

	for (;;) {
		num = vgpusvm_pagemap_owners(*owners, max);
		if (num <= max)
			return num;
		kvfree(*owners);
		max = num;
		*owners = kvcalloc(max, sizeof(**owners), GFP_KERNEL);
		if (!*owners)
			return -ENOMEM;
	}
}

static int vgpusvm_walk_residency(struct vgpusvm_walk *walk,
				  unsigned long npages, u32 *ids)
{
	void **owners __free(kvfree) = NULL;
	unsigned long end = jiffies + VGPUSVM_WALK_TIMEOUT;
	struct mm_struct *mm = walk->notifier.mm;
	int err, num;

	do {
		num = vgpusvm_walk_owners(&owners);
		if (num < 0)
			return num;

		/* The process can delay this, so hold no lock */
		walk->range.notifier_seq =
			mmu_interval_read_begin(&walk->notifier);
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		/* A page that is being evicted would look not present */
		down_read(&vgpusvm_evict_lock);
		err = vgpusvm_walk_looks(walk, owners, num, npages, ids);
		up_read(&vgpusvm_evict_lock);
		mmap_read_unlock(mm);
	} while (err == -EBUSY && time_before(jiffies, end));

	return err;
}

/**
 * vgpusvm_mm_residency() - Find the places of pages of an mm
 * @mm: Address space; the caller has a user reference.
 * @start: Start of the range.
 * @npages: Length of the range in pages.
 * @ids: Returned: for each page the result of QUERY_RESIDENCY.
 *
 * Return: 0, -ENOMEM, -EINTR or -EBUSY.
 */
int vgpusvm_mm_residency(struct mm_struct *mm, unsigned long start,
			 unsigned long npages, u32 *ids)
{
	int err = 0;

	while (npages && !err) {
		unsigned long num = min(npages, VGPUSVM_WALK_PAGES);
		struct vgpusvm_walk *walk = vgpusvm_walk_begin(mm, start, num);

		if (IS_ERR(walk))
			return PTR_ERR(walk);
		err = vgpusvm_walk_residency(walk, num, ids);
		vgpusvm_walk_end(walk);
		if (fatal_signal_pending(current))
			return -EINTR;

		start += num << PAGE_SHIFT;
		npages -= num;
		ids += num;
	}

	return err;
}

/* Fault only pages on a device, and with no owner, which moves them to RAM. */
static int vgpusvm_walk_evict(struct vgpusvm_walk *walk, unsigned long npages,
			      u32 *ids, u64 *bytes)
{
	unsigned long i, num = 0;
	int err;

	err = vgpusvm_walk_residency(walk, npages, ids);
	if (err)
		return err;

	memset(walk->pfns, 0, sizeof(walk->pfns));
	for (i = 0; i < npages; i++) {
		if (ids[i] == DRM_VGPUSVM_RESIDENCY_SYSTEM ||
		    ids[i] == DRM_VGPUSVM_RESIDENCY_NOT_PRESENT)
			continue;
		walk->pfns[i] = HMM_PFN_REQ_FAULT;
		num++;
	}
	if (!num)
		return 0;

	walk->range.pfn_flags_mask = HMM_PFN_REQ_FAULT;
	walk->range.dev_private_owner = NULL;
	err = hmm_range_fault_unlocked_timeout(&walk->range,
					       VGPUSVM_WALK_TIMEOUT);
	if (!err && bytes)
		*bytes += num << PAGE_SHIFT;

	return err;
}

/**
 * vgpusvm_mm_evict() - Move pages of an mm from any vgpusvm GPU to system
 * memory
 * @mm: Address space; the caller has a user reference.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @bytes: Counter to which the number of moved bytes is added, or %NULL.
 *
 * Return: 0, -ENOMEM, -EINTR, -EBUSY if pages change all the time, -EFAULT if
 * memory was unmapped meanwhile.
 */
int vgpusvm_mm_evict(struct mm_struct *mm, unsigned long start,
		     unsigned long length, u64 *bytes)
{
	u32 *ids __free(kfree) = kcalloc(VGPUSVM_WALK_PAGES, sizeof(*ids),
					 GFP_KERNEL);
	unsigned long npages = length >> PAGE_SHIFT;
	int err = 0;

	if (!ids)
		return -ENOMEM;

	while (npages && !err) {
		unsigned long num = min(npages, VGPUSVM_WALK_PAGES);
		struct vgpusvm_walk *walk = vgpusvm_walk_begin(mm, start, num);

		if (IS_ERR(walk))
			return PTR_ERR(walk);
		err = vgpusvm_walk_evict(walk, num, ids, bytes);
		vgpusvm_walk_end(walk);
		start += num << PAGE_SHIFT;
		npages -= num;
	}

	return err;
}
