/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_STATS_H_
#define _VGPUSVM_STATS_H_

#include <linux/atomic.h>

#include <uapi/drm/vgpusvm_drm.h>

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

static inline void vgpusvm_stats_add(struct vgpusvm_stats *stats,
				     enum vgpusvm_stat stat, u64 n)
{
	atomic64_add(n, &stats->count[stat]);
}

void vgpusvm_stats_read(struct vgpusvm_stats *stats,
			struct drm_vgpusvm_stats *out);

#endif
