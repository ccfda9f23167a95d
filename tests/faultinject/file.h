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
bool file_exists(const char *path);

#endif
