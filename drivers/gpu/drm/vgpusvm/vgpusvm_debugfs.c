// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Files in debugfs: the ranges of all VMs of a GPU, and the allocations in its
 * regions.
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include <drm/drm_debugfs.h>

#include "vgpusvm_debugfs.h"
#include "vgpusvm_device.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"
#include "vgpusvm_vram.h"

/*
 * Number of ranges of a VM, and of allocations of a region, to list: meanwhile
 * MMU notifiers wait, or interrupts are off
 */
#define VGPUSVM_DEBUGFS_LINES	1024

/* Count a line, and end the list if it is beyond the limit. */
static bool vgpusvm_debugfs_ends(struct seq_file *m, unsigned int *num)
{
	if (++*num <= VGPUSVM_DEBUGFS_LINES)
		return false;

	seq_puts(m, "  ...\n");

	return true;
}

/* Get the ID of the pagemap that a mapped range starts on, 0 for none. */
static u32 vgpusvm_debugfs_pagemap(const struct vgpusvm_range *range)
{
	struct vgpusvm_access access = vgpusvm_pfn_access(range->table[0]);

	return access.region ? access.region->id : 0;
}

static void vgpusvm_debugfs_vm(struct seq_file *m, struct vgpusvm_vm *vm)
{
	struct vgpusvm_range *range;
	unsigned int num = 0;

	seq_printf(m, "process %d\n", pid_vnr(vm->tgid));
	drm_gpusvm_notifier_lock(&vm->svm);
	list_for_each_entry(range, &vm->ranges, entry) {
		if (vgpusvm_debugfs_ends(m, &num))
			break;
		seq_printf(m, "  0x%lx-0x%lx", drm_gpusvm_range_start(&range->base),
			   drm_gpusvm_range_end(&range->base));
		if (!range->mapped)
			seq_puts(m, " unmapped\n");
		else
			seq_printf(m, " pagemap %u %s\n",
				   vgpusvm_debugfs_pagemap(range),
				   range->writable ? "rw" : "ro");
	}
	drm_gpusvm_notifier_unlock(&vm->svm);
}

static int vgpusvm_debugfs_ranges(struct seq_file *m, void *data)
{
	struct drm_debugfs_entry *entry = m->private;
	struct vgpusvm_device *vdev = to_vgpusvm(entry->dev);
	struct vgpusvm_vm *vm;

	guard(mutex)(&vdev->vms_lock);
	list_for_each_entry(vm, &vdev->vms, entry)
		vgpusvm_debugfs_vm(m, vm);

	return 0;
}

static void vgpusvm_debugfs_region(struct seq_file *m,
				   struct vgpusvm_region *region)
{
	struct vgpusvm_alloc *alloc;
	unsigned int num = 0;

	seq_printf(m, "pagemap %u size %llu free %llu allocations %u\n",
		   region->id, region->size, vgpusvm_region_avail(region),
		   READ_ONCE(region->num_lru));
	guard(spinlock_irqsave)(&region->lru_lock);
	list_for_each_entry(alloc, &region->lru, lru) {
		if (vgpusvm_debugfs_ends(m, &num))
			break;
		seq_printf(m, "  size %lu freed %lu%s%s\n",
			   alloc->devmem.size,
			   atomic_read(&alloc->num_freed) * PAGE_SIZE,
			   READ_ONCE(alloc->used) ? " used" : "",
			   READ_ONCE(alloc->sparse) ? " sparse" : "");
	}
}

static int vgpusvm_debugfs_allocations(struct seq_file *m, void *data)
{
	struct drm_debugfs_entry *entry = m->private;
	struct vgpusvm_device *vdev = to_vgpusvm(entry->dev);
	unsigned int i;

	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_debugfs_region(m, &vdev->regions[i]);

	return 0;
}

/**
 * vgpusvm_debugfs_init() - Add the files of a GPU to debugfs
 * @vdev: GPU that is not registered with DRM yet.
 */
void vgpusvm_debugfs_init(struct vgpusvm_device *vdev)
{
	drm_debugfs_add_file(&vdev->drm, "ranges", vgpusvm_debugfs_ranges,
			     NULL);
	drm_debugfs_add_file(&vdev->drm, "allocations",
			     vgpusvm_debugfs_allocations, NULL);
}
