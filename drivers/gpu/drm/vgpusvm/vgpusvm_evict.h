/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_EVICT_H_
#define _VGPUSVM_EVICT_H_

#include <linux/rwsem.h>

struct vgpusvm_pagemap;

extern struct rw_semaphore vgpusvm_evict_lock;

int vgpusvm_evict_one(struct vgpusvm_pagemap *vpagemap);
int vgpusvm_evict_pagemap(struct vgpusvm_pagemap *vpagemap);

#endif
