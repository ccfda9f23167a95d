/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_JOB_H_
#define _VGPUSVM_JOB_H_

struct drm_device;
struct drm_file;

int vgpusvm_exec_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);

#endif
