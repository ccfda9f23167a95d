/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIGFS_H_
#define _VGPUSVM_CONFIGFS_H_

#include <linux/configfs.h>
#include <linux/list.h>

#include "vgpusvm_config.h"

/**
 * struct vgpusvm_cfs_gpu - A GPU in configfs
 * @group: Directory of the GPU.
 * @regions: Directory regions/ of the GPU.
 * @links: Directory links/ of the GPU.
 * @parts: List of &struct vgpusvm_cfs_part in both directories.
 * @config: Configuration of the GPU. %NULL after the directory was removed.
 *
 * Protected by vgpusvm_config_lock.
 */
struct vgpusvm_cfs_gpu {
	struct config_group group;
	struct config_group regions;
	struct config_group links;
	struct list_head parts;
	struct vgpusvm_config *config;
};

/**
 * struct vgpusvm_cfs_part - A region or a link of a GPU in configfs
 * @item: Directory of the region or link.
 * @entry: Entry in &vgpusvm_cfs_gpu.parts.
 * @gpu: GPU that the region or link belongs to.
 * @region: Configuration of the region, %NULL for a link.
 * @link: Configuration of the link, %NULL for a region.
 */
struct vgpusvm_cfs_part {
	struct config_item item;
	struct list_head entry;
	struct vgpusvm_cfs_gpu *gpu;
	struct vgpusvm_region_config *region;
	struct vgpusvm_link_config *link;
};

extern const struct config_item_type vgpusvm_cfs_regions_type;
extern const struct config_item_type vgpusvm_cfs_links_type;

static inline struct vgpusvm_cfs_gpu *to_vgpusvm_cfs_gpu(struct config_item *item)
{
	return container_of(to_config_group(item), struct vgpusvm_cfs_gpu,
			    group);
}

static inline struct vgpusvm_cfs_part *
to_vgpusvm_cfs_part(struct config_item *item)
{
	return container_of(item, struct vgpusvm_cfs_part, item);
}

#endif
