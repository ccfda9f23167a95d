// SPDX-License-Identifier: GPL-2.0-or-later
/* A file in ordinary memory */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"

/* GPU page tables and migration work best on this alignment. */
#define HUGE_PAGE ((size_t)2 << 20)

static size_t round_up(size_t number, size_t multiple)
{
	return (number + multiple - 1) / multiple * multiple;
}

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* There are pipes and devices whose length nobody knows. */
static int measure(int fd, const char *name, struct buffer *buffer)
{
	struct stat status;

	if (fstat(fd, &status)) {
		warn("%s", name);
		return EXIT_FAILURE;
	}
	if (!S_ISREG(status.st_mode)) {
		warnx("%s: not a regular file", name);
		return EXIT_FAILURE;
	}
	if (!status.st_size) {
		warnx("%s: is empty", name);
		return EXIT_FAILURE;
	}
	buffer->length = status.st_size;
	buffer->size = round_up(buffer->length, page_size());
	return 0;
}

/* Nothing about the memory is special: it is what the C library gives. */
static int fill(int fd, const char *name, struct buffer *buffer)
{
	size_t done = 0;
	ssize_t bytes;

	buffer->start = aligned_alloc(HUGE_PAGE, round_up(buffer->length, HUGE_PAGE));
	if (!buffer->start) {
		warn("%s: %zu bytes", name, buffer->length);
		return EXIT_FAILURE;
	}

	while (done < buffer->length) {
		bytes = read(fd, buffer->start + done, buffer->length - done);
		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0) {
			warn("%s", name);
			return EXIT_FAILURE;
		}
		if (!bytes) {
			warnx("%s: has shrunk while it was read", name);
			return EXIT_FAILURE;
		}
		done += bytes;
	}
	return 0;
}

/* Reads a file of any length but 0. Returns 0 or, with the user told, EXIT_FAILURE. */
int buffer_read(const char *name, struct buffer *buffer)
{
	int fd, status;

	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		warn("%s", name);
		return EXIT_FAILURE;
	}
	status = measure(fd, name, buffer) ?: fill(fd, name, buffer);
	close(fd);
	return status;
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->start);
	buffer->start = NULL;
}
