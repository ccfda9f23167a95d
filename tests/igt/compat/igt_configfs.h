/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef IGT_CONFIGFS_H
#define IGT_CONFIGFS_H

const char *igt_configfs_mount(void);

#endif
