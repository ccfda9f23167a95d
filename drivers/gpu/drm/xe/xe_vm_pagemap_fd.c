// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Placement by a file descriptor and a region instance, which pagemap IDs supersede.
 */

#include <linux/cleanup.h>
#include <linux/file.h>

#include <drm/drm_file.h>

#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_tile.h"
#include "xe_vm_pagemap_fd.h"
#include "xe_vram_types.h"

/* Returns 0, the ID that no pagemap has, if the device has no such region. */
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

/**
 * xe_vm_pagemap_from_fd() - Look up the pagemap behind a file descriptor
 * @fd: File descriptor of any xe device.
 * @instance: Instance of a memory region of that device.
 *
 * Creates no struct pages. The open file is sufficient permission. Call
 * xe_vm_pagemap_check() for the VM.
 *
 * Return: The node with a reference; or an error pointer: %-ENOENT if @fd is no xe device,
 * or the device has no such region, %-ENODEV if the device is gone.
 */
struct drm_pagemap_node *xe_vm_pagemap_from_fd(int fd, u32 instance)
{
	struct file *file __free(fput) = fget(fd);
	struct drm_file *drm_file;
	struct xe_device *xe;

	if (!file || !xe_is_xe_file(file))
		return ERR_PTR(-ENOENT);

	drm_file = file->private_data;
	xe = to_xe_device(drm_file->minor->dev);

	/* The pagemap is that device's own, so this asks for no other permission. */
	return xe_pagemap_topology_lookup(xe, xe_instance_to_id(xe, instance));
}
