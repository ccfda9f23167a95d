/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PLACEMENT_H
#define GPUSVM_PLACEMENT_H

/**
 * DOC: placement
 *
 * Functions that place memory of this process by pagemap ID, through the driver of the
 * GPU that computes on it. The library detects the driver of the open file, and hides the
 * differences between drivers. It supports "vgpusvm" and "xe".
 *
 * A file is the open render node of a GPU. A VM is the number of a VM of its driver, which
 * mirrors the address space of the calling process. Ranges begin and end at pages,
 * sysconf(_SC_PAGESIZE), and are not empty.
 *
 * Threads: any thread may call any function at any time.
 *
 * Functions return 0 or a negative errno value. All of them have these errors in common:
 * -ENOTSUP if the library does not support the driver, or its kernel is too old; -EBADF or
 * -ENOTTY if the file is not that of a GPU; -EINVAL if the VM does not exist or the range is
 * invalid; -ENOMEM; -ENODEV if the GPU is gone. The kernel's
 * Documentation/gpu/drm-pagemap-placement.rst describes the errors that a driver returns
 * for a pagemap: -ENOENT, -ENODEV, -EACCES and -ENOLINK.
 */

#include <gpusvm-topology.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct gpusvm_placement - A pagemap and the error of placing memory on it
 * @pagemap_id: ID of the pagemap.
 * @error: Set to 0 or a negative errno value.
 */
struct gpusvm_placement {
	uint32_t pagemap_id;
	int32_t error;
};

/** define GPUSVM_PAGEMAP_NONE - The ID that means no preference */
#define GPUSVM_PAGEMAP_NONE 0u

/**
 * enum gpusvm_place - Flags of gpusvm_place()
 * @GPUSVM_PLACE_FULL: If no pagemap has enough free space, use one without. The driver
 *		       evicts other memory, or the rest stays in system memory.
 */
enum gpusvm_place {
	GPUSVM_PLACE_FULL = 1 << 0,
};

/**
 * gpusvm_driver_name() - Get the name of the driver of a file
 * @fd: An open file of a GPU.
 * @name: Set to the name, a constant string.
 *
 * Return: 0, -ENOTSUP if the library does not support the driver, or the error of the query.
 */
int gpusvm_driver_name(int fd, const char **name);

/**
 * gpusvm_query_permission() - Query whether a VM may use pagemaps
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @placements: The pagemaps. Sets @error of each to 0, -ENOENT, -ENODEV, -EACCES or
 *		-ENOLINK, the same as gpusvm_prefer() would return.
 * @count: Number of entries in @placements; any number.
 *
 * Does not place or allocate memory.
 *
 * Return: 0, or an error as described above; then the values of @error are invalid.
 */
int gpusvm_query_permission(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
			    size_t count);

/**
 * gpusvm_prefer() - Set the preferred pagemap of a range
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @pagemap_id: The pagemap, or %GPUSVM_PAGEMAP_NONE for no preference.
 *
 * Does not move pages. They move when the GPU accesses or prefetches the range.
 *
 * Return: 0, -ENOENT, -ENODEV, -EACCES, -ENOLINK, or an error as described above. On
 * error, the preference does not change.
 */
int gpusvm_prefer(int fd, uint32_t vm_id, void *start, size_t length, uint32_t pagemap_id);

/**
 * gpusvm_place() - Set the preferred pagemap of a range to the first possible one
 * @ctx: A context. The free size of pagemaps comes from sysfs below its root.
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @placements: Pagemaps, in the order in which to try them. @error of each is set to 0 if
 *		it was chosen, to -ECANCELED if it was not tried, and otherwise to the
 *		reason, -ENOSPC for a lack of free space.
 * @count: Number of entries in @placements, 1 or more.
 * @flags: Mask of &enum gpusvm_place.
 * @taken: Set to the ID of the chosen pagemap. May be %NULL.
 *
 * Chooses the first pagemap on which this process may place memory and which has
 * @length bytes free now. The free size is a hint that may be wrong a moment later. If the
 * driver does not know it, the pagemap counts as free.
 *
 * Return: 0. If no pagemap was chosen, -ENOSPC if one of them lacked only free space,
 * else the error of the first one. Or an error as described above; then the values of
 * @error are invalid. On error, the preference does not change.
 */
int gpusvm_place(struct gpusvm_ctx *ctx, int fd, uint32_t vm_id, void *start, size_t length,
		 struct gpusvm_placement *placements, size_t count, unsigned int flags,
		 uint32_t *taken);

/**
 * gpusvm_query_preference() - Query the preferred pagemap of a range
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @pagemap_id: Set to the pagemap that the whole range prefers, or %GPUSVM_PAGEMAP_NONE.
 *
 * Return: 0, -ERANGE if parts of the range have different preferences, -EBUSY if other
 * threads changed them too often during the call, or an error as described above.
 */
int gpusvm_query_preference(int fd, uint32_t vm_id, const void *start, size_t length,
			    uint32_t *pagemap_id);

/** define GPUSVM_RESIDENCY_SYSTEM - A page is in system memory */
#define GPUSVM_RESIDENCY_SYSTEM 0u
/**
 * define GPUSVM_RESIDENCY_NOT_PRESENT - A page does not exist, is swapped out, or is being
 * moved at the moment
 */
#define GPUSVM_RESIDENCY_NOT_PRESENT 0xffffffffu

/**
 * gpusvm_query_residency() - Query the places of the pages of a range
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @pages: Set for each page of the range: the ID of the pagemap that it is in,
 *	   %GPUSVM_RESIDENCY_SYSTEM or %GPUSVM_RESIDENCY_NOT_PRESENT.
 *
 * Does not move pages. Each value was correct at some time during the call.
 *
 * Return: 0, -EBUSY if the address space changed too often during the call, or an error as
 * described above.
 */
int gpusvm_query_residency(int fd, uint32_t vm_id, const void *start, size_t length,
			   uint32_t *pages);

/* Default placement */

/**
 * gpusvm_default_new() - Get the default pagemaps that the user of a program chose
 * @topology: A topology.
 * @ranking: Set to the pagemaps in the order in which to try them; an empty ranking if
 *	     the user chose none.
 *
 * Reads the environment variable GPUSVM_PAGEMAP: IDs or uids separated by commas, as
 * "gpusvm-topology run" and "gpusvm-topology select --delimiter ," print them. A name that
 * is not a pagemap of the topology is skipped, with a message to the log function of the
 * context. If GPUSVM_PAGEMAP_STRICT is 1, it is an error. Programs with other privileges
 * than their caller's ignore the environment.
 *
 * Return: 0, or -ENOMEM. If GPUSVM_PAGEMAP_STRICT is 1, -ENOENT if one of the pagemaps does
 * not exist; the log function gets its name.
 */
int gpusvm_default_new(const struct gpusvm_topology *topology,
		       struct gpusvm_ranking **ranking);

/**
 * gpusvm_place_default() - Set the preferred pagemap of a range to the user's default
 * @topology: A topology.
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 * @taken: Set to the ID of the chosen pagemap, or %GPUSVM_PAGEMAP_NONE if the user chose
 *	   none, or none was possible; then the preference does not change. May be %NULL.
 *
 * Does the same as gpusvm_default_new() and gpusvm_place() without flags. The log function
 * of the context gets a message for each pagemap that was not possible, with the reason.
 *
 * Return: 0, also if no pagemap was chosen. If GPUSVM_PAGEMAP_STRICT is 1, that is an error,
 * as in gpusvm_default_new() and gpusvm_place(). Or an error as described above.
 */
int gpusvm_place_default(const struct gpusvm_topology *topology, int fd, uint32_t vm_id,
			 void *start, size_t length, uint32_t *taken);

#ifdef __cplusplus
}
#endif

#endif
