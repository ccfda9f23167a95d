// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_residency.h>

/*
 * For drivers, beside the topology: where the pages of a process are. HMM shows system
 * memory and the device-private pages of one owner. So look once for each owner.
 */

/*
 * How long, and how often at least, to retry while other tasks change the same pages. On a busy
 * machine, a single look can take longer.
 */
#define TOPOLOGY_WALK_TIMEOUT	HZ
#define TOPOLOGY_WALK_TRIES	20

/* The device-private pages of all drivers, by page frame number. */
static struct rb_root_cached topology_pages = RB_ROOT_CACHED;
/* Protects topology_pages. */
static DEFINE_SPINLOCK(topology_pages_lock);

static struct drm_pagemap_pages *to_pages(struct interval_tree_node *node)
{
	return container_of(node, struct drm_pagemap_pages, pfns);
}

/**
 * drm_pagemap_pages_add() - Add device-private pages to those that queries find
 * @pages: Filled in.
 * @dpagemap: Pagemap whose pages have just been created.
 * @id: ID of the pagemap.
 */
void drm_pagemap_pages_add(struct drm_pagemap_pages *pages, struct drm_pagemap *dpagemap, u32 id)
{
	pages->dpagemap = dpagemap;
	pages->id = id;
	pages->pfns.start = PHYS_PFN(dpagemap->pagemap->range.start);
	pages->pfns.last = PHYS_PFN(dpagemap->pagemap->range.end);

	guard(spinlock)(&topology_pages_lock);
	interval_tree_insert(&pages->pfns, &topology_pages);
}
EXPORT_SYMBOL(drm_pagemap_pages_add);

/**
 * drm_pagemap_pages_del() - Undo drm_pagemap_pages_add()
 * @pages: Pages that are about to be unmapped; zeroed if they were never added.
 */
void drm_pagemap_pages_del(struct drm_pagemap_pages *pages)
{
	if (!pages->dpagemap)
		return;

	guard(spinlock)(&topology_pages_lock);
	interval_tree_remove(&pages->pfns, &topology_pages);
}
EXPORT_SYMBOL(drm_pagemap_pages_del);

static u32 topology_pfn_id(unsigned long pfn)
{
	struct interval_tree_node *node = interval_tree_iter_first(&topology_pages, pfn, pfn);

	return node ? to_pages(node)->id : DRM_PAGEMAP_RESIDENCY_SYSTEM;
}

/* Uses only page frame numbers, because the pages may be gone. */
static void topology_pfns_ids(const unsigned long *hmm_pfns, unsigned long npages, u32 *ids)
{
	unsigned long i;

	guard(spinlock)(&topology_pages_lock);
	for (i = 0; i < npages; i++)
		if (hmm_pfns[i] & HMM_PFN_VALID)
			ids[i] = topology_pfn_id(hmm_pfns[i] & ~HMM_PFN_FLAGS);
}

static bool topology_has_owner(void **owners, unsigned int num, void *owner)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (owners[i] == owner)
			return true;

	return false;
}

/* Finds the next pages that are in use, from @node on, and whose owner is not a known one. */
static struct interval_tree_node *
topology_unknown_owner(struct interval_tree_node *node, void **owners, unsigned int num,
		       void **owner)
{
	struct drm_pagemap *dpagemap;

	for (; node; node = interval_tree_iter_next(node, 0, ULONG_MAX)) {
		dpagemap = to_pages(node)->dpagemap;
		*owner = READ_ONCE(dpagemap->pagemap->owner);
		/* Pages in use have a reference. */
		if (kref_read(&dpagemap->ref) && !topology_has_owner(owners, num, *owner))
			break;
	}

	return node;
}

/*
 * Collects the owners of pages that are in use, each once, for comparison only. Returns
 * their number, which may exceed @max.
 */
static unsigned int topology_pages_owners(void **owners, unsigned int max)
{
	struct interval_tree_node *node;
	unsigned int num = 0;
	void *owner;

	guard(spinlock)(&topology_pages_lock);
	node = interval_tree_iter_first(&topology_pages, 0, ULONG_MAX);
	while ((node = topology_unknown_owner(node, owners, min(num, max), &owner))) {
		if (num < max)
			owners[num] = owner;
		num++;
		node = interval_tree_iter_next(node, 0, ULONG_MAX);
	}

	return num;
}

/*
 * Checks whether pages in use have an owner that was not looked for, because they came into
 * use meanwhile, or because their owner has changed.
 */
static bool topology_pages_missed(void **owners, unsigned int num)
{
	void *owner;

	guard(spinlock)(&topology_pages_lock);

	return topology_unknown_owner(interval_tree_iter_first(&topology_pages, 0, ULONG_MAX),
				      owners, num, &owner);
}

static bool topology_walk_invalidate(struct mmu_interval_notifier *mni,
				     const struct mmu_notifier_range *range, unsigned long seq)
{
	struct drm_pagemap_walk *walk = container_of(mni, struct drm_pagemap_walk, notifier);

	guard(spinlock)(&walk->lock);
	mmu_interval_set_seq(mni, seq);

	return true;
}

static const struct mmu_interval_notifier_ops topology_walk_ops = {
	.invalidate = topology_walk_invalidate,
};

/**
 * drm_pagemap_walk_begin() - Prepare a look at some pages of an mm
 * @mm: Address space; the caller has a user reference.
 * @start: Start of the range.
 * @npages: Length of the range in pages, at most %DRM_PAGEMAP_WALK_PAGES.
 *
 * Return: The state, for drm_pagemap_walk_end(); or an error pointer: %-ENOMEM or %-EINTR.
 */
struct drm_pagemap_walk *drm_pagemap_walk_begin(struct mm_struct *mm, unsigned long start,
						unsigned long npages)
{
	struct drm_pagemap_walk *walk = kvzalloc_obj(*walk);
	int err;

	if (!walk)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&walk->lock);
	walk->range.notifier = &walk->notifier;
	walk->range.start = start;
	walk->range.end = start + (npages << PAGE_SHIFT);
	walk->range.hmm_pfns = walk->pfns;
	err = mmu_interval_notifier_insert(&walk->notifier, mm, start, npages << PAGE_SHIFT,
					   &topology_walk_ops);
	if (err) {
		kvfree(walk);
		return ERR_PTR(err);
	}

	return walk;
}
EXPORT_SYMBOL(drm_pagemap_walk_begin);

/**
 * drm_pagemap_walk_end() - Undo drm_pagemap_walk_begin()
 * @walk: The state.
 */
void drm_pagemap_walk_end(struct drm_pagemap_walk *walk)
{
	mmu_interval_notifier_remove(&walk->notifier);
	kvfree(walk);
}
EXPORT_SYMBOL(drm_pagemap_walk_end);

/* One look sees system memory, and the device-private pages of one owner. */
static int topology_walk_look(struct drm_pagemap_walk *walk, void *owner, unsigned long npages,
			      u32 *ids)
{
	struct hmm_range range = walk->range;
	unsigned long first = 0;
	int err;

	/* Skip pages at both ends whose place is known. */
	while (first < npages && ids[first] != DRM_PAGEMAP_RESIDENCY_NOT_PRESENT)
		first++;
	while (npages > first && ids[npages - 1] != DRM_PAGEMAP_RESIDENCY_NOT_PRESENT)
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
		topology_pfns_ids(range.hmm_pfns, npages - first, ids + first);

	return err;
}

/* Called with mmap_lock. The look for the first owner also sees system memory. */
static int topology_walk_looks(struct drm_pagemap_walk *walk, void **owners, unsigned int num,
			       unsigned long npages, u32 *ids)
{
	unsigned int i;
	int err;

	memset32(ids, DRM_PAGEMAP_RESIDENCY_NOT_PRESENT, npages);
	err = topology_walk_look(walk, num ? owners[0] : NULL, npages, ids);
	for (i = 1; i < num && !err; i++)
		err = topology_walk_look(walk, owners[i], npages, ids);

	return err;
}

static bool topology_all_found(const u32 *ids, unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++)
		if (ids[i] == DRM_PAGEMAP_RESIDENCY_NOT_PRESENT)
			return false;

	return true;
}

/* Returns the number of owners, or -ENOMEM. */
static int topology_walk_owners(void ***owners)
{
	unsigned int num, max = 0;

	for (;;) {
		num = topology_pages_owners(*owners, max);
		if (num <= max)
			return num;
		kvfree(*owners);
		max = num;
		*owners = kvcalloc(max, sizeof(**owners), GFP_KERNEL);
		if (!*owners)
			return -ENOMEM;
	}
}

/**
 * drm_pagemap_walk_residency() - Find the places of the pages of a look
 * @walk: The state.
 * @npages: Length of the range in pages.
 * @ids: As for drm_pagemap_mm_residency().
 * @evict_lock: As for drm_pagemap_mm_residency().
 *
 * Return: As for drm_pagemap_mm_residency().
 */
int drm_pagemap_walk_residency(struct drm_pagemap_walk *walk, unsigned long npages, u32 *ids,
			       struct rw_semaphore *evict_lock)
{
	void **owners __free(kvfree) = NULL;
	unsigned long end = jiffies + TOPOLOGY_WALK_TIMEOUT;
	struct mm_struct *mm = walk->notifier.mm;
	unsigned int tries = 0;
	int err, num;

	do {
		num = topology_walk_owners(&owners);
		if (num < 0)
			return num;

		/* The process can delay this, so hold no lock. */
		walk->range.notifier_seq = mmu_interval_read_begin(&walk->notifier);
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		err = topology_walk_looks(walk, owners, num, npages, ids);
		if (!err && evict_lock && !topology_all_found(ids, npages)) {
			guard(rwsem_write)(evict_lock);
			err = topology_walk_looks(walk, owners, num, npages, ids);
		}
		mmap_read_unlock(mm);
		if (!err && topology_pages_missed(owners, num))
			err = -EBUSY;
	} while (err == -EBUSY && (++tries < TOPOLOGY_WALK_TRIES || time_before(jiffies, end)));

	return err;
}
EXPORT_SYMBOL(drm_pagemap_walk_residency);

/**
 * drm_pagemap_mm_residency() - Find the places of pages of an mm
 * @mm: Address space; the caller has a user reference.
 * @start: Start of the range.
 * @npages: Length of the range in pages.
 * @ids: Set for each page to the ID of a pagemap, to %DRM_PAGEMAP_RESIDENCY_SYSTEM or to
 *	 %DRM_PAGEMAP_RESIDENCY_NOT_PRESENT.
 * @evict_lock: Lock that the driver holds for reading while it evicts pages, or %NULL. A page
 *		that is being moved has no place, and is reported as not present. So if a page
 *		has none, the function looks again with this lock held for writing, inside of
 *		mmap_lock, at most at %DRM_PAGEMAP_WALK_PAGES pages at once.
 *
 * Faults in, moves and maps nothing. Finds the pages of all drivers that call
 * drm_pagemap_pages_add(), in any group. May sleep. Call it without locks that faults of
 * @mm need.
 *
 * Return: 0, or a negative error code: %-ENOMEM, %-EINTR, or %-EBUSY if the address space
 * or the groups changed too often meanwhile.
 */
int drm_pagemap_mm_residency(struct mm_struct *mm, unsigned long start, unsigned long npages,
			     u32 *ids, struct rw_semaphore *evict_lock)
{
	struct drm_pagemap_walk *walk;
	unsigned long num;
	int err = 0;

	for (; npages && !err; npages -= num) {
		num = min(npages, DRM_PAGEMAP_WALK_PAGES);
		walk = drm_pagemap_walk_begin(mm, start, num);
		if (IS_ERR(walk))
			return PTR_ERR(walk);
		err = drm_pagemap_walk_residency(walk, num, ids, evict_lock);
		drm_pagemap_walk_end(walk);
		if (fatal_signal_pending(current))
			return -EINTR;

		start += num << PAGE_SHIFT;
		ids += num;
	}

	return err;
}
EXPORT_SYMBOL(drm_pagemap_mm_residency);
