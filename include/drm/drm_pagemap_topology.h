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
struct drm_printer;

/**
 * enum drm_pagemap_link_type - Type of a link
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
 * enum drm_pagemap_refusal - Reason why a link has no direct access
 * @DRM_PAGEMAP_DIRECT: No refusal: access is direct.
 * @DRM_PAGEMAP_REFUSED_ACS: PCIe ACS redirects peer requests upstream.
 * @DRM_PAGEMAP_REFUSED_HOST_BRIDGE: The host bridge forwards no peer requests.
 * @DRM_PAGEMAP_REFUSED_IOMMU: The configuration of the IOMMU prevents access.
 * @DRM_PAGEMAP_REFUSED_BAR_SIZE: Peers see only a part of the memory.
 * @DRM_PAGEMAP_REFUSED_LINK_DOWN: The link exists and is not up.
 * @DRM_PAGEMAP_REFUSED_ONE_WAY: The link in the other direction is missing.
 * @DRM_PAGEMAP_REFUSED_CROSS_DRIVER: Another driver owns the memory.
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
 * @DRM_PAGEMAP_LINK_HAS_HOPS: Number of bridges or switches.
 * @DRM_PAGEMAP_LINK_HAS_BANDWIDTH: Current bandwidth of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH: Maximum bandwidth of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_LATENCY: Latency of reads and writes.
 * @DRM_PAGEMAP_LINK_HAS_ALL: All of the above.
 * @DRM_PAGEMAP_LINK_HAS_STATISTICS: Bytes moved; the driver has
 *				     &drm_pagemap_initiator_ops.link_statistics.
 */
enum drm_pagemap_link_attributes {
	DRM_PAGEMAP_LINK_HAS_HOPS = BIT(0),
	DRM_PAGEMAP_LINK_HAS_BANDWIDTH = BIT(1),
	DRM_PAGEMAP_LINK_HAS_MAX_BANDWIDTH = BIT(2),
	DRM_PAGEMAP_LINK_HAS_LATENCY = BIT(3),
	DRM_PAGEMAP_LINK_HAS_ALL = GENMASK(3, 0),
	DRM_PAGEMAP_LINK_HAS_STATISTICS = BIT(4),
};

/**
 * struct drm_pagemap_link_info - A path from an initiator to a pagemap
 * @type: Type of the slowest part of the path.
 * @refusal: %DRM_PAGEMAP_DIRECT, or the reason without direct access.
 * @attributes: Mask of &enum drm_pagemap_link_attributes that the driver can
 *		know for this path, now or later. The link has files for these
 *		attributes as long as it exists, and for no others.
 * @hops: Number of bridges or switches on the path; negative if unknown.
 * @read_bandwidth: Current read bandwidth of the slowest part of the path, in
 *		    MB/s; 0 if unknown. Not used if the driver has
 *		    &drm_pagemap_initiator_ops.link_bandwidth.
 * @write_bandwidth: Current write bandwidth, likewise.
 * @max_read_bandwidth: Maximum read bandwidth of the path, in MB/s; 0 if unknown.
 *			Groups depend on the maximum, not on the current bandwidth.
 * @max_write_bandwidth: Maximum write bandwidth, likewise.
 * @read_latency: Read latency in nanoseconds; 0 if unknown.
 * @write_latency: Write latency in nanoseconds; 0 if unknown.
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
 * struct drm_pagemap_link_statistics - Bytes that moved over a link
 * @read_bytes: Bytes that the initiator has read from the pagemap.
 * @write_bytes: Bytes that the initiator has written to the pagemap.
 */
struct drm_pagemap_link_statistics {
	u64 read_bytes;
	u64 write_bytes;
};

/**
 * struct drm_pagemap_link_change - A change of a path
 * @initiator: The initiator at the start of the path, of the calling driver.
 * @target: The pagemap at the end of the path.
 * @info: The new description of the path; %NULL if it is gone.
 */
struct drm_pagemap_link_change {
	struct drm_pagemap_initiator *initiator;
	struct drm_pagemap_node *target;
	const struct drm_pagemap_link_info *info;
};

/**
 * struct drm_pagemap_region_ops - Operations of a driver for its regions
 */
struct drm_pagemap_region_ops {
	/**
	 * @create: Create the region's device-private pages.
	 * @private: &drm_pagemap_region_info.private of the region.
	 * @owner: The value for &dev_pagemap.owner.
	 *
	 * Called at first use and again after the pages were reclaimed, inside
	 * drm_dev_enter() of the region's device and under the lookup lock of
	 * the region's cache. May sleep and allocate.
	 *
	 * A read of sysfs takes a short reference to the &struct drm_pagemap,
	 * which may become the last one. So &drm_pagemap_ops.destroy must not
	 * depend on its caller, also during removal of the device.
	 *
	 * Return: A new &struct drm_pagemap with one reference, or an error
	 * pointer.
	 */
	struct drm_pagemap *(*create)(void *private, void *owner);

	/**
	 * @instantiated: Check whether the region has pages, in use or not.
	 * Optional.
	 * @private: &drm_pagemap_region_info.private of the region.
	 *
	 * Called like @free. Distinguishes a cached region from an idle one.
	 *
	 * Return: %true if the pages exist.
	 */
	bool (*instantiated)(void *private);

	/**
	 * @free: Get the number of free bytes of the region, as a hint.
	 * Optional.
	 * @private: &drm_pagemap_region_info.private of the region.
	 *
	 * Called inside drm_dev_enter() of the region's device. Must not take
	 * a lock under which the driver calls into the topology.
	 *
	 * Return: The number of bytes.
	 */
	u64 (*free)(void *private);
};

/**
 * struct drm_pagemap_region_info - Description of a device-memory region
 * @instance: The driver's number for the region, unique within the initiator.
 * @numa_node: The NUMA node of the region, or %NUMA_NO_NODE.
 * @size: Size in bytes.
 * @dmem_region: Name in the dmem cgroup controller, or %NULL. Copied.
 * @id: Set to the ID of the pagemap, or %NULL. The ID is set before anybody can use the
 *	region, which happens before drm_pagemap_initiator_register() returns.
 * @cache: The cache of the region's &struct drm_pagemap; device-managed.
 * @ops: Operations for the region.
 * @private: Argument of @ops. Must stay valid until
 *	     drm_pagemap_initiator_unregister() has returned.
 */
struct drm_pagemap_region_info {
	u16 instance;
	int numa_node;
	u64 size;
	const char *dmem_region;
	u32 *id;
	struct drm_pagemap_cache *cache;
	const struct drm_pagemap_region_ops *ops;
	void *private;
};

/**
 * struct drm_pagemap_initiator_ops - Operations of a driver for its initiators
 */
struct drm_pagemap_initiator_ops {
	/**
	 * @probe_link: Describe the path from an initiator to a pagemap.
	 * @private: &drm_pagemap_initiator_info.private of the initiator.
	 * @target: The pagemap. drm_pagemap_node_drm() and
	 * drm_pagemap_node_private() identify it.
	 * @info: Filled in by the driver. All members are zero before the call,
	 * except @info->hops, which is unknown.
	 *
	 * The topology calls it once for each pagemap, including the
	 * initiator's own ones and pagemaps that appear later. It holds its
	 * mutex, so the driver must not call functions of this header, except
	 * drm_pagemap_node_id(), drm_pagemap_node_drm() and
	 * drm_pagemap_node_private() for @target.
	 *
	 * A driver may report direct access only if it can decode the
	 * addresses that the target's &drm_pagemap_ops.device_map returns.
	 * They are private to the target's driver.
	 *
	 * Return: %true if the path exists, or if @info->refusal has a specific
	 * reason why not; %false if the driver reports no link.
	 */
	bool (*probe_link)(void *private, struct drm_pagemap_node *target,
			   struct drm_pagemap_link_info *info);

	/**
	 * @link_bandwidth: Read the current bandwidth of a link. Optional.
	 * @private: &drm_pagemap_initiator_info.private of the initiator.
	 * @target: The pagemap; as for @probe_link.
	 * @read: Set to the bandwidth of reads in MB/s; 0 if unknown.
	 * @write: Likewise for writes.
	 *
	 * Called for each read of the files in sysfs, inside drm_dev_enter() of
	 * the initiator's device. Both ends stay registered meanwhile, so it must
	 * not take a lock under which the driver calls into the topology.
	 */
	void (*link_bandwidth)(void *private, struct drm_pagemap_node *target,
			       u32 *read, u32 *write);

	/**
	 * @link_statistics: Read how much has moved over a link. Optional.
	 * @private: &drm_pagemap_initiator_info.private of the initiator.
	 * @target: The pagemap; as for @probe_link.
	 * @statistics: To be filled in; zeroed before the call.
	 *
	 * Called like @link_bandwidth.
	 */
	void (*link_statistics)(void *private, struct drm_pagemap_node *target,
				struct drm_pagemap_link_statistics *statistics);
};

/**
 * struct drm_pagemap_initiator_info - A GPU, or a partition of one
 * @drm: The device, which must be registered.
 * @partition: Suffix of the uid for a partition of a device, or %NULL. Copied.
 * @identity: Identity of the card, to detect another card in the same slot:
 *	      vendor, device and serial number, if the driver knows them. Copied.
 * @ops: Operations for the initiator.
 * @private: Argument of @ops. Must stay valid until
 *	     drm_pagemap_initiator_unregister() has returned.
 * @regions: Memory regions of the initiator, if any.
 * @num_regions: Number of entries in @regions.
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
void drm_pagemap_group_show_fdinfo(struct drm_pagemap_group *group, struct drm_printer *p);

/**
 * drm_pagemap_group_owner() - Get the owner value of a group
 * @group: A held group.
 *
 * The value is for &drm_gpusvm_ctx.device_private_page_owner. Exactly the pagemaps
 * of the group that are in use have it.
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
