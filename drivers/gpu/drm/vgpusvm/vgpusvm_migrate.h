/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_MIGRATE_H_
#define _VGPUSVM_MIGRATE_H_

struct drm_pagemap;
struct mm_struct;

int vgpusvm_populate_mm(struct drm_pagemap *dpagemap, unsigned long start,
			unsigned long end, struct mm_struct *mm,
			unsigned long timeslice_ms);

#endif
