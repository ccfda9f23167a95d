/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

/* @size is @length in whole pages. */
struct buffer {
	unsigned char *start;
	size_t length;
	size_t size;
};

size_t page_size(void);

int buffer_read(const char *name, struct buffer *buffer);
void buffer_free(struct buffer *buffer);

#endif
