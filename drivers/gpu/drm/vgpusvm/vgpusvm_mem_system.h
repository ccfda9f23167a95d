/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_MEM_SYSTEM_H_
#define _VGPUSVM_MEM_SYSTEM_H_

struct vgpusvm_mem_ops;

extern const struct vgpusvm_mem_ops vgpusvm_mem_system;

#endif
