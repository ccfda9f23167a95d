/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_NAMES_H
#define FUZZ_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* The files and directories of the two modules, and values to write there. */

/* Mask of the kinds of files that a value is for. */
enum {
	FOR_SWITCH	= 1 << 0,
	FOR_SIZE	= 1 << 1,
	FOR_FIGURE	= 1 << 2,
	FOR_SMALL	= 1 << 3,
	FOR_TYPE	= 1 << 4,
	FOR_REFUSAL	= 1 << 5,
	FOR_WORD	= 1 << 6,
	FOR_SET		= 1 << 7,
	FOR_ACCESS	= 1 << 8,
	FOR_DEVICE	= 1 << 9,
	FOR_DRIVER	= 1 << 10,
};

enum path_use {
	PATH_DIR = 1,	/* made and removed by mkdir(2) and rmdir(2) */
	PATH_WRITE = 2,
	PATH_READ = 4,
	PATH_LIST = 8,
	PATH_LINK = 16,
	PATH_SLOW = 32,	/* a write makes or removes GPUs or groups */
};

/*
 * Each @ in @text stands for a name. The letter in @names at the same index is the kind
 * of the name.
 */
struct path {
	const char *text;
	const char *names;
	unsigned int use;
	unsigned int values;
};

struct value {
	const char *text;
	unsigned int use;
};

extern const struct path paths[];
extern const unsigned int num_paths;
extern const struct value values[];
extern const unsigned int num_values;

unsigned int num_names(char kind);
/* Writes the full path, or the value, with the names of a process to @text. */
void path_text(char *text, size_t size, unsigned int path, const uint64_t *names,
	       unsigned int process);
void value_text(char *text, size_t size, unsigned int value, unsigned int process);

#endif
