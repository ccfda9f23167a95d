/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_DRIVER_XE_UAPI_H
#define GPUSVM_DRIVER_XE_UAPI_H

#include <drm.h>

/*
 * A part of the interface of xe, because the system's <drm/xe_drm.h> is usually too old.
 * This source tree's patches for xe define the new ioctls.
 */

#define XE_DEVICE_QUERY 0x00
#define XE_MADVISE 0x0c
#define XE_QUERY_RANGE_ATTRS 0x0d
#define XE_VM_GET_PROPERTY 0x0f
#define XE_QUERY_RESIDENCY 0x10

/* Constants of XE_DEVICE_QUERY */
#define XE_QUERY_CONFIG 2
#define XE_CONFIG_FLAGS 1
#define XE_CONFIG_HAS_PAGEMAP_ID 0x40

/* Constants of XE_MADVISE */
#define XE_PREFERRED_PAGEMAP 4

/* Constants of XE_VM_GET_PROPERTY */
#define XE_PAGEMAP_ACCESS 1
#define XE_PAGEMAP_ACCESS_MAX 4096

struct xe_device_query {
	__u64 extensions;
	__u32 query;
	__u32 size;
	__u64 data;
	__u64 reserved[2];
};

struct xe_config {
	__u32 num_params;
	__u32 pad;
	__u64 info[];
};

struct xe_madvise {
	__u64 extensions;
	__u64 start;
	__u64 range;
	__u32 vm_id;
	__u32 type;
	__u32 pagemap_id;
	__u32 pad;
	__u64 reserved[3];
};

struct xe_pagemap_access {
	__u32 pagemap_id;
	__s32 error;
};

struct xe_vm_get_property {
	__u64 extensions;
	__u32 vm_id;
	__u32 property;
	__u32 size;
	__u32 pad;
	__u64 data;
	__u64 reserved[3];
};

struct xe_range_attr {
	__u64 extensions;
	__u64 start;
	__u64 end;
	__u32 preferred_mem_loc[2];
	__u32 atomic[2];
	__u32 pat_index[2];
	__u32 pagemap_id;
	__u32 pad;
	__u64 reserved;
};

struct xe_query_range_attrs {
	__u64 extensions;
	__u32 vm_id;
	__u32 num_ranges;
	__u64 start;
	__u64 range;
	__u64 sizeof_attr;
	__u64 attrs;
	__u64 reserved[2];
};

struct xe_query_residency {
	__u64 extensions;
	__u32 vm_id;
	__u32 place_stride;
	__u64 start;
	__u64 range;
	__u64 places;
	__u64 reserved[2];
};

#define XE_IOCTL_DEVICE_QUERY \
	DRM_IOWR(DRM_COMMAND_BASE + XE_DEVICE_QUERY, struct xe_device_query)
#define XE_IOCTL_MADVISE \
	DRM_IOW(DRM_COMMAND_BASE + XE_MADVISE, struct xe_madvise)
#define XE_IOCTL_QUERY_RANGE_ATTRS \
	DRM_IOWR(DRM_COMMAND_BASE + XE_QUERY_RANGE_ATTRS, struct xe_query_range_attrs)
#define XE_IOCTL_VM_GET_PROPERTY \
	DRM_IOWR(DRM_COMMAND_BASE + XE_VM_GET_PROPERTY, struct xe_vm_get_property)
#define XE_IOCTL_QUERY_RESIDENCY \
	DRM_IOW(DRM_COMMAND_BASE + XE_QUERY_RESIDENCY, struct xe_query_residency)

#endif
