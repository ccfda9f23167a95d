// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Accounting of accesses by place, with a model of the time that they would
 * take on hardware with the bandwidth and latency of the links.
 */

#include <linux/array_size.h>
#include <linux/math64.h>
#include <linux/string.h>

#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_acct.h"
#include "vgpusvm_device.h"
#include "vgpusvm_options.h"
#include "vgpusvm_vm.h"
#include "vgpusvm_vram.h"

static void vgpusvm_acct_link(struct vgpusvm_acct_entry *entry,
			      struct vgpusvm_device *vdev,
			      const struct vgpusvm_region *region)
{
	struct drm_pagemap_link_info info = {
		.read_bandwidth = vgpusvm_system_bandwidth,
		.write_bandwidth = vgpusvm_system_bandwidth,
		.read_latency = vgpusvm_system_latency,
		.write_latency = vgpusvm_system_latency,
	};

	if (region && !vgpusvm_device_link(vdev, region, &info))
		return;

	entry->read_bandwidth = info.read_bandwidth;
	entry->write_bandwidth = info.write_bandwidth;
	entry->read_latency = info.read_latency;
	entry->write_latency = info.write_latency;
}

/**
 * vgpusvm_acct_add() - Record an access
 * @acct: Recorded accesses.
 * @region: The region, %NULL for system memory.
 * @read_bytes: Number of bytes read.
 * @write_bytes: Number of bytes written.
 *
 * The function does not sleep.
 */
void vgpusvm_acct_add(struct vgpusvm_acct *acct, struct vgpusvm_region *region,
		      u64 read_bytes, u64 write_bytes)
{
	u32 key = region ? region->id : 0;
	struct vgpusvm_acct_entry *entry;
	unsigned int i;

	for (i = 0; i < acct->num; i++)
		if (acct->entries[i].key == key)
			break;

	if (i == ARRAY_SIZE(acct->entries)) {
		vgpusvm_acct_flush(acct);
		i = 0;
	}

	entry = &acct->entries[i];
	if (i == acct->num) {
		memset(entry, 0, sizeof(*entry));
		entry->key = key;
		entry->place = vgpusvm_device_place(acct->vm->vdev, region);
		vgpusvm_acct_link(entry, acct->vm->vdev, region);
		acct->num++;
	}
	entry->read_bytes += read_bytes;
	entry->write_bytes += write_bytes;
}

/* A megabyte is 10^6 bytes and takes 10^9 / bandwidth ns, bandwidth in MB/s. */
static u64 vgpusvm_model(u64 bytes, u32 bandwidth, u32 latency)
{
	if (!bytes)
		return 0;

	return latency + (bandwidth ? div_u64(bytes * 1000, bandwidth) : 0);
}

/**
 * vgpusvm_acct_flush() - Add recorded accesses to the counters
 * @acct: Recorded accesses; empty afterwards.
 */
void vgpusvm_acct_flush(struct vgpusvm_acct *acct)
{
	unsigned int i;

	for (i = 0; i < acct->num; i++) {
		const struct vgpusvm_acct_entry *entry = &acct->entries[i];
		u64 ns = vgpusvm_model(entry->read_bytes, entry->read_bandwidth,
				       entry->read_latency) +
			 vgpusvm_model(entry->write_bytes,
				       entry->write_bandwidth,
				       entry->write_latency);

		vgpusvm_vm_stat_add(acct->vm,
				    VGPUSVM_STAT_READ_BYTES + entry->place,
				    entry->read_bytes);
		vgpusvm_vm_stat_add(acct->vm,
				    VGPUSVM_STAT_WRITE_BYTES + entry->place,
				    entry->write_bytes);
		vgpusvm_vm_stat_add(acct->vm,
				    VGPUSVM_STAT_MODELLED_NS + entry->place,
				    ns);
		if (READ_ONCE(vgpusvm_delay))
			acct->delay_ns += ns;
		if (entry->key)
			vgpusvm_traffic_add(&acct->vm->vdev->traffic, entry->key,
					    entry->read_bytes, entry->write_bytes);
	}
	acct->num = 0;
}
