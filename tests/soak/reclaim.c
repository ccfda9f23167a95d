// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A GPU writes to pages that are clean for the kernel, then the kernel reclaims them.
 * The data of the GPU must survive.
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "worker.h"

static void page_out(struct range r)
{
	madvise(r.buffer->p + r.offset, r.length, MADV_PAGEOUT);
}

static void cpu_reads(struct range r)
{
	buffer_check(r.buffer, r.offset, r.length, "the CPU");
}

/* Clean pages: freed by MADV_FREE, holes of a file, or with a copy in swap. */
static const char *make_clean(struct worker *w, struct range r)
{
	struct buffer *b = r.buffer;
	unsigned char *p = b->p + r.offset;
	bool half = rnd_once_in(&w->rnd, 2);

	if (b->flags & CAN_FREE && half) {
		buffer_settle(b, r.offset, r.length);
		if (madvise(p, r.length, MADV_FREE))
			fail(w->report, "MADV_FREE in buffer %u (%s) failed: %s", b->kind,
			     kind_names[b->kind], strerror(errno));
		model_free(b, r.offset, r.length);
		return "MADV_FREE";
	}
	if (b->flags & CAN_REMOVE && half) {
		if (madvise(p, r.length, MADV_REMOVE))
			fail(w->report, "MADV_REMOVE in buffer %u (%s) failed: %s", b->kind,
			     kind_names[b->kind], strerror(errno));
		model_drop(b, r.offset, r.length);
		cpu_reads(r);
		return "MADV_REMOVE";
	}
	page_out(r);
	cpu_reads(r);
	return "MADV_PAGEOUT";
}

static const char *take(struct worker *w, struct range r)
{
	struct buffer *b = r.buffer;

	if (b->flags & CAN_UNMAP && rnd_once_in(&w->rnd, 2)) {
		if (madvise(b->p + r.offset, r.length, MADV_DONTNEED))
			fail(w->report, "MADV_DONTNEED in buffer %u (%s) failed: %s", b->kind,
			     kind_names[b->kind], strerror(errno));
		drop_caches(1);
		return "dropped caches";
	}
	page_out(r);
	return "MADV_PAGEOUT";
}

/* The GPU writes in place, or in its own memory, from which the pages return. */
void act_reclaim(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_GPU | CAN_PAGE_OUT);
	struct gpu *gpu = pick_gpu(w);
	const char *before, *after;
	struct range r;
	int err;

	if (!b || !gpu)
		return;
	r = pick_bytes(&w->rnd, b, page_size(), 64 * KIB);
	if (rnd_once_in(&w->rnd, 2))
		gpu_madvise(gpu, b->p + r.offset, r.length,
			    rnd_once_in(&w->rnd, 2) ? DRM_VGPUSVM_PAGEMAP_NONE :
			    pick_id(&w->rnd));
	before = make_clean(w, r);
	err = run_fill(w, r);
	if (rnd_once_in(&w->rnd, 3))
		gpu_evict(gpu, b->p + r.offset, r.length);
	after = take(w, r);
	buffer_note(b, "%s, a GPU writes 0x%zx bytes at 0x%zx: %d, %s", before, r.length,
		    r.offset, err, after);
	cpu_reads(r);
}
