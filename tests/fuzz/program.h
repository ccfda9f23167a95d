/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "runtime.h"

/* A program: a list of calls with typed arguments, in two lanes. */

#define MAX_CALLS	256
#define SHORT_CALLS	32	/* before calls are repeated */
/* Cost of calls that make or remove GPUs or groups. */
#define SLOW_COST	1000
#define PROGRAM_TEXT	65536
#define MAX_FIELDS	11

enum arg_type {
	ARG_NONE,
	ARG_FILE,	/* a slot of an open render node */
	ARG_KEPT,	/* a slot of an open file of sysfs or configfs */
	ARG_GPU,	/* the number of a render node, from 0 */
	ARG_VM,
	ARG_PAGEMAP,
	ARG_ADDR,	/* a number, or an area and an offset */
	ARG_MEMORY,	/* likewise, but always in an area */
	ARG_LENGTH,
	ARG_NUM,
	ARG_COUNT,
	ARG_FLAGS,
	ARG_STRIDE,
	ARG_ZERO,	/* must be zero */
	ARG_OP,
	ARG_KIND,	/* of a mapping */
	ARG_PROT,
	ARG_ADVICE,
	ARG_PATH,	/* an index of paths[]; names follow */
	ARG_NAME,
	ARG_VALUE,	/* an index of values[] */
};

struct arg {
	uint64_t value;
	uint32_t area;	/* 0 for a number, else 1 + the area that @value is an offset in */
};

/* A member of the structure of an ioctl. */
struct field {
	const char *name;
	unsigned short offset;
	unsigned short size;
	enum arg_type type;
};

struct call_type {
	const char *name;
	const char *function;		/* of the runtime; of an ioctl: its macro */
	unsigned int weight;		/* how often it is generated */
	unsigned int cost;		/* about how many milliseconds it takes */
	unsigned int copies;		/* that may follow it, with other arguments */
	bool other;			/* is not on a file of the modules */
	enum arg_type args[MAX_ARGS];
	long (*run)(const uint64_t *args);
	/* Only for ioctls. The first argument is the file, the others are the fields. */
	unsigned long request;
	const char *structure;
	size_t size;
	struct field fields[MAX_FIELDS];
};

extern const struct call_type call_types[];
extern const unsigned int num_call_types;

struct call {
	const struct call_type *type;
	unsigned int lane;
	struct arg args[MAX_ARGS];
};

struct program {
	unsigned int num;
	struct call calls[MAX_CALLS];
};

unsigned int call_args(const struct call_type *type);
enum arg_type call_arg_type(const struct call_type *type, unsigned int i);
unsigned int call_index(const struct call_type *type);
unsigned int call_cost(const struct call *call);
/* Whether the call reached a file or a directory of the modules. */
bool call_counts(const struct call *call, long outcome);
const struct call_type *call_find(const char *name);

/* Prints the program, one call a line. Returns the length. */
size_t program_print(const struct program *program, char *text, size_t size);
/* Reads a program up to an empty line. Returns false at the end of the file. */
bool program_read(FILE *file, struct program *program);
/* Writes the program in C. @gpus are the parameters of vgpusvm that it needs. */
void program_to_c(const struct program *program, const char *gpus, FILE *out);

/* Returns the number of calls before the first one of lane 1. */
unsigned int program_common(const struct program *program);
void program_copy(struct program *program, const struct program *from);
void program_remove(struct program *program, unsigned int at, unsigned int num);
/* Appends @other, or the part of it that fits. */
void program_append(struct program *program, const struct program *other);

/* Runs a call. Returns 0 or a negative errno. */
long call_run(const struct call *call);

#endif
