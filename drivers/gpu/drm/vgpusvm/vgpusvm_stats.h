/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_STATS_H_
#define _VGPUSVM_STATS_H_

#include <linux/atomic.h>

#include <uapi/drm/vgpusvm_drm.h>

struct vgpusvm_region;
struct vgpusvm_vm;

/* In the order of struct drm_vgpusvm_stats; local is the first of the places */
enum vgpusvm_stat {
	VGPUSVM_STAT_READ_BYTES,
	VGPUSVM_STAT_WRITE_BYTES = VGPUSVM_STAT_READ_BYTES + DRM_VGPUSVM_PLACES,
	VGPUSVM_STAT_MODELLED_NS = VGPUSVM_STAT_WRITE_BYTES + DRM_VGPUSVM_PLACES,
	VGPUSVM_STAT_FAULTS = VGPUSVM_STAT_MODELLED_NS + DRM_VGPUSVM_PLACES,
	VGPUSVM_STAT_INVALIDATIONS,
	VGPUSVM_STAT_MIGRATIONS,
	VGPUSVM_STAT_MIGRATED_BYTES,
	VGPUSVM_STAT_FALLBACKS = VGPUSVM_STAT_MIGRATED_BYTES + DRM_VGPUSVM_PLACES,
	VGPUSVM_STAT_FALLBACK_BYTES,
	VGPUSVM_STAT_EVICTIONS,
	VGPUSVM_STAT_EVICTED_BYTES,
	VGPUSVM_STAT_COPIED_IN_BYTES,
	VGPUSVM_STAT_COPIED_OUT_BYTES,
	VGPUSVM_STAT_UNRESOLVED,
	VGPUSVM_STATS,
};

/**
 * struct vgpusvm_stats - Counters of a VM or a device
 * @count: Counters, indexed by &enum vgpusvm_stat.
 */
struct vgpusvm_stats {
	atomic64_t count[VGPUSVM_STATS];
};

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
 */
struct vgpusvm_acct {
	struct vgpusvm_vm *vm;
	struct vgpusvm_acct_entry entries[4];
	unsigned int num;
};

static inline void vgpusvm_stats_add(struct vgpusvm_stats *stats,
				     enum vgpusvm_stat stat, u64 n)
{
	atomic64_add(n, &stats->count[stat]);
}

void vgpusvm_stats_read(struct vgpusvm_stats *stats,
			struct drm_vgpusvm_stats *out);

void vgpusvm_acct_add(struct vgpusvm_acct *acct, struct vgpusvm_region *region,
		      u64 read_bytes, u64 write_bytes);
void vgpusvm_acct_flush(struct vgpusvm_acct *acct);

#endif
