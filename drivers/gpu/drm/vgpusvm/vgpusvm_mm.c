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
#include <linux/workqueue.h>

#include "vgpusvm_mm.h"
#include "vgpusvm_work.h"

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

/* Called by work of the last VM of the address space, or after it. */
static void vgpusvm_mm_free_work(struct work_struct *work)
{
	struct vgpusvm_mm *vmm =
		container_of(work, struct vgpusvm_mm, free_work);

	destroy_workqueue(vmm->wq);
	mmdrop(vmm->mm);
	kfree(vmm);
}

static struct vgpusvm_mm *vgpusvm_mm_alloc(struct mm_struct *mm)
{
	struct vgpusvm_mm *vmm __free(kfree) =
		kzalloc_obj(*vmm, GFP_KERNEL_ACCOUNT);

	if (!vmm)
		return NULL;

	vmm->wq = alloc_ordered_workqueue("vgpusvm-vm", 0);
	if (!vmm->wq)
		return NULL;

	kref_init(&vmm->ref);
	init_rwsem(&vmm->move_lock);
	INIT_WORK(&vmm->free_work, vgpusvm_mm_free_work);
	/* Keep another mm_struct from getting the same address */
	mmgrab(mm);
	vmm->mm = mm;

	return no_free_ptr(vmm);
}

/* Returns the known state with a reference, or else adds @new if there is one. */
static struct vgpusvm_mm *vgpusvm_mm_find_or_add(struct mm_struct *mm,
						 struct vgpusvm_mm *new)
{
	struct vgpusvm_mm *known;

	guard(mutex)(&vgpusvm_mms_lock);
	known = vgpusvm_mm_find(mm);
	if (known)
		kref_get(&known->ref);
	else if (new)
		hash_add(vgpusvm_mms, &new->entry, (unsigned long)mm);

	return known ?: new;
}

/**
 * vgpusvm_mm_get() - Find or create the shared state of an address space
 * @mm: Address space.
 *
 * Return: The shared state with a reference, or an error pointer: -ENOMEM.
 */
struct vgpusvm_mm *vgpusvm_mm_get(struct mm_struct *mm)
{
	struct vgpusvm_mm *vmm = vgpusvm_mm_find_or_add(mm, NULL), *new;

	if (vmm)
		return vmm;

	/* A limit of the caller's cgroup can delay this, so hold no lock */
	new = vgpusvm_mm_alloc(mm);
	if (!new)
		return ERR_PTR(-ENOMEM);

	vmm = vgpusvm_mm_find_or_add(mm, new);
	if (vmm != new)
		vgpusvm_mm_free_work(&new->free_work);

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
	/* This may be work of the workqueue that has to go */
	queue_work(vgpusvm_mm_wq, &vmm->free_work);
}

/**
 * vgpusvm_mm_put() - Drop a reference to the shared state
 * @vmm: Shared state of the VMs of an address space.
 */
void vgpusvm_mm_put(struct vgpusvm_mm *vmm)
{
	kref_put_mutex(&vmm->ref, vgpusvm_mm_free, &vgpusvm_mms_lock);
}
