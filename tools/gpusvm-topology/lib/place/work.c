// SPDX-License-Identifier: LGPL-2.1-or-later
/* Work of GPUs, independent of the driver. */
#include <errno.h>

#include "driver/driver.h"

/* In these calls, -ENOENT refers to the VM */
static int of_vm(int err)
{
	return err == -ENOENT ? -EINVAL : err;
}

GPUSVM_EXPORT int gpusvm_vm_create(int fd, uint32_t *vm_id)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	return driver->vm_create ? driver->vm_create(fd, vm_id) : -ENOTSUP;
}

GPUSVM_EXPORT int gpusvm_vm_destroy(int fd, uint32_t vm_id)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	return driver->vm_destroy ? of_vm(driver->vm_destroy(fd, vm_id)) : -ENOTSUP;
}

GPUSVM_EXPORT int gpusvm_prefetch(int fd, uint32_t vm_id, void *start, size_t length)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	if (!driver->prefetch)
		return -ENOTSUP;
	return of_vm(driver->prefetch(fd, vm_id, (uintptr_t)start, length));
}

GPUSVM_EXPORT int gpusvm_gpu_read(int fd, uint32_t vm_id, const void *start, size_t length,
				  void *buffer)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	if (!driver->read)
		return -ENOTSUP;
	return of_vm(driver->read(fd, vm_id, (uintptr_t)start, length, (uintptr_t)buffer));
}

GPUSVM_EXPORT int gpusvm_gpu_write(int fd, uint32_t vm_id, void *start, size_t length,
				   const void *buffer)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	if (!driver->write)
		return -ENOTSUP;
	return of_vm(driver->write(fd, vm_id, (uintptr_t)start, length, (uintptr_t)buffer));
}

GPUSVM_EXPORT int gpusvm_query_modelled_time(int fd, uint32_t vm_id, uint64_t *nanoseconds)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (err)
		return err;
	if (!driver->query_modelled_time)
		return -ENOTSUP;
	return of_vm(driver->query_modelled_time(fd, vm_id, nanoseconds));
}
