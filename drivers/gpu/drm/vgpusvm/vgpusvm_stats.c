// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Counters.
 */

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "vgpusvm_stats.h"

#define VGPUSVM_STAT_AT(stat, member)					\
	static_assert((stat) * sizeof(u64) ==				\
		      offsetof(struct drm_vgpusvm_stats, member))

VGPUSVM_STAT_AT(VGPUSVM_STAT_READ_BYTES, read_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_WRITE_BYTES, write_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_MODELLED_NS, modelled_ns);
VGPUSVM_STAT_AT(VGPUSVM_STAT_FAULTS, faults);
VGPUSVM_STAT_AT(VGPUSVM_STAT_INVALIDATIONS, invalidations);
VGPUSVM_STAT_AT(VGPUSVM_STAT_MIGRATIONS, migrations);
VGPUSVM_STAT_AT(VGPUSVM_STAT_MIGRATED_BYTES, migrated_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_FALLBACKS, fallbacks);
VGPUSVM_STAT_AT(VGPUSVM_STAT_FALLBACK_BYTES, fallback_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_EVICTIONS, evictions);
VGPUSVM_STAT_AT(VGPUSVM_STAT_EVICTED_BYTES, evicted_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_COPIED_IN_BYTES, copied_in_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_COPIED_OUT_BYTES, copied_out_bytes);
VGPUSVM_STAT_AT(VGPUSVM_STAT_UNRESOLVED, unresolved);
static_assert(VGPUSVM_STATS * sizeof(u64) == sizeof(struct drm_vgpusvm_stats));

/**
 * vgpusvm_stats_read() - Read counters in the format of the UAPI
 * @stats: Counters to read.
 * @out: Returned: values of the counters.
 */
void vgpusvm_stats_read(struct vgpusvm_stats *stats,
			struct drm_vgpusvm_stats *out)
{
	u64 *values = (u64 *)out;
	unsigned int i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < VGPUSVM_STATS; i++)
		values[i] = atomic64_read(&stats->count[i]);
}
