/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_DEBUGFS_H_
#define _VGPUSVM_DEBUGFS_H_

struct vgpusvm_device;

void vgpusvm_debugfs_init(struct vgpusvm_device *vdev);

#endif
