/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIG_H_
#define _VGPUSVM_CONFIG_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct device_type;
struct platform_device;
struct vgpusvm_device;

/* Longest name of a GPU and longest serial, with the closing 0 */
#define VGPUSVM_NAME_LEN	64
/* Regions of one GPU are numbered below this, GPUs below the other */
#define VGPUSVM_MAX_REGIONS	64
#define VGPUSVM_MAX_GPUS	4096

/**
 * struct vgpusvm_region_config - A memory of a GPU, as configured
 * @entry: In &vgpusvm_config.regions, in the order of @instance.
 * @instance: Its number.
 * @size: In bytes, a multiple of 2 MiB.
 * @numa_node: Its NUMA node or %NUMA_NO_NODE.
 * @info: The local link from the GPU to it.
 */
struct vgpusvm_region_config {
	struct list_head entry;
	u16 instance;
	u64 size;
	int numa_node;
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_link_config - A path from a GPU to all memories of another
 * @entry: In &vgpusvm_config.links.
 * @target: Name of the other GPU, which may not exist.
 * @info: The path. Its figures and refusal may change while the GPU is
 *	  enabled, under vgpusvm_config_lock and the lock of vgpusvm_link.c.
 */
struct vgpusvm_link_config {
	struct list_head entry;
	char target[VGPUSVM_NAME_LEN];
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_config - A virtual GPU, as configured
 * @entry: In the list of all.
 * @name: What links call it.
 * @serial: Serial number of the card; empty for one that follows from @index.
 * @index: Number of its platform device.
 * @regions: Its &struct vgpusvm_region_config.
 * @links: Its &struct vgpusvm_link_config.
 * @pdev: Its device while it is enabled, else %NULL. Everything but
 *	  &vgpusvm_link_config.info is frozen meanwhile.
 * @vdev: Its instance while the driver is bound. Protected by
 *	  vgpusvm_bound_lock.
 *
 * Protected by vgpusvm_config_lock.
 */
struct vgpusvm_config {
	struct list_head entry;
	char name[VGPUSVM_NAME_LEN];
	char serial[VGPUSVM_NAME_LEN];
	unsigned int index;
	struct list_head regions;
	struct list_head links;
	struct platform_device *pdev;
	struct vgpusvm_device *vdev;
};

extern const struct device_type vgpusvm_device_type;
extern struct mutex vgpusvm_config_lock;
extern struct mutex vgpusvm_bound_lock;

struct vgpusvm_config *vgpusvm_config_create(const char *name);
void vgpusvm_config_destroy(struct vgpusvm_config *config);
struct vgpusvm_config *vgpusvm_config_find(const char *name);
int vgpusvm_config_set_index(struct vgpusvm_config *config, unsigned int index);

struct vgpusvm_region_config *
vgpusvm_config_add_region(struct vgpusvm_config *config, u16 instance);
void vgpusvm_config_del_region(struct vgpusvm_region_config *region);
struct vgpusvm_link_config *
vgpusvm_config_add_link(struct vgpusvm_config *config, const char *target);
void vgpusvm_config_del_link(struct vgpusvm_link_config *link);

bool vgpusvm_config_enabled(const struct vgpusvm_config *config);
int vgpusvm_config_enable(struct vgpusvm_config *config);
void vgpusvm_config_disable(struct vgpusvm_config *config);

int vgpusvm_config_update_link(struct vgpusvm_config *config,
			       struct vgpusvm_link_config *link,
			       const struct drm_pagemap_link_info *info);

int vgpusvm_configfs_init(void);
void vgpusvm_configfs_fini(void);

int vgpusvm_params_init(void);
void vgpusvm_params_fini(void);

#endif
