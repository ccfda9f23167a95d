// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Buffers of all kinds: their mappings and their initial content.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buffer.h"
#include "random.h"

/* Size of a block of model memory, a multiple of 2 MiB. */
#define ARENA	(8 * MIB)

#define PRIVATE	(MAP_PRIVATE | MAP_ANONYMOUS)

#define CAN_ALL_ANON	(CAN_MOVE | CAN_FREE | CAN_DROP | CAN_FORK | CAN_INHERIT | \
			 CAN_PROTECT | CAN_GPU | CAN_PIN | CAN_PAGE_OUT)
#define CAN_ALL_FILE	(CAN_MOVE | CAN_REMAP | CAN_INHERIT | CAN_PROTECT | CAN_GPU | CAN_PIN | \
			 CAN_PAGE_OUT | CAN_UNMAP | CAN_REMOVE)

const char * const kind_names[KINDS] = {
	[KIND_ANON] = "anonymous",
	[KIND_THP] = "huge pages",
	[KIND_UFFD] = "userfaultfd",
	[KIND_PRIVATE_FILE] = "private file",
	[KIND_MEMFD] = "memfd",
	[KIND_SHARED] = "shared anonymous",
	[KIND_FILE] = "file",
	[KIND_FUSE] = "FUSE file",
	[KIND_HUGETLB] = "hugetlb",
	[KIND_SECRET] = "secret",
	[KIND_ANON_SMALL] = "anonymous, small",
};

static const struct {
	size_t size;
	unsigned int flags;
} kinds[KINDS] = {
	[KIND_ANON] = { MIB, CAN_ALL_ANON },
	[KIND_THP] = { 2 * MIB, CAN_ALL_ANON },
	[KIND_UFFD] = { 256 * KIB, CAN_FREE | CAN_DROP | CAN_PROTECT | CAN_GPU | CAN_PIN |
					CAN_PAGE_OUT },
	[KIND_PRIVATE_FILE] = { 512 * KIB, CAN_ALL_ANON & ~CAN_FREE },
	[KIND_MEMFD] = { 512 * KIB, CAN_ALL_FILE },
	[KIND_SHARED] = { 512 * KIB, CAN_ALL_FILE & ~CAN_REMAP },
	[KIND_FILE] = { 512 * KIB, CAN_ALL_FILE },
	[KIND_FUSE] = { 256 * KIB, CAN_ALL_FILE & ~CAN_REMOVE },
	[KIND_HUGETLB] = { 2 * MIB, CAN_GPU | CAN_PIN },
	[KIND_SECRET] = { 128 * KIB, CAN_INHERIT },
	[KIND_ANON_SMALL] = { 256 * KIB, CAN_ALL_ANON },
};

static char *next_line(struct history *history)
{
	return history->text[history->next++ % HISTORY];
}

void buffer_note(struct buffer *b, const char *format, ...)
{
	struct worker_report *report = &shared->workers[b->worker];
	char text[HISTORY_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	memcpy(next_line(&report->history[b->kind]), text, sizeof(text));
	snprintf(next_line(&report->all), sizeof(text), "%s: %.*s", kind_names[b->kind],
		 (int)sizeof(text) - 24, text);
}

bool buffer_exists(const struct buffer *b)
{
	return b->p;
}

void *reserve_addresses(size_t size)
{
	char *p, *aligned;

	p = mmap(NULL, size + HUGE_SIZE, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;

	aligned = (char *)(((uintptr_t)p + HUGE_SIZE - 1) & -HUGE_SIZE);
	if (aligned > p)
		munmap(p, aligned - p);
	if (aligned < p + HUGE_SIZE)
		munmap(aligned + size, p + HUGE_SIZE - aligned);

	return aligned;
}

static bool map_at(struct buffer *b, int flags, int fd)
{
	void *at = b->p ? b->p : reserve_addresses(b->size);

	if (!at || mmap(at, b->size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0) != at)
		return false;
	b->p = at;
	return true;
}

bool buffer_map_file(struct buffer *b)
{
	return map_at(b, b->kind == KIND_PRIVATE_FILE ? MAP_PRIVATE : MAP_SHARED, b->fd);
}

static int secret_memory(void)
{
	return syscall(SYS_memfd_secret, O_CLOEXEC);
}

static int open_in(const char *dir, unsigned int worker)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%u", dir, worker);
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int open_file(struct buffer *b)
{
	switch (b->kind) {
	case KIND_PRIVATE_FILE:
	case KIND_MEMFD:
		return memfd_create("soak", MFD_CLOEXEC);
	case KIND_FILE:
		return open_in(shared->options.dir, b->worker);
	case KIND_FUSE:
		return open_in(shared->options.fuse, b->worker);
	case KIND_SECRET:
		return secret_memory();
	default:
		return -1;
	}
}

static bool file_init(struct buffer *b)
{
	unsigned char *content;
	bool good;

	b->fd = open_file(b);
	if (b->fd < 0 || ftruncate(b->fd, b->size))
		return false;
	if (b->kind != KIND_PRIVATE_FILE)
		return buffer_map_file(b);

	content = malloc(b->size);
	buffer_initial(b, 0, b->size, content);
	good = pwrite(b->fd, content, b->size, 0) == (ssize_t)b->size;
	free(content);

	return good && buffer_map_file(b);
}

static bool hugetlb_init(struct buffer *b)
{
	if (!map_at(b, PRIVATE | MAP_HUGETLB, -1))
		return false;
	/*
	 * While a block of memory is about to go offline, a fault on a reserved page in it
	 * fails, of a GPU or of the CPU. A populated page moves instead.
	 */
	if (madvise(b->p, b->size, MADV_POPULATE_WRITE))
		return false;
	/* Otherwise the kernel could kill a child that lacks huge pages for copies. */
	return !madvise(b->p, b->size, MADV_DONTFORK);
}

static bool memory_init(struct buffer *b)
{
	switch (b->kind) {
	case KIND_ANON:
	case KIND_ANON_SMALL:
		return map_at(b, PRIVATE, -1) && !madvise(b->p, b->size, MADV_NOHUGEPAGE);
	case KIND_THP:
		return map_at(b, PRIVATE, -1) && !madvise(b->p, b->size, MADV_HUGEPAGE);
	case KIND_UFFD:
		return map_at(b, PRIVATE, -1) && uffd_serve(b);
	case KIND_SHARED:
		return map_at(b, MAP_SHARED | MAP_ANONYMOUS, -1);
	case KIND_HUGETLB:
		return hugetlb_init(b);
	default:
		return file_init(b);
	}
}

/* In huge pages, to save faults, and locked, so that only tested memory is swapped out. */
void *model_memory(size_t size)
{
	static unsigned char *arena;
	static size_t left;
	void *p;

	size = (size + page_size() - 1) & -page_size();
	if (left < size) {
		left = ARENA;
		arena = reserve_addresses(ARENA);
		if (!arena || mprotect(arena, ARENA, PROT_READ | PROT_WRITE) ||
		    madvise(arena, ARENA, MADV_HUGEPAGE) || mlock(arena, ARENA))
			fail(&shared->workers[0], "can't allocate memory for a model");
	}
	p = arena;
	arena += size;
	left -= size;

	return p;
}

bool buffer_init(struct buffer *b, enum kind what, unsigned int worker)
{
	*b = (struct buffer) {
		.kind = what,
		.flags = kinds[what].flags,
		.size = kinds[what].size,
		.fd = -1,
		.worker = worker,
	};
	if (!memory_init(b)) {
		b->p = NULL;
		shared->totals.skipped_kinds |= 1ul << what;
		return false;
	}

	b->model = model_memory(b->size);
	b->alt = b->flags & CAN_FREE ? model_memory(b->size) : b->model;
	b->lazy = calloc(b->size / page_size(), sizeof(*b->lazy));
	buffer_initial(b, 0, b->size, b->model);

	return true;
}

void buffer_destroy(struct buffer *b)
{
	if (!buffer_exists(b))
		return;
	munmap(b->p, b->size);
	free(b->lazy);
	if (b->fd >= 0)
		close(b->fd);
	b->p = NULL;
}
