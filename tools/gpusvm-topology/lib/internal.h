/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_INTERNAL_H
#define GPUSVM_INTERNAL_H

#include <dirent.h>
#include <stdarg.h>
#include <stdatomic.h>

#include "gpusvm-topology.h"

#define GPUSVM_EXPORT __attribute__((visibility("default")))
#define __printf(nr, first) __attribute((format(printf, nr, first)))

/* Define functions of the library that return a member of an object */
#define GPUSVM_GET_TEXT(object, member) \
GPUSVM_EXPORT const char * \
gpusvm_##object##_get_##member(const struct gpusvm_##object *object) \
{ \
	return object->member; \
}

#define GPUSVM_GET_OBJECT(object, member) \
GPUSVM_EXPORT const struct gpusvm_##member * \
gpusvm_##object##_get_##member(const struct gpusvm_##object *object) \
{ \
	return object->member; \
}

#define GPUSVM_GET_FIGURE(object, member, type, get) \
GPUSVM_EXPORT int \
gpusvm_##object##_get_##member(const struct gpusvm_##object *object, type value) \
{ \
	return get(&object->member, value); \
}

#define GPUSVM_GET_NUMBER(object, member) GPUSVM_GET_FIGURE(object, member, uint64_t *, figure_get)
#define GPUSVM_GET_UINT(object, member) \
	GPUSVM_GET_FIGURE(object, member, unsigned int *, figure_get_uint)
#define GPUSVM_GET_BOOL(object, member) GPUSVM_GET_FIGURE(object, member, bool *, figure_get_bool)

#define PAGEMAP_CLASS "/sys/class/drm_pagemap"
#define INITIATOR_CLASS "/sys/class/drm_pagemap_initiator"
#define GROUP_CLASS "/sys/class/drm_pagemap_group"

/* No machine has more nodes or CPUs. Functions do not read a list with higher numbers */
#define RANGE_MAX 65535

struct gpusvm_ctx {
	atomic_uint refs;
	int root;			/* -1 if the context has @files */
	char *sysroot;
	const struct gpusvm_files *files;
	void *files_data;
	gpusvm_log_fn log_fn;
	void *log_data;
};

/* An array of pointers that grows */
struct list {
	void **items;
	size_t count;
	size_t room;
};

/* A number that may be unknown */
struct figure {
	uint64_t value;
	bool known;
};

/* A message, which is kept until its scan is known to be the result */
struct message {
	int priority;
	char *text;
};

struct gpusvm_topology {
	atomic_uint refs;
	struct gpusvm_ctx *ctx;
	struct figure generation;
	bool consistent;
	bool synthetic;
	unsigned int warnings;
	struct list messages;
	struct list pagemaps;
	struct list initiators;
	struct list groups;
};

struct gpusvm_pagemap {
	struct gpusvm_topology *topology;
	size_t index;
	size_t index_in_group;
	uint32_t id;
	char *uid;
	char *state;
	char *dmem_region;
	char *device;
	char *render;
	struct figure region_instance;
	struct figure size;
	struct figure free;
	struct figure numa_node;
	struct gpusvm_initiator *initiator;
	struct gpusvm_group *group;
	struct list links;
	bool kept;		/* while the topology is restricted; so below */
};

struct gpusvm_initiator {
	struct gpusvm_topology *topology;
	size_t index;
	size_t index_in_group;
	char *uid;
	char *device;
	char *render;
	char *card;
	struct gpusvm_group *group;
	struct list links;
	bool kept;
};

struct gpusvm_link {
	struct gpusvm_initiator *initiator;
	struct gpusvm_pagemap *pagemap;
	size_t index_in_initiator;
	size_t index_in_pagemap;
	char *type;
	char *access;
	char *reason;
	char *usable_reason;
	struct figure usable;
	struct figure hops;
	struct figure read_bandwidth;
	struct figure write_bandwidth;
	struct figure max_read_bandwidth;
	struct figure max_write_bandwidth;
	struct figure read_latency;
	struct figure write_latency;
	struct figure read_bytes;
	struct figure write_bytes;
};

struct gpusvm_group {
	struct gpusvm_topology *topology;
	size_t index;
	char *name;
	char *origin;
	char *pagemap_list;
	struct figure users;
	struct figure pending;
	struct figure members_expected;
	struct figure members_joined;
	struct figure complete;
	struct figure min_read_bandwidth;
	struct figure min_write_bandwidth;
	struct list pagemaps;
	struct list initiators;
	bool kept;
};

/* An open directory below the sysroot */
struct dir {
	struct gpusvm_topology *topology;
	int fd;				/* -1 if the context has files */
	DIR *stream;			/* of @fd, if its entries were read */
	char *path;
};

enum attr_kind {
	ATTR_NUMBER,	/* a number, at least 0 */
	ATTR_NODE,	/* a number, at least -1 */
	ATTR_WORD,	/* a char *, printable and without spaces */
	ATTR_IDS,	/* a char *, a list of ranges of numbers, may be empty */
	ATTR_LINK,	/* a char *, the last component of the target of a symbolic link */
};

/* A file of a directory, and the member of an object for its value */
struct attr {
	const char *name;
	enum attr_kind kind;
	bool optional;
	size_t offset;
	uint64_t max;
};

/* A type of object that has a directory. @read fills an object from it; @data is the caller's */
struct object_type {
	size_t size;
	int (*read)(const struct dir *dir, const char *name, void *object, void *data);
	void (*free)(void *object);
};

/* util.c */
int list_add(struct list *list, void *item);
int list_add_copy(struct list *list, const void *object, size_t size);
void *list_get(const struct list *list, size_t index);
void list_sort(struct list *list, int (*compare)(const void *a, const void *b));
void *list_find(const struct list *list, const void *key,
		int (*compare)(const void *a, const void *b));
void list_free(struct list *list, void (*free_item)(void *item));
void list_remove(struct list *list, const void *item);
int figure_get(const struct figure *figure, uint64_t *value);
int figure_get_uint(const struct figure *figure, unsigned int *value);
int figure_get_bool(const struct figure *figure, bool *value);
char *format_text(const char *format, va_list args);
bool parse_digits(const char **text, uint64_t max, uint64_t *value);
bool parse_number(const char *text, uint64_t max, uint64_t *value);
bool is_word(const char *text);
bool is_id_list(const char *text);
bool next_range(const char **text, uint64_t *first, uint64_t *last);
int range_list_index(const char *text, uint64_t number);

/* log.c */
void make_printable(char *text);
void ctx_log(const struct gpusvm_ctx *ctx, int priority, char *message);
int topology_log(struct gpusvm_topology *topology, int priority,
		 const char *format, ...) __printf(3, 4);
int dir_warn(const struct dir *dir, const char *name, const char *what);
int dir_warn_error(const struct dir *dir, const char *name, int err);
void topology_emit(struct gpusvm_topology *topology);
void topology_drop_messages(struct gpusvm_topology *topology);

/* scan/files.c: for a context that has files */
typedef int (*dir_fn)(const struct dir *dir, const char *name, void *data);

int files_open(const struct gpusvm_ctx *ctx, const char *path);
int files_scan(const struct dir *dir, dir_fn fn, void *data);
int files_read(const struct dir *dir, const char *name, char **text, size_t *length);
int files_read_link(const struct dir *dir, const char *name, char **target);

/* scan/sysfs.c */
int dir_open(struct dir *dir, struct gpusvm_topology *topology, const char *path);
int dir_open_child(struct dir *child, const struct dir *parent, const char *name);
char *dir_path(const struct dir *dir, const char *name);
void dir_close(struct dir *dir);
int dir_scan(struct dir *dir, dir_fn fn, void *data);
int dir_add_object(const struct dir *dir, const char *name, const struct object_type *type,
		   struct list *list, void *data);
int dir_read(const struct dir *dir, const char *name, char **text);
int dir_read_attrs(const struct dir *dir, const struct attr *attrs, void *object);
int dir_read_link(const struct dir *dir, const char *name, char **target);

/* scan/topology.c */
struct gpusvm_topology *topology_alloc(struct gpusvm_ctx *ctx);
int topology_read_generation(struct gpusvm_topology *topology, struct figure *generation);
int topology_warn_changing(struct gpusvm_topology *topology);

/* Sets @retry if the topology was changing, so that the attempt should be repeated */
typedef int (*attempt_fn)(void *data, bool last, bool *retry);

/* Repeats an attempt with growing pauses. Leaves @retry set if the last one was no better */
int retry_attempts(attempt_fn attempt, void *data, bool *retry);

/* One file of scan/ for each kind of object */
int groups_scan(struct dir *class);
void groups_connect(struct gpusvm_topology *topology);
int group_add_pagemap(struct gpusvm_group *group, struct gpusvm_pagemap *pagemap);
int group_add_initiator(struct gpusvm_group *group, struct gpusvm_initiator *initiator);
int group_from_link(const struct dir *dir, struct gpusvm_group **group);
void group_free(void *item);

int initiators_scan(struct dir *class);
int initiators_connect(struct gpusvm_topology *topology);
void initiator_free(void *item);

int pagemaps_scan(struct dir *class);
int pagemaps_connect(struct gpusvm_topology *topology);
void pagemap_free(void *item);

int links_scan(const struct dir *dir, struct gpusvm_pagemap *pagemap);
int links_connect(struct gpusvm_pagemap *pagemap);
void link_free(void *item);

/* place/near.c */
struct figure link_bandwidth(const struct gpusvm_link *link);

#endif
