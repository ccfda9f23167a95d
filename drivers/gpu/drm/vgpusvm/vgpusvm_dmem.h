/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_DMEM_H_
#define _VGPUSVM_DMEM_H_

#include <linux/types.h>

struct dmem_cgroup_pool_state;
struct dmem_cgroup_region;

/* Size of names in the dmem controller, including the terminating NUL */
#define VGPUSVM_DMEM_NAME_LEN	64

/**
 * struct vgpusvm_dmem - A memory region in the dmem cgroup controller
 * @region: Region of the controller; %NULL without the controller.
 * @name: Name of the region in the files of the controller.
 * @reclaim: Function that frees memory of the region that is charged to a pool, or
 *	     below it. Returns 0, or -ENOSPC if nothing can be freed now.
 */
struct vgpusvm_dmem {
	struct dmem_cgroup_region *region;
	char name[VGPUSVM_DMEM_NAME_LEN];
	int (*reclaim)(struct vgpusvm_dmem *dmem,
		       struct dmem_cgroup_pool_state *pool);
};

int vgpusvm_dmem_register(struct vgpusvm_dmem *dmem, const char *device,
			  unsigned int instance, u64 size,
			  int (*reclaim)(struct vgpusvm_dmem *dmem,
					 struct dmem_cgroup_pool_state *pool));
void vgpusvm_dmem_unregister(struct vgpusvm_dmem *dmem);
const char *vgpusvm_dmem_name(const struct vgpusvm_dmem *dmem);

int vgpusvm_dmem_charge(struct vgpusvm_dmem *dmem, u64 size,
			struct dmem_cgroup_pool_state **pool,
			struct dmem_cgroup_pool_state **limit);

#endif
