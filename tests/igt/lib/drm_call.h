/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef DRM_CALL_H
#define DRM_CALL_H

#include <errno.h>
#include <xf86drm.h>

/* An ioctl, repeated if a signal has interrupted it; 0 or a negative errno. */
static inline int drm_call(int fd, unsigned long request, void *arg)
{
	return drmIoctl(fd, request, arg) ? -errno : 0;
}

#endif
