/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_H
#define GPUSVM_TOOL_H

#include <stdarg.h>
#include <stdio.h>

#include <gpusvm-topology.h>

#define __printf(nr, first) __attribute((format(printf, nr, first)))

/* Version of the JSON output. It increases when a key changes its meaning */
#define SCHEMA_VERSION 1

enum {
	EXIT_ERROR = 1,		/* out of memory, failure to write the output, ... */
	EXIT_USAGE = 2,
	EXIT_NO_TOPOLOGY = 3,
	EXIT_WARNINGS = 4,	/* the output has all readable entries */
	EXIT_NOT_FOUND = 5,	/* the output has the names that exist */
};

/* Common options of commands */
struct options {
	const char *sysroot;
	const char *synthetic;
	const char *columns;
	bool all_columns;
	const char *sort;
	const char *filter;
	bool no_headings;
	bool raw;
	bool pairs;
	bool bytes;
	bool json;
	bool colors;
	/* Names of objects to show, with a NULL at the end; NULL for all objects */
	char **names;
	bool all_links;
	const char *node;	/* name of the machine in a cluster; NULL if unknown */
};

struct json_object;

enum {
	COLUMN_DEFAULT = 1 << 0,	/* printed without -o */
	COLUMN_RIGHT = 1 << 1,		/* aligned to the right */
	COLUMN_SIZE = 1 << 2,		/* bytes, rounded without -b */
	COLUMN_TREE = 1 << 3,		/* the tree's branches precede the value */
};

/* A column of a table of objects, and a key of such objects in JSON */
struct column {
	const char *name;
	const char *key;
	const char *help;
	unsigned int flags;
	/* Returns NULL if unknown */
	struct json_object *(*get)(const void *object);
	/* Returns a colour of libsmartcols, such as "red", or NULL. May be NULL */
	const char *(*color)(const void *object);
};

/* A kind of objects. @columns ends with an entry without a name */
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

/* rights.c */
#define RIGHTS_HELP "ok, denied or no-node"

const char *rights_of(const struct gpusvm_initiator *initiator);
const char *rights_get_color(const char *rights);

/* kind/link.c: attributes of a link for columns and the matrix */
struct json_object *link_type(const void *link);
struct json_object *link_access(const void *link);
struct json_object *link_reason(const void *link);
struct json_object *link_usable(const void *link);
struct json_object *link_usable_reason(const void *link);
struct json_object *link_hops(const void *link);
struct json_object *link_read_bandwidth(const void *link);
struct json_object *link_write_bandwidth(const void *link);
struct json_object *link_max_read_bandwidth(const void *link);
struct json_object *link_max_write_bandwidth(const void *link);
struct json_object *link_read_latency(const void *link);
struct json_object *link_write_latency(const void *link);
const char *link_color(const void *link);

/* text.c: all results are allocated */
void *check_memory(void *memory);
char *text_copy(const char *text);
char *text_format(const char *format, ...) __printf(1, 2);
char *text_vformat(const char *format, va_list args);
char *text_size(uint64_t bytes);
bool parse_size(const char *text, uint64_t *bytes);
char *text_ids(const uint32_t *ids, size_t count);

/* json.c: values, where NULL is null, and documents, which commands print */
struct json_object *json_text(const char *text);
struct json_object *json_number(int err, uint64_t number);
struct json_object *json_integer(int err, int64_t number);
struct json_object *json_boolean(int err, bool value);
struct json_object *json_array(void);
struct json_object *json_map(void);
void json_append(struct json_object *array, struct json_object *value);
void json_set(struct json_object *map, const char *key, struct json_object *value);
struct json_object *document_new(const char *command, const struct gpusvm_topology *topology);
int document_print(struct json_object *document);

/* value.c */
char *value_text(struct json_object *value, unsigned int flags, const struct options *options);

/* message.c */
void say(const char *format, ...) __printf(1, 2);
int usage_error(const char *command);
int open_context(const struct options *options, struct gpusvm_ctx **ctx);
int open_topology(const struct options *options, struct gpusvm_topology **topology);
int close_topology(struct gpusvm_topology *topology);

/* Receives the topology, and returns the exit status */
typedef int (*topology_fn)(const struct gpusvm_topology *topology,
			   const struct options *options, void *data);
int with_topology(const struct options *options, topology_fn fn, void *data);

/* gpu.c */
const struct gpusvm_initiator *initiator_of(const struct gpusvm_topology *topology,
					    const char *name);
const struct gpusvm_initiator *next_initiator_of(const struct gpusvm_initiator *initiator,
						 const char *name);

/* options.c */
struct option;

enum {
	OPTIONS_JSON = 1 << 0,		/* -J */
	OPTIONS_TABLE = 1 << 1,		/* -n, -P, -r and --color */
	OPTIONS_COLUMNS = 1 << 2,	/* -b, -o and -O */
	OPTIONS_LINES = 1 << 3,		/* -x and -Q */
};

#define COLUMN_OPTIONS_HELP \
	" -b, --bytes          print sizes in bytes\n" \
	" -o, --output COLS    print these columns; +COLS adds them to the default ones\n" \
	" -O, --output-all     print all columns\n"
#define LINE_OPTIONS_HELP \
	" -Q, --filter EXPR    print only lines for which EXPR is true, such as\n" \
	"                      'SIZE > 10G && STATE == \"idle\"'\n" \
	" -x, --sort COLUMN    sort by this column, unknown values last\n"
#define JSON_OPTION_HELP \
	" -J, --json           print JSON, see gpusvm-topology.json(5)\n"
#define TABLE_OPTIONS_HELP \
	" -n, --no-headings    print no headings\n" \
	" -P, --pairs          print KEY=\"value\" pairs, with empty unknown values\n" \
	" -r, --raw            separate columns by one space\n" \
	"     --color WHEN     auto (on a terminal, the default), always or never\n"
#define NAMES_HELP \
	"Shows all objects, or only each NAME: a GPU (uid, name on the bus, render or card\n" \
	"node) with its pagemaps, a pagemap (ID or uid) with its GPU, or a group with all its\n" \
	"members.\n"
#define COMMON_OPTIONS_HELP \
	"     --sysroot DIR    read DIR/sys, a copy of another machine's files, instead of\n" \
	"                      /sys; DIR may be an archive from \"snapshot\"\n" \
	"     --synthetic DESC use a synthetic topology, such as \"gpu:8 full bw=64000\"\n" \
	" -h, --help           print this help\n" \
	" -V, --version        print the version\n"

int next_option(int argc, char **argv, unsigned int sets, const char *letters,
		const struct option *own, struct options *options);
int other_option(int option, const char *command, int (*print_help)(void));
int no_arguments(int argc, char **argv, const char *command);
void take_names(int argc, char **argv, struct options *options);
int print_version(void);

/* table.c */
struct libscols_table;
struct libscols_line;

struct libscols_table *table_new(const struct options *options);
void table_add_column(struct libscols_table *table, const char *name, unsigned int flags);
struct libscols_line *table_add_line(struct libscols_table *table,
				     struct libscols_line *parent);
void table_set(struct libscols_line *line, size_t column, char *text,
	       const struct options *options);
void table_set_color(struct libscols_line *line, size_t column, const char *color);
int table_print(struct libscols_table *table);
void table_free(struct libscols_table *table);

/* columns.c */
const struct column **columns_choose(const struct kind *kind, const struct options *options);
const struct column *column_find(const struct kind *kind, const char *name);
void columns_help(const struct kind *kind);

/*
 * output.c: objects of one kind, as a table or in an array of a document.
 *
 * Without -o, JSON has all columns, because programs parse it.
 */
struct output;

struct output_item;	/* an object in the output */

struct output *output_new(const struct kind *kind, const struct options *options);
void output_add(struct output *output, const void *object);
struct output_item *output_add_child(struct output *output, struct output_item *parent,
				     const void *object);
struct json_object *output_array(struct output *output);
int output_print(struct output *output, const char *command,
		 const struct gpusvm_topology *topology);
void output_free(struct output *output);
struct json_object *object_map(const struct kind *kind, const void *object);

/* filter.c */
struct filter;

struct filter *filter_new(const struct kind *kind, const char *expression);
bool filter_takes(const struct filter *filter, const void *object);
void filter_free(struct filter *filter);

/* lines.c */
void lines_add(struct output *output, const struct gpusvm_topology *topology,
	       const struct kind *kind, const struct column *sort, const struct filter *filter);

/* listing.c */
int list_kind(const char *command, const struct kind *kind, const struct options *options);

/* One file for each command. @argv[0] is the name of the program */
int command_bench(int argc, char **argv, struct options *options);
int command_check(int argc, char **argv, struct options *options);
int command_explain(int argc, char **argv, struct options *options);
int command_group(int argc, char **argv, struct options *options);
int command_export(int argc, char **argv, struct options *options);
int command_groups(int argc, char **argv, struct options *options);
int command_list(int argc, char **argv, struct options *options);
int command_monitor(int argc, char **argv, struct options *options);
int command_matrix(int argc, char **argv, struct options *options);
int command_resolve(int argc, char **argv, struct options *options);
int command_run(int argc, char **argv, struct options *options);
int command_select(int argc, char **argv, struct options *options);
int command_show(int argc, char **argv, struct options *options);
int command_snapshot(int argc, char **argv, struct options *options);
int command_tree(int argc, char **argv, struct options *options);

#endif
