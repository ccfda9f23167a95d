/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_FAULT_H_
#define _VGPUSVM_FAULT_H_

#include <linux/types.h>

struct vgpusvm_vm;

/**
 * struct vgpusvm_fault - A GPU page fault, or a prefetch that acts like one
 * @addr: Faulting address.
 * @write: Set if the GPU wants to write.
 * @place: Set if the pages must move to the preferred pagemap, even if they are
 *	   mapped already. The fault fails if they can't, except if the pagemap
 *	   is full.
 * @end: Returned: end of the mapped pages.
 * @fallback: Returned: bytes that stay in system memory because the preferred
 *	      pagemap is full.
 */
struct vgpusvm_fault {
	unsigned long addr;
	bool write;
	bool place;
	unsigned long end;
	u64 fallback;
};

int vgpusvm_fault(struct vgpusvm_vm *vm, struct vgpusvm_fault *fault);

#endif
