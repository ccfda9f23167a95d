/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_DRIVER_H
#define GPUSVM_DRIVER_H

#include "gpusvm-placement.h"
#include "internal.h"

/*
 * What a driver is able to do, by its ioctls; one file for each. @query_residency may
 * be NULL where it can't. A query returns -ENOENT for a VM that it does not have.
 */
struct driver {
	const char *name;
	/* How many pagemaps it can be asked about at once, and is; never 0 */
	size_t most;
	int (*query_permission)(int fd, uint32_t vm_id, struct gpusvm_placement *placements,
				size_t count);
	int (*prefer)(int fd, uint32_t vm_id, uint64_t start, uint64_t length, uint32_t id);
	int (*query_preference)(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
				uint32_t *id);
	int (*query_residency)(int fd, uint32_t vm_id, uint64_t start, uint64_t length,
			       uint32_t *pages);
};

extern const struct driver driver_vgpusvm;
extern const struct driver driver_xe;

int driver_find(int fd, const struct driver **driver);
int driver_ioctl(int fd, unsigned long request, void *argument);

#endif
