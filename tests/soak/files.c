// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small files of the kernel, which are written and read as text.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

#define PATH_SIZE	600

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);

	return err;
}

int put(const char *text, const char *format, ...)
{
	char path[PATH_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);

	return write_text(path, text);
}

int put_number(uint64_t number, const char *format, ...)
{
	char path[PATH_SIZE], text[32];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);

	return write_text(path, text);
}

bool get(char *text, size_t size, const char *format, ...)
{
	char path[PATH_SIZE];
	ssize_t length = -1;
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = read(fd, text, size - 1);
		close(fd);
	}
	text[length > 0 ? length : 0] = 0;
	text[strcspn(text, "\n")] = 0;

	return length > 0;
}

uint64_t get_number(const char *key, const char *format, ...)
{
	unsigned long long number = 0;
	char path[PATH_SIZE], line[128];
	size_t length = strlen(key);
	va_list args;
	FILE *file;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, length))
			sscanf(line + length, "%llu", &number);
	if (file)
		fclose(file);

	return number;
}

void drop_caches(unsigned int which)
{
	if (!put_number(which, "/proc/sys/vm/drop_caches"))
		shared->totals.cache_drops++;
}
