/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_EXEC_H_
#define _VGPUSVM_EXEC_H_

#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/drm/vgpusvm_drm.h>

/* Bit mask of all operations for &drm_vgpusvm_caps.ops */
#define VGPUSVM_EXEC_OPS						\
	(BIT_ULL(DRM_VGPUSVM_OP_FILL) | BIT_ULL(DRM_VGPUSVM_OP_COPY) |	\
	 BIT_ULL(DRM_VGPUSVM_OP_ADD) |					\
	 BIT_ULL(DRM_VGPUSVM_OP_ATOMIC_ADD) |				\
	 BIT_ULL(DRM_VGPUSVM_OP_CRC32) | BIT_ULL(DRM_VGPUSVM_OP_READ) |	\
	 BIT_ULL(DRM_VGPUSVM_OP_WRITE))

struct vgpusvm_vm;

int vgpusvm_exec_check(const struct drm_vgpusvm_op *op);
int vgpusvm_exec_op(struct vgpusvm_vm *vm, struct drm_vgpusvm_op *op);

#endif
