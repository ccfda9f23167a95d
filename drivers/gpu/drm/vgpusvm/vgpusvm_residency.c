// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Find the places of the pages of an mm, and move pages to system memory.
 */

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include <drm/drm_pagemap_residency.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_evict.h"
#include "vgpusvm_residency.h"

/* Time to retry while other tasks change the same pages */
#define VGPUSVM_EVICT_TIMEOUT	msecs_to_jiffies(1000)

static_assert(DRM_VGPUSVM_RESIDENCY_SYSTEM == DRM_PAGEMAP_RESIDENCY_SYSTEM);
static_assert(DRM_VGPUSVM_RESIDENCY_NOT_PRESENT ==
	      DRM_PAGEMAP_RESIDENCY_NOT_PRESENT);

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
	return drm_pagemap_mm_residency(mm, start, npages, ids,
					&vgpusvm_evict_lock);
}

/* Fault only pages on a device, and with no owner, which moves them to RAM. */
static int vgpusvm_walk_evict(struct drm_pagemap_walk *walk,
			      unsigned long npages, u32 *ids, u64 *bytes)
{
	unsigned long i, num = 0;
	int err;

	err = drm_pagemap_walk_residency(walk, npages, ids,
					 &vgpusvm_evict_lock);
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
					       VGPUSVM_EVICT_TIMEOUT);
	if (!err)
		*bytes += num << PAGE_SHIFT;

	return err;
}

/**
 * vgpusvm_mm_evict() - Move pages of an mm from any GPU to system memory
 * @mm: Address space; the caller has a user reference.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @bytes: Counter to which the number of moved bytes is added.
 *
 * Return: 0, -ENOMEM, -EINTR, -EBUSY if pages change all the time, -EFAULT if
 * memory was unmapped meanwhile.
 */
int vgpusvm_mm_evict(struct mm_struct *mm, unsigned long start,
		     unsigned long length, u64 *bytes)
{
	u32 *ids __free(kfree) = kcalloc(DRM_PAGEMAP_WALK_PAGES, sizeof(*ids),
					 GFP_KERNEL);
	unsigned long npages = length >> PAGE_SHIFT;
	int err = 0;

	if (!ids)
		return -ENOMEM;

	while (npages && !err) {
		unsigned long num = min(npages, DRM_PAGEMAP_WALK_PAGES);
		struct drm_pagemap_walk *walk =
			drm_pagemap_walk_begin(mm, start, num);

		if (IS_ERR(walk))
			return PTR_ERR(walk);
		err = vgpusvm_walk_evict(walk, num, ids, bytes);
		drm_pagemap_walk_end(walk);
		start += num << PAGE_SHIFT;
		npages -= num;
	}

	return err;
}
