// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Device memory named by a file descriptor and a region instance, for programs
 * that do not know of pagemap IDs.
 */

#include <linux/cleanup.h>
#include <linux/file.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_tile.h"
#include "xe_vm_pagemap.h"
#include "xe_vm_pagemap_fd.h"
#include "xe_vram_types.h"

static u32 xe_instance_to_id(struct xe_device *xe, u32 instance)
{
	struct xe_tile *tile;
	u8 id;

	for_each_tile(tile, xe, id) {
		struct xe_vram_region *vr = xe_tile_to_vr(tile);

		if (vr && vr->id + 1 == instance)
			return xe_pagemap_topology_id(vr);
	}

	return 0;
}

static int xe_fd_to_id(int fd, u32 instance, u32 *id)
{
	struct file *file __free(fput) = fget(fd);
	struct drm_file *drm_file;
	struct drm_device *drm;
	int idx;

	if (!file || !xe_is_xe_file(file))
		return -ENOENT;

	drm_file = file->private_data;
	drm = drm_file->minor->dev;
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	*id = xe_instance_to_id(to_xe_device(drm), instance);
	drm_dev_exit(idx);

	return *id ? 0 : -ENOENT;
}

/**
 * xe_vm_pagemap_from_fd() - The pagemap behind a file descriptor
 * @vm: The VM that is to prefer it, locked.
 * @fd: Of a file of any xe device.
 * @instance: The instance of a memory region of that device.
 *
 * No struct pages are made, and the permissions are those for the pagemap's ID.
 *
 * Return: As xe_vm_pagemap_lookup() does; or %-ENOENT if there is no such file
 * or instance, %-ENODEV if the file's device is gone.
 */
struct drm_pagemap_node *xe_vm_pagemap_from_fd(struct xe_vm *vm, int fd, u32 instance)
{
	u32 id;
	int err;

	err = xe_fd_to_id(fd, instance, &id);

	return err ? ERR_PTR(err) : xe_vm_pagemap_lookup(vm, id);
}
