/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_EXPORT_H
#define GPUSVM_TOOL_EXPORT_H

#include <stdio.h>

#include "tool.h"

/* How a GPU reaches the memory of another one, from worst to best */
enum path_state {
	PATH_NONE,
	PATH_REFUSED,
	PATH_UNUSABLE,
	PATH_USABLE,
};

/* The best link to any pagemap of the other GPU */
struct path {
	enum path_state state;
	const struct gpusvm_link *link;	/* NULL without a link */
	uint64_t bandwidth;		/* MB/s, the lower one of read and write; 0 if unknown */
};

enum link_way {
	LINK_READ,
	LINK_WRITE,
};

struct gpu {
	const struct gpusvm_initiator *initiator;
	const char *uid;
	size_t group;			/* index; model.groups for no group */
	unsigned int pagemaps;
	uint64_t size;			/* sum of known sizes, in bytes */
};

/* A topology as a graph of GPUs and groups, in the order of the library */
struct model {
	const struct gpusvm_topology *topology;
	struct gpu *gpus;
	size_t count;
	size_t groups;
	struct path *paths;		/* count * count; the diagonal has a GPU's own memory */
	uint64_t least_bandwidth;	/* of paths between GPUs; 0 if unknown */
	uint64_t most_bandwidth;
};

/* model.c */
struct model *model_new(const struct gpusvm_topology *topology);
void model_free(struct model *model);
const struct path *model_path(const struct model *model, size_t from, size_t to);
bool model_is_same_both_ways(const struct model *model, size_t a, size_t b);
size_t *model_order_by_group(const struct model *model);
size_t *model_order_by_address(const struct model *model);
size_t model_first_of_device(const struct model *model, size_t index);
bool gpu_is_pci(const struct gpu *gpu);
const char *path_describe(const struct path *path);
bool link_is_degraded(const struct gpusvm_link *link, enum link_way way);
char *gpu_describe(const struct gpu *gpu);
char *gpu_list_pagemaps(const struct gpu *gpu);

/* xml.c */
void xml_print(const char *text);
void xml_attribute(const char *name, const char *value);
void xml_attribute_number(const char *name, uint64_t value);

/* Names that another program accepts */
struct name_rule {
	const char *punctuation;	/* allowed beside letters and digits */
	char other;			/* replaces all other characters */
	char mark;			/* precedes the hash of a name that is too long */
	size_t room;			/* maximum length */
	bool is_lower;			/* no upper case */
};

/* name.c */
char *name_make(const char *text, const struct name_rule *rule, bool always_hash);
char **name_gpus(const struct model *model, const struct name_rule *rule);
void name_free(char **names);

/* drawing.c: the content of an <svg> element, for a page or a file */
void drawing_print(const struct model *model);
void drawing_print_size(const struct model *model);
extern const char *const drawing_style;

/* One file for each format. They print to stdout and return the exit status */
int export_cdi(const struct gpusvm_topology *topology, const struct options *options);
int export_dot(const struct gpusvm_topology *topology, const struct options *options);
int export_dra(const struct gpusvm_topology *topology, const struct options *options);
int export_html(const struct gpusvm_topology *topology, const struct options *options);
int export_hwloc(const struct gpusvm_topology *topology, const struct options *options);
int export_jgf(const struct gpusvm_topology *topology, const struct options *options);
int export_nccl(const struct gpusvm_topology *topology, const struct options *options);
int export_nfd(const struct gpusvm_topology *topology, const struct options *options);
int export_prometheus(const struct gpusvm_topology *topology, const struct options *options);
int export_slurm(const struct gpusvm_topology *topology, const struct options *options);
int export_svg(const struct gpusvm_topology *topology, const struct options *options);

#endif
