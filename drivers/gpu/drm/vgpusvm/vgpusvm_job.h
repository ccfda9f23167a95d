/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_JOB_H_
#define _VGPUSVM_JOB_H_

#include <linux/list.h>
#include <linux/types.h>

struct drm_device;
struct drm_file;
struct drm_vgpusvm_op;
struct vgpusvm_vm;

/**
 * struct vgpusvm_job - A list of operations that runs while the caller goes on
 * @entry: In &vgpusvm_queue.jobs.
 * @user_ops: Where the results go.
 * @op_stride: Distance of the operations there.
 * @fence: The user fence.
 * @fence_value: What is written there.
 * @num_ops: Number of entries in @ops.
 * @num_done: Number of operations that are complete.
 * @ops: The operations.
 */
struct vgpusvm_job {
	struct list_head entry;
	u64 user_ops;
	u32 op_stride;
	u64 __user *fence;
	u64 fence_value;
	u32 num_ops;
	u32 num_done;
	struct drm_vgpusvm_op *ops;
};

bool vgpusvm_job_run(struct vgpusvm_vm *vm, struct vgpusvm_job *job);
void vgpusvm_job_free(struct vgpusvm_job *job);
int vgpusvm_exec_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);

#endif
