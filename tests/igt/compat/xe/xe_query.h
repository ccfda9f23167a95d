/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef XE_QUERY_H
#define XE_QUERY_H

struct xe_device;

struct xe_device *xe_device_get(int fd);
void xe_device_put(int fd);

#endif
