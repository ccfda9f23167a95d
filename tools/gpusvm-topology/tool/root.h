/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_ROOT_H
#define GPUSVM_TOOL_ROOT_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* snapshot/archive.c */
bool root_is_archive(const char *name);
bool root_open(const char *name, struct json_object **tree);

enum root_type {
	ROOT_OTHER,
	ROOT_FILE,
	ROOT_LINK,
	ROOT_DIRECTORY,
};

/*
 * root.c: files below a sysroot, which is a directory or an archive that root_open() has
 * opened; NULL is the running system. Names begin without a slash. All functions return 0
 * or a negative errno. The caller frees what they set.
 */
int root_get_type(const char *sysroot, const char *name, enum root_type *type);
int root_read(const char *sysroot, const char *name, size_t most, char **data, size_t *size);
int root_read_link(const char *sysroot, const char *name, char **target);
int root_list(const char *sysroot, const char *name, char ***names, size_t *count);

#endif
