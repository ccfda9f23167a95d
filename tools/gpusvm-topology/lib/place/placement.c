// SPDX-License-Identifier: LGPL-2.1-or-later
/* Placement of memory, independent of the driver. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver/driver.h"

/* In a query, -ENOENT refers to the VM, not to a pagemap */
static int of_vm(int err)
{
	return err == -ENOENT ? -EINVAL : err;
}

static int query_permission(const struct driver *driver, int fd, uint32_t vm_id,
			    struct gpusvm_placement *placements, size_t count)
{
	size_t some;
	int err = 0;

	for (; !err && count; count -= some, placements += some) {
		some = count < driver->most ? count : driver->most;
		err = of_vm(driver->query_permission(fd, vm_id, placements, some));
	}
	return err;
}

GPUSVM_EXPORT int gpusvm_query_permission(int fd, uint32_t vm_id,
					  struct gpusvm_placement *placements, size_t count)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	return err ? err : query_permission(driver, fd, vm_id, placements, count);
}

GPUSVM_EXPORT int gpusvm_prefer(int fd, uint32_t vm_id, void *start, size_t length,
				uint32_t pagemap_id)
{
	struct gpusvm_placement none = { .pagemap_id = GPUSVM_PAGEMAP_NONE };
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	err = driver->prefer(fd, vm_id, (uintptr_t)start, length, pagemap_id);
	/* Find out whether the pagemap or the VM does not exist */
	if (err == -ENOENT && query_permission(driver, fd, vm_id, &none, 1) == -EINVAL)
		return -EINVAL;
	return err;
}

GPUSVM_EXPORT int gpusvm_query_preference(int fd, uint32_t vm_id, const void *start,
					  size_t length, uint32_t *pagemap_id)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	return of_vm(driver->query_preference(fd, vm_id, (uintptr_t)start, length,
					      pagemap_id));
}

GPUSVM_EXPORT int gpusvm_query_residency(int fd, uint32_t vm_id, const void *start,
					 size_t length, uint32_t *pages)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	return of_vm(driver->query_residency(fd, vm_id, (uintptr_t)start, length, pages));
}

/* If the free size is unknown or malformed, the pagemap counts as free */
static bool has_room(struct gpusvm_ctx *ctx, uint32_t id, size_t length)
{
	struct gpusvm_topology here = { .ctx = ctx };
	char path[sizeof(PAGEMAP_CLASS) + 32], *text;
	uint64_t bytes;
	struct dir dir;
	bool known;
	int err;

	snprintf(path, sizeof(path), PAGEMAP_CLASS "/pagemap%u", id);
	if (dir_open(&dir, &here, path))
		return true;
	err = dir_read(&dir, "free", &text);
	dir_close(&dir);
	if (err)
		return true;
	known = parse_number(text, UINT64_MAX, &bytes);
	free(text);
	return !known || bytes >= length;
}

/* The range to place */
struct range {
	struct gpusvm_ctx *ctx;
	const struct driver *driver;
	int fd;
	uint32_t vm_id;
	uint64_t start;
	uint64_t length;
};

/* Whether an error refers to a pagemap. All other errors refer to the range or the VM */
static bool is_about_pagemap(int err)
{
	return err == -ENOENT || err == -ENODEV || err == -EACCES || err == -ENOLINK;
}

/* Sets @taken to the index of the chosen pagemap, or to @count. Returns errors of the call */
static int try_each(const struct range *range, struct gpusvm_placement *placements,
		    size_t count, bool full, size_t *taken)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		if (placements[i].error && (!full || placements[i].error != -ENOSPC))
			continue;
		if (!full && !has_room(range->ctx, placements[i].pagemap_id, range->length)) {
			placements[i].error = -ENOSPC;
			continue;
		}
		err = range->driver->prefer(range->fd, range->vm_id, range->start,
					    range->length, placements[i].pagemap_id);
		if (err && !is_about_pagemap(err))
			return err;
		placements[i].error = err;
		if (!err)
			break;
	}
	*taken = i;
	return 0;
}

/* Returns the error if no pagemap was chosen. -ENOSPC comes first, because space may become free */
static int why_none(const struct gpusvm_placement *placements, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (placements[i].error == -ENOSPC)
			return -ENOSPC;
	}
	return placements[0].error;
}

static int place(const struct range *range, struct gpusvm_placement *placements, size_t count,
		 unsigned int flags, uint32_t *taken)
{
	size_t index;
	int err;

	err = query_permission(range->driver, range->fd, range->vm_id, placements, count);
	if (!err)
		err = try_each(range, placements, count, false, &index);
	if (!err && index == count && flags & GPUSVM_PLACE_FULL)
		err = try_each(range, placements, count, true, &index);
	if (err)
		return err;
	if (index == count)
		return why_none(placements, count);

	if (taken)
		*taken = placements[index].pagemap_id;
	while (++index < count)
		placements[index].error = -ECANCELED;
	return 0;
}

GPUSVM_EXPORT int gpusvm_place(struct gpusvm_ctx *ctx, int fd, uint32_t vm_id, void *start,
			       size_t length, struct gpusvm_placement *placements,
			       size_t count, unsigned int flags, uint32_t *taken)
{
	struct range range = {
		.ctx = ctx, .fd = fd, .vm_id = vm_id,
		.start = (uintptr_t)start, .length = length,
	};
	int err;

	if (!count || flags & ~GPUSVM_PLACE_FULL)
		return -EINVAL;
	err = driver_find(fd, &range.driver);
	return err ? err : place(&range, placements, count, flags, taken);
}
