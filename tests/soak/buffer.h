/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOAK_BUFFER_H
#define SOAK_BUFFER_H

#include "soak.h"

enum kind {
	KIND_ANON,
	KIND_THP,
	KIND_UFFD,
	KIND_PRIVATE_FILE,
	KIND_MEMFD,
	KIND_SHARED,
	KIND_FILE,
	KIND_FUSE,
	KIND_HUGETLB,
	KIND_SECRET,
	KIND_ANON_SMALL,
	KINDS
};

#define LARGEST		(2 * MIB)

_Static_assert(KINDS == BUFFERS, "one buffer of each kind");

/* Actions that a kind of memory supports. */
enum {
	CAN_MOVE = 0x1,			/* mremap() */
	CAN_FREE = 0x2,			/* MADV_FREE */
	CAN_DROP = 0x4,			/* MADV_DONTNEED, to the initial content */
	CAN_REMAP = 0x8,		/* map its file again, which has the content */
	CAN_FORK = 0x10,		/* a child may write to its own copy */
	CAN_INHERIT = 0x20,		/* a child inherits it */
	CAN_PROTECT = 0x40,		/* mprotect() of any page */
	CAN_GPU = 0x80,			/* a GPU may access it */
	CAN_PIN = 0x100,		/* the kernel may access it */
	CAN_REMOVE = 0x200,		/* MADV_REMOVE, to zeroes */
	CAN_PAGE_OUT = 0x400,
	CAN_UNMAP = 0x800,		/* MADV_DONTNEED keeps the content */
};

/*
 * Memory and its model, the expected value of each byte. After MADV_FREE, a page is
 * lazy until all of it is written: its content is that of the model or that of @alt.
 * @alt has the initial content with all later writes. If no page can be lazy, @alt is
 * the model.
 */
struct buffer {
	enum kind kind;
	unsigned int flags;
	unsigned char *p;
	size_t size;
	int fd;				/* of a file, or -1 */
	unsigned char *model, *alt;
	bool *lazy;			/* by page */
	unsigned int busy;		/* jobs that write or read it now */
	uint64_t version;		/* of the last write */
	unsigned int worker;
};

extern const char * const kind_names[KINDS];

/* Maps memory of a kind. Returns false if the kernel lacks this kind. */
bool buffer_init(struct buffer *b, enum kind what, unsigned int worker);
void buffer_destroy(struct buffer *b);
bool buffer_exists(const struct buffer *b);

/* Adds a line to the history. */
void buffer_note(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The initial content of a byte range. */
void buffer_initial(const struct buffer *b, size_t offset, size_t length, void *to);

/* Fills @to with unique words for a write at @offset. */
void buffer_new_words(struct buffer *b, size_t offset, size_t length, void *to);
uint64_t buffer_new_word(struct buffer *b);

/* Zeroed and locked memory, which is never freed. */
void *model_memory(size_t size);

/* Apply an action of the CPU or a GPU to the model. */
void model_store(struct buffer *b, size_t offset, size_t length, const void *from);
void model_fill(struct buffer *b, size_t offset, size_t length, uint64_t value);
void model_add(struct buffer *b, size_t offset, size_t length, uint64_t value);
void model_drop(struct buffer *b, size_t offset, size_t length);
void model_free(struct buffer *b, size_t offset, size_t length);
/* The CRC-32 of a part, as a GPU computes it. */
uint32_t model_crc(const struct buffer *b, size_t offset, size_t length);

/* Compares memory with the model. A difference ends the process with a report. */
void buffer_check(struct buffer *b, size_t offset, size_t length, const char *who);
/* The same for a copy of the memory. */
void buffer_check_copy(struct buffer *b, size_t offset, size_t length, const void *copy,
		       const char *who);
/* Dirties all lazy pages in the range, and updates the model with their content. */
void buffer_settle(struct buffer *b, size_t offset, size_t length);
bool buffer_is_lazy(const struct buffer *b, size_t offset, size_t length);

/* Reserves 2 MiB-aligned addresses for mmap() and mremap(). */
void *reserve_addresses(size_t size);
/* Maps the file of a buffer at @b->p. */
bool buffer_map_file(struct buffer *b);

/* Serves the faults of userfaultfd memory, in a thread. */
bool uffd_serve(struct buffer *b);

#endif
