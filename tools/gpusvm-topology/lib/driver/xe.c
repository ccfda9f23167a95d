// SPDX-License-Identifier: LGPL-2.1-or-later
/* The driver of Intel GPUs. The library has no work for it. */
#include <errno.h>
#include <stdlib.h>

#include "driver.h"
#include "xe-uapi.h"

/* Queries of a range that other threads change meanwhile */
#define MAX_TRIES 16

static int query_config(int fd, struct xe_config *config, uint32_t *size)
{
	struct xe_device_query query = {
		.query = XE_QUERY_CONFIG,
		.size = *size,
		.data = (uintptr_t)config,
	};
	int err;

	err = driver_ioctl(fd, XE_IOCTL_DEVICE_QUERY, &query);
	*size = query.size;
	return err;
}

static bool has_pagemap_ids(int fd)
{
	struct xe_config *config;
	uint32_t size = 0;
	bool has = false;

	if (query_config(fd, NULL, &size) || size < sizeof(*config))
		return false;
	config = calloc(1, size);
	if (config && !query_config(fd, config, &size))
		has = config->num_params > XE_CONFIG_FLAGS &&
		      config->info[XE_CONFIG_FLAGS] & XE_CONFIG_HAS_PAGEMAP_ID;
	free(config);
	return has;
}

/* An older kernel fails with EINVAL for ioctl arguments that it does not know */
static int of_kernel(int fd, int err)
{
	return err == -EINVAL && !has_pagemap_ids(fd) ? -ENOTSUP : err;
}

static int query_permission(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
			    size_t count)
{
	struct xe_pagemap_access *asked = calloc(count, sizeof(*asked));
	struct xe_vm_get_property query = {
		.vm_id = vm_id,
		.property = XE_PAGEMAP_ACCESS,
		.size = count * sizeof(*asked),
		.data = (uintptr_t)asked,
	};
	int err;

	if (!asked)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		asked[i].pagemap_id = placements[i].pagemap_id;
	err = driver_ioctl(fd, XE_IOCTL_VM_GET_PROPERTY, &query);
	for (size_t i = 0; !err && i < count; i++)
		placements[i].error = asked[i].error;
	free(asked);
	return of_kernel(fd, err);
}

static int prefer(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint32_t id)
{
	struct xe_madvise advice = {
		.start = start,
		.range = length,
		.vm_id = vm_id,
		.type = XE_PREFERRED_PAGEMAP,
		.pagemap_id = id,
	};

	return of_kernel(fd, driver_ioctl(fd, XE_IOCTL_MADVISE, &advice));
}

/* Returns a part of a range. The kernel defines the size of parts, which may differ */
static const struct xe_range_attr *part(const struct xe_query_range_attrs *query, size_t index)
{
	return (const void *)(uintptr_t)(query->attrs + index * query->sizeof_attr);
}

static int compare_parts(const struct xe_query_range_attrs *query, uint32_t *id)
{
	for (size_t i = 1; i < query->num_ranges; i++) {
		if (part(query, i)->pagemap_id != part(query, 0)->pagemap_id)
			return -ERANGE;
	}
	*id = part(query, 0)->pagemap_id;
	return 0;
}

/* Queries the number of parts, then the parts, which the caller frees. -ENOSPC: there are more */
static int query_parts(int fd, struct xe_query_range_attrs *query)
{
	void *attrs;
	int err;

	err = driver_ioctl(fd, XE_IOCTL_QUERY_RANGE_ATTRS, query);
	if (err)
		return err;
	if (!query->num_ranges || query->sizeof_attr < sizeof(struct xe_range_attr))
		return -EINVAL;

	attrs = calloc(query->num_ranges, query->sizeof_attr);
	if (!attrs)
		return -ENOMEM;
	query->attrs = (uintptr_t)attrs;
	return driver_ioctl(fd, XE_IOCTL_QUERY_RANGE_ATTRS, query);
}

static int query_preference(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			    uint32_t *id)
{
	int err, tries = MAX_TRIES;

	if (!has_pagemap_ids(fd))
		return -ENOTSUP;
	do {
		struct xe_query_range_attrs query = {
			.vm_id = vm_id,
			.start = start,
			.range = length,
		};

		err = query_parts(fd, &query);
		if (!err)
			err = query.num_ranges ? compare_parts(&query, id) : -EINVAL;
		free((void *)(uintptr_t)query.attrs);
	} while (err == -ENOSPC && --tries);
	return err == -ENOSPC ? -EBUSY : err;
}

static int query_residency(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			   uint32_t *pages)
{
	struct xe_query_residency query = {
		.vm_id = vm_id,
		.place_stride = sizeof(*pages),
		.start = start,
		.range = length,
		.places = (uintptr_t)pages,
	};

	return of_kernel(fd, driver_ioctl(fd, XE_IOCTL_QUERY_RESIDENCY, &query));
}

const struct driver driver_xe = {
	.name = "xe",
	.most = XE_PAGEMAP_ACCESS_MAX,
	.query_permission = query_permission,
	.prefer = prefer,
	.query_preference = query_preference,
	.query_residency = query_residency,
};
