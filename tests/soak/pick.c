// SPDX-License-Identifier: GPL-2.0-or-later

#include "worker.h"

struct buffer *pick_buffer(struct worker *w, unsigned int flags)
{
	unsigned int i, first = rnd_below(&w->rnd, BUFFERS);
	struct buffer *b;

	for (i = 0; i < BUFFERS; i++) {
		b = &w->buffers[(first + i) % BUFFERS];
		if (buffer_exists(b) && !b->busy && (b->flags & flags) == flags)
			return b;
	}
	return NULL;
}

/* Most lengths are small, to have time for many actions. Some are the whole buffer. */
static size_t pick_length(struct rnd *rnd, size_t max)
{
	static const size_t most[] = { 256, 4 * KIB, 16 * KIB, 32 * KIB, 64 * KIB };
	size_t limit = rnd_once_in(rnd, 16) ? LARGEST :
		       most[rnd_below(rnd, sizeof(most) / sizeof(most[0]))];

	return 1 + rnd_below(rnd, limit < max ? limit : max);
}

struct range pick_bytes(struct rnd *rnd, struct buffer *b, size_t align, size_t max)
{
	size_t length = pick_length(rnd, b->size < max ? b->size : max);

	length = (length + align - 1) / align * align;
	return (struct range) {
		.buffer = b,
		.offset = rnd_below(rnd, (b->size - length) / align + 1) * align,
		.length = length,
	};
}

struct range pick_pages(struct rnd *rnd, struct buffer *b)
{
	size_t align = b->kind == KIND_HUGETLB ? HUGE_SIZE : page_size();

	return pick_bytes(rnd, b, align, b->size);
}

/* In each round, all workers prefer one pagemap, which is too small for that. */
uint32_t pick_id(struct rnd *rnd)
{
	if (rnd_once_in(rnd, 3))
		return shared->ids[shared->round % shared->options.gpus];
	if (rnd_once_in(rnd, 6))
		return DRM_VGPUSVM_PAGEMAP_NONE;
	return shared->ids[rnd_below(rnd, shared->options.gpus)];
}

/* Set preferences, because the GPU of a new VM would use all memory in place. */
void open_and_prefer(struct worker *w, struct gpu *gpu)
{
	struct buffer *b;

	if (gpu_open(gpu, rnd_below(&w->rnd, shared->options.gpus)))
		return;
	for (b = w->buffers; b < w->buffers + BUFFERS; b++)
		if (buffer_exists(b) && b->flags & CAN_DROP && !rnd_once_in(&w->rnd, 3))
			gpu_madvise(gpu, b->p, b->size, pick_id(&w->rnd));
}

struct gpu *pick_gpu(struct worker *w)
{
	unsigned int i, first = rnd_below(&w->rnd, SLOTS);
	struct gpu *gpu = &w->gpus[first];

	if (gpu->fd >= 0 && gpu->gone && rnd_once_in(&w->rnd, 2))
		gpu_close(gpu);
	if (gpu->fd < 0)
		open_and_prefer(w, gpu);
	for (i = 0; i < SLOTS; i++) {
		gpu = &w->gpus[(first + i) % SLOTS];
		if (gpu->fd >= 0)
			return gpu;
	}
	return NULL;
}
