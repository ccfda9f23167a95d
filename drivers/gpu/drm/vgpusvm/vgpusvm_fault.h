/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_FAULT_H_
#define _VGPUSVM_FAULT_H_

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct vgpusvm_vm;

/**
 * struct vgpusvm_fault - A GPU page fault, or a prefetch that acts like one
 * @addr: The address.
 * @write: The GPU wants to write.
 * @place: The pages have to be where they prefer to be, also if they are
 *	   mapped already; it is an error if they can't be, but for lack of room.
 * @end: Returned: how far the pages are mapped.
 * @fallback: Returned: how many bytes stay in system memory for lack of room.
 */
struct vgpusvm_fault {
	unsigned long addr;
	bool write;
	bool place;
	unsigned long end;
	u64 fallback;
};

int vgpusvm_fault(struct vgpusvm_vm *vm, struct vgpusvm_fault *fault);
int vgpusvm_prefetch_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);
int vgpusvm_evict_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

#endif
