/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_USAGE_H_
#define _VGPUSVM_USAGE_H_

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;

/**
 * struct vgpusvm_usage - Bytes of a pagemap that an address space uses
 * @ref: Reference count, one for each allocation.
 * @entry: Entry in the hash table of all usages.
 * @mm: Address space. The allocations have references to it.
 * @id: ID of the pagemap.
 * @bytes: Size of the pages in use.
 */
struct vgpusvm_usage {
	struct kref ref;
	struct hlist_node entry;
	struct mm_struct *mm;
	u32 id;
	atomic64_t bytes;
};

struct vgpusvm_usage *vgpusvm_usage_get(struct mm_struct *mm, u32 id);
void vgpusvm_usage_put(struct vgpusvm_usage *usage);
u64 vgpusvm_usage_read(const struct mm_struct *mm, u32 id);
u64 vgpusvm_usage_total(const struct mm_struct *mm);

/**
 * vgpusvm_usage_add() - Change the number of bytes in use
 * @usage: The usage.
 * @bytes: Number of bytes to add, negative if pages were freed.
 *
 * Context: Any context.
 */
static inline void vgpusvm_usage_add(struct vgpusvm_usage *usage, s64 bytes)
{
	atomic64_add(bytes, &usage->bytes);
}

#endif
