// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which driver an open file belongs to */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <drm.h>

#include "driver.h"

/* A name that is as long as this is no driver's */
#define NAME_MAX_LENGTH 32

static const struct driver *const drivers[] = { &driver_vgpusvm, &driver_xe };

/* A signal does not end it: drivers keep their progress in the argument */
int driver_ioctl(int fd, unsigned long request, void *argument)
{
	int done;

	do {
		done = ioctl(fd, request, argument);
	} while (done && (errno == EINTR || errno == EAGAIN));
	return done ? -errno : 0;
}

/* Numbers of ioctls mean something else to each driver, so its name is what counts */
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
