// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages that the kernel holds or accesses while GPUs use them.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "worker.h"

/* A copy from mm/gup_test.h, which is not a header for user space. */
struct pin_longterm_test {
	uint64_t addr;
	uint64_t size;
	uint32_t flags;
};

#define PIN_LONGTERM_TEST_START		_IOW('g', 7, struct pin_longterm_test)
#define PIN_LONGTERM_TEST_STOP		_IO('g', 8)
#define PIN_LONGTERM_TEST_READ		_IOW('g', 9, uint64_t)
#define PIN_FOR_WRITING			1

#define PIPE_PAGES	8

static void drain(struct worker *w)
{
	char bytes[4096];

	while (read(w->pipe[0], bytes, sizeof(bytes)) > 0)
		;
}

/* The pipe has references to the pages, so these can't move meanwhile. */
void act_splice(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_PIN);
	struct range r;
	struct iovec part;

	if (!b)
		return;
	r = pick_bytes(&w->rnd, b, page_size(), PIPE_PAGES * page_size());
	buffer_settle(b, r.offset, r.length);
	part = (struct iovec) { b->p + r.offset, r.length };
	if (vmsplice(w->pipe[1], &part, 1, SPLICE_F_NONBLOCK) > 0)
		shared->totals.pins++;
	run_fill(w, r);
	buffer_check(b, r.offset, r.length, "pages in a pipe");
	drain(w);
	run_read(w, r);
}

static void pinned(struct worker *w, struct range r)
{
	struct buffer *b = r.buffer;
	uint64_t to = (uintptr_t)w->aligned;

	shared->totals.pins++;
	run_fill(w, rnd_once_in(&w->rnd, 2) ? r : pick_bytes(&w->rnd, b, 8, b->size));
	if (!ioctl(w->gup_test, PIN_LONGTERM_TEST_READ, &to))
		buffer_check_copy(b, r.offset, r.length, w->aligned, "pinned pages");
}

/* A GPU writes to pages that are pinned for long, and these must have the result. */
void act_longterm(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_PIN);
	struct pin_longterm_test pin = { .flags = PIN_FOR_WRITING };
	struct range r;

	if (!b || w->gup_test < 0)
		return;
	r = pick_bytes(&w->rnd, b, page_size(), 256 * KIB);
	buffer_settle(b, r.offset, r.length);
	pin.addr = (uintptr_t)b->p + r.offset;
	pin.size = r.length;
	if (ioctl(w->gup_test, PIN_LONGTERM_TEST_START, &pin))
		return;
	pinned(w, r);
	ioctl(w->gup_test, PIN_LONGTERM_TEST_STOP);
}

/* Write the buffer to a file and read it back by O_DIRECT. */
void act_direct_io(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_PIN);
	struct range r;

	if (!b || w->direct < 0)
		return;
	r = pick_bytes(&w->rnd, b, page_size(), 128 * KIB);
	buffer_settle(b, r.offset, r.length);
	if (pwrite(w->direct, b->p + r.offset, r.length, r.offset) != (ssize_t)r.length)
		fail(w->report, "a direct write from buffer %u (%s) failed: %s", b->kind,
		     kind_names[b->kind], strerror(errno));
	run_fill(w, r);
	memset(w->aligned, 0, r.length);
	buffer_new_words(b, r.offset, r.length, w->aligned);
	if (pwrite(w->direct, w->aligned, r.length, r.offset) != (ssize_t)r.length ||
	    pread(w->direct, b->p + r.offset, r.length, r.offset) != (ssize_t)r.length)
		fail(w->report, "a direct read into buffer %u (%s) failed: %s", b->kind,
		     kind_names[b->kind], strerror(errno));
	model_store(b, r.offset, r.length, w->aligned);
	buffer_note(b, "direct I/O of 0x%zx bytes at 0x%zx", r.length, r.offset);
	shared->totals.pins++;
}

/* Write as a debugger does. */
void act_proc_mem(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_PIN);
	struct range r;
	int fd;

	/* /proc/self/mem does not wait for a userfaultfd server, and fails. */
	if (!b || b->kind == KIND_UFFD)
		return;
	r = pick_bytes(&w->rnd, b, 1, 64 * KIB);
	buffer_new_words(b, r.offset, r.length, w->aligned);
	fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (pwrite(fd, w->aligned, r.length, (uintptr_t)b->p + r.offset) != (ssize_t)r.length)
		fail(w->report, "a write to /proc/self/mem in buffer %u (%s) failed: %s", b->kind,
		     kind_names[b->kind], strerror(errno));
	close(fd);
	model_store(b, r.offset, r.length, w->aligned);
	buffer_note(b, "/proc/self/mem, 0x%zx bytes at 0x%zx", r.length, r.offset);
}
