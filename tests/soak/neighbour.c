// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thread of each worker that moves the worker's pages at any time, by all means that
 * do not change a byte.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

struct neighbour {
	struct worker *w;
	struct rnd rnd;
	struct gpu gpu;
	uint32_t *pages;		/* for the residency of the largest buffer */
};

static struct buffer *any_buffer(struct neighbour *n)
{
	struct buffer *b = &n->w->buffers[rnd_below(&n->rnd, BUFFERS)];

	return buffer_exists(b) ? b : NULL;
}

static const struct {
	int advice;
	const char *name;
} advices[] = {
	{ MADV_PAGEOUT, "PAGEOUT" },
	{ MADV_PAGEOUT, "PAGEOUT" },
	{ MADV_COLD, "COLD" },
	{ MADV_WILLNEED, "WILLNEED" },
	{ MADV_COLLAPSE, "COLLAPSE" },
	{ MADV_HUGEPAGE, "HUGEPAGE" },
	{ MADV_NOHUGEPAGE, "NOHUGEPAGE" },
	{ MADV_POPULATE_READ, "POPULATE_READ" },
	{ MADV_POPULATE_WRITE, "POPULATE_WRITE" },
};

static void advise_kernel(struct neighbour *n, struct range r)
{
	unsigned int i = rnd_below(&n->rnd, sizeof(advices) / sizeof(advices[0]));

	/* Some kinds of memory do not support each advice. */
	madvise(r.buffer->p + r.offset, r.length, advices[i].advice);
	buffer_note(r.buffer, "MADV_%s of 0x%zx bytes at 0x%zx", advices[i].name, r.length,
		    r.offset);
}

static void touch(struct range r)
{
	size_t offset;

	for (offset = 0; offset < r.length; offset += page_size())
		(void)*(volatile unsigned char *)(r.buffer->p + r.offset + offset);
	buffer_note(r.buffer, "the CPU reads 0x%zx bytes at 0x%zx", r.length, r.offset);
}

static void write_back(struct range r)
{
	if (r.buffer->fd < 0)
		return;
	sync_file_range(r.buffer->fd, r.offset, r.length, SYNC_FILE_RANGE_WRITE);
	posix_fadvise(r.buffer->fd, r.offset, r.length, POSIX_FADV_DONTNEED);
	buffer_note(r.buffer, "writeback of 0x%zx bytes at 0x%zx", r.length, r.offset);
}

static void place(struct neighbour *n, struct range r)
{
	const unsigned char *p = r.buffer->p + r.offset;
	uint32_t id = pick_id(&n->rnd);
	int err;

	err = gpu_madvise(&n->gpu, p, r.length, id);
	if (!err)
		err = gpu_prefetch(&n->gpu, p, r.length, false);
	buffer_note(r.buffer, "GPU %u moves 0x%zx bytes at 0x%zx to pagemap %u: %d",
		    n->gpu.number, r.length, r.offset, id, err);
}

static void take_back(struct neighbour *n, struct range r)
{
	int err = rnd_once_in(&n->rnd, 2) ?
		gpu_evict(&n->gpu, r.buffer->p + r.offset, r.length) :
		gpu_prefetch(&n->gpu, r.buffer->p + r.offset, r.length, true);

	buffer_note(r.buffer, "GPU %u moves 0x%zx bytes at 0x%zx to system memory: %d",
		    n->gpu.number, r.length, r.offset, err);
}

static void query(struct neighbour *n, struct range r)
{
	gpu_residency(&n->gpu, r.buffer->p + r.offset, r.length, n->pages);
	gpu_parts(&n->gpu, r.buffer->p + r.offset, r.length);
}

static void act(struct neighbour *n, struct range r)
{
	unsigned int choice = rnd_below(&n->rnd, 10);

	if (choice < 3)
		advise_kernel(n, r);
	else if (choice < 4)
		touch(r);
	else if (choice < 5)
		write_back(r);
	else if (n->gpu.fd < 0)
		gpu_open(&n->gpu, rnd_below(&n->rnd, shared->options.gpus));
	else if (choice < 7)
		place(n, r);
	else if (choice < 8)
		take_back(n, r);
	else if (choice < 9)
		query(n, r);
	else if (rnd_once_in(&n->rnd, 4))
		gpu_close(&n->gpu);
}

/* Wait for the worker. While groups change, have no GPU open. */
static bool wait_for_turn(struct neighbour *n)
{
	struct timespec end;

	do {
		if (atomic_load(&shared->quiet))
			gpu_close(&n->gpu);
		clock_gettime(CLOCK_REALTIME, &end);
		end.tv_sec++;
	} while (sem_timedwait(&n->w->turn, &end));

	return !atomic_load(&n->w->stop);
}

void *neighbour_run(void *worker)
{
	struct worker *w = worker;
	struct neighbour n = {
		.w = w,
		.rnd = rnd_stream(shared->options.seed + shared->round, 100 + w->number),
		.gpu = { .fd = -1 },
		.pages = calloc(LARGEST / page_size(), sizeof(*n.pages)),
	};

	while (wait_for_turn(&n)) {
		struct buffer *b = any_buffer(&n);

		if (b) {
			pthread_rwlock_rdlock(&w->space);
			act(&n, pick_pages(&n.rnd, b));
			pthread_rwlock_unlock(&w->space);
		}
	}
	gpu_close(&n.gpu);
	free(n.pages);

	return NULL;
}
