/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_FILE_H
#define FAULTINJECT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Files of sysfs and configfs. What can fail returns 0 or a negative errno. */

/* Replaces the value by one write(2). */
int file_write(const char *path, const char *value);
/* Reads the value without the newline at its end. */
int file_read(const char *path, char *value, size_t size);
bool file_is(const char *path, const char *value);
bool file_exists(const char *path);

/*
 * Everything that sysfs and configfs have of the two modules, as text, to be freed.
 * Leaves out what may differ after a failed change: counters, and last errors.
 */
char *snapshot(void);
/* Compares two of them; shows the first line that differs. */
bool snapshots_same(const char *before, const char *after);

#endif
