/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_FILE_H
#define FAULTINJECT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Files of sysfs and configfs. Functions that can fail return 0 or a negative errno. */

/* Replaces the value by one write(2). */
int file_write(const char *path, const char *value);
/* Reads the value without the newline at its end. */
int file_read(const char *path, char *value, size_t size);
bool file_is(const char *path, const char *value);
bool file_exists(const char *path);

/*
 * All files of the two modules in sysfs and configfs as text, which the caller frees.
 * Counters and last_error are left out, because a failed change may modify them.
 */
char *snapshot(void);
/* Compare two snapshots, and print the first line that differs. */
bool snapshots_same(const char *before, const char *after);

#endif
