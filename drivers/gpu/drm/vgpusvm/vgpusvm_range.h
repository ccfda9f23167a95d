/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_RANGE_H_
#define _VGPUSVM_RANGE_H_

#include <linux/types.h>

#include <drm/drm_gpusvm.h>

struct vgpusvm_access;
struct vgpusvm_vm;
struct work_struct;

#define VGPUSVM_NUM_CHUNK_SIZES	3

/**
 * struct vgpusvm_range - A part of an address space with its GPU page table
 * @base: Range of drm_gpusvm.
 * @pages: Pages of the range, from drm_gpusvm.
 * @entry: Entry in &vgpusvm_vm.ranges.
 * @gc_entry: Entry in &vgpusvm_vm.gc_ranges.
 * @table: Page table: the page frame number of each page. Valid if @mapped.
 * @mapped: Set if the GPU may use @table. Changes under the notifier lock, held
 *	    for writing.
 * @writable: Set if the GPU may write.
 * @busy: Set while a fault works on the range without the VM's lock. Set under
 *	  that lock. A busy range is not removed, so that its notifier stays.
 * @doomed: Set when the range must not be mapped again, and is removed as soon
 *	    as it is not @busy.
 */
struct vgpusvm_range {
	struct drm_gpusvm_range base;
	struct drm_gpusvm_pages pages;
	struct list_head entry;
	struct list_head gc_entry;
	unsigned long *table;
	bool mapped;
	bool writable;
	bool busy;
	bool doomed;
};

extern const struct drm_gpusvm_ops vgpusvm_gpusvm_ops;

const unsigned long *vgpusvm_chunk_sizes(bool huge);

static inline struct vgpusvm_range *
to_vgpusvm_range(struct drm_gpusvm_range *range)
{
	return container_of(range, struct vgpusvm_range, base);
}

static inline unsigned long vgpusvm_range_pages(struct vgpusvm_range *range)
{
	return drm_gpusvm_range_size(&range->base) >> PAGE_SHIFT;
}

bool vgpusvm_range_claim(struct vgpusvm_vm *vm, struct vgpusvm_range *range);
void vgpusvm_range_unclaim(struct vgpusvm_vm *vm, struct vgpusvm_range *range);
void vgpusvm_range_doom(struct vgpusvm_vm *vm, struct vgpusvm_range *range);
void vgpusvm_range_kill_all(struct vgpusvm_vm *vm);
int vgpusvm_range_may_write(struct vgpusvm_vm *vm,
			    struct vgpusvm_range *range);
int vgpusvm_range_map(struct vgpusvm_vm *vm, struct vgpusvm_range *range,
		      bool writable);
void vgpusvm_range_unmap(struct vgpusvm_vm *vm, struct vgpusvm_range *range);
void vgpusvm_range_zap(struct vgpusvm_vm *vm, unsigned long start,
		       unsigned long end);
void vgpusvm_range_gc(struct vgpusvm_vm *vm);
void vgpusvm_range_gc_work(struct work_struct *work);
int vgpusvm_range_walk(struct vgpusvm_vm *vm, unsigned long addr, bool write,
		       struct vgpusvm_access *access);

#endif
