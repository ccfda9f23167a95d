// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the driver of an open file. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <drm.h>

#include "driver.h"

/* No supported driver has a name of this length */
#define NAME_MAX_LENGTH 32

static const struct driver *const drivers[] = { &driver_vgpusvm, &driver_xe };

/* Repeats the ioctl after a signal. Drivers keep their progress in the argument */
int driver_ioctl(int fd, unsigned long request, void *argument)
{
	int done;

	do {
		done = ioctl(fd, request, argument);
	} while (done && (errno == EINTR || errno == EAGAIN));
	return done ? -errno : 0;
}

/* Finds a driver by its name, because the same ioctl number differs between drivers */
int driver_find(int fd, const struct driver **driver)
{
	char name[NAME_MAX_LENGTH] = "";
	struct drm_version version = { .name_len = sizeof(name) - 1, .name = name };
	int err;

	err = driver_ioctl(fd, DRM_IOCTL_VERSION, &version);
	if (err)
		return err;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		if (!strcmp(drivers[i]->name, name)) {
			*driver = drivers[i];
			return 0;
		}
	}
	return -ENOTSUP;
}

GPUSVM_EXPORT int gpusvm_driver_name(int fd, const char **name)
{
	const struct driver *driver;
	int err;

	err = driver_find(fd, &driver);
	if (!err)
		*name = driver->name;
	return err;
}
