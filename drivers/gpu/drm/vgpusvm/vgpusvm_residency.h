/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_RESIDENCY_H_
#define _VGPUSVM_RESIDENCY_H_

#include <linux/types.h>

struct mm_struct;

int vgpusvm_mm_residency(struct mm_struct *mm, unsigned long start,
			 unsigned long npages, u32 *ids);
int vgpusvm_mm_evict(struct mm_struct *mm, unsigned long start,
		     unsigned long length, u64 *bytes);

#endif
