/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_MEM_BAR_H_
#define _VGPUSVM_MEM_BAR_H_

#include <linux/interval_tree.h>
#include <linux/types.h>

struct drm_device;
struct pci_dev;
struct vgpusvm_alloc;
struct vgpusvm_mem_ops;
struct vgpusvm_region;

/**
 * struct vgpusvm_bar - A BAR that is the memory of a region
 * @region: Region of the memory.
 * @phys: Physical address of the first byte.
 * @cpu: Mapping for the CPU, until the driver is unbound.
 * @pfns: Page frame numbers, in the interval tree of all BARs.
 * @allocs: Allocation of each page in use.
 */
struct vgpusvm_bar {
	struct vgpusvm_region *region;
	phys_addr_t phys;
	void *cpu;
	struct interval_tree_node pfns;
	struct vgpusvm_alloc **allocs;
};

extern const struct vgpusvm_mem_ops vgpusvm_mem_bar;

struct vgpusvm_bar *vgpusvm_bar_create(struct drm_device *drm,
				       struct pci_dev *pdev, int bar, u64 size);
struct vgpusvm_region *vgpusvm_bar_find(unsigned long pfn, u64 *index);

#endif
