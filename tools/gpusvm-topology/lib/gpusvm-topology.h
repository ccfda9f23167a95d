/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_TOPOLOGY_H
#define GPUSVM_TOPOLOGY_H

/**
 * DOC: libgpusvm-topology
 *
 * The topology of pagemaps, regions of GPU memory that can back the virtual memory of a
 * process. It comes from the sysfs classes drm_pagemap, drm_pagemap_initiator,
 * drm_pagemap_link and drm_pagemap_group.
 *
 * A &struct gpusvm_ctx has the root to read from and the function that receives
 * messages. A &struct gpusvm_topology is the result of one scan and never changes. All
 * other objects belong to a topology. They and their strings are valid as long as the
 * caller has a reference to the topology, and the caller must not free them.
 *
 * Threads: any number of threads may read a topology and its objects at the same time,
 * and take and drop references. No thread may change a context while another one uses
 * it. The library has no global state, and never writes to stdout or stderr.
 *
 * Iteration: a function that returns the next object takes the last object as its last
 * argument. Its other arguments are those of the first call, except if the last object
 * implies them: a pagemap implies its topology, for instance.
 *
 * Functions return errors as negative errno values. A value that the kernel does not
 * know is -ENODATA or %NULL, never 0.
 *
 * gpusvm-placement.h has functions that place memory and query its place through a GPU's
 * driver. gpusvm-peer-groups.h has functions that manage groups of GPUs in configfs.
 *
 * Bandwidths are in MB/s (1,000,000 bytes per second), latencies in
 * nanoseconds, sizes in bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gpusvm_ctx;
struct gpusvm_topology;
struct gpusvm_pagemap;
struct gpusvm_initiator;
struct gpusvm_link;
struct gpusvm_group;
struct gpusvm_nearest;
struct gpusvm_ranking;

/**
 * gpusvm_version() - Get the version of the library
 *
 * Return: The version of the library in use, for instance "0.1.0".
 */
const char *gpusvm_version(void);

/**
 * gpusvm_parse_size() - Parse a size such as 64M
 * @text: Decimal digits, optionally with a suffix K, M, G, T, P or E for powers of 1024, in
 *	  either case, with or without "iB": 64M, 64m and 64MiB are the same.
 * @bytes: Set to the size, in bytes.
 *
 * Return: 0, -EINVAL for any other text, or -ERANGE if the size is too large.
 */
int gpusvm_parse_size(const char *text, uint64_t *bytes);

/* Context */

/**
 * typedef gpusvm_log_fn - Receive a message
 * @data: Argument of gpusvm_set_log_fn().
 * @priority: A priority of <syslog.h>: %LOG_ERR for the reason why a call failed,
 *	      %LOG_WARNING for an entry that contradicts the kernel's documents,
 *	      %LOG_DEBUG for an entry that is skipped on purpose.
 * @message: One line without newline, in printable ASCII. It begins with the path of
 *	     the file. Valid during the call.
 */
typedef void (*gpusvm_log_fn)(void *data, int priority, const char *message);

/**
 * gpusvm_new() - Create a context
 * @ctx: Set to a context with one reference, which reads the running system and
 *	 discards messages.
 *
 * Return: 0, or -ENOMEM, or the error of opening "/".
 */
int gpusvm_new(struct gpusvm_ctx **ctx);

/**
 * gpusvm_ref() - Get a reference to a context
 * @ctx: A context.
 *
 * Return: @ctx.
 */
struct gpusvm_ctx *gpusvm_ref(struct gpusvm_ctx *ctx);

/**
 * gpusvm_unref() - Drop a reference to a context
 * @ctx: A context, or %NULL. The last reference frees it.
 */
void gpusvm_unref(struct gpusvm_ctx *ctx);

/**
 * gpusvm_set_sysroot() - Set the root to read from
 * @ctx: A context.
 * @path: A directory that has sys/class/drm_pagemap, such as an unpacked snapshot of
 *	  another machine. Symbolic links below it resolve as if it were the root.
 *
 * Return: 0, or the error of opening @path; then the root does not change.
 */
int gpusvm_set_sysroot(struct gpusvm_ctx *ctx, const char *path);

/**
 * struct gpusvm_files - Functions that read files, for instance from an archive
 * @list: Calls @fn with the name of each entry of a directory, except "." and "..", until
 *	  @fn returns an error, and returns this error. @fn may be %NULL.
 * @read: Sets @text to the content of a regular file, in memory from malloc() with room
 *	  for one more byte, and @length to its length.
 * @read_link: Sets @target to the target of a symbolic link, in memory from malloc().
 *
 * Paths begin with a slash. The functions follow links in all components of the path of a
 * directory, and in all components except the last one of other paths. No link leads out
 * of the files. All functions return 0 or a negative errno value: -ENOENT, -ENOTDIR,
 * -ELOOP or -ENOMEM. @read returns -EBADF if the path is not a regular file, @read_link
 * returns -EINVAL if it is not a link.
 */
struct gpusvm_files {
	int (*list)(void *data, const char *path, int (*fn)(const char *name, void *fn_data),
		    void *fn_data);
	int (*read)(void *data, const char *path, char **text, size_t *length);
	int (*read_link)(void *data, const char *path, char **target);
};

/**
 * gpusvm_set_files() - Set the functions that read files
 * @ctx: A context.
 * @name: The name of these files in messages, instead of the path of a root.
 * @files: The functions, which must stay valid as long as the context.
 * @data: First argument of the functions.
 *
 * Such a context is read-only: changes fail with -EROFS.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_set_files(struct gpusvm_ctx *ctx, const char *name,
		     const struct gpusvm_files *files, void *data);

/**
 * gpusvm_set_log_fn() - Set the function that receives messages
 * @ctx: A context.
 * @fn: The function, which is called in the thread that calls the library; %NULL to
 *	discard messages.
 * @data: First argument of @fn.
 */
void gpusvm_set_log_fn(struct gpusvm_ctx *ctx, gpusvm_log_fn fn, void *data);

/* Topology */

/**
 * gpusvm_topology_new() - Scan the topology
 * @ctx: A context. The topology keeps a reference to it.
 * @topology: Set to the topology, with one reference.
 *
 * Repeats the scan for about a second if the kernel changes the topology meanwhile. If
 * it keeps changing, the result is the last scan, and gpusvm_topology_is_consistent()
 * returns %false.
 *
 * For an entry that is unreadable or malformed, the log function gets a warning. The
 * entry is skipped, or its value is unknown. All other entries are in the topology.
 *
 * Return: 0, -ENOENT if the topology does not exist (the module drm_pagemap_topology is
 * not loaded), -ENOMEM, or the error of opening the classes.
 */
int gpusvm_topology_new(struct gpusvm_ctx *ctx, struct gpusvm_topology **topology);

/**
 * gpusvm_topology_new_synthetic() - Create a synthetic topology
 * @ctx: A context. The topology keeps a reference to it.
 * @description: Words separated by blanks, for instance "gpu:8 full bw=64000".
 * @topology: Set to the topology, with one reference.
 *
 * The topology is like the scan of a machine with these GPUs. It is for tests of programs
 * that read topologies. The first word is gpu:N, for 1 to 512 GPUs. The other words may
 * have any order. Defaults are in parentheses.
 *
 * The shape is full (each GPU reaches all others; the default), ring, line, none,
 * islands:N (N islands of about the same size, in which each GPU reaches all others) or
 * switches:N (the same, and GPUs also reach those at other switches, over more hops).
 *
 * bw=N and lat=N apply to paths between GPUs (64000 MB/s, unknown latency), far-bw=N and
 * far-lat=N to paths between switches (the same), local-bw=N and local-lat=N to a GPU's own
 * memory (1000000 MB/s). type=WORD is the type of paths between GPUs ("virtual"). mem=SIZE
 * is the size of a pagemap, see gpusvm_parse_size() (64G). regions=N is the number of
 * pagemaps of each GPU (1), memless=N the number of GPUs without memory, at the end (0; not
 * with ring and line). numa=N is the number of NUMA nodes that the GPUs are spread over
 * (none). With refused=WORD, GPUs without a path have refused links with this reason (no
 * links).
 *
 * A second shape, a repeated key, and a key without effect on the shape are errors.
 *
 * Return: 0, -EINVAL if the description is wrong, or -ENOMEM. With -EINVAL, the log
 * function gets the word and the reason.
 */
int gpusvm_topology_new_synthetic(struct gpusvm_ctx *ctx, const char *description,
				  struct gpusvm_topology **topology);

/**
 * gpusvm_topology_restrict() - Reduce a topology to a part
 * @topology: A topology with no other reference. Objects that the caller has of it become
 *	      invalid.
 * @names: Names of objects to keep, with %NULL at the end: pagemaps by ID or uid, each with
 *	   its initiator; initiators as in gpusvm_initiator_find(), each with its own
 *	   pagemaps; groups by name, each with all its members.
 *
 * Links stay if both ends stay, and groups if one of their members stays. Attributes of
 * groups, such as pagemap_list, do not change.
 *
 * Return: 0, or -ENOENT if one of @names does not exist; then the topology does not
 * change.
 */
int gpusvm_topology_restrict(struct gpusvm_topology *topology, const char *const *names);

/**
 * gpusvm_topology_is_synthetic() - Check whether a topology is synthetic
 * @topology: A topology.
 *
 * Return: %true if it is from gpusvm_topology_new_synthetic(): its devices are not devices
 * of this machine.
 */
bool gpusvm_topology_is_synthetic(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_ref() - Get a reference to a topology
 * @topology: A topology.
 *
 * Return: @topology.
 */
struct gpusvm_topology *gpusvm_topology_ref(struct gpusvm_topology *topology);

/**
 * gpusvm_topology_unref() - Drop a reference to a topology
 * @topology: A topology, or %NULL. The last reference frees it and all its objects.
 */
void gpusvm_topology_unref(struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_ctx() - Get the context of a topology
 * @topology: A topology.
 *
 * Return: The context, without a reference of its own.
 */
struct gpusvm_ctx *gpusvm_topology_get_ctx(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_generation() - Get the generation of a topology
 * @topology: A topology.
 * @generation: Set to the value of topology/generation before the scan.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_topology_get_generation(const struct gpusvm_topology *topology,
				   uint64_t *generation);

/**
 * gpusvm_topology_is_consistent() - Check whether the topology changed during the scan
 * @topology: A topology.
 *
 * Return: %true if topology/generation had the same even value before and after the scan.
 */
bool gpusvm_topology_is_consistent(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_count_warnings() - Get the number of warnings of the scan
 * @topology: A topology.
 *
 * Return: The number of warnings that went to the log function.
 */
unsigned int gpusvm_topology_count_warnings(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_total_size() - Get the total size of all pagemaps
 * @topology: A topology.
 * @bytes: Set to the sum, in bytes; 0 without pagemaps.
 *
 * Return: 0, -ENODATA if one of the sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_topology_get_total_size(const struct gpusvm_topology *topology,
				   uint64_t *bytes);

/**
 * gpusvm_topology_get_total_free() - Get the total free size of all pagemaps
 * @topology: A topology.
 * @bytes: Set to the sum at the scan, in bytes; 0 without pagemaps.
 *
 * Return: 0, -ENODATA if one of the free sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_topology_get_total_free(const struct gpusvm_topology *topology,
				   uint64_t *bytes);

/* Pagemaps: /sys/class/drm_pagemap/pagemap<ID> */

/**
 * gpusvm_pagemap_get_first() - Get the pagemap with the lowest ID
 * @topology: A topology.
 *
 * Return: The pagemap, or %NULL if the topology has none.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_pagemap_get_next() - Get the pagemap with the next higher ID
 * @pagemap: A pagemap.
 *
 * Return: The pagemap, or %NULL after the last one.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_get_next(const struct gpusvm_pagemap *pagemap);

#define gpusvm_pagemap_foreach(topology, pagemap) \
	for ((pagemap) = gpusvm_pagemap_get_first(topology); \
	     (pagemap); \
	     (pagemap) = gpusvm_pagemap_get_next(pagemap))

/**
 * gpusvm_pagemap_find_by_id() - Find a pagemap by its ID
 * @topology: A topology.
 * @id: ID of a pagemap.
 *
 * Return: The pagemap, or %NULL if no pagemap has this ID.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_id(const struct gpusvm_topology *topology, uint32_t id);

/**
 * gpusvm_pagemap_find_by_uid() - Find a pagemap by its uid
 * @topology: A topology.
 * @uid: uid of a pagemap.
 *
 * Return: The pagemap, or %NULL if no pagemap has this uid.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_uid(const struct gpusvm_topology *topology, const char *uid);

/**
 * gpusvm_pagemap_find() - Find a pagemap by its ID or uid
 * @topology: A topology.
 * @name: An ID if it is a number, else a uid.
 *
 * Return: The pagemap, or %NULL if it does not exist.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_pagemap_get_topology() - Get the topology of a pagemap
 * @pagemap: A pagemap.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_pagemap_get_topology(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_id() - Get the ID of a pagemap, which ioctls take
 * @pagemap: A pagemap.
 *
 * Return: The ID from the name of the directory; 1 or more.
 */
uint32_t gpusvm_pagemap_get_id(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_uid() - Get the uid of a pagemap, which is the same after a reboot
 * @pagemap: A pagemap.
 *
 * Return: The uid, or %NULL if unknown.
 */
const char *gpusvm_pagemap_get_uid(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_region_instance() - Get the driver's number for the region
 * @pagemap: A pagemap.
 * @instance: Set to region_instance.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_pagemap_get_region_instance(const struct gpusvm_pagemap *pagemap,
				       uint16_t *instance);

/**
 * gpusvm_pagemap_get_size() - Get the size of a pagemap
 * @pagemap: A pagemap.
 * @bytes: Set to the size in bytes.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_pagemap_get_size(const struct gpusvm_pagemap *pagemap, uint64_t *bytes);

/**
 * gpusvm_pagemap_get_free() - Get the free size of a pagemap at the scan
 * @pagemap: A pagemap.
 * @bytes: Set to the free size in bytes.
 *
 * Return: 0, or -ENODATA if the driver does not know it.
 */
int gpusvm_pagemap_get_free(const struct gpusvm_pagemap *pagemap, uint64_t *bytes);

/**
 * gpusvm_pagemap_get_numa_node() - Get the NUMA node that is closest to a pagemap
 * @pagemap: A pagemap.
 * @node: Set to the node; -1 for no particular node.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_pagemap_get_numa_node(const struct gpusvm_pagemap *pagemap, int *node);

/**
 * gpusvm_pagemap_get_state() - Get the state of a pagemap's struct pages at the scan
 * @pagemap: A pagemap.
 *
 * Return: "idle", "active" or "cached"; %NULL if unknown.
 */
const char *gpusvm_pagemap_get_state(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_dmem_region() - Get the name of a pagemap in the dmem controller
 * @pagemap: A pagemap.
 *
 * Return: The name, or %NULL if the dmem cgroup controller does not account the pagemap.
 */
const char *gpusvm_pagemap_get_dmem_region(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_device() - Get the bus name of a pagemap's GPU
 * @pagemap: A pagemap.
 *
 * Return: The last component of the target of "device", for instance "0000:03:00.0" for
 * a PCI device; %NULL if unknown.
 */
const char *gpusvm_pagemap_get_device(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_render() - Get the render node of a pagemap's GPU
 * @pagemap: A pagemap.
 *
 * Return: The last component of the target of "render", for instance "renderD128". It is
 * also the name in /dev/dri. %NULL if unknown.
 */
const char *gpusvm_pagemap_get_render(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_initiator() - Get the initiator that owns a pagemap
 * @pagemap: A pagemap.
 *
 * Return: The initiator, or %NULL if unknown.
 */
const struct gpusvm_initiator *
gpusvm_pagemap_get_initiator(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_group() - Get the group of a pagemap
 * @pagemap: A pagemap.
 *
 * Return: The group, or %NULL if unknown.
 */
const struct gpusvm_group *
gpusvm_pagemap_get_group(const struct gpusvm_pagemap *pagemap);

/* Initiators: /sys/class/drm_pagemap_initiator/<uid> */

/**
 * gpusvm_initiator_get_first() - Get the first initiator
 * @topology: A topology.
 *
 * Initiators have the order of their uids, with numbers in them by value.
 *
 * Return: The initiator, or %NULL if the topology has none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_initiator_get_next() - Get the next initiator
 * @initiator: An initiator.
 *
 * Return: The initiator, or %NULL after the last one.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_next(const struct gpusvm_initiator *initiator);

#define gpusvm_initiator_foreach(topology, initiator) \
	for ((initiator) = gpusvm_initiator_get_first(topology); \
	     (initiator); \
	     (initiator) = gpusvm_initiator_get_next(initiator))

/**
 * gpusvm_initiator_find_by_uid() - Find an initiator by its uid
 * @topology: A topology.
 * @uid: uid of an initiator.
 *
 * Return: The initiator, or %NULL if no initiator has this uid.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_uid(const struct gpusvm_topology *topology, const char *uid);

/**
 * gpusvm_initiator_find_by_device() - Find an initiator by its bus name
 * @topology: A topology.
 * @name: Name of a device. A PCI address may be in either case, for instance
 *	  "0000:03:00.0", and without its domain if that is 0.
 *
 * Return: The initiator, or the first one if the device has several; %NULL if it does not
 * exist.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_device(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find_by_node() - Find an initiator by its render or card node
 * @topology: A topology.
 * @name: Name of the node, for instance "renderD128" or "card0", with or without
 *	  "/dev/dri/".
 *
 * Return: The initiator, or the first one if the device has several; %NULL if it does not
 * exist.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_node(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find() - Find an initiator by any of its names
 * @topology: A topology.
 * @name: A uid, or a name for gpusvm_initiator_find_by_device() or
 *	  gpusvm_initiator_find_by_node(), tried in this order.
 *
 * Return: The initiator, or the first one of several; %NULL if it does not exist.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find_next() - Find the next initiator with the same name
 * @topology: The same argument as for gpusvm_initiator_find().
 * @name: The same name. All partitions of a GPU have the names of their device.
 * @initiator: The last initiator that gpusvm_initiator_find() or this function returned.
 *
 * Return: The initiator, or %NULL after the last one.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_next(const struct gpusvm_topology *topology, const char *name,
			   const struct gpusvm_initiator *initiator);

#define gpusvm_initiator_find_foreach(topology, name, initiator) \
	for ((initiator) = gpusvm_initiator_find(topology, name); \
	     (initiator); \
	     (initiator) = gpusvm_initiator_find_next(topology, name, initiator))

/**
 * gpusvm_initiator_get_topology() - Get the topology of an initiator
 * @initiator: An initiator.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_initiator_get_topology(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_uid() - Get the uid of an initiator, which is the same after a reboot
 * @initiator: An initiator.
 *
 * Return: The uid, which is the name of the directory; never %NULL.
 */
const char *gpusvm_initiator_get_uid(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_device() - Get the bus name of an initiator's GPU
 * @initiator: An initiator.
 *
 * Return: The last component of the target of "device", or %NULL if unknown.
 */
const char *gpusvm_initiator_get_device(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_render() - Get the render node of an initiator's GPU
 * @initiator: An initiator.
 *
 * Return: The last component of the target of "render", which is also the name in
 * /dev/dri; %NULL if unknown.
 */
const char *gpusvm_initiator_get_render(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_check_render() - Check whether the caller may use a GPU
 * @initiator: An initiator.
 *
 * Checks at the time of the call whether the calling process may read and write the
 * render node in /dev/dri: its mode and the device cgroup decide. Does not open the node.
 * In containers, a GPU is often visible, but not usable.
 *
 * Return: 0; -EACCES if the process may not use the GPU, -ENOENT if the node does not
 * exist, -ENODATA if the render node is unknown or the root has no /dev, as in a snapshot;
 * -ENOMEM, or another error of access(2).
 */
int gpusvm_initiator_check_render(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_card() - Get the primary node of an initiator's GPU
 * @initiator: An initiator.
 *
 * Return: The name, for instance "card0", which is also the name in /dev/dri; %NULL if
 * unknown, or if the device has several.
 */
const char *gpusvm_initiator_get_card(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_group() - Get the group of an initiator
 * @initiator: An initiator.
 *
 * Return: The group, or %NULL if unknown.
 */
const struct gpusvm_group *
gpusvm_initiator_get_group(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_first_pagemap() - Get the first pagemap of an initiator
 * @initiator: An initiator.
 *
 * Return: The initiator's own pagemap with the lowest ID; %NULL if it has no memory.
 */
const struct gpusvm_pagemap *
gpusvm_initiator_get_first_pagemap(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_pagemap() - Get the next pagemap of the same initiator
 * @pagemap: A pagemap.
 *
 * Return: The pagemap of the same initiator with the next higher ID, or %NULL after the
 * last one.
 */
const struct gpusvm_pagemap *
gpusvm_initiator_get_next_pagemap(const struct gpusvm_pagemap *pagemap);

#define gpusvm_initiator_pagemap_foreach(initiator, pagemap) \
	for ((pagemap) = gpusvm_initiator_get_first_pagemap(initiator); \
	     (pagemap); \
	     (pagemap) = gpusvm_initiator_get_next_pagemap(pagemap))

/**
 * gpusvm_initiator_get_first_peer() - Get the first peer of an initiator
 * @initiator: An initiator.
 *
 * The peers of an initiator are the other initiators in its group, in their order.
 *
 * Return: The peer, or %NULL if the initiator has none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_first_peer(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_peer() - Get the next peer of an initiator
 * @initiator: An initiator.
 * @peer: One of its peers.
 *
 * Return: The peer after @peer, or %NULL after the last one.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_next_peer(const struct gpusvm_initiator *initiator,
			       const struct gpusvm_initiator *peer);

#define gpusvm_initiator_peer_foreach(initiator, peer) \
	for ((peer) = gpusvm_initiator_get_first_peer(initiator); \
	     (peer); \
	     (peer) = gpusvm_initiator_get_next_peer(initiator, peer))

/**
 * gpusvm_initiator_can_be_peer() - Check whether two initiators could be in one group
 * @initiator: An initiator.
 * @other: Another initiator of the same topology.
 *
 * Return: %true if each has direct links to all pagemaps of the other, independent of
 * groups.
 */
bool gpusvm_initiator_can_be_peer(const struct gpusvm_initiator *initiator,
				  const struct gpusvm_initiator *other);

/**
 * gpusvm_initiator_get_total_size() - Get the total size of an initiator's own pagemaps
 * @initiator: An initiator.
 * @bytes: Set to the sum, in bytes; 0 if the initiator has no pagemaps.
 *
 * Return: 0, -ENODATA if one of the sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_initiator_get_total_size(const struct gpusvm_initiator *initiator,
				    uint64_t *bytes);

/**
 * gpusvm_initiator_get_total_free() - Get the total free size of an initiator's pagemaps
 * @initiator: An initiator.
 * @bytes: Set to the sum at the scan, in bytes; 0 if the initiator has no pagemaps.
 *
 * Return: 0, -ENODATA if one of the free sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_initiator_get_total_free(const struct gpusvm_initiator *initiator,
				    uint64_t *bytes);

/* Links: /sys/class/drm_pagemap_link/<initiator uid>--pagemap<ID> */

/**
 * gpusvm_link_find() - Find the link from an initiator to a pagemap
 * @initiator: An initiator.
 * @pagemap: A pagemap of the same topology.
 *
 * Return: The link, or %NULL if no path exists.
 */
const struct gpusvm_link *
gpusvm_link_find(const struct gpusvm_initiator *initiator,
		 const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_initiator_get_first_link() - Get the first link from an initiator
 * @initiator: An initiator.
 *
 * The links from an initiator have the order of their pagemaps' IDs.
 *
 * Return: The link, or %NULL if the initiator has none.
 */
const struct gpusvm_link *
gpusvm_initiator_get_first_link(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_link() - Get the next link from the same initiator
 * @link: A link.
 *
 * Return: The link, or %NULL after the last one.
 */
const struct gpusvm_link *
gpusvm_initiator_get_next_link(const struct gpusvm_link *link);

#define gpusvm_initiator_link_foreach(initiator, link) \
	for ((link) = gpusvm_initiator_get_first_link(initiator); \
	     (link); \
	     (link) = gpusvm_initiator_get_next_link(link))

/**
 * gpusvm_pagemap_get_first_link() - Get the first link to a pagemap
 * @pagemap: A pagemap.
 *
 * The links to a pagemap have the order of their initiators.
 *
 * Return: The link, or %NULL if the pagemap has none.
 */
const struct gpusvm_link *
gpusvm_pagemap_get_first_link(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_next_link() - Get the next link to the same pagemap
 * @link: A link.
 *
 * Return: The link, or %NULL after the last one.
 */
const struct gpusvm_link *
gpusvm_pagemap_get_next_link(const struct gpusvm_link *link);

#define gpusvm_pagemap_link_foreach(pagemap, link) \
	for ((link) = gpusvm_pagemap_get_first_link(pagemap); \
	     (link); \
	     (link) = gpusvm_pagemap_get_next_link(link))

/**
 * gpusvm_link_get_initiator() - Get the initiator at the start of a link
 * @link: A link.
 *
 * Return: The initiator; never %NULL.
 */
const struct gpusvm_initiator *
gpusvm_link_get_initiator(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_pagemap() - Get the pagemap at the end of a link
 * @link: A link.
 *
 * Return: The pagemap; never %NULL.
 */
const struct gpusvm_pagemap *
gpusvm_link_get_pagemap(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_type() - Get the type of a link
 * @link: A link.
 *
 * Return: "local", "tile", "pcie-p2p", "xelink", "xgmi", "nvlink", "cxl", "virtual" or a
 * word of a later kernel; %NULL if unknown.
 */
const char *gpusvm_link_get_type(const struct gpusvm_link *link);

/**
 * gpusvm_link_is_direct() - Check whether a link has direct access
 * @link: A link.
 *
 * Return: %true if access is "direct".
 */
bool gpusvm_link_is_direct(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_access() - Get the access of a link
 * @link: A link.
 *
 * Return: "direct" or "none"; %NULL if unknown.
 */
const char *gpusvm_link_get_access(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_reason() - Get the reason why a link has no direct access
 * @link: A link.
 *
 * Return: The reason, such as "acs", "host-bridge", "iommu", "bar-size", "link-down",
 * "one-way", "cross-driver" or "driver"; %NULL if access is direct or the reason is
 * unknown.
 */
const char *gpusvm_link_get_reason(const struct gpusvm_link *link);

/**
 * gpusvm_link_is_usable() - Check whether the groups make a link usable
 * @link: A link.
 *
 * Return: %true if usable is 1: both ends are in the same group.
 */
bool gpusvm_link_is_usable(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_usable_reason() - Get the reason why a direct link is not usable
 * @link: A link.
 *
 * Return: The reason, such as "admin-group", "clique", "threshold", "held" or "going";
 * %NULL if the link is usable or not direct, or the reason is unknown.
 */
const char *gpusvm_link_get_usable_reason(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_hops() - Get the number of bridges or switches on a link
 * @link: A link.
 * @hops: Set to the number; 0 for the initiator's own memory.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_hops(const struct gpusvm_link *link, unsigned int *hops);

/**
 * gpusvm_link_get_read_bandwidth() - Get the current read bandwidth of a link
 * @link: A link.
 * @bandwidth: Set to the bandwidth in MB/s at the time of the scan. It can change without
 *	       a new generation.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_read_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_write_bandwidth() - Get the current write bandwidth of a link
 * @link: A link.
 * @bandwidth: Set to the bandwidth in MB/s at the time of the scan. It can change without
 *	       a new generation.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_write_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_max_read_bandwidth() - Get the maximum read bandwidth of a link
 * @link: A link.
 * @bandwidth: Set to the bandwidth in MB/s.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_max_read_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_max_write_bandwidth() - Get the maximum write bandwidth of a link
 * @link: A link.
 * @bandwidth: Set to the bandwidth in MB/s.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_max_write_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_read_latency() - Get the read latency of a link
 * @link: A link.
 * @latency: Set to the latency in nanoseconds.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_read_latency(const struct gpusvm_link *link, uint64_t *latency);

/**
 * gpusvm_link_get_write_latency() - Get the write latency of a link
 * @link: A link.
 * @latency: Set to the latency in nanoseconds.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_link_get_write_latency(const struct gpusvm_link *link, uint64_t *latency);

/**
 * gpusvm_link_get_read_bytes() - Get the number of bytes read over a link
 * @link: A link.
 * @bytes: Set to the number of bytes that accesses and migration have read from the
 *	   pagemap since the link was created.
 *
 * Return: 0, or -ENODATA if the driver does not count them.
 */
int gpusvm_link_get_read_bytes(const struct gpusvm_link *link, uint64_t *bytes);

/**
 * gpusvm_link_get_write_bytes() - Get the number of bytes written over a link
 * @link: A link.
 * @bytes: Set to the number of bytes that accesses and migration have written to the
 *	   pagemap since the link was created.
 *
 * Return: 0, or -ENODATA if the driver does not count them.
 */
int gpusvm_link_get_write_bytes(const struct gpusvm_link *link, uint64_t *bytes);

/* Nearness */

/**
 * enum gpusvm_near - Links that gpusvm_nearest_new() includes besides usable ones
 * @GPUSVM_NEAR_UNUSABLE: Direct links that the groups make unusable.
 * @GPUSVM_NEAR_REFUSED: Links without direct access.
 */
enum gpusvm_near {
	GPUSVM_NEAR_UNUSABLE = 1 << 0,
	GPUSVM_NEAR_REFUSED = 1 << 1,
};

/**
 * gpusvm_nearest_new() - Iterate over pagemaps, from the nearest on
 * @initiator: The initiator.
 * @flags: Mask of &enum gpusvm_near.
 * @nearest: Set to an iterator that starts before the nearest pagemap. It has a reference
 *	     to the topology.
 *
 * A pagemap is nearer if it has, in this order, a higher bandwidth, a lower latency, fewer
 * hops, or a lower ID. Bandwidth is the lower one of read and write bandwidth, latency the
 * higher one of read and write latency. If only one of the two is known, it counts.
 * Unknown values come last.
 *
 * Return: 0, -EINVAL for unknown flags, or -ENOMEM.
 */
int gpusvm_nearest_new(const struct gpusvm_initiator *initiator, unsigned int flags,
		       struct gpusvm_nearest **nearest);

/**
 * gpusvm_nearest_next() - Get the link to the next pagemap
 * @nearest: An iterator.
 *
 * Return: The link, or %NULL after the last one. It is valid as long as the topology, also
 * after the iterator is freed.
 */
const struct gpusvm_link *gpusvm_nearest_next(struct gpusvm_nearest *nearest);

/**
 * gpusvm_nearest_free() - Free an iterator
 * @nearest: An iterator, or %NULL.
 */
void gpusvm_nearest_free(struct gpusvm_nearest *nearest);

/* Rankings: pagemaps in an order that does not depend on an initiator */

/**
 * gpusvm_ranking_by_node() - Rank pagemaps by their distance from a NUMA node
 * @topology: A topology.
 * @node: Number of a NUMA node.
 * @ranking: Set to all pagemaps, from the nearest on.
 *
 * A pagemap is nearer if the distance between the node and the pagemap's node is lower in
 * /sys/devices/system/node/node<N>/distance, then if its ID is lower. Pagemaps without a
 * particular node come last. If the system has no distances, the pagemaps of the node
 * itself come first. The function reads these files when it is called.
 *
 * Return: 0, -EINVAL for a negative number, -ENOENT if the node does not exist, or
 * -ENOMEM. On a system without NUMA, any number is valid.
 */
int gpusvm_ranking_by_node(const struct gpusvm_topology *topology, int node,
			   struct gpusvm_ranking **ranking);

/**
 * gpusvm_ranking_by_cpu() - Rank pagemaps by their distance from a CPU
 * @topology: A topology.
 * @cpu: Number of a CPU.
 * @ranking: Set to all pagemaps, in the order of gpusvm_ranking_by_node() for the node of
 *	     the CPU; in the order of IDs if it has no node.
 *
 * Return: 0, -ENOENT if the CPU does not exist, or -ENOMEM.
 */
int gpusvm_ranking_by_cpu(const struct gpusvm_topology *topology, unsigned int cpu,
			  struct gpusvm_ranking **ranking);

/**
 * typedef gpusvm_filter_fn - Check whether a pagemap is eligible
 * @data: Argument of the function that calls it.
 * @pagemap: A pagemap.
 *
 * Return: %true if the pagemap is eligible.
 */
typedef bool (*gpusvm_filter_fn)(void *data, const struct gpusvm_pagemap *pagemap);

/**
 * enum gpusvm_connected - Flags of gpusvm_ranking_connected()
 * @GPUSVM_CONNECTED_ONE_EACH: Choose at most one pagemap of each initiator.
 */
enum gpusvm_connected {
	GPUSVM_CONNECTED_ONE_EACH = 1 << 0,
};

/**
 * gpusvm_ranking_connected() - Choose the pagemaps with the best links between each other
 * @topology: A topology.
 * @count: Number of pagemaps, 1 or more.
 * @flags: Mask of &enum gpusvm_connected.
 * @filter: Called for each pagemap in the calling thread; %NULL if all are eligible.
 * @data: First argument of @filter.
 * @ranking: Set to exactly @count pagemaps, in the order of their IDs.
 *
 * The GPUs of all these pagemaps can use all of them now. The function searches for the
 * set whose links have the highest total bandwidth. The bandwidth of a link is the lower
 * one of read and write bandwidth, or 1 if both are unknown. On a tie, it prefers the set
 * that all GPUs together reach with more bandwidth, then lower IDs.
 *
 * A set of one pagemap is the best by these rules. Larger sets are approximations: the
 * function starts with each pagemap and repeatedly adds the one that adds most. With more
 * than some thousand pagemaps, it starts with the first ones only.
 *
 * Return: 0, -EINVAL for a @count of 0 or unknown flags, -ENOENT if no such set was
 * found, or -ENOMEM.
 */
int gpusvm_ranking_connected(const struct gpusvm_topology *topology, size_t count,
			     unsigned int flags, gpusvm_filter_fn filter, void *data,
			     struct gpusvm_ranking **ranking);

/**
 * gpusvm_ranking_count() - Get the number of pagemaps in a ranking
 * @ranking: A ranking.
 *
 * Return: The number, independent of the current position.
 */
size_t gpusvm_ranking_count(const struct gpusvm_ranking *ranking);

/**
 * gpusvm_ranking_next() - Get the next pagemap of a ranking
 * @ranking: A ranking. Only one thread at a time may use it.
 *
 * Return: The next pagemap, or %NULL after the last one. It is valid as long as the
 * topology, also after the ranking is freed.
 */
const struct gpusvm_pagemap *gpusvm_ranking_next(struct gpusvm_ranking *ranking);

/**
 * gpusvm_ranking_free() - Free a ranking
 * @ranking: A ranking, or %NULL. Until then, it has a reference to the topology.
 */
void gpusvm_ranking_free(struct gpusvm_ranking *ranking);

/* Groups: /sys/class/drm_pagemap_group/<name> */

/**
 * gpusvm_group_get_first() - Get the first group
 * @topology: A topology.
 *
 * Groups have the order of their names, with numbers in them by value.
 *
 * Return: The group, or %NULL if the topology has none.
 */
const struct gpusvm_group *
gpusvm_group_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_group_get_next() - Get the next group
 * @group: A group.
 *
 * Return: The group, or %NULL after the last one.
 */
const struct gpusvm_group *gpusvm_group_get_next(const struct gpusvm_group *group);

#define gpusvm_group_foreach(topology, group) \
	for ((group) = gpusvm_group_get_first(topology); \
	     (group); \
	     (group) = gpusvm_group_get_next(group))

/**
 * gpusvm_group_find_by_name() - Find a group by its name
 * @topology: A topology.
 * @name: Name of a group.
 *
 * Return: The group, or %NULL if no group has this name.
 */
const struct gpusvm_group *
gpusvm_group_find_by_name(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_group_get_first_pagemap() - Get the first pagemap in a group
 * @group: A group.
 *
 * The pagemaps in a group have the order of their IDs.
 *
 * Return: The pagemap, or %NULL if the group has none.
 */
const struct gpusvm_pagemap *
gpusvm_group_get_first_pagemap(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_next_pagemap() - Get the next pagemap in the same group
 * @pagemap: A pagemap in a group.
 *
 * Return: The pagemap, or %NULL after the last one.
 */
const struct gpusvm_pagemap *
gpusvm_group_get_next_pagemap(const struct gpusvm_pagemap *pagemap);

#define gpusvm_group_pagemap_foreach(group, pagemap) \
	for ((pagemap) = gpusvm_group_get_first_pagemap(group); \
	     (pagemap); \
	     (pagemap) = gpusvm_group_get_next_pagemap(pagemap))

/**
 * gpusvm_group_get_first_initiator() - Get the first initiator in a group
 * @group: A group.
 *
 * The initiators in a group have the order of all initiators.
 *
 * Return: The initiator, or %NULL if the group has none.
 */
const struct gpusvm_initiator *
gpusvm_group_get_first_initiator(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_next_initiator() - Get the next initiator in the same group
 * @initiator: An initiator in a group.
 *
 * Return: The initiator, or %NULL after the last one.
 */
const struct gpusvm_initiator *
gpusvm_group_get_next_initiator(const struct gpusvm_initiator *initiator);

#define gpusvm_group_initiator_foreach(group, initiator) \
	for ((initiator) = gpusvm_group_get_first_initiator(group); \
	     (initiator); \
	     (initiator) = gpusvm_group_get_next_initiator(initiator))

/**
 * gpusvm_group_get_topology() - Get the topology of a group
 * @group: A group.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_group_get_topology(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_name() - Get the name of a group
 * @group: A group.
 *
 * Return: The name of the directory; never %NULL.
 */
const char *gpusvm_group_get_name(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_origin() - Get the origin of a group
 * @group: A group.
 *
 * Return: "hardware", or "admin" for a peer group; %NULL if unknown.
 */
const char *gpusvm_group_get_origin(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_pagemap_list() - Get the list of pagemap IDs in a group
 * @group: A group.
 *
 * Return: The list, for instance "1-4,7"; an empty string if the group has no pagemaps;
 * %NULL if unknown.
 */
const char *gpusvm_group_get_pagemap_list(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_users() - Get the number of holders of a group at the scan
 * @group: A group.
 * @users: Set to the number of open SVM VMs plus pagemaps in use.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_group_get_users(const struct gpusvm_group *group, uint64_t *users);

/**
 * gpusvm_group_get_pending() - Check whether holders delay a change of a group
 * @group: A group.
 * @pending: Set to %true if so.
 *
 * Return: 0, or -ENODATA if unknown.
 */
int gpusvm_group_get_pending(const struct gpusvm_group *group, bool *pending);

/**
 * gpusvm_group_get_members_expected() - Get the number of configured members of a group
 * @group: A group.
 * @members: Set to the number.
 *
 * Return: 0, or -ENODATA if unknown, as for hardware groups.
 */
int gpusvm_group_get_members_expected(const struct gpusvm_group *group,
				      unsigned int *members);

/**
 * gpusvm_group_get_members_joined() - Get the number of joined members of a group
 * @group: A group.
 * @members: Set to the number.
 *
 * Return: 0, or -ENODATA if unknown, as for hardware groups.
 */
int gpusvm_group_get_members_joined(const struct gpusvm_group *group,
				    unsigned int *members);

/**
 * gpusvm_group_get_complete() - Check whether all configured members have joined a group
 * @group: A group.
 * @complete: Set to %true if so.
 *
 * Return: 0, or -ENODATA if unknown, as for hardware groups.
 */
int gpusvm_group_get_complete(const struct gpusvm_group *group, bool *complete);

/**
 * gpusvm_group_get_min_read_bandwidth() - Get the lowest maximum read bandwidth in a group
 * @group: A group.
 * @bandwidth: Set to the lowest maximum read bandwidth of its links, in MB/s.
 *
 * Return: 0, or -ENODATA if unknown, or if the group has no links inside.
 */
int gpusvm_group_get_min_read_bandwidth(const struct gpusvm_group *group,
					uint64_t *bandwidth);

/**
 * gpusvm_group_get_min_write_bandwidth() - Get the lowest maximum write bandwidth in a group
 * @group: A group.
 * @bandwidth: Set to the lowest maximum write bandwidth of its links, in MB/s.
 *
 * Return: 0, or -ENODATA if unknown, or if the group has no links inside.
 */
int gpusvm_group_get_min_write_bandwidth(const struct gpusvm_group *group,
					 uint64_t *bandwidth);

/**
 * gpusvm_group_get_total_size() - Get the total size of the pagemaps in a group
 * @group: A group.
 * @bytes: Set to the sum, in bytes; 0 if the group has no pagemaps.
 *
 * Return: 0, -ENODATA if one of the sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_group_get_total_size(const struct gpusvm_group *group, uint64_t *bytes);

/**
 * gpusvm_group_get_total_free() - Get the total free size of the pagemaps in a group
 * @group: A group.
 * @bytes: Set to the sum at the scan, in bytes; 0 if the group has no pagemaps.
 *
 * Return: 0, -ENODATA if one of the free sizes is unknown, or -EOVERFLOW.
 */
int gpusvm_group_get_total_free(const struct gpusvm_group *group, uint64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
