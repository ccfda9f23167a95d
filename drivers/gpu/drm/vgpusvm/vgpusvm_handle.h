/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_HANDLE_H_
#define _VGPUSVM_HANDLE_H_

#include <linux/types.h>

/* Maximum number of VMs of an open file */
#define VGPUSVM_MAX_VMS		64

struct drm_device;
struct drm_file;
struct drm_printer;
struct vgpusvm_device;
struct vgpusvm_vm;

struct vgpusvm_vm *vgpusvm_vm_get(struct drm_file *file, u32 id);
struct vgpusvm_vm *vgpusvm_vm_get_range(struct drm_file *file, u32 id,
					u64 start, u64 length);
void vgpusvm_device_kill_vms(struct vgpusvm_device *vdev);

int vgpusvm_file_open(struct drm_device *drm, struct drm_file *file);
void vgpusvm_file_close(struct drm_device *drm, struct drm_file *file);
void vgpusvm_file_show_fdinfo(struct drm_printer *p, struct drm_file *file);

int vgpusvm_vm_create_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file);
int vgpusvm_vm_destroy_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
