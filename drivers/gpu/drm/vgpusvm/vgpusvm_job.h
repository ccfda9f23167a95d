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
 * struct vgpusvm_job - A list of operations that runs asynchronously
 * @entry: Entry in &vgpusvm_queue.jobs.
 * @user_ops: User address of the operations, where the results go.
 * @op_stride: Distance of the operations at @user_ops in bytes.
 * @fence: User address of the user fence.
 * @fence_value: Value to write to @fence.
 * @num_ops: Number of entries in @ops.
 * @num_done: Number of operations that are complete.
 * @ops: Array of operations.
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
