// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Memory of a virtual GPU that is in a BAR of a PCI device. The CPU accesses it
 * through a mapping of the BAR, other GPUs by the DMA addresses that it has for
 * them. Folios are small, because the BAR has no system page that could take the
 * place of a huge one, see vgpusvm_evict_folio().
 */

#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "vgpusvm_mem_bar.h"
#include "vgpusvm_vram.h"

/* All BARs of all GPUs, by page frame number */
static struct rb_root_cached vgpusvm_bars = RB_ROOT_CACHED;
static DEFINE_SPINLOCK(vgpusvm_bars_lock);

static struct vgpusvm_bar *vgpusvm_bar_of(struct vgpusvm_region *region)
{
	return region->mem_private;
}

static int vgpusvm_bar_prepare(struct vgpusvm_region *region)
{
	struct vgpusvm_bar *bar = vgpusvm_bar_of(region);

	if (!bar->allocs)
		bar->allocs = kvcalloc(region->size >> PAGE_SHIFT,
				       sizeof(*bar->allocs), GFP_KERNEL);
	WRITE_ONCE(bar->region, region);

	return bar->allocs ? 0 : -ENOMEM;
}

static void vgpusvm_bar_fini(struct vgpusvm_region *region)
{
	kvfree(vgpusvm_bar_of(region)->allocs);
}

static int vgpusvm_bar_allocate(struct vgpusvm_alloc *alloc, u64 first,
				u64 npages, unsigned int order)
{
	struct vgpusvm_bar *bar = vgpusvm_bar_of(alloc->region);
	u64 i;

	memset(bar->cpu + (first << PAGE_SHIFT), 0, npages << PAGE_SHIFT);
	for (i = first; i < first + npages; i++)
		WRITE_ONCE(bar->allocs[i], alloc);

	return 0;
}

static void vgpusvm_bar_free(struct vgpusvm_region *region, u64 first,
			     u64 npages)
{
	struct vgpusvm_bar *bar = vgpusvm_bar_of(region);
	u64 i;

	for (i = first; i < first + npages; i++)
		WRITE_ONCE(bar->allocs[i], NULL);
}

static struct vgpusvm_alloc *
vgpusvm_bar_allocation(struct vgpusvm_region *region, u64 index)
{
	return READ_ONCE(vgpusvm_bar_of(region)->allocs[index]);
}

static void *vgpusvm_bar_map(struct vgpusvm_region *region, u64 index)
{
	return vgpusvm_bar_of(region)->cpu + (index << PAGE_SHIFT);
}

static void vgpusvm_bar_unmap(void *addr)
{
}

static dma_addr_t vgpusvm_bar_map_peer(struct vgpusvm_region *region, u64 index,
				       struct device *peer, size_t size,
				       enum dma_data_direction dir)
{
	phys_addr_t phys = vgpusvm_bar_of(region)->phys +
			   (index << PAGE_SHIFT);

	return dma_map_resource(peer, phys, size, dir, 0);
}

static void vgpusvm_bar_unmap_peer(struct device *peer, dma_addr_t addr,
				   size_t size, enum dma_data_direction dir)
{
	dma_unmap_resource(peer, addr, size, dir, 0);
}

const struct vgpusvm_mem_ops vgpusvm_mem_bar = {
	.prepare = vgpusvm_bar_prepare,
	.fini = vgpusvm_bar_fini,
	.allocate = vgpusvm_bar_allocate,
	.free = vgpusvm_bar_free,
	.allocation = vgpusvm_bar_allocation,
	.map = vgpusvm_bar_map,
	.unmap = vgpusvm_bar_unmap,
	.map_peer = vgpusvm_bar_map_peer,
	.unmap_peer = vgpusvm_bar_unmap_peer,
};

static void vgpusvm_bar_unmap_cpu(struct drm_device *drm, void *cpu)
{
	memunmap(cpu);
}

static void vgpusvm_bar_remove(void *arg)
{
	struct vgpusvm_bar *bar = arg;

	guard(spinlock)(&vgpusvm_bars_lock);
	interval_tree_remove(&bar->pfns, &vgpusvm_bars);
}

/**
 * vgpusvm_bar_create() - Map a BAR as the memory of a region
 * @drm: GPU of the region.
 * @pdev: PCI device of the GPU, enabled.
 * @bar: Index of the BAR.
 * @size: Size of the region; no more than that of the BAR.
 *
 * The data and the CPU's mapping stay as long as @drm: after the card was pulled out,
 * an access that has begun does no harm, and its result is not used.
 *
 * Return: Data for &vgpusvm_region.mem_private, or an error pointer.
 */
struct vgpusvm_bar *vgpusvm_bar_create(struct drm_device *drm,
				       struct pci_dev *pdev, int bar, u64 size)
{
	struct vgpusvm_bar *vbar = drmm_kzalloc(drm, sizeof(*vbar), GFP_KERNEL);
	int err;

	if (!vbar)
		return ERR_PTR(-ENOMEM);

	err = pcim_request_region(pdev, bar, drm->driver->name);
	if (err)
		return ERR_PTR(err);

	/* The BAR of ivshmem is memory of the host, so it can be mapped cached */
	vbar->phys = pci_resource_start(pdev, bar);
	vbar->cpu = memremap(vbar->phys, size, MEMREMAP_WB);
	if (!vbar->cpu)
		return ERR_PTR(-ENOMEM);
	err = drmm_add_action_or_reset(drm, vgpusvm_bar_unmap_cpu, vbar->cpu);
	if (err)
		return ERR_PTR(err);

	vbar->pfns.start = PHYS_PFN(vbar->phys);
	vbar->pfns.last = PHYS_PFN(vbar->phys + size - 1);
	scoped_guard(spinlock, &vgpusvm_bars_lock)
		interval_tree_insert(&vbar->pfns, &vgpusvm_bars);
	err = devm_add_action_or_reset(&pdev->dev, vgpusvm_bar_remove, vbar);

	return err ? ERR_PTR(err) : vbar;
}

/**
 * vgpusvm_bar_find() - Find the region that a physical address belongs to
 * @pfn: Page frame number of a page in use.
 * @index: Returned: index of the page in the region.
 *
 * Return: The region, or %NULL if its GPU was pulled out.
 */
struct vgpusvm_region *vgpusvm_bar_find(unsigned long pfn, u64 *index)
{
	struct interval_tree_node *node;
	struct vgpusvm_bar *bar;

	guard(spinlock)(&vgpusvm_bars_lock);
	node = interval_tree_iter_first(&vgpusvm_bars, pfn, pfn);
	if (!node)
		return NULL;

	bar = container_of(node, struct vgpusvm_bar, pfns);
	*index = pfn - node->start;

	return READ_ONCE(bar->region);
}
