/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_JOB_H_
#define _VGPUSVM_JOB_H_

/* Most jobs of a VM that have not ended */
#define VGPUSVM_MAX_JOBS	64

struct drm_device;
struct drm_file;
struct work_struct;

void vgpusvm_jobs_work(struct work_struct *work);
int vgpusvm_exec_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);

#endif
