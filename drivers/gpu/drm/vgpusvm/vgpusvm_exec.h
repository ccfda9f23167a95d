/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_EXEC_H_
#define _VGPUSVM_EXEC_H_

#include <linux/types.h>

struct drm_vgpusvm_op;
struct vgpusvm_vm;

int vgpusvm_exec_check(const struct drm_vgpusvm_op *op);
int vgpusvm_exec_op(struct vgpusvm_vm *vm, struct drm_vgpusvm_op *op);

#endif
