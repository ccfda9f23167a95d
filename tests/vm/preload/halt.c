// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded, it stops a program that has made a directory whose path ends as HALT_AT says.
 * The fifo "there" in HALT_DIR gets a line then, and the program goes on when the fifo
 * "go" has been written.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

static FILE *open_fifo(const char *name, const char *mode)
{
	const char *directory = getenv("HALT_DIR");
	FILE *stream = NULL;
	char *path;

	if (directory && asprintf(&path, "%s/%s", directory, name) >= 0)
		stream = fopen(path, mode);
	if (!stream)
		abort();
	return stream;
}

static void halt(void)
{
	FILE *stream = open_fifo("there", "w");

	fputc('\n', stream);
	fclose(stream);
	stream = open_fifo("go", "r");
	fgetc(stream);
	fclose(stream);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
	int (*next)(int fd, const char *path, mode_t mode) = dlsym(RTLD_NEXT, "mkdirat");
	const char *end = getenv("HALT_AT");
	int status, err;

	status = next(fd, path, mode);
	err = errno;
	if (!status && end && ends_with(path, end))
		halt();
	errno = err;
	return status;
}
