/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_CONFIGFS_H_
#define _VGPUSVM_CONFIGFS_H_

int vgpusvm_configfs_init(void);
void vgpusvm_configfs_fini(void);

#endif
