// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Memory of a virtual GPU that consists of system pages, allocated on demand.
 * &vgpusvm_region.mem_private is a table of the system page behind each page in
 * use. An entry is stable while the page is in use.
 */

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vgpusvm_mem_system.h"
#include "vgpusvm_vram.h"

static struct page **vgpusvm_system_table(struct vgpusvm_region *region)
{
	return region->mem_private;
}

static int vgpusvm_system_prepare(struct vgpusvm_region *region)
{
	if (!region->mem_private)
		region->mem_private = kvcalloc(region->size >> PAGE_SHIFT,
					       sizeof(struct page *),
					       GFP_KERNEL);

	return region->mem_private ? 0 : -ENOMEM;
}

static void vgpusvm_system_fini(struct vgpusvm_region *region)
{
	kvfree(region->mem_private);
}

static int vgpusvm_system_allocate(struct vgpusvm_alloc *alloc, u64 first,
				   u64 npages, unsigned int order)
{
	struct vgpusvm_region *region = alloc->region;
	struct page **table = vgpusvm_system_table(region);
	int node = vgpusvm_region_node(region);
	u64 i, j;

	if (node == NUMA_NO_NODE)
		node = numa_mem_id();
	for (i = first; i < first + npages; i += 1UL << order) {
		struct folio *folio =
			__folio_alloc_node(GFP_HIGHUSER | __GFP_ZERO |
					   __GFP_NORETRY | __GFP_NOWARN, order,
					   node);

		if (!folio)
			return -ENOMEM;
		folio->private = alloc;
		for (j = 0; j < 1UL << order; j++)
			table[i + j] = folio_page(folio, j);
	}

	return 0;
}

static void vgpusvm_system_put(struct page *page)
{
	struct folio *folio = page_folio(page);

	folio->private = NULL;
	folio_put(folio);
}

/* A huge system page is behind many pages and is freed once. */
static void vgpusvm_system_free(struct vgpusvm_region *region, u64 first,
				u64 npages)
{
	struct page **table = vgpusvm_system_table(region);
	u64 i, j, num;

	for (i = first; i < first + npages; i += num) {
		/* If two callers free a page, only one of them finds it */
		struct page *page = xchg(&table[i], NULL);

		num = page ? folio_nr_pages(page_folio(page)) : 1;
		for (j = 1; j < num; j++)
			table[i + j] = NULL;
		if (page)
			vgpusvm_system_put(page);
	}
}

static struct page *vgpusvm_system_page(struct vgpusvm_region *region,
					u64 index)
{
	return vgpusvm_system_table(region)[index];
}

static struct vgpusvm_alloc *
vgpusvm_system_allocation(struct vgpusvm_region *region, u64 index)
{
	struct page *page = READ_ONCE(vgpusvm_system_table(region)[index]);

	return page ? folio_get_private(page_folio(page)) : NULL;
}

static void *vgpusvm_system_map(struct vgpusvm_region *region, u64 index)
{
	return kmap_local_page(vgpusvm_system_page(region, index));
}

static void vgpusvm_system_unmap(void *addr)
{
	kunmap_local(addr);
}

const struct vgpusvm_mem_ops vgpusvm_mem_system = {
	.prepare = vgpusvm_system_prepare,
	.fini = vgpusvm_system_fini,
	.allocate = vgpusvm_system_allocate,
	.free = vgpusvm_system_free,
	.allocation = vgpusvm_system_allocation,
	.map = vgpusvm_system_map,
	.unmap = vgpusvm_system_unmap,
	.page = vgpusvm_system_page,
};
