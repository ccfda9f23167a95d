/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIG_H_
#define _VGPUSVM_CONFIG_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct device_type;
struct platform_device;

/* Size of names and serial numbers, including the terminating NUL */
#define VGPUSVM_NAME_LEN	64
/* Limits: region numbers of a GPU and GPU numbers are below these */
#define VGPUSVM_MAX_REGIONS	64
#define VGPUSVM_MAX_GPUS	4096

/**
 * struct vgpusvm_region_config - Configuration of a memory region of a GPU
 * @entry: Entry in &vgpusvm_config.regions, in the order of @instance.
 * @instance: Number of the region.
 * @size: Size in bytes, a multiple of 2 MiB.
 * @numa_node: NUMA node of the region or %NUMA_NO_NODE.
 * @info: Attributes of the local link from the GPU to the region.
 */
struct vgpusvm_region_config {
	struct list_head entry;
	u16 instance;
	u64 size;
	int numa_node;
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_link_config - Configuration of a path from a GPU to all
 * regions of another GPU
 * @entry: Entry in &vgpusvm_config.links.
 * @target: Name of the other GPU, which may not exist.
 * @info: Attributes of the path. Bandwidth, latency, hops and refusal may
 *	  change while the GPU is enabled.
 */
struct vgpusvm_link_config {
	struct list_head entry;
	char target[VGPUSVM_NAME_LEN];
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_config - Configuration of a virtual GPU
 * @entry: Entry in the list of all virtual GPUs.
 * @name: Name that links use for the GPU.
 * @serial: Serial number of the card; empty for one that follows from @index.
 * @index: Number of the platform device.
 * @regions: List of &struct vgpusvm_region_config.
 * @links: List of &struct vgpusvm_link_config.
 * @pdev: Platform device while the GPU is enabled, else %NULL. Meanwhile
 *	  everything except &vgpusvm_link_config.info is frozen.
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
};

extern const struct device_type vgpusvm_device_type;
extern struct mutex vgpusvm_config_lock;
extern const struct drm_pagemap_link_info vgpusvm_peer_info;
extern const struct drm_pagemap_link_info vgpusvm_refused_info;

struct vgpusvm_config *vgpusvm_config_create(const char *name);
void vgpusvm_config_destroy(struct vgpusvm_config *config);
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

int vgpusvm_config_check_link(const struct vgpusvm_config *config,
			      const struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info);
void vgpusvm_config_set_link(struct vgpusvm_link_config *link,
			     const struct drm_pagemap_link_info *info);
bool vgpusvm_config_link_info(const struct vgpusvm_config *config,
			      const char *target,
			      struct drm_pagemap_link_info *info);

int vgpusvm_configfs_init(void);
void vgpusvm_configfs_fini(void);

int vgpusvm_params_init(void);
void vgpusvm_params_fini(void);

#endif
