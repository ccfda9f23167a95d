/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PROBE_H_
#define _VGPUSVM_PROBE_H_

struct vgpusvm_config;
struct vgpusvm_device;
struct vgpusvm_mem_ops;

int vgpusvm_device_init(struct vgpusvm_device *vdev,
			struct vgpusvm_config *config,
			const struct vgpusvm_mem_ops *mem, void *mem_private);
int vgpusvm_device_register(struct vgpusvm_device *vdev);
void vgpusvm_device_remove(struct vgpusvm_device *vdev);

#endif
