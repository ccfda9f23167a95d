/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIGFS_PARTS_H_
#define _VGPUSVM_CONFIGFS_PARTS_H_

#include <linux/configfs.h>
#include <linux/list.h>

struct vgpusvm_gpu;

/**
 * struct vgpusvm_cfs_parts - Regions and links of a GPU in configfs
 * @regions: Directory regions/ of the GPU.
 * @links: Directory links/ of the GPU.
 * @list: List of &struct vgpusvm_cfs_part in both directories.
 * @gpu: The GPU. %NULL after its directory was removed.
 *
 * Protected by vgpusvm_gpus_lock.
 */
struct vgpusvm_cfs_parts {
	struct config_group regions;
	struct config_group links;
	struct list_head list;
	struct vgpusvm_gpu *gpu;
};

void vgpusvm_cfs_parts_init(struct vgpusvm_cfs_parts *parts,
			    struct vgpusvm_gpu *gpu,
			    struct config_group *group);
int vgpusvm_cfs_parts_pin(struct vgpusvm_cfs_parts *parts,
			  struct configfs_subsystem *subsystem);
void vgpusvm_cfs_parts_unpin(struct vgpusvm_cfs_parts *parts);

#endif
