/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_DRIVER_H
#define GPUSVM_DRIVER_H

#include "gpusvm-work.h"
#include "internal.h"

/*
 * The operations of a driver, with one file for each driver. @vm_create and all
 * operations after it are NULL if the driver or the library lacks them. All operations
 * except @vm_create return -ENOENT if the VM does not exist.
 */
struct driver {
	const char *name;
	/* Maximum number of pagemaps in one query; never 0 */
	size_t most;
	int (*query_permission)(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
				size_t count);
	int (*prefer)(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint32_t id);
	int (*query_preference)(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
				uint32_t *id);
	int (*query_residency)(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			       uint32_t *pages);
	int (*vm_create)(int fd, uint32_t *vm_id);
	int (*vm_destroy)(int fd, uint32_t vm_id);
	int (*prefetch)(int fd, uint32_t vm_id, uint64_t start, uint64_t length);
	/* The GPU reads or writes a range, and @buffer has the bytes */
	int (*read)(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint64_t buffer);
	int (*write)(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint64_t buffer);
	/* Only for virtual GPUs */
	int (*query_modelled_time)(int fd, uint32_t vm_id, uint64_t *nanoseconds);
};

extern const struct driver driver_vgpusvm;
extern const struct driver driver_xe;

int driver_find(int fd, const struct driver **driver);
int driver_ioctl(int fd, unsigned long request, void *argument);

#endif
