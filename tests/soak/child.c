// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Children: a child has the content of its parent at fork(), and only the child sees
 * its own writes.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker.h"

/* Check about half of the buffers with these flags. */
static void check_some(struct worker *w, unsigned int flags)
{
	struct buffer *b;

	for (b = w->buffers; b < w->buffers + BUFFERS; b++)
		if (buffer_exists(b) && !b->busy && (b->flags & flags) == flags &&
		    rnd_once_in(&w->rnd, 2))
			buffer_check(b, 0, b->size, "in a child");
}

static void write_some(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_FORK);
	struct range r;

	if (!b)
		return;
	r = pick_bytes(&w->rnd, b, 8, b->size);
	buffer_new_words(b, r.offset, r.length, b->p + r.offset);
	memcpy(w->aligned, b->p + r.offset, r.length);
	model_store(b, r.offset, r.length, w->aligned);
}

/* The child may not use the parent's VM, and creates its own. */
static void use_gpus(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_FORK | CAN_GPU);
	struct gpu *gpu;
	unsigned int i;
	int err;

	for (gpu = w->gpus; gpu < w->gpus + SLOTS; gpu++) {
		if (gpu->fd >= 0 && b) {
			err = gpu_madvise(gpu, b->p, page_size(), 0);
			/* -ENOENT: the parent has destroyed the VM. */
			if (err != -EPERM && err != -ENODEV && err != -ENOENT)
				fail(w->report, "a child could use the parent's VM: error %d", err);
		}
		*gpu = (struct gpu) { .fd = -1 };
	}
	for (i = 0; i < 3; i++) {
		b = pick_buffer(w, CAN_FORK | CAN_GPU);
		if (b && !rnd_once_in(&w->rnd, 3))
			run_fill(w, pick_bytes(&w->rnd, b, 8, b->size));
		else if (b)
			run_read(w, pick_bytes(&w->rnd, b, 8, b->size));
	}
	for (i = 0; i < SLOTS; i++)
		gpu_close(&w->gpus[i]);
}

/* Run beside the parent, so check private memory only. */
static void child_run(struct worker *w, uint64_t seed)
{
	w->rnd = rnd_stream(seed, 0);
	check_some(w, CAN_FORK);
	write_some(w);
	if (rnd_once_in(&w->rnd, 2))
		use_gpus(w);
	check_some(w, CAN_FORK);
	_exit(0);
}

/* Check shared memory, too: the parent waits, so nobody writes to it. */
static void child_look(struct worker *w)
{
	check_some(w, CAN_INHERIT);
	_exit(0);
}

void child_wait(struct worker *w)
{
	int status;

	if (!w->child)
		return;
	if (waitpid(w->child, &status, 0) == w->child && status &&
	    !atomic_load(&w->report->failed))
		fail(w->report, "a child exited with wait status 0x%x", status);
	w->child = 0;
}

void act_fork(struct worker *w)
{
	bool wait = rnd_once_in(&w->rnd, 4);
	uint64_t seed = rnd_next(&w->rnd);

	child_wait(w);
	w->child = fork();
	if (w->child < 0) {
		w->child = 0;
		return;
	}
	if (!w->child && wait)
		child_look(w);
	if (!w->child)
		child_run(w, seed);
	shared->totals.forks++;
	if (wait)
		child_wait(w);
}
