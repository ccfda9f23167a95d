/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_EVICT_H_
#define _VGPUSVM_EVICT_H_

#include <linux/rwsem.h>

struct dmem_cgroup_pool_state;
struct vgpusvm_dmem;
struct vgpusvm_pagemap;

extern struct rw_semaphore vgpusvm_evict_lock;

int vgpusvm_evict_one(struct vgpusvm_pagemap *vpagemap,
		      struct dmem_cgroup_pool_state *limit);
int vgpusvm_evict_reclaim(struct vgpusvm_dmem *dmem,
			  struct dmem_cgroup_pool_state *pool);
int vgpusvm_evict_pagemap(struct vgpusvm_pagemap *vpagemap);

#endif
