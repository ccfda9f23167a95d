// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Counters of the links of a GPU: its accesses, and the copies of its engine.
 */

#include <linux/atomic.h>
#include <linux/slab.h>

#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_traffic.h"

/* Kept until the GPU is removed, because accesses may count after the link is gone. */
struct vgpusvm_link_traffic {
	atomic64_t read_bytes;
	atomic64_t write_bytes;
};

/**
 * vgpusvm_traffic_init() - Initialize the counters of a GPU
 * @traffic: The counters.
 */
void vgpusvm_traffic_init(struct vgpusvm_traffic *traffic)
{
	xa_init(&traffic->links);
}

/**
 * vgpusvm_traffic_fini() - Free the counters of a GPU
 * @traffic: The counters.
 */
void vgpusvm_traffic_fini(struct vgpusvm_traffic *traffic)
{
	struct vgpusvm_link_traffic *link;
	unsigned long id;

	xa_for_each(&traffic->links, id, link)
		kfree(link);
	xa_destroy(&traffic->links);
}

/**
 * vgpusvm_traffic_start() - Create or reset the counters of a new link
 * @traffic: Counters of the GPU.
 * @id: ID of the pagemap at the end of the link.
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_traffic_start(struct vgpusvm_traffic *traffic, u32 id)
{
	struct vgpusvm_link_traffic *link = xa_load(&traffic->links, id);
	int err;

	if (link) {
		atomic64_set(&link->read_bytes, 0);
		atomic64_set(&link->write_bytes, 0);
		return 0;
	}

	link = kzalloc_obj(*link);
	if (!link)
		return -ENOMEM;

	err = xa_insert(&traffic->links, id, link, GFP_KERNEL);
	if (err)
		kfree(link);

	return err;
}

/**
 * vgpusvm_traffic_add() - Count the bytes that moved over a link
 * @traffic: Counters of the GPU.
 * @id: ID of the pagemap at the end of the link.
 * @read_bytes: Number of bytes read from the pagemap.
 * @write_bytes: Number of bytes written to the pagemap.
 *
 * The function does not sleep.
 */
void vgpusvm_traffic_add(struct vgpusvm_traffic *traffic, u32 id,
			 u64 read_bytes, u64 write_bytes)
{
	struct vgpusvm_link_traffic *link = xa_load(&traffic->links, id);

	if (!link)
		return;

	atomic64_add(read_bytes, &link->read_bytes);
	atomic64_add(write_bytes, &link->write_bytes);
}

/**
 * vgpusvm_traffic_read() - Read the counters of a link
 * @traffic: Counters of the GPU.
 * @id: ID of the pagemap at the end of the link.
 * @out: Returned: values of the counters.
 */
void vgpusvm_traffic_read(struct vgpusvm_traffic *traffic, u32 id,
			  struct drm_pagemap_link_statistics *out)
{
	struct vgpusvm_link_traffic *link = xa_load(&traffic->links, id);

	if (!link)
		return;

	out->read_bytes = atomic64_read(&link->read_bytes);
	out->write_bytes = atomic64_read(&link->write_bytes);
}
