// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How much of each pagemap an address space uses, on all GPUs.
 */

#include <linux/cleanup.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "vgpusvm_usage.h"

static DEFINE_HASHTABLE(vgpusvm_usages, 8);
/* Protects vgpusvm_usages */
static DEFINE_MUTEX(vgpusvm_usages_lock);

static struct vgpusvm_usage *vgpusvm_usage_find(const struct mm_struct *mm,
						u32 id)
{
	struct vgpusvm_usage *usage;

	lockdep_assert_held(&vgpusvm_usages_lock);
	hash_for_each_possible(vgpusvm_usages, usage, entry, (unsigned long)mm)
		if (usage->mm == mm && usage->id == id)
			return usage;

	return NULL;
}

/* Returns the known usage with a reference, or else adds @new if there is one. */
static struct vgpusvm_usage *
vgpusvm_usage_find_or_add(struct mm_struct *mm, u32 id,
			  struct vgpusvm_usage *new)
{
	struct vgpusvm_usage *known;

	guard(mutex)(&vgpusvm_usages_lock);
	known = vgpusvm_usage_find(mm, id);
	if (known)
		kref_get(&known->ref);
	else if (new)
		hash_add(vgpusvm_usages, &new->entry, (unsigned long)mm);

	return known ?: new;
}

/**
 * vgpusvm_usage_get() - Find or create the usage of a pagemap
 * @mm: Address space. The caller keeps it until vgpusvm_usage_put().
 * @id: ID of the pagemap.
 *
 * Return: The usage with a reference; %NULL if memory is short.
 */
struct vgpusvm_usage *vgpusvm_usage_get(struct mm_struct *mm, u32 id)
{
	struct vgpusvm_usage *usage = vgpusvm_usage_find_or_add(mm, id, NULL);
	struct vgpusvm_usage *new;

	if (usage)
		return usage;

	/* A limit of the caller's cgroup can delay this, so hold no lock */
	new = kzalloc_obj(*new, GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;

	kref_init(&new->ref);
	new->mm = mm;
	new->id = id;
	usage = vgpusvm_usage_find_or_add(mm, id, new);
	if (usage != new)
		kfree(new);

	return usage;
}

static void vgpusvm_usage_free(struct kref *ref)
{
	struct vgpusvm_usage *usage =
		container_of(ref, struct vgpusvm_usage, ref);

	hash_del(&usage->entry);
	mutex_unlock(&vgpusvm_usages_lock);
	kfree(usage);
}

/**
 * vgpusvm_usage_put() - Drop a reference to the usage of a pagemap
 * @usage: The usage.
 */
void vgpusvm_usage_put(struct vgpusvm_usage *usage)
{
	kref_put_mutex(&usage->ref, vgpusvm_usage_free, &vgpusvm_usages_lock);
}

/**
 * vgpusvm_usage_read() - Read how much of a pagemap an address space uses
 * @mm: Address space.
 * @id: ID of the pagemap.
 *
 * Return: Number of bytes.
 */
u64 vgpusvm_usage_read(const struct mm_struct *mm, u32 id)
{
	struct vgpusvm_usage *usage;

	guard(mutex)(&vgpusvm_usages_lock);
	usage = vgpusvm_usage_find(mm, id);

	return usage ? atomic64_read(&usage->bytes) : 0;
}

/**
 * vgpusvm_usage_total() - Read how much of all pagemaps an address space uses
 * @mm: Address space.
 *
 * Return: Number of bytes.
 */
u64 vgpusvm_usage_total(const struct mm_struct *mm)
{
	struct vgpusvm_usage *usage;
	u64 bytes = 0;

	guard(mutex)(&vgpusvm_usages_lock);
	hash_for_each_possible(vgpusvm_usages, usage, entry, (unsigned long)mm)
		if (usage->mm == mm)
			bytes += atomic64_read(&usage->bytes);

	return bytes;
}
