/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_H_
#define _DRM_PAGEMAP_TOPOLOGY_H_

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/types.h>

struct drm_device;
struct drm_pagemap;
struct drm_pagemap_cache;
struct drm_pagemap_group;
struct drm_pagemap_initiator;
struct drm_pagemap_node;

/**
 * enum drm_pagemap_link_type - What a link is made of
 * @DRM_PAGEMAP_LINK_LOCAL: The initiator's own memory.
 * @DRM_PAGEMAP_LINK_TILE: Memory of another tile of the same package.
 * @DRM_PAGEMAP_LINK_PCIE_P2P: PCIe peer-to-peer.
 * @DRM_PAGEMAP_LINK_XELINK: Intel Xe Link.
 * @DRM_PAGEMAP_LINK_XGMI: AMD xGMI.
 * @DRM_PAGEMAP_LINK_NVLINK: NVIDIA NVLink.
 * @DRM_PAGEMAP_LINK_CXL: Compute Express Link.
 * @DRM_PAGEMAP_LINK_VIRTUAL: A modelled link without hardware.
 * @DRM_PAGEMAP_LINK_TYPES: Number of types.
 */
enum drm_pagemap_link_type {
	DRM_PAGEMAP_LINK_LOCAL,
	DRM_PAGEMAP_LINK_TILE,
	DRM_PAGEMAP_LINK_PCIE_P2P,
	DRM_PAGEMAP_LINK_XELINK,
	DRM_PAGEMAP_LINK_XGMI,
	DRM_PAGEMAP_LINK_NVLINK,
	DRM_PAGEMAP_LINK_CXL,
	DRM_PAGEMAP_LINK_VIRTUAL,
	DRM_PAGEMAP_LINK_TYPES,
};

/**
 * enum drm_pagemap_refusal - Why the hardware gives no direct access
 * @DRM_PAGEMAP_DIRECT: Access is direct, nothing is refused.
 * @DRM_PAGEMAP_REFUSED_ACS: PCIe ACS redirects peer requests upstream.
 * @DRM_PAGEMAP_REFUSED_HOST_BRIDGE: The host bridge forwards no peer requests.
 * @DRM_PAGEMAP_REFUSED_IOMMU: The IOMMU's set-up prevents it.
 * @DRM_PAGEMAP_REFUSED_BAR_SIZE: The memory is not wholly visible to peers.
 * @DRM_PAGEMAP_REFUSED_LINK_DOWN: The link exists and is not up.
 * @DRM_PAGEMAP_REFUSED_ONE_WAY: Only the other direction exists.
 * @DRM_PAGEMAP_REFUSED_CROSS_DRIVER: The owner's driver is another one.
 * @DRM_PAGEMAP_REFUSED_DRIVER: The driver decided so.
 * @DRM_PAGEMAP_REFUSALS: Number of values.
 */
enum drm_pagemap_refusal {
	DRM_PAGEMAP_DIRECT,
	DRM_PAGEMAP_REFUSED_ACS,
	DRM_PAGEMAP_REFUSED_HOST_BRIDGE,
	DRM_PAGEMAP_REFUSED_IOMMU,
	DRM_PAGEMAP_REFUSED_BAR_SIZE,
	DRM_PAGEMAP_REFUSED_LINK_DOWN,
	DRM_PAGEMAP_REFUSED_ONE_WAY,
	DRM_PAGEMAP_REFUSED_CROSS_DRIVER,
	DRM_PAGEMAP_REFUSED_DRIVER,
	DRM_PAGEMAP_REFUSALS,
};

/**
 * enum drm_pagemap_link_attributes - Performance attributes of a link
 * @DRM_PAGEMAP_LINK_HAS_HOPS: Bridges or switches passed.
 * @DRM_PAGEMAP_LINK_HAS_BANDWIDTH: Present bandwidth of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH: Best bandwidth of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_LATENCY: Latency of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_ALL: All of these.
 */
enum drm_pagemap_link_attributes {
	DRM_PAGEMAP_LINK_HAS_HOPS = BIT(0),
	DRM_PAGEMAP_LINK_HAS_BANDWIDTH = BIT(1),
	DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH = BIT(2),
	DRM_PAGEMAP_LINK_HAS_LATENCY = BIT(3),
	DRM_PAGEMAP_LINK_HAS_ALL = GENMASK(3, 0),
};

/**
 * struct drm_pagemap_link_info - A path from an initiator to a pagemap
 * @type: What the path is made of; its slowest part decides.
 * @refusal: %DRM_PAGEMAP_DIRECT, or why there is no direct access.
 * @attributes: Mask of &enum drm_pagemap_link_attributes: what the driver can
 *		know of this path, though it may not know it now. The link has
 *		files for these as long as it exists, and for no others.
 * @hops: Bridges or switches passed; negative if unknown.
 * @read_bandwidth: What the slowest part gives now, in MB/s; 0 if unknown.
 * @write_bandwidth: Likewise for writes.
 * @max_read_bandwidth: What it could give, in MB/s; 0 if unknown.
 * @max_write_bandwidth: Likewise for writes.
 * @read_latency: In nanoseconds; 0 if unknown.
 * @write_latency: Likewise for writes.
 */
struct drm_pagemap_link_info {
	enum drm_pagemap_link_type type;
	enum drm_pagemap_refusal refusal;
	u32 attributes;
	int hops;
	u32 read_bandwidth;
	u32 write_bandwidth;
	u32 max_read_bandwidth;
	u32 max_write_bandwidth;
	u32 read_latency;
	u32 write_latency;
};

/**
 * struct drm_pagemap_link_change - What has become of a path
 * @initiator: From; the caller is its driver.
 * @target: To.
 * @info: What is true now; %NULL if there is no path any more.
 */
struct drm_pagemap_link_change {
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_node *target;
	const struct drm_pagemap_link_info *info;
};

/**
 * struct drm_pagemap_region_ops - What a driver does for one of its regions
 */
struct drm_pagemap_region_ops {
	/**
	 * @create: Instantiate the region's device-private pages.
	 * @private: &drm_pagemap_region_info.private of the region.
	 * @owner: The value for &dev_pagemap.owner.
	 *
	 * Called at first use and again after the pages were reclaimed, inside
	 * drm_dev_enter() of the region's device and under the lookup lock of
	 * the region's cache. May sleep and allocate.
	 *
	 * The topology takes a short reference to it when somebody reads sysfs.
	 * So the last one can go in such a reader: &drm_pagemap_ops.destroy
	 * must not assume who calls it, also while the device goes.
	 *
	 * Return: a new &struct drm_pagemap with one reference, or an error
	 * pointer.
	 */
	struct drm_pagemap *(*create)(void *private, void *owner);

	/**
	 * @instantiated: Do the region's pages exist, in use or not. Optional.
	 * @private: &drm_pagemap_region_info.private of the region.
	 *
	 * Called like @free. Tells an idle region from a cached one.
	 */
	bool (*instantiated)(void *private);

	/**
	 * @free: How many bytes of the region are free; advisory. Optional.
	 * @private: &drm_pagemap_region_info.private of the region.
	 *
	 * Called inside drm_dev_enter() of the region's device. Must not take
	 * a lock under which the driver calls into the topology.
	 */
	u64 (*free)(void *private);
};

/**
 * struct drm_pagemap_region_info - A device-memory region as its driver has it
 * @instance: The driver's number for the region, unique within the initiator.
 * @numa_node: The NUMA node of the region, or %NUMA_NO_NODE.
 * @size: In bytes.
 * @dmem_region: Name in the dmem cgroup controller, or %NULL. Copied.
 * @cache: The cache of the region's &struct drm_pagemap; device-managed.
 * @ops: What the driver does for the region.
 * @private: Passed to @ops; has to stay until
 *	     drm_pagemap_initiator_unregister() has returned.
 */
struct drm_pagemap_region_info {
	u16 instance;
	int numa_node;
	u64 size;
	const char *dmem_region;
	struct drm_pagemap_cache *cache;
	const struct drm_pagemap_region_ops *ops;
	void *private;
};

/**
 * struct drm_pagemap_initiator_ops - What a driver does for an initiator
 */
struct drm_pagemap_initiator_ops {
	/**
	 * @probe_link: Describe the path from an initiator to a pagemap.
	 * @private: &drm_pagemap_initiator_info.private of the initiator.
	 * @target: The pagemap. drm_pagemap_node_drm() and
	 * drm_pagemap_node_private() tell whose it is.
	 * @info: To be filled in; zeroed before the call, but for @info->hops
	 * which is unknown.
	 *
	 * Called once for each pagemap there is or comes, the initiator's own
	 * ones included, under the topology's mutex: no function of this
	 * header may be called from it but the accessors of @target.
	 *
	 * Direct access may be reported only where the driver can decode the
	 * addresses that the target's &drm_pagemap_ops.device_map gives; these
	 * are private to the target's driver.
	 *
	 * Return: %true if there is a path, or a specific reason why there is
	 * none; %false if there is nothing to tell.
	 */
	bool (*probe_link)(void *private, struct drm_pagemap_node *target,
			   struct drm_pagemap_link_info *info);
};

/**
 * struct drm_pagemap_initiator_info - A GPU, or a partition of one
 * @drm: The device. Has to be registered.
 * @partition: Suffix of the uid for a partition of a device, or %NULL. Copied.
 * @identity: Tells one card from another in the same slot: vendor, device and
 *	      serial number, as the driver knows them. Copied.
 * @ops: What the driver does for the initiator.
 * @private: Passed to @ops; has to stay until
 *	     drm_pagemap_initiator_unregister() has returned.
 * @regions: Its memories, which may be none.
 * @num_regions: How many.
 */
struct drm_pagemap_initiator_info {
	struct drm_device *drm;
	const char *partition;
	const char *identity;
	const struct drm_pagemap_initiator_ops *ops;
	void *private;
	const struct drm_pagemap_region_info *regions;
	unsigned int num_regions;
};

/* Drivers: registration */

struct drm_pagemap_initiator *
drm_pagemap_initiator_register(const struct drm_pagemap_initiator_info *info);
void drm_pagemap_initiator_kill(struct drm_pagemap_initiator *initiator);
void drm_pagemap_initiator_unregister(struct drm_pagemap_initiator *initiator);
int drm_pagemap_update_links(const struct drm_pagemap_link_change *changes,
			     unsigned int num);
struct drm_pagemap_node *
drm_pagemap_initiator_node(struct drm_pagemap_initiator *initiator,
			   u16 instance);

/* Drivers: the owner of an SVM VM */

struct drm_pagemap_group *
drm_pagemap_group_hold(struct drm_pagemap_initiator *initiator);
void drm_pagemap_group_release(struct drm_pagemap_group *group);

/**
 * drm_pagemap_group_owner() - The owner value of a group
 * @group: A held group.
 *
 * It is what &drm_gpusvm_ctx.device_private_page_owner takes. All pagemaps
 * that are in use within the group have the same value, and no other has.
 *
 * Return: The owner; never %NULL.
 */
static inline void *drm_pagemap_group_owner(struct drm_pagemap_group *group)
{
	return group;
}

/* Drivers: placement by ID */

struct drm_pagemap_node *drm_pagemap_node_lookup(struct drm_device *drm, u32 id);
struct drm_pagemap_node *drm_pagemap_node_query(struct drm_device *drm, u32 id);
int drm_pagemap_node_check_group(struct drm_pagemap_node *node,
				 struct drm_pagemap_group *group);
struct drm_pagemap_node *drm_pagemap_node_get(struct drm_pagemap_node *node);
void drm_pagemap_node_put(struct drm_pagemap_node *node);
struct drm_pagemap *
drm_pagemap_node_resolve(struct drm_pagemap_node *node,
			 struct drm_pagemap_group *group);

u32 drm_pagemap_node_id(const struct drm_pagemap_node *node);
struct drm_device *drm_pagemap_node_drm(struct drm_pagemap_node *node);
void *drm_pagemap_node_private(struct drm_pagemap_node *node);

#endif
