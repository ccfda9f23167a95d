/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_TOPOLOGY_H
#define GPUSVM_TOPOLOGY_H

/**
 * DOC: libgpusvm-topology
 *
 * The topology of the GPU memories that can back the virtual memory of a
 * process, as the kernel shows it in the sysfs classes drm_pagemap,
 * drm_pagemap_initiator, drm_pagemap_link and drm_pagemap_group.
 *
 * A &struct gpusvm_ctx says where to read and whom to tell of problems. A
 * &struct gpusvm_topology is what one scan has found and never changes. All
 * other objects belong to a topology: they need no release, and are valid as
 * long as a reference to the topology is held. So are the strings that they
 * return, which the caller must not free.
 *
 * Threads: a topology and its objects can be read by any number of threads at
 * the same time. References can be taken and dropped from any thread. A context
 * must not be changed by one thread while another one uses it. There is no
 * global state, and nothing is ever written to stdout or stderr.
 *
 * Objects are gone through one by one: a function that returns the next one takes the
 * last one as its last argument. Before it comes what the first call took, unless the
 * last object tells that, as a pagemap tells its topology.
 *
 * Errors are returned as negative errno values. What the kernel does not know
 * has no file in sysfs and is -ENODATA or %NULL here, never 0.
 *
 * Beside this header there are gpusvm-placement.h, which asks a GPU's driver to
 * place memory and where it is, and gpusvm-peer-groups.h, which sets up groups of
 * GPUs through configfs.
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
 * gpusvm_version() - Version of the library
 *
 * Return: The version of the library in use, as "0.1.0".
 */
const char *gpusvm_version(void);

/**
 * gpusvm_parse_size() - Parse a size as people write it
 * @text: Decimal digits, and K, M, G, T, P or E for powers of 1024 behind them, in either
 *	  case and with or without "iB": 64M, 64m and 64MiB are the same.
 * @bytes: Set to the size, in bytes.
 *
 * Return: 0, -EINVAL for anything else, or -ERANGE if it is too large.
 */
int gpusvm_parse_size(const char *text, uint64_t *bytes);

/* Context */

/**
 * typedef gpusvm_log_fn - Receives messages
 * @data: As passed to gpusvm_set_log_fn().
 * @priority: As in <syslog.h>; %LOG_ERR for what made a call fail, %LOG_WARNING
 *	      for an entry that is not as the kernel's documents say, %LOG_DEBUG
 *	      for what is skipped on purpose.
 * @message: One line without newline, in printable ASCII. It starts with the
 *	     path of the file that it is about. Valid during the call.
 */
typedef void (*gpusvm_log_fn)(void *data, int priority, const char *message);

/**
 * gpusvm_new() - Make a context
 * @ctx: Set to a context with one reference, which reads the running system
 *	 and tells nobody of problems.
 *
 * Return: 0, or -ENOMEM, or the error of opening "/".
 */
int gpusvm_new(struct gpusvm_ctx **ctx);

/**
 * gpusvm_ref() - Take a reference to a context
 * @ctx: A context.
 *
 * Return: @ctx.
 */
struct gpusvm_ctx *gpusvm_ref(struct gpusvm_ctx *ctx);

/**
 * gpusvm_unref() - Drop a reference to a context
 * @ctx: A context, or %NULL. Freed with the last reference.
 */
void gpusvm_unref(struct gpusvm_ctx *ctx);

/**
 * gpusvm_set_sysroot() - Read another root than "/"
 * @ctx: A context.
 * @path: A directory that has sys/class/drm_pagemap, such as an unpacked
 *	  snapshot of another machine. Symbolic links below it are resolved as
 *	  if it were the root.
 *
 * Return: 0, or the error of opening @path; the root is the former one then.
 */
int gpusvm_set_sysroot(struct gpusvm_ctx *ctx, const char *path);

/**
 * struct gpusvm_files - Files that are in no directory, such as those of an archive
 * @list: Calls @fn with the name of each entry of a directory, except "." and "..",
 *	  until it returns an error, which is returned then. @fn may be %NULL.
 * @read: Sets @text to what a regular file has, in memory from malloc() with room for
 *	  one more byte, and @length to its length.
 * @read_link: Sets @target to what a symbolic link holds, from malloc().
 *
 * Paths begin with a slash. Links are followed in all parts of the path of a directory,
 * and in all but the last part of other paths; none leads out of the files. All return
 * 0 or a negative errno value: -ENOENT, -ENOTDIR, -ELOOP or -ENOMEM; @read returns
 * -EBADF for what is no regular file, @read_link -EINVAL for what is no link.
 */
struct gpusvm_files {
	int (*list)(void *data, const char *path, int (*fn)(const char *name, void *fn_data),
		    void *fn_data);
	int (*read)(void *data, const char *path, char **text, size_t *length);
	int (*read_link)(void *data, const char *path, char **target);
};

/**
 * gpusvm_set_files() - Read files that are in no directory
 * @ctx: A context.
 * @name: What messages call these files, instead of the path of a root.
 * @files: The functions that read them, which stay valid as long as the context.
 * @data: Passed to the functions.
 *
 * Nothing can be changed with such a context: what would be fails with -EROFS.
 *
 * Return: 0, or -ENOMEM.
 */
int gpusvm_set_files(struct gpusvm_ctx *ctx, const char *name,
		     const struct gpusvm_files *files, void *data);

/**
 * gpusvm_set_log_fn() - Say who receives messages
 * @ctx: A context.
 * @fn: Called for each message, from the thread that calls the library; %NULL
 *	for nobody.
 * @data: Passed to @fn.
 */
void gpusvm_set_log_fn(struct gpusvm_ctx *ctx, gpusvm_log_fn fn, void *data);

/* Topology */

/**
 * gpusvm_topology_new() - Scan the topology
 * @ctx: A context. The topology keeps a reference to it.
 * @topology: Set to what was found, with one reference.
 *
 * If the kernel changes the topology meanwhile, the scan is repeated for up to
 * a second or so. If it still does, the last scan is returned, and
 * gpusvm_topology_is_consistent() says so.
 *
 * An entry that cannot be read or makes no sense is reported to the log
 * function, left out or left unknown, and counted; it does not hide others.
 *
 * Return: 0, -ENOENT if there is no topology (the module drm_pagemap_topology
 * is not loaded), -ENOMEM, or the error of opening the classes.
 */
int gpusvm_topology_new(struct gpusvm_ctx *ctx, struct gpusvm_topology **topology);

/**
 * gpusvm_topology_new_synthetic() - Make up a topology
 * @ctx: A context. The topology keeps a reference to it.
 * @description: Words with blanks between them, as "gpu:8 full bw=64000".
 * @topology: Set to what was described, with one reference.
 *
 * What comes out is like the scan of a machine with these GPUs, for trying and
 * testing what reads topologies. The first word is gpu:N, for 1 to 512 GPUs. The
 * others may come in any order:
 *
 * full (each reaches each, if nothing else is said), ring, line, none,
 * islands:N (N parts as even as can be, full in themselves) or switches:N (the
 * same, and the parts reach each other, over more hops);
 *
 * bw=N and lat=N for paths between GPUs (64000 MB/s; latencies are not known if
 * not given), far-bw=N and far-lat=N for those between switches (the same),
 * local-bw=N and local-lat=N for a GPU's own memory (1000000 MB/s); type=WORD
 * for the paths ("virtual"); mem=SIZE for the size of a memory, as
 * gpusvm_parse_size() takes it (64G); regions=N memories for each GPU (1);
 * memless=N GPUs at the end that have none (0; not with ring and line); numa=N
 * for NUMA nodes that the GPUs are spread over (none); refused=WORD for links
 * between GPUs that do not reach each other, with this reason (no links).
 *
 * A second shape, a key that is given twice, and one that has no effect with the shape
 * are refused.
 *
 * Return: 0, -EINVAL after the log function was told what is wrong with which
 * word, or -ENOMEM.
 */
int gpusvm_topology_new_synthetic(struct gpusvm_ctx *ctx, const char *description,
				  struct gpusvm_topology **topology);

/**
 * gpusvm_topology_restrict() - Keep only a part of a topology
 * @topology: A topology that no one else has a reference to. Objects of it that the
 *	      caller has are no longer valid.
 * @names: What to keep, and %NULL at the end: pagemaps by ID or uid, each with its
 *	   initiator; initiators as in gpusvm_initiator_find(), each with its own
 *	   pagemaps; groups by name, each with all that is in it.
 *
 * Links stay if both ends do, and groups if anything in them does. What the kernel
 * says of a group, such as its pagemap_list, stays as it is.
 *
 * Return: 0, or -ENOENT if nothing is called as one of @names; the topology is as it
 * was then.
 */
int gpusvm_topology_restrict(struct gpusvm_topology *topology, const char *const *names);

/**
 * gpusvm_topology_is_synthetic() - Whether a topology is made up
 * @topology: A topology.
 *
 * Return: Whether it is from gpusvm_topology_new_synthetic(): the devices that it
 * names are none of the machine's.
 */
bool gpusvm_topology_is_synthetic(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_ref() - Take a reference to a topology
 * @topology: A topology.
 *
 * Return: @topology.
 */
struct gpusvm_topology *gpusvm_topology_ref(struct gpusvm_topology *topology);

/**
 * gpusvm_topology_unref() - Drop a reference to a topology
 * @topology: A topology, or %NULL. Freed with all its objects with the last
 *	      reference.
 */
void gpusvm_topology_unref(struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_ctx() - The context that a topology was scanned with
 * @topology: A topology.
 *
 * Return: The context, without a reference of its own.
 */
struct gpusvm_ctx *gpusvm_topology_get_ctx(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_generation() - The generation that was scanned
 * @topology: A topology.
 * @generation: Set to topology/generation as it was before the scan.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_topology_get_generation(const struct gpusvm_topology *topology,
				   uint64_t *generation);

/**
 * gpusvm_topology_is_consistent() - Whether nothing changed during the scan
 * @topology: A topology.
 *
 * Return: Whether topology/generation was the same even value before and after
 * the scan.
 */
bool gpusvm_topology_is_consistent(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_count_warnings() - How many problems the scan has met
 * @topology: A topology.
 *
 * Return: The number of warnings that went to the log function.
 */
unsigned int gpusvm_topology_count_warnings(const struct gpusvm_topology *topology);

/**
 * gpusvm_topology_get_total_size() - Size of all pagemaps together
 * @topology: A topology.
 * @bytes: Set to the sum of their sizes, in bytes; 0 if there are none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_topology_get_total_size(const struct gpusvm_topology *topology,
				   uint64_t *bytes);

/**
 * gpusvm_topology_get_total_free() - How much of all was not allocated at the scan
 * @topology: A topology.
 * @bytes: Set to the sum of what is free in them, in bytes; 0 if there are none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_topology_get_total_free(const struct gpusvm_topology *topology,
				   uint64_t *bytes);

/* Pagemaps: /sys/class/drm_pagemap/pagemap<ID> */

/**
 * gpusvm_pagemap_get_first() - The pagemap with the lowest ID
 * @topology: A topology.
 *
 * Return: The pagemap, or %NULL if there is none.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_pagemap_get_next() - The pagemap with the next higher ID
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
 * Return: The pagemap, or %NULL if there is none with this ID.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_id(const struct gpusvm_topology *topology, uint32_t id);

/**
 * gpusvm_pagemap_find_by_uid() - Find a pagemap by its uid
 * @topology: A topology.
 * @uid: uid of a pagemap.
 *
 * Return: The pagemap, or %NULL if there is none with this uid.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find_by_uid(const struct gpusvm_topology *topology, const char *uid);

/**
 * gpusvm_pagemap_find() - Find a pagemap by its ID or uid
 * @topology: A topology.
 * @name: A number is an ID; anything else a uid.
 *
 * Return: The pagemap, or %NULL if there is no such one.
 */
const struct gpusvm_pagemap *
gpusvm_pagemap_find(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_pagemap_get_topology() - The topology that a pagemap belongs to
 * @pagemap: A pagemap.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_pagemap_get_topology(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_id() - The number that ioctls take
 * @pagemap: A pagemap.
 *
 * Return: The ID, from the name of the directory; 1 or more.
 */
uint32_t gpusvm_pagemap_get_id(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_uid() - The name that stays the same over reboots
 * @pagemap: A pagemap.
 *
 * Return: uid, or %NULL if not known.
 */
const char *gpusvm_pagemap_get_uid(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_region_instance() - The driver's number for the region
 * @pagemap: A pagemap.
 * @instance: Set to region_instance.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_pagemap_get_region_instance(const struct gpusvm_pagemap *pagemap,
				       uint16_t *instance);

/**
 * gpusvm_pagemap_get_size() - Size of the region
 * @pagemap: A pagemap.
 * @bytes: Set to size.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_pagemap_get_size(const struct gpusvm_pagemap *pagemap, uint64_t *bytes);

/**
 * gpusvm_pagemap_get_free() - How much of it was not allocated at the scan
 * @pagemap: A pagemap.
 * @bytes: Set to free.
 *
 * Return: 0, or -ENODATA if the driver cannot tell.
 */
int gpusvm_pagemap_get_free(const struct gpusvm_pagemap *pagemap, uint64_t *bytes);

/**
 * gpusvm_pagemap_get_numa_node() - NUMA node that the region is closest to
 * @pagemap: A pagemap.
 * @node: Set to numa_node; -1 if there is none in particular.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_pagemap_get_numa_node(const struct gpusvm_pagemap *pagemap, int *node);

/**
 * gpusvm_pagemap_get_state() - Whether there were struct pages at the scan
 * @pagemap: A pagemap.
 *
 * Return: state: "idle", "active" or "cached"; %NULL if not known.
 */
const char *gpusvm_pagemap_get_state(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_dmem_region() - Its name in the dmem cgroup controller
 * @pagemap: A pagemap.
 *
 * Return: dmem_region, or %NULL if it is not accounted there.
 */
const char *gpusvm_pagemap_get_dmem_region(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_device() - Name of the GPU on its bus
 * @pagemap: A pagemap.
 *
 * Return: The last part of what device links to, "0000:03:00.0" for a PCI
 * device; %NULL if not known.
 */
const char *gpusvm_pagemap_get_device(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_render() - Render node of the GPU
 * @pagemap: A pagemap.
 *
 * Return: The last part of what render links to, "renderD128" for instance,
 * which is also its name in /dev/dri; %NULL if not known.
 */
const char *gpusvm_pagemap_get_render(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_initiator() - The initiator that the memory belongs to
 * @pagemap: A pagemap.
 *
 * Return: What initiator links to, or %NULL if not known.
 */
const struct gpusvm_initiator *
gpusvm_pagemap_get_initiator(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_group() - The group that a pagemap is in
 * @pagemap: A pagemap.
 *
 * Return: What group links to, or %NULL if not known.
 */
const struct gpusvm_group *
gpusvm_pagemap_get_group(const struct gpusvm_pagemap *pagemap);

/* Initiators: /sys/class/drm_pagemap_initiator/<uid> */

/**
 * gpusvm_initiator_get_first() - The first initiator
 * @topology: A topology.
 *
 * Initiators are ordered by uid, numbers in it by value.
 *
 * Return: The initiator, or %NULL if there is none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_initiator_get_next() - The next initiator
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
 * Return: The initiator, or %NULL if there is none with this uid.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_uid(const struct gpusvm_topology *topology, const char *uid);

/**
 * gpusvm_initiator_find_by_device() - Find an initiator by its name on its bus
 * @topology: A topology.
 * @name: Name of a device. A PCI address as "0000:03:00.0", in any case; also
 *	  "03:00.0" where the domain is 0.
 *
 * Return: The initiator, the first one if the device has several; %NULL if there is
 * none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_device(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find_by_node() - Find an initiator by its render or card node
 * @topology: A topology.
 * @name: "renderD128" or "card0", with "/dev/dri/" before it or without.
 *
 * Return: The initiator, the first one if the device has several; %NULL if there is
 * none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find_by_node(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find() - Find an initiator by whatever name there is
 * @topology: A topology.
 * @name: A uid, or what gpusvm_initiator_find_by_device() or
 *	  gpusvm_initiator_find_by_node() takes; tried in this order.
 *
 * Return: The initiator, the first one if there are several; %NULL if there is no such one.
 */
const struct gpusvm_initiator *
gpusvm_initiator_find(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_initiator_find_next() - Find the next initiator of the same name
 * @topology: The topology that gpusvm_initiator_find() was given.
 * @name: The same name. Partitions of a GPU have the name of their device in common.
 * @initiator: What gpusvm_initiator_find() or this function returned for @name.
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
 * gpusvm_initiator_get_topology() - The topology that an initiator belongs to
 * @initiator: An initiator.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_initiator_get_topology(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_uid() - The name that stays the same over reboots
 * @initiator: An initiator.
 *
 * Return: uid, the name of the directory; never %NULL.
 */
const char *gpusvm_initiator_get_uid(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_device() - Name of the GPU on its bus
 * @initiator: An initiator.
 *
 * Return: The last part of what device links to, or %NULL if not known.
 */
const char *gpusvm_initiator_get_device(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_render() - Render node of the GPU
 * @initiator: An initiator.
 *
 * Return: The last part of what render links to, which is also its name in
 * /dev/dri; %NULL if not known.
 */
const char *gpusvm_initiator_get_render(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_check_render() - Whether the caller may use a GPU
 * @initiator: An initiator.
 *
 * Asks now, not at the scan, whether the calling process may read and write the
 * render node below /dev/dri: its mode and the device cgroup decide. Nothing is
 * opened. A GPU that is visible and may not be used is not rare in containers.
 *
 * Return: 0; -EACCES if it may not, -ENOENT if there is no such node, -ENODATA
 * if the render node is not known or the root has no /dev, as in a snapshot;
 * -ENOMEM, or another error of access(2).
 */
int gpusvm_initiator_check_render(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_card() - Primary node of the GPU
 * @initiator: An initiator.
 *
 * Return: "card0" for instance, which is also its name in /dev/dri; %NULL if not
 * known, or the device has several.
 */
const char *gpusvm_initiator_get_card(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_group() - The group that an initiator is in
 * @initiator: An initiator.
 *
 * Return: What group links to, or %NULL if not known.
 */
const struct gpusvm_group *
gpusvm_initiator_get_group(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_first_pagemap() - The first pagemap of an initiator's own
 * @initiator: An initiator.
 *
 * Return: Its own pagemap with the lowest ID; %NULL if it has no memory.
 */
const struct gpusvm_pagemap *
gpusvm_initiator_get_first_pagemap(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_pagemap() - The next pagemap of the same initiator
 * @pagemap: A pagemap.
 *
 * Return: The pagemap with the next higher ID of the initiator that @pagemap belongs
 * to, or %NULL after the last one.
 */
const struct gpusvm_pagemap *
gpusvm_initiator_get_next_pagemap(const struct gpusvm_pagemap *pagemap);

#define gpusvm_initiator_pagemap_foreach(initiator, pagemap) \
	for ((pagemap) = gpusvm_initiator_get_first_pagemap(initiator); \
	     (pagemap); \
	     (pagemap) = gpusvm_initiator_get_next_pagemap(pagemap))

/**
 * gpusvm_initiator_get_first_peer() - The first initiator that shares memory with one
 * @initiator: An initiator.
 *
 * The peers of an initiator are the others in its group, in their order.
 *
 * Return: The peer, or %NULL if there is none.
 */
const struct gpusvm_initiator *
gpusvm_initiator_get_first_peer(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_peer() - The next one
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
 * gpusvm_initiator_can_be_peer() - Whether two initiators could be in one group
 * @initiator: An initiator.
 * @other: Another one of the same topology.
 *
 * Return: Whether each has direct links to all pagemaps of the other, whatever the
 * groups are.
 */
bool gpusvm_initiator_can_be_peer(const struct gpusvm_initiator *initiator,
				  const struct gpusvm_initiator *other);

/**
 * gpusvm_initiator_get_total_size() - Size of an initiator's own pagemaps together
 * @initiator: An initiator.
 * @bytes: Set to the sum of their sizes, in bytes; 0 if it has none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_initiator_get_total_size(const struct gpusvm_initiator *initiator,
				    uint64_t *bytes);

/**
 * gpusvm_initiator_get_total_free() - How much of them was not allocated at the scan
 * @initiator: An initiator.
 * @bytes: Set to the sum of what is free in them, in bytes; 0 if it has none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_initiator_get_total_free(const struct gpusvm_initiator *initiator,
				    uint64_t *bytes);

/* Links: /sys/class/drm_pagemap_link/<initiator uid>--pagemap<ID> */

/**
 * gpusvm_link_find() - The link from an initiator to a pagemap
 * @initiator: An initiator.
 * @pagemap: A pagemap of the same topology.
 *
 * Return: The link, or %NULL if there is no path.
 */
const struct gpusvm_link *
gpusvm_link_find(const struct gpusvm_initiator *initiator,
		 const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_initiator_get_first_link() - The first link from an initiator
 * @initiator: An initiator.
 *
 * The links from an initiator are ordered by the ID of the pagemap.
 *
 * Return: The link, or %NULL if there is none.
 */
const struct gpusvm_link *
gpusvm_initiator_get_first_link(const struct gpusvm_initiator *initiator);

/**
 * gpusvm_initiator_get_next_link() - The next link from the same initiator
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
 * gpusvm_pagemap_get_first_link() - The first link to a pagemap
 * @pagemap: A pagemap.
 *
 * The links to a pagemap are ordered as initiators are.
 *
 * Return: The link, or %NULL if there is none.
 */
const struct gpusvm_link *
gpusvm_pagemap_get_first_link(const struct gpusvm_pagemap *pagemap);

/**
 * gpusvm_pagemap_get_next_link() - The next link to the same pagemap
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
 * gpusvm_link_get_initiator() - Where a link starts
 * @link: A link.
 *
 * Return: The initiator; never %NULL.
 */
const struct gpusvm_initiator *
gpusvm_link_get_initiator(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_pagemap() - Where a link leads to
 * @link: A link.
 *
 * Return: The pagemap; never %NULL.
 */
const struct gpusvm_pagemap *
gpusvm_link_get_pagemap(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_type() - What a link is made of
 * @link: A link.
 *
 * Return: type: "local", "tile", "pcie-p2p", "xelink", "xgmi", "nvlink", "cxl",
 * "virtual" or a word that later kernels may know; %NULL if not known.
 */
const char *gpusvm_link_get_type(const struct gpusvm_link *link);

/**
 * gpusvm_link_is_direct() - Whether the hardware gives direct access
 * @link: A link.
 *
 * Return: Whether access is "direct".
 */
bool gpusvm_link_is_direct(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_access() - Whether the hardware gives direct access
 * @link: A link.
 *
 * Return: access: "direct" or "none"; %NULL if not known.
 */
const char *gpusvm_link_get_access(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_reason() - Why there is no direct access
 * @link: A link.
 *
 * Return: reason, such as "acs", "host-bridge", "iommu", "bar-size",
 * "link-down", "one-way", "cross-driver" or "driver"; %NULL if access is direct
 * or the reason is not known.
 */
const char *gpusvm_link_get_reason(const struct gpusvm_link *link);

/**
 * gpusvm_link_is_usable() - Whether memory can be placed along a link
 * @link: A link.
 *
 * Return: Whether usable is 1: both ends are in the same group.
 */
bool gpusvm_link_is_usable(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_usable_reason() - Why a direct link is not usable
 * @link: A link.
 *
 * Return: usable_reason, such as "admin-group", "clique", "threshold", "held" or
 * "going"; %NULL if the link is usable or not direct, or it is not known.
 */
const char *gpusvm_link_get_usable_reason(const struct gpusvm_link *link);

/**
 * gpusvm_link_get_hops() - Bridges or switches that a link passes
 * @link: A link.
 * @hops: Set to hops; 0 for the initiator's own memory.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_hops(const struct gpusvm_link *link, unsigned int *hops);

/**
 * gpusvm_link_get_read_bandwidth() - What reads get now
 * @link: A link.
 * @bandwidth: Set to read_bandwidth, in MB/s, as at the scan. It can change without a
 *	       new generation.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_read_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_write_bandwidth() - What writes get now
 * @link: A link.
 * @bandwidth: Set to write_bandwidth, in MB/s, as at the scan. It can change without a
 *	       new generation.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_write_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_max_read_bandwidth() - What reads could get at best
 * @link: A link.
 * @bandwidth: Set to max_read_bandwidth, in MB/s.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_max_read_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_max_write_bandwidth() - What writes could get at best
 * @link: A link.
 * @bandwidth: Set to max_write_bandwidth, in MB/s.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_max_write_bandwidth(const struct gpusvm_link *link, uint64_t *bandwidth);

/**
 * gpusvm_link_get_read_latency() - How long a read takes
 * @link: A link.
 * @latency: Set to read_latency, in nanoseconds.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_read_latency(const struct gpusvm_link *link, uint64_t *latency);

/**
 * gpusvm_link_get_write_latency() - How long a write takes
 * @link: A link.
 * @latency: Set to write_latency, in nanoseconds.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_link_get_write_latency(const struct gpusvm_link *link, uint64_t *latency);

/**
 * gpusvm_link_get_read_bytes() - Bytes that the initiator has read over a link
 * @link: A link.
 * @bytes: Set to statistics/read_bytes: bytes read from the pagemap since the link
 *	   exists, by accesses and by migration.
 *
 * Return: 0, or -ENODATA if the driver does not count them.
 */
int gpusvm_link_get_read_bytes(const struct gpusvm_link *link, uint64_t *bytes);

/**
 * gpusvm_link_get_write_bytes() - Bytes that the initiator has written over a link
 * @link: A link.
 * @bytes: Set to statistics/write_bytes: bytes written to the pagemap since the link
 *	   exists, by accesses and by migration.
 *
 * Return: 0, or -ENODATA if the driver does not count them.
 */
int gpusvm_link_get_write_bytes(const struct gpusvm_link *link, uint64_t *bytes);

/* Nearness */

/**
 * enum gpusvm_near - What gpusvm_nearest_new() shall include
 * @GPUSVM_NEAR_UNUSABLE: Direct links that the groups leave unused.
 * @GPUSVM_NEAR_REFUSED: Links without direct access.
 */
enum gpusvm_near {
	GPUSVM_NEAR_UNUSABLE = 1 << 0,
	GPUSVM_NEAR_REFUSED = 1 << 1,
};

/**
 * gpusvm_nearest_new() - Go through the pagemaps from the nearest on
 * @initiator: Near to which initiator.
 * @flags: What to include besides usable links; of &enum gpusvm_near.
 * @nearest: Set to an iterator that starts before the nearest pagemap. It
 *	     holds a reference to the topology.
 *
 * Nearer is, in this order: the higher bandwidth, the lower latency, fewer
 * hops, the lower ID. Bandwidth is the lower one of read and write, latency the
 * higher one of the two; if only one is known, that one. What is not known
 * comes last.
 *
 * Return: 0, -EINVAL for unknown flags, or -ENOMEM.
 */
int gpusvm_nearest_new(const struct gpusvm_initiator *initiator, unsigned int flags,
		       struct gpusvm_nearest **nearest);

/**
 * gpusvm_nearest_next() - The next one
 * @nearest: An iterator.
 *
 * Return: The link to the next pagemap, or %NULL after the last one. It is
 * valid as long as the topology, also beyond the iterator.
 */
const struct gpusvm_link *gpusvm_nearest_next(struct gpusvm_nearest *nearest);

/**
 * gpusvm_nearest_free() - End an iteration
 * @nearest: An iterator, or %NULL.
 */
void gpusvm_nearest_free(struct gpusvm_nearest *nearest);

/* Rankings: pagemaps in an order that has nothing to do with one initiator */

/**
 * gpusvm_ranking_by_node() - Pagemaps from the nearest to a NUMA node on
 * @topology: A topology.
 * @node: Number of a NUMA node.
 * @ranking: Set to all pagemaps, from the nearest on.
 *
 * Nearer is the lower distance between the node and that of the pagemap, as
 * /sys/devices/system/node/node<N>/distance has it, then the lower ID. Pagemaps of no
 * node in particular come last. Where the system tells no distances, the pagemaps of
 * the node itself come first. These files are read at the call.
 *
 * Return: 0, -EINVAL for a negative number, -ENOENT if there is no such node, or
 * -ENOMEM. A system without NUMA takes any number.
 */
int gpusvm_ranking_by_node(const struct gpusvm_topology *topology, int node,
			   struct gpusvm_ranking **ranking);

/**
 * gpusvm_ranking_by_cpu() - Pagemaps from the nearest to a CPU on
 * @topology: A topology.
 * @cpu: Number of a CPU.
 * @ranking: Set to all pagemaps, as gpusvm_ranking_by_node() orders them for the node
 *	     that the CPU is in; by ID if it is in none.
 *
 * Return: 0, -ENOENT if there is no such CPU, or -ENOMEM.
 */
int gpusvm_ranking_by_cpu(const struct gpusvm_topology *topology, unsigned int cpu,
			  struct gpusvm_ranking **ranking);

/**
 * typedef gpusvm_filter_fn - Says which pagemaps come into question
 * @data: As passed to the function that calls it.
 * @pagemap: A pagemap.
 *
 * Return: Whether it does.
 */
typedef bool (*gpusvm_filter_fn)(void *data, const struct gpusvm_pagemap *pagemap);

/**
 * enum gpusvm_connected - What gpusvm_ranking_connected() shall respect
 * @GPUSVM_CONNECTED_ONE_EACH: One pagemap of each initiator at most.
 */
enum gpusvm_connected {
	GPUSVM_CONNECTED_ONE_EACH = 1 << 0,
};

/**
 * gpusvm_ranking_connected() - The pagemaps that are best connected with each other
 * @topology: A topology.
 * @count: How many of them; 1 or more.
 * @flags: Of &enum gpusvm_connected.
 * @filter: Called for each pagemap in the calling thread; %NULL to take all.
 * @data: Passed to @filter.
 * @ranking: Set to exactly @count pagemaps, ordered by ID.
 *
 * The GPUs of all of them can use all of them now. Among such sets, the one is
 * looked for in which the bandwidths of all these links add up to most: the lower one
 * of read and write, 1 where neither is known. Of several, the one that all GPUs
 * together reach with more bandwidth; then the one with lower IDs. A set of one is
 * the best by these rules. Larger ones are approximations: each pagemap in turn is
 * taken as the first, and then each time what adds most; with more than some
 * thousand pagemaps, the first ones are tried only.
 *
 * Return: 0, -EINVAL for a @count of 0 or unknown flags, -ENOENT if no such set was
 * found, or -ENOMEM.
 */
int gpusvm_ranking_connected(const struct gpusvm_topology *topology, size_t count,
			     unsigned int flags, gpusvm_filter_fn filter, void *data,
			     struct gpusvm_ranking **ranking);

/**
 * gpusvm_ranking_count() - How many pagemaps there are in a ranking
 * @ranking: A ranking.
 *
 * Return: The number, wherever the reader is.
 */
size_t gpusvm_ranking_count(const struct gpusvm_ranking *ranking);

/**
 * gpusvm_ranking_next() - The next one
 * @ranking: A ranking, which one thread at a time may use.
 *
 * Return: The next pagemap, or %NULL after the last one. It is valid as long as the
 * topology, also beyond the ranking.
 */
const struct gpusvm_pagemap *gpusvm_ranking_next(struct gpusvm_ranking *ranking);

/**
 * gpusvm_ranking_free() - Free a ranking
 * @ranking: A ranking, or %NULL. It holds a reference to the topology until then.
 */
void gpusvm_ranking_free(struct gpusvm_ranking *ranking);

/* Groups: /sys/class/drm_pagemap_group/<name> */

/**
 * gpusvm_group_get_first() - The first group
 * @topology: A topology.
 *
 * Groups are ordered by name, numbers in it by value.
 *
 * Return: The group, or %NULL if there is none.
 */
const struct gpusvm_group *
gpusvm_group_get_first(const struct gpusvm_topology *topology);

/**
 * gpusvm_group_get_next() - The next group
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
 * Return: The group, or %NULL if there is none of this name.
 */
const struct gpusvm_group *
gpusvm_group_find_by_name(const struct gpusvm_topology *topology, const char *name);

/**
 * gpusvm_group_get_first_pagemap() - The first pagemap in a group
 * @group: A group.
 *
 * The pagemaps in a group are those whose group it is, ordered by ID.
 *
 * Return: The pagemap, or %NULL if there is none.
 */
const struct gpusvm_pagemap *
gpusvm_group_get_first_pagemap(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_next_pagemap() - The next pagemap in the same group
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
 * gpusvm_group_get_first_initiator() - The first initiator in a group
 * @group: A group.
 *
 * The initiators in a group are those whose group it is, in their order.
 *
 * Return: The initiator, or %NULL if there is none.
 */
const struct gpusvm_initiator *
gpusvm_group_get_first_initiator(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_next_initiator() - The next initiator in the same group
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
 * gpusvm_group_get_topology() - The topology that a group belongs to
 * @group: A group.
 *
 * Return: The topology, without a reference of its own.
 */
const struct gpusvm_topology *
gpusvm_group_get_topology(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_name() - Name of a group
 * @group: A group.
 *
 * Return: The name of the directory; never %NULL.
 */
const char *gpusvm_group_get_name(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_origin() - Who made a group
 * @group: A group.
 *
 * Return: origin: "hardware" or "admin"; %NULL if not known.
 */
const char *gpusvm_group_get_origin(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_pagemap_list() - The IDs in a group, for people and scripts
 * @group: A group.
 *
 * Return: pagemap_list, as "1-4,7"; an empty string if there are none, %NULL if
 * not known.
 */
const char *gpusvm_group_get_pagemap_list(const struct gpusvm_group *group);

/**
 * gpusvm_group_get_users() - What held a group at the scan
 * @group: A group.
 * @users: Set to users: open SVM VMs plus pagemaps in use.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_group_get_users(const struct gpusvm_group *group, uint64_t *users);

/**
 * gpusvm_group_get_pending() - Whether a group waits for users to go
 * @group: A group.
 * @pending: Set to whether pending is 1.
 *
 * Return: 0, or -ENODATA if not known.
 */
int gpusvm_group_get_pending(const struct gpusvm_group *group, bool *pending);

/**
 * gpusvm_group_get_members_expected() - How many initiators a group should have
 * @group: A group.
 * @members: Set to members_expected.
 *
 * Return: 0, or -ENODATA if not known, as in a group that the hardware made.
 */
int gpusvm_group_get_members_expected(const struct gpusvm_group *group,
				      unsigned int *members);

/**
 * gpusvm_group_get_members_joined() - How many of them are in it
 * @group: A group.
 * @members: Set to members_joined.
 *
 * Return: 0, or -ENODATA if not known, as in a group that the hardware made.
 */
int gpusvm_group_get_members_joined(const struct gpusvm_group *group,
				    unsigned int *members);

/**
 * gpusvm_group_get_complete() - Whether all of them are in it
 * @group: A group.
 * @complete: Set to whether complete is 1.
 *
 * Return: 0, or -ENODATA if not known, as in a group that the hardware made.
 */
int gpusvm_group_get_complete(const struct gpusvm_group *group, bool *complete);

/**
 * gpusvm_group_get_min_read_bandwidth() - Maximum bandwidth of the slowest link, for reads
 * @group: A group.
 * @bandwidth: Set to min_read_bandwidth, in MB/s.
 *
 * Return: 0, or -ENODATA if not known, or there is no link.
 */
int gpusvm_group_get_min_read_bandwidth(const struct gpusvm_group *group,
					uint64_t *bandwidth);

/**
 * gpusvm_group_get_min_write_bandwidth() - Maximum bandwidth of the slowest link, for writes
 * @group: A group.
 * @bandwidth: Set to min_write_bandwidth, in MB/s.
 *
 * Return: 0, or -ENODATA if not known, or there is no link.
 */
int gpusvm_group_get_min_write_bandwidth(const struct gpusvm_group *group,
					 uint64_t *bandwidth);

/**
 * gpusvm_group_get_total_size() - Size of the pagemaps in a group together
 * @group: A group.
 * @bytes: Set to the sum of their sizes, in bytes; 0 if there are none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_group_get_total_size(const struct gpusvm_group *group, uint64_t *bytes);

/**
 * gpusvm_group_get_total_free() - How much of them was not allocated at the scan
 * @group: A group.
 * @bytes: Set to the sum of what is free in them, in bytes; 0 if there are none.
 *
 * Return: 0, -ENODATA if one of them is not known, or -EOVERFLOW.
 */
int gpusvm_group_get_total_free(const struct gpusvm_group *group, uint64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
