/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_H
#define GPUSVM_TOOL_H

#include <gpusvm-topology.h>

#define __printf(nr, first) __attribute((format(printf, nr, first)))

enum {
	EXIT_ERROR = 1,		/* out of memory, output that cannot be written, ... */
	EXIT_USAGE = 2,
	EXIT_NO_TOPOLOGY = 3,
	EXIT_WARNINGS = 4,	/* all that could be read was printed */
};

/* Options that the commands have in common */
struct options {
	const char *sysroot;
	const char *columns;
	bool all_columns;
	bool no_headings;
	bool raw;
	bool pairs;
	bool bytes;
};

/* A column of a table of objects of one kind */
struct column {
	const char *name;
	const char *help;
	bool right;
	bool by_default;
	/* Allocated, or NULL if not known */
	char *(*text)(const void *object, const struct options *options);
};

/* A kind of objects; @columns ends with one without a name */
struct kind {
	const char *name;
	const struct column *columns;
	const void *(*first)(const struct gpusvm_topology *topology);
	const void *(*next)(const void *object);
};

extern const struct kind pagemap_kind;
extern const struct kind initiator_kind;
extern const struct kind link_kind;
extern const struct kind group_kind;

/* text.c */
void *check_memory(void *memory);
char *text_copy(const char *text);
char *text_format(const char *format, ...) __printf(1, 2);
char *text_number(int err, uint64_t number);
char *text_bool(int err, bool value);
char *text_size(uint64_t bytes, const struct options *options);
char *text_ids(const uint32_t *ids, size_t count);

/* message.c */
void say(const char *format, ...) __printf(1, 2);
int usage_error(const char *command);
int open_topology(const struct options *options, struct gpusvm_topology **topology);
int close_topology(struct gpusvm_topology *topology);

/* options.c */
struct option;

#define COMMON_OPTIONS_HELP \
	" -n, --no-headings    print no headings\n" \
	" -P, --pairs          print KEY=\"value\" pairs; what is not known is empty\n" \
	" -r, --raw            print with one space between columns\n" \
	"     --sysroot DIR    read DIR/sys, a copy of another machine's, instead of /sys\n" \
	" -h, --help           print this help\n" \
	" -V, --version        print the version\n"

int next_option(int argc, char **argv, const char *letters, const struct option *own,
		struct options *options);
int print_version(void);

/* table.c */
struct libscols_table;
struct libscols_line;

struct libscols_table *table_new(const struct options *options);
void table_add_column(struct libscols_table *table, const char *name, bool right);
struct libscols_line *table_add_line(struct libscols_table *table);
void table_set(struct libscols_line *line, size_t column, char *text,
	       const struct options *options);
int table_print(struct libscols_table *table);

/* columns.c */
const struct column **columns_choose(const struct kind *kind, const struct options *options);
void columns_help(const struct kind *kind);

/* One file for each command; @argv[0] is its name */
int command_list(int argc, char **argv, struct options *options);
int command_matrix(int argc, char **argv, struct options *options);

#endif
