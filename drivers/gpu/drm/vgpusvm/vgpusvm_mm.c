// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * State that the VMs of an address space share across all GPUs.
 */

#include <linux/cleanup.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "vgpusvm_mm.h"

static DEFINE_HASHTABLE(vgpusvm_mms, 8);
/* Protects vgpusvm_mms */
static DEFINE_MUTEX(vgpusvm_mms_lock);

static struct vgpusvm_mm *vgpusvm_mm_find(struct mm_struct *mm)
{
	struct vgpusvm_mm *vmm;

	hash_for_each_possible(vgpusvm_mms, vmm, entry, (unsigned long)mm)
		if (vmm->mm == mm)
			return vmm;

	return NULL;
}

/**
 * vgpusvm_mm_get() - Find or create the shared state of an address space
 * @mm: Address space.
 *
 * Return: The shared state with a reference, or an error pointer: -ENOMEM.
 */
struct vgpusvm_mm *vgpusvm_mm_get(struct mm_struct *mm)
{
	struct vgpusvm_mm *vmm;

	guard(mutex)(&vgpusvm_mms_lock);
	vmm = vgpusvm_mm_find(mm);
	if (vmm) {
		kref_get(&vmm->ref);
		return vmm;
	}

	vmm = kzalloc_obj(*vmm, GFP_KERNEL_ACCOUNT);
	if (!vmm)
		return ERR_PTR(-ENOMEM);

	kref_init(&vmm->ref);
	init_rwsem(&vmm->move_lock);
	/* Keep another mm_struct from getting the same address */
	mmgrab(mm);
	vmm->mm = mm;
	hash_add(vgpusvm_mms, &vmm->entry, (unsigned long)mm);

	return vmm;
}

/**
 * vgpusvm_mm_next() - Find the next address that is mapped
 * @mm: Address space, in use by the caller.
 * @addr: First address to look at; set to the first one that is mapped.
 * @end: End of the search, which @addr becomes if nothing is mapped before.
 *
 * Return: 0; -EINTR on a fatal signal.
 */
int vgpusvm_mm_next(struct mm_struct *mm, u64 *addr, u64 end)
{
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(mm))
		return -EINTR;

	vma = find_vma(mm, *addr);
	*addr = vma ? clamp_t(u64, vma->vm_start, *addr, end) : end;
	mmap_read_unlock(mm);

	return 0;
}

static void vgpusvm_mm_free(struct kref *ref)
{
	struct vgpusvm_mm *vmm = container_of(ref, struct vgpusvm_mm, ref);

	hash_del(&vmm->entry);
	mutex_unlock(&vgpusvm_mms_lock);
	mmdrop(vmm->mm);
	kfree(vmm);
}

/**
 * vgpusvm_mm_put() - Drop a reference to the shared state
 * @vmm: Shared state of the VMs of an address space.
 */
void vgpusvm_mm_put(struct vgpusvm_mm *vmm)
{
	kref_put_mutex(&vmm->ref, vgpusvm_mm_free, &vgpusvm_mms_lock);
}
