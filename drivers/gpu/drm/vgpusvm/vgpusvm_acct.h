/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_ACCT_H_
#define _VGPUSVM_ACCT_H_

#include <linux/types.h>

#include <uapi/drm/vgpusvm_drm.h>

struct vgpusvm_region;
struct vgpusvm_vm;

/**
 * struct vgpusvm_acct_entry - Accesses to a region or to system memory
 * @key: Pagemap ID of the region, 0 for system memory.
 * @place: Place of the memory, as seen by the GPU.
 * @read_bytes: Number of bytes read.
 * @write_bytes: Number of bytes written.
 * @read_bandwidth: Read bandwidth in MB/s, 0 if unknown.
 * @write_bandwidth: Write bandwidth in MB/s, 0 if unknown.
 * @read_latency: Read latency in ns, 0 if unknown.
 * @write_latency: Write latency in ns, 0 if unknown.
 */
struct vgpusvm_acct_entry {
	u32 key;
	enum drm_vgpusvm_place place;
	u64 read_bytes;
	u64 write_bytes;
	u32 read_bandwidth;
	u32 write_bandwidth;
	u32 read_latency;
	u32 write_latency;
};

/**
 * struct vgpusvm_acct - Accesses of an operation that are not yet counted
 * @vm: VM that runs the operation.
 * @entries: Accesses, one entry for each region and for system memory.
 * @num: Number of @entries in use.
 * @delay_ns: Modelled time that the operation has to wait, if the parameter "delay"
 *	      is set. The user of this structure waits and resets it.
 */
struct vgpusvm_acct {
	struct vgpusvm_vm *vm;
	struct vgpusvm_acct_entry entries[4];
	unsigned int num;
	u64 delay_ns;
};

void vgpusvm_acct_add(struct vgpusvm_acct *acct, struct vgpusvm_region *region,
		      u64 read_bytes, u64 write_bytes);
void vgpusvm_acct_flush(struct vgpusvm_acct *acct);

#endif
