// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of the address space, and their effect on the content.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "worker.h"

static void must(struct worker *w, bool good, struct buffer *b, const char *what)
{
	if (!good)
		fail(w->report, "%s of buffer %u (%s) failed: %s", what, b->kind,
		     kind_names[b->kind], strerror(errno));
}

/* MADV_DONTNEED */
void act_drop(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_DROP);
	struct range r;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	must(w, !madvise(b->p + r.offset, r.length, MADV_DONTNEED), b, "MADV_DONTNEED");
	model_drop(b, r.offset, r.length);
	buffer_note(b, "MADV_DONTNEED of 0x%zx bytes at 0x%zx", r.length, r.offset);
}

/* mmap() over a part, which unmaps it */
void act_replace(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_DROP | CAN_MOVE | CAN_FREE);
	struct range r;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	must(w, mmap(b->p + r.offset, r.length, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED, b, "mmap()");
	model_drop(b, r.offset, r.length);
	buffer_note(b, "mmap() over 0x%zx bytes at 0x%zx", r.length, r.offset);
}

/*
 * mremap() of the whole buffer to another address. The buffer may consist of several
 * mappings by now, and mremap() moves several of them to fixed addresses only.
 */
void act_move(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_MOVE);
	void *to;

	if (!b)
		return;
	pthread_rwlock_wrlock(&w->space);
	to = reserve_addresses(b->size);
	if (to) {
		must(w, mremap(b->p, b->size, b->size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
		     b, "mremap()");
		buffer_note(b, "mremap() from %p to %p", b->p, to);
		b->p = to;
	}
	pthread_rwlock_unlock(&w->space);
}

/* mremap() of a part, away and back */
void act_move_part(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_MOVE);
	struct range r;
	unsigned char *aside;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	pthread_rwlock_wrlock(&w->space);
	aside = reserve_addresses(r.length);
	if (aside) {
		unsigned char *home = b->p;

		must(w, mremap(home + r.offset, r.length, r.length,
			       MREMAP_MAYMOVE | MREMAP_FIXED, aside) == aside, b, "mremap()");
		/* Let the check look at the new address. */
		b->p = aside - r.offset;
		buffer_check(b, r.offset, r.length, "after mremap()");
		b->p = home;
		must(w, mremap(aside, r.length, r.length, MREMAP_MAYMOVE | MREMAP_FIXED,
			       home + r.offset) == home + r.offset, b, "mremap() back");
		buffer_note(b, "mremap() of 0x%zx bytes at 0x%zx and back", r.length, r.offset);
	}
	pthread_rwlock_unlock(&w->space);
}

/* MADV_FREE. Afterwards, often only a GPU writes before reclaim. */
void act_lazy_free(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_FREE);
	struct range r;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	/* The model has room for one alternative of a page. */
	buffer_settle(b, r.offset, r.length);
	must(w, !madvise(b->p + r.offset, r.length, MADV_FREE), b, "MADV_FREE");
	model_free(b, r.offset, r.length);
	buffer_note(b, "MADV_FREE of 0x%zx bytes at 0x%zx", r.length, r.offset);
	if (!rnd_once_in(&w->rnd, 3))
		run_fill(w, rnd_once_in(&w->rnd, 2) ? r : pick_bytes(&w->rnd, b, 8, b->size));
	if (!rnd_once_in(&w->rnd, 3))
		madvise(b->p + r.offset, r.length, MADV_PAGEOUT);
}

/* munmap(), drop the page cache, then map the file again */
void act_reopen(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_REMAP);

	if (!b)
		return;
	pthread_rwlock_wrlock(&w->space);
	must(w, !munmap(b->p, b->size), b, "munmap()");
	if (!rnd_once_in(&w->rnd, 3)) {
		must(w, !fsync(b->fd), b, "fsync()");
		posix_fadvise(b->fd, 0, 0, POSIX_FADV_DONTNEED);
	}
	b->p = NULL;
	must(w, buffer_map_file(b), b, "mapping again");
	buffer_note(b, "munmap() and mmap() at %p", b->p);
	pthread_rwlock_unlock(&w->space);
	/* The CPU only reads, so that the GPU writes to clean pages. */
	buffer_check(b, 0, b->size, "mapped again");
}

/* On read-only memory of the program, a GPU can read and must not write. */
void act_protect(struct worker *w)
{
	struct buffer *b = pick_buffer(w, CAN_PROTECT);
	struct range r;
	int err;

	if (!b)
		return;
	r = pick_pages(&w->rnd, b);
	buffer_settle(b, r.offset, r.length);
	must(w, !mprotect(b->p + r.offset, r.length, PROT_READ), b, "mprotect()");
	err = run_read_only(w, r);
	must(w, !mprotect(b->p + r.offset, r.length, PROT_READ | PROT_WRITE), b,
	     "mprotect() to writable");
	buffer_note(b, "0x%zx bytes at 0x%zx were read-only: %d", r.length, r.offset, err);
}
