/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"

/*
 * Files of one line in sysfs and configfs, by path. Tests check the errors as well as the
 * values, and igt_sysfs_*() does not return errors.
 */

#define __path(f, a)	__attribute__((__format__(__printf__, f, a)))

#define LINE	4200

/* Write these bytes at once. Returns 0 or a negative errno. */
int file_write(const char *path, const void *data, size_t size);
/* Write one line. */
int file_put(const char *line, const char *path, ...) __path(2, 3);
/* The line, without its end, or the name of an error. */
const char *file_text(const char *path, ...) __path(1, 2);
const char *text_at(int fd);
/* A number; the test fails if the file has none. */
uint64_t file_number(const char *path, ...) __path(1, 2);
bool file_exists(const char *path, ...) __path(1, 2);
int file_mode(const char *path, ...) __path(1, 2);
/* The last component of the target of a symbolic link, or the name of an error. */
const char *link_name(const char *path, ...) __path(1, 2);
/* Do both paths lead to the same file? */
bool same_file(const char *a, const char *b);

int make_dir(const char *path, ...) __path(1, 2);
int remove_dir(const char *path, ...) __path(1, 2);

#define NAMES_MAX	128
#define NAME_SIZE	96

/* The names in a directory, sorted; none if it can't be read. */
struct names {
	int num;
	char name[NAMES_MAX][NAME_SIZE];
};

void names_in(struct names *names, const char *path, ...) __path(2, 3);
bool names_have(const struct names *names, const char *name);
/* All names in one line, for comparisons. */
const char *names_text(const char *path, ...) __path(1, 2);

/* A formatted text. No text that functions here return is ever freed. */
const char *text_of(const char *format, ...) __path(1, 2);

/* The name of an error as in EINVAL, "ok" for 0; either sign. */
const char *error_name(int err);

#define assert_text(got, wanted) do { \
	const char *__got = (got), *__wanted = (wanted); \
	igt_assert_f(!strcmp(__got, __wanted), "%s is \"%s\", not \"%s\"\n", #got, __got, \
		     __wanted); \
} while (0)

#define assert_error(got, wanted) do { \
	int __err = (got); \
	igt_assert_f(__err == (wanted), "%s gives %s, not %s\n", #got, error_name(__err), \
		     error_name(wanted)); \
} while (0)

#define assert_ok(got)	assert_error(got, 0)

/* Wait up to a minute for a condition. Returns whether it became true. */
#define eventually(condition) ({ \
	int __tries = 6000; \
	while (!(condition) && --__tries) \
		usleep(10000); \
	__tries > 0; \
})

#endif
