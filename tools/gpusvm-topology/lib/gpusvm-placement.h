/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_PLACEMENT_H
#define GPUSVM_PLACEMENT_H

/**
 * DOC: placement
 *
 * Placing memory of this process by pagemap ID, through the driver of the one GPU that
 * computes on it. Which driver that is, is asked of the open file; what each of them
 * takes is hidden here. "vgpusvm" and "xe" are known.
 *
 * A file is the open render node of a GPU, and a VM the number of one that the driver
 * has made for it, which mirrors the address space of the calling process. Ranges
 * begin and end at pages, sysconf(_SC_PAGESIZE), and are not empty.
 *
 * Threads: all functions may be called from any thread at any time.
 *
 * Functions return 0 or a negative errno value. Those that all of them have in common:
 * -ENOTSUP if the driver is not known, or its kernel is too old; -EBADF or -ENOTTY if
 * the file is none of a GPU; -EINVAL if there is no such VM or the range is not as it
 * should be; -ENOMEM; -ENODEV if the GPU has gone. The kernel's
 * Documentation/gpu/drm-pagemap-placement.rst describes the errors that a driver returns
 * for a pagemap: -ENOENT, -ENODEV, -EACCES and -ENOLINK.
 */

#include <gpusvm-topology.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct gpusvm_placement - A pagemap, and what is to be said of it
 * @pagemap_id: Its ID.
 * @error: Set to 0 or a negative errno value.
 */
struct gpusvm_placement {
	uint32_t pagemap_id;
	int32_t error;
};

/** define GPUSVM_PAGEMAP_NONE - As an ID: no preference */
#define GPUSVM_PAGEMAP_NONE 0u

/**
 * enum gpusvm_place - What gpusvm_place() shall do
 * @GPUSVM_PLACE_FULL: Take a pagemap without enough free space, if no other will do:
 *		       others are moved out of it, or the rest stays in system memory.
 */
enum gpusvm_place {
	GPUSVM_PLACE_FULL = 1 << 0,
};

/**
 * gpusvm_driver_name() - Which driver a file belongs to, if it is known here
 * @fd: An open file of a GPU.
 * @name: Set to the name, a constant string.
 *
 * Return: 0, -ENOTSUP if it is not known, or the error of asking.
 */
int gpusvm_driver_name(int fd, const char **name);

/**
 * gpusvm_query_permission() - What placing on pagemaps would say
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @placements: The pagemaps. @error of each is set to what gpusvm_prefer() would say
 *		of it: 0, -ENOENT, -ENODEV, -EACCES or -ENOLINK.
 * @count: How many there are; any number.
 *
 * Nothing is placed, and no memory taken up.
 *
 * Return: 0, or an error as said above, and then no @error means anything.
 */
int gpusvm_query_permission(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
			    size_t count);

/**
 * gpusvm_prefer() - Say where a range should live
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Its length in bytes.
 * @pagemap_id: The pagemap, or %GPUSVM_PAGEMAP_NONE for no preference.
 *
 * Nothing moves yet: that happens when the GPU accesses the range, or is told to
 * prefetch it.
 *
 * Return: 0, -ENOENT, -ENODEV, -EACCES, -ENOLINK, or an error as said above; on an
 * error, the preference is what it was.
 */
int gpusvm_prefer(int fd, uint32_t vm_id, void *start, size_t length, uint32_t pagemap_id);

/**
 * gpusvm_place() - Say where a range should live, by a list of pagemaps
 * @ctx: A context. What is free is read from sysfs below its root.
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Its length in bytes.
 * @placements: Pagemaps in the order in which they are to be tried. @error of each is
 *		set: to 0 for the one that was taken, to why not for those that were
 *		tried and passed over, -ENOSPC for a lack of free space among them, and
 *		to -ECANCELED for those that were not tried.
 * @count: How many there are, 1 or more.
 * @flags: Of &enum gpusvm_place.
 * @taken: Set to the ID of the one that was taken. May be %NULL.
 *
 * The first pagemap is taken on which this process may place memory and which has
 * @length bytes free now. What is free is a hint that may be wrong a moment later, and
 * counts as enough where the driver can't tell.
 *
 * Return: 0. If none was taken, -ENOSPC if one would have been but for free space, else
 * the error of the first one. Or an error as said above, and then no @error means
 * anything. On an error, the preference is what it was.
 */
int gpusvm_place(struct gpusvm_ctx *ctx, int fd, uint32_t vm_id, void *start, size_t length,
		 struct gpusvm_placement *placements, size_t count, unsigned int flags,
		 uint32_t *taken);

/**
 * gpusvm_query_preference() - Where a range should live
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Its length in bytes.
 * @pagemap_id: Set to the pagemap that all of it prefers, or %GPUSVM_PAGEMAP_NONE.
 *
 * Return: 0, -ERANGE if not all of it prefers the same, or an error as said above.
 */
int gpusvm_query_preference(int fd, uint32_t vm_id, const void *start, size_t length,
			    uint32_t *pagemap_id);

/** define GPUSVM_RESIDENCY_SYSTEM - A page is in system memory */
#define GPUSVM_RESIDENCY_SYSTEM 0u
/** define GPUSVM_RESIDENCY_NOT_PRESENT - There is no page, or it is swapped out */
#define GPUSVM_RESIDENCY_NOT_PRESENT 0xffffffffu

/**
 * gpusvm_query_residency() - Where the pages of a range are
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Its length in bytes.
 * @pages: Set for each page of the range: the ID of the pagemap that it is in,
 *	   %GPUSVM_RESIDENCY_SYSTEM or %GPUSVM_RESIDENCY_NOT_PRESENT.
 *
 * Nothing moves by it. Each answer was right at some moment of the call.
 *
 * Return: 0, -ENOTSUP if the driver can't tell, -EBUSY if the address space changed
 * too often meanwhile, or an error as said above.
 */
int gpusvm_query_residency(int fd, uint32_t vm_id, const void *start, size_t length,
			   uint32_t *pages);

/* Default placement */

/**
 * gpusvm_default_new() - The pagemaps that the user of a program has chosen
 * @topology: A topology.
 * @ranking: Set to the pagemaps in the order in which they should be tried; an empty
 *	     ranking if nothing was chosen.
 *
 * They are in the environment variable GPUSVM_PAGEMAP: IDs or uids with commas between
 * them, as "gpusvm-topology run" and "gpusvm-topology select --delimiter ," make it.
 * Whatever is no pagemap of the topology is told the log function of the context and
 * left out; but if GPUSVM_PAGEMAP_STRICT is 1, it is an error. Not in programs that
 * run with other rights than their caller's: these choose nothing.
 *
 * Return: 0, or -ENOMEM. If GPUSVM_PAGEMAP_STRICT is 1, -ENOENT if one of them is not
 * there, and the log function was told which.
 */
int gpusvm_default_new(const struct gpusvm_topology *topology,
		       struct gpusvm_ranking **ranking);

/**
 * gpusvm_place_default() - Say that a range should live where the user has chosen
 * @topology: A topology.
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Its length in bytes.
 * @taken: Set to the ID of the pagemap that was taken, or %GPUSVM_PAGEMAP_NONE if the
 *	   user has chosen none, or none of them would do: then nothing was done. May
 *	   be %NULL.
 *
 * By gpusvm_default_new() and gpusvm_place() without flags. Which ones were passed over
 * and why is told the log function of the context.
 *
 * Return: 0, also if none was taken. If GPUSVM_PAGEMAP_STRICT is 1, that is an error
 * like those of gpusvm_default_new() and gpusvm_place(). Or an error as said above.
 */
int gpusvm_place_default(const struct gpusvm_topology *topology, int fd, uint32_t vm_id,
			 void *start, size_t length, uint32_t *taken);

#ifdef __cplusplus
}
#endif

#endif
