// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the pages of a process that are in a device's memory: queries find them, and
 * removal of the device moves them. The pages are real device-private ones. Their content
 * is in a buffer.
 */

#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_residency.h>
#include <drm/drm_pagemap_util.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "tests/xe_pagemap_fake.h"
#include "xe_device.h"
#include "xe_exec_queue_types.h"
#include "xe_gt_stats.h"
#include "xe_migrate.h"
#include "xe_svm.h"
#include "xe_svm_unplug.h"
#include "xe_vram_types.h"

#define FAKE_PAGES	4
#define FAKE_SIZE	(FAKE_PAGES * PAGE_SIZE)

/* The memory of the device, from its first page on. */
static u8 fake_vram[FAKE_SIZE];
static unsigned long fake_first_pfn;
static int fake_copy_error;
static unsigned int fake_num_copied;
/* Of the driver's own copies: the status of their fences, and whether the card gets lost. */
static int fake_fence_error;
static bool fake_lost_by_copy;
static struct xe_exec_queue *fake_queue;

static struct drm_pagemap_devmem fake_devmem;

static void fake_release(struct drm_pagemap_devmem *devmem)
{
}

static int fake_populate_pfn(struct drm_pagemap_devmem *devmem, unsigned long npages,
			     unsigned long *pfn)
{
	for (unsigned long i = 0; i < npages; i++)
		pfn[i] = fake_first_pfn + i;

	return 0;
}

/* Without an IOMMU, the bus address of a page is its physical address. */
static int fake_copy(struct page **pages, struct drm_pagemap_addr *addr,
		     unsigned long npages, bool to_vram)
{
	for (unsigned long i = 0; i < npages; i++) {
		void *vram, *ram;

		if (!pages[i] || !addr[i].addr)
			continue;
		vram = fake_vram + (page_to_pfn(pages[i]) - fake_first_pfn) * PAGE_SIZE;
		ram = phys_to_virt(addr[i].addr);
		memcpy(to_vram ? vram : ram, to_vram ? ram : vram, PAGE_SIZE);
		fake_num_copied++;
	}

	return 0;
}

static int fake_copy_to_vram(struct page **pages, struct drm_pagemap_addr *addr,
			     unsigned long npages, struct dma_fence *fence)
{
	return fake_copy(pages, addr, npages, true);
}

static int fake_copy_to_ram(struct page **pages, struct drm_pagemap_addr *addr,
			    unsigned long npages, struct dma_fence *fence)
{
	return fake_copy_error ?: fake_copy(pages, addr, npages, false);
}

static const struct drm_pagemap_devmem_ops fake_devmem_ops = {
	.devmem_release = fake_release,
	.populate_devmem_pfn = fake_populate_pfn,
	.copy_to_devmem = fake_copy_to_vram,
	.copy_to_ram = xe_svm_copy_to_ram,
};

static bool fake_is_lost(struct xe_device *xe)
{
	return fake_copy_error;
}

static struct xe_exec_queue *fake_exec_queue(struct xe_migrate *migrate)
{
	return fake_queue;
}

static const char *fake_fence_name(struct dma_fence *fence)
{
	return "fake";
}

static const struct dma_fence_ops fake_fence_ops = {
	.get_driver_name = fake_fence_name,
	.get_timeline_name = fake_fence_name,
};

static DEFINE_SPINLOCK(fake_fence_lock);

/* As for a job that the GPU hangs on: nothing was copied, and the fence has the error. */
static struct dma_fence *fake_migrate(struct xe_migrate *migrate, unsigned long npages,
				      u64 src_addr, struct drm_pagemap_addr *dst_addr,
				      struct dma_fence *deps)
{
	struct dma_fence *fence = kzalloc_obj(*fence);

	if (!fence)
		return ERR_PTR(-ENOMEM);

	for (unsigned long i = 0; i < npages && !fake_fence_error; i++)
		memcpy(phys_to_virt(dst_addr[i].addr), fake_vram + src_addr + i * PAGE_SIZE,
		       PAGE_SIZE);
	if (fake_lost_by_copy)
		fake_copy_error = fake_fence_error;

	dma_fence_init(fence, &fake_fence_ops, &fake_fence_lock, dma_fence_context_alloc(1), 1);
	if (fake_fence_error)
		dma_fence_set_error(fence, fake_fence_error);
	dma_fence_signal(fence);

	return fence;
}

/* From now on, the driver copies pages to system memory itself, by jobs of the device. */
static void use_copies_of_driver(struct kunit *test, struct xe_device *xe)
{
	struct xe_gt *gt = xe_device_get_root_tile(xe)->primary_gt;

	KUNIT_ASSERT_EQ(test, 0, xe_gt_stats_init(gt));
	fake_queue = kunit_kzalloc(test, sizeof(*fake_queue), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake_queue);
	fake_queue->gt = gt;
	fake_fence_error = 0;
	fake_lost_by_copy = false;

	kunit_deactivate_static_stub(test, xe_svm_copy_to_ram);
	kunit_activate_static_stub(test, xe_migrate_exec_queue, fake_exec_queue);
	kunit_activate_static_stub(test, xe_migrate_from_vram, fake_migrate);
}

/* Map memory with a pattern, and move it to the device. */
static u64 place_pages(struct kunit *test, struct xe_device *xe)
{
	struct drm_pagemap_migrate_details details = {};
	struct drm_pagemap_group *group;
	struct drm_pagemap *dpagemap;
	u64 user;
	int err;

	kunit_activate_static_stub(test, xe_svm_copy_to_ram, fake_copy_to_ram);
	kunit_activate_static_stub(test, xe_svm_is_lost, fake_is_lost);
	fake_copy_error = 0;

	user = kunit_vm_mmap(test, NULL, 0, FAKE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, user, 0);
	memset(fake_vram, 0xa5, sizeof(fake_vram));
	KUNIT_ASSERT_EQ(test, 0, copy_to_user(u64_to_user_ptr(user), fake_vram, FAKE_SIZE));
	memset(fake_vram, 0, sizeof(fake_vram));

	group = xe_fake_hold(test, xe);
	dpagemap = xe_fake_resolve(test, xe_fake_vram(xe, 0)->pagemap_node, group);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	fake_first_pfn = PHYS_PFN(dpagemap->pagemap->range.start);

	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(xe->drm.dev, DMA_BIT_MASK(64)));
	drm_pagemap_devmem_init(&fake_devmem, xe->drm.dev, current->mm, &fake_devmem_ops,
				dpagemap, FAKE_SIZE, NULL);
	mmap_read_lock(current->mm);
	err = drm_pagemap_migrate_to_devmem(&fake_devmem, current->mm, user,
					    user + FAKE_SIZE, &details);
	mmap_read_unlock(current->mm);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, fake_vram[FAKE_SIZE - 1], 0xa5);
	xe_fake_put(test, dpagemap);
	xe_fake_release(test, group);

	return user;
}

/* The number of bytes at @user that the CPU can read and that have the pattern. */
static unsigned long read_pages(struct kunit *test, u64 user)
{
	u8 *buf = kunit_kzalloc(test, FAKE_SIZE, GFP_KERNEL);
	unsigned long num;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	num = FAKE_SIZE - copy_from_user(buf, u64_to_user_ptr(user), FAKE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(buf, 0xa5, num), NULL);

	return num;
}

static bool in_use(struct xe_vram_region *vr)
{
	struct drm_pagemap *dpagemap = drm_pagemap_get_from_cache_if_active(vr->dpagemap_cache);

	drm_pagemap_put(dpagemap);

	return dpagemap;
}

/* Move the pages of a region to system memory, as removal does. */
static int empty_region(struct kunit *test, struct xe_vram_region *vr)
{
	struct drm_pagemap *dpagemap;
	int err;

	dpagemap = drm_pagemap_get_from_cache_if_active(vr->dpagemap_cache);
	KUNIT_ASSERT_NOT_NULL(test, dpagemap);
	err = xe_svm_empty_pagemap(dpagemap);
	drm_pagemap_put(dpagemap);

	return err;
}

static void expect_places(struct kunit *test, u64 user, unsigned long npages, u32 id)
{
	u32 ids[FAKE_PAGES] = {};

	KUNIT_EXPECT_EQ(test, 0, drm_pagemap_mm_residency(current->mm, user, npages, ids, NULL));
	for (unsigned long i = 0; i < npages; i++)
		KUNIT_EXPECT_EQ(test, ids[i], id);
}

static void pages_are_found(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	u32 id = xe_fake_id(test, xe, 0);
	u64 user = place_pages(test, xe);

	/* A query moves nothing. */
	for (unsigned int i = 0; i < 2; i++)
		expect_places(test, user, FAKE_PAGES, id);

	KUNIT_EXPECT_EQ(test, 0, vm_munmap(user, PAGE_SIZE));
	expect_places(test, user, 1, DRM_PAGEMAP_RESIDENCY_NOT_PRESENT);
	expect_places(test, user + PAGE_SIZE, FAKE_PAGES - 1, id);

	KUNIT_EXPECT_EQ(test, 0, empty_region(test, vr));
	expect_places(test, user + PAGE_SIZE, FAKE_PAGES - 1, DRM_PAGEMAP_RESIDENCY_SYSTEM);
}

static void drain_moves_pages(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	u64 user = place_pages(test, xe);

	KUNIT_EXPECT_EQ(test, 0, empty_region(test, vr));
	KUNIT_EXPECT_FALSE(test, in_use(vr));

	/* No page of the device is left, so this is not read from there. */
	memset(fake_vram, 0, sizeof(fake_vram));
	KUNIT_EXPECT_EQ(test, read_pages(test, user), FAKE_SIZE);
}

/* The device may have written to pages that were clean when they moved there. */
static void drained_pages_are_dirty(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	u64 user = place_pages(test, xe);
	struct page *page;

	folio_clear_dirty(page_folio(pfn_to_page(fake_first_pfn)));
	KUNIT_EXPECT_EQ(test, 0, empty_region(test, xe_fake_vram(xe, 0)));

	KUNIT_ASSERT_EQ(test, 1, get_user_pages_fast(user, 1, 0, &page));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(page_folio(page)));
	put_page(page);
}

#ifdef CONFIG_MEMCG
/* A folio that has moved to another device lacks a memory cgroup. */
static void moved_pages_are_not_copied(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	u64 user = place_pages(test, xe);
	struct folio *folio = page_folio(pfn_to_page(fake_first_pfn));
	unsigned long memcg_data;

	if (mem_cgroup_disabled())
		kunit_skip(test, "no memory cgroups");

	folio_get(folio);
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(user, PAGE_SIZE));
	memcg_data = folio->memcg_data;
	folio->memcg_data = 0;
	fake_num_copied = 0;
	KUNIT_EXPECT_EQ(test, 0, empty_region(test, vr));
	KUNIT_EXPECT_EQ(test, fake_num_copied, FAKE_PAGES - 1);
	KUNIT_EXPECT_TRUE(test, in_use(vr));

	folio->memcg_data = memcg_data;
	folio_put(folio);
	KUNIT_EXPECT_FALSE(test, in_use(vr));
}
#endif

/* A failed copy loses nothing: the pages stay on the device. */
static void failed_copy_keeps_pages(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	u64 user = place_pages(test, xe);

	fake_copy_error = -EIO;
	KUNIT_EXPECT_EQ(test, -EIO, empty_region(test, vr));
	KUNIT_EXPECT_EQ(test, read_pages(test, user), 0);
	KUNIT_EXPECT_TRUE(test, in_use(vr));

	fake_copy_error = 0;
	KUNIT_EXPECT_EQ(test, read_pages(test, user), FAKE_SIZE);
	KUNIT_EXPECT_FALSE(test, in_use(vr));
}

/* A copy may fail after it was submitted. Then, too, the pages stay. */
static void failed_fence_keeps_pages(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vram_region *vr = xe_fake_vram(xe, 0);
	u32 id = xe_fake_id(test, xe, 0);
	u64 user = place_pages(test, xe);

	use_copies_of_driver(test, xe);
	fake_fence_error = -ECANCELED;

	KUNIT_EXPECT_EQ(test, -ECANCELED, empty_region(test, vr));
	expect_places(test, user, FAKE_PAGES, id);

	KUNIT_EXPECT_EQ(test, -ECANCELED, drm_pagemap_evict_to_ram(&fake_devmem));
	expect_places(test, user, FAKE_PAGES, id);

	KUNIT_EXPECT_EQ(test, read_pages(test, user), 0);
	expect_places(test, user, FAKE_PAGES, id);
	KUNIT_EXPECT_TRUE(test, in_use(vr));

	fake_fence_error = 0;
	KUNIT_EXPECT_EQ(test, 0, empty_region(test, vr));
	expect_places(test, user, FAKE_PAGES, DRM_PAGEMAP_RESIDENCY_SYSTEM);
	KUNIT_EXPECT_EQ(test, read_pages(test, user), FAKE_SIZE);
	KUNIT_EXPECT_FALSE(test, in_use(vr));
}

/* Remove a device whose copies fail. Its pages can't be read. */
static void unplug_without_copies(struct kunit *test, bool lost)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	u32 id = xe_fake_id(test, xe, 0);
	u64 user = place_pages(test, xe);

	use_copies_of_driver(test, xe);
	fake_fence_error = -ECANCELED;
	fake_lost_by_copy = lost;

	xe_fake_unplug(test, 0);
	KUNIT_EXPECT_EQ(test, read_pages(test, user), 0);
	expect_places(test, user, FAKE_PAGES, id);
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(user, FAKE_SIZE));
}

/* The first copy of the removal makes the card hang. */
static void failed_fence_poisons_pages(struct kunit *test)
{
	unplug_without_copies(test, true);
}

/* The card seems to work. Removal tries for 30 seconds. */
static void removal_gives_copies_up(struct kunit *test)
{
	unplug_without_copies(test, false);
}

static void removal_moves_pages(struct kunit *test)
{
	u64 user = place_pages(test, xe_fake_plug(test, 0, XE_BATTLEMAGE));

	xe_fake_unplug(test, 0);
	KUNIT_EXPECT_EQ(test, read_pages(test, user), FAKE_SIZE);
}

/* Removal ends, though the process keeps its pages. Nothing reads other data there. */
static void lost_pages_are_poisoned(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	u32 id = xe_fake_id(test, xe, 0);
	u64 user = place_pages(test, xe);

	fake_copy_error = -ENODEV;
	xe_fake_unplug(test, 0);
	KUNIT_EXPECT_EQ(test, read_pages(test, user), 0);
	expect_places(test, user, FAKE_PAGES, id);

	/* A new device in the slot is not affected, nor are the pages. */
	fake_copy_error = 0;
	xe_fake_plug(test, 0, XE_BATTLEMAGE);
	KUNIT_EXPECT_EQ(test, read_pages(test, user), 0);

	/* The process can have the addresses again. */
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(user, FAKE_SIZE));
}

static struct kunit_case xe_svm_unplug_cases[] = {
	KUNIT_CASE(pages_are_found),
	KUNIT_CASE(drain_moves_pages),
	KUNIT_CASE(drained_pages_are_dirty),
#ifdef CONFIG_MEMCG
	KUNIT_CASE(moved_pages_are_not_copied),
#endif
	KUNIT_CASE(failed_copy_keeps_pages),
	KUNIT_CASE(failed_fence_keeps_pages),
	KUNIT_CASE(failed_fence_poisons_pages),
	KUNIT_CASE_SLOW(removal_gives_copies_up),
	KUNIT_CASE(removal_moves_pages),
	KUNIT_CASE(lost_pages_are_poisoned),
	{}
};

struct kunit_suite xe_svm_unplug_suite = {
	.name = "xe_svm_unplug",
	.init = xe_fake_init,
	.test_cases = xe_svm_unplug_cases,
};
EXPORT_SYMBOL_IF_KUNIT(xe_svm_unplug_suite);
