/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIG_H_
#define _VGPUSVM_CONFIG_H_

#include <linux/list.h>
#include <linux/types.h>

#include <drm/drm_pagemap_topology.h>

struct vgpusvm_inject;

/* Size of names and serial numbers, including the terminating NUL */
#define VGPUSVM_NAME_LEN	64
/* Limits: region numbers of a GPU and GPU numbers are below these */
#define VGPUSVM_MAX_REGIONS	64
#define VGPUSVM_MAX_GPUS	4096
/* Size of the reason why a configuration is not valid */
#define VGPUSVM_REASON_LEN	(VGPUSVM_NAME_LEN + 64)

/**
 * struct vgpusvm_region_attrs - Attributes of a memory region of a GPU
 * @size: Size in bytes, a multiple of 2 MiB.
 * @numa_node: NUMA node of the region or %NUMA_NO_NODE. It need not exist.
 * @info: Attributes of the local link from the GPU to the region.
 */
struct vgpusvm_region_attrs {
	u64 size;
	int numa_node;
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_region_config - Configuration of a memory region of a GPU
 * @entry: Entry in &vgpusvm_config.regions, in the order of @instance.
 * @instance: Number of the region.
 * @attrs: Attributes of the region.
 */
struct vgpusvm_region_config {
	struct list_head entry;
	u16 instance;
	struct vgpusvm_region_attrs attrs;
};

/**
 * struct vgpusvm_link_config - Configuration of a path from a GPU to all
 * regions of another GPU
 * @entry: Entry in &vgpusvm_config.links.
 * @target: Name of the other GPU, which may not exist.
 * @info: Attributes of the path. Bandwidth, latency, hops and refusal may
 *	  change while the configuration is frozen.
 */
struct vgpusvm_link_config {
	struct list_head entry;
	char target[VGPUSVM_NAME_LEN];
	struct drm_pagemap_link_info info;
};

/**
 * struct vgpusvm_config - Configuration of a virtual GPU
 * @name: Name that links use for the GPU.
 * @serial: Serial number of the card; empty for one that follows from @index.
 * @index: Number of the platform device.
 * @timeslice_ms: Minimum time that pages stay on the GPU, in ms; -1 for that of the
 *		  module parameter.
 * @no_page_faults: Set if the GPU can't fault, so that programs can't run on it.
 * @regions: List of &struct vgpusvm_region_config.
 * @links: List of &struct vgpusvm_link_config.
 * @frozen: Set while the GPU is enabled. Only &vgpusvm_link_config.info and
 *	    @lost change then.
 * @inject: Failures of the GPU, or %NULL. The owner has the reference.
 * @lost: Set when the GPU is pulled out with the content of its memory, until it
 *	  is enabled again.
 *
 * The owner serializes all changes. A frozen configuration may be read without
 * its lock.
 */
struct vgpusvm_config {
	char name[VGPUSVM_NAME_LEN];
	char serial[VGPUSVM_NAME_LEN];
	unsigned int index;
	int timeslice_ms;
	bool no_page_faults;
	struct list_head regions;
	struct list_head links;
	struct vgpusvm_inject *inject;
	bool frozen;
	bool lost;
};

extern const struct drm_pagemap_link_info vgpusvm_peer_info;
extern const struct drm_pagemap_link_info vgpusvm_refused_info;

int vgpusvm_config_init(struct vgpusvm_config *config, const char *name);
void vgpusvm_config_fini(struct vgpusvm_config *config);
bool vgpusvm_config_valid(const struct vgpusvm_config *config,
			  char reason[VGPUSVM_REASON_LEN]);
bool vgpusvm_config_size_valid(u64 size);

int vgpusvm_config_set_index(struct vgpusvm_config *config, unsigned int index);
int vgpusvm_config_set_serial(struct vgpusvm_config *config,
			      const char *serial);
int vgpusvm_config_set_timeslice(struct vgpusvm_config *config,
				 int timeslice_ms);
int vgpusvm_config_set_page_faults(struct vgpusvm_config *config,
				   bool page_faults);

struct vgpusvm_region_config *
vgpusvm_config_add_region(struct vgpusvm_config *config, u16 instance);
void vgpusvm_config_del_region(struct vgpusvm_region_config *region);
int vgpusvm_config_set_region(struct vgpusvm_config *config,
			      struct vgpusvm_region_config *region,
			      const struct vgpusvm_region_attrs *attrs);

struct vgpusvm_link_config *
vgpusvm_config_add_link(struct vgpusvm_config *config, const char *target);
void vgpusvm_config_del_link(struct vgpusvm_link_config *link);
int vgpusvm_config_check_link(const struct vgpusvm_config *config,
			      const struct vgpusvm_link_config *link,
			      const struct drm_pagemap_link_info *info);
void vgpusvm_config_set_link(struct vgpusvm_link_config *link,
			     const struct drm_pagemap_link_info *info);
bool vgpusvm_config_link_info(const struct vgpusvm_config *config,
			      const char *target,
			      struct drm_pagemap_link_info *info);

#endif
