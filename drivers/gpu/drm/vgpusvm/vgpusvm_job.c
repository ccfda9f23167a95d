// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Lists of operations, which run synchronously or as a job that signals a user
 * fence.
 *
 * An operation may fault, and then waits for everything that CPU fault handlers
 * wait for. So nothing in the kernel may wait for it, and it has no dma_fence.
 */

#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/eventfd.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_array.h"
#include "vgpusvm_device.h"
#include "vgpusvm_exec.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_inject.h"
#include "vgpusvm_job.h"
#include "vgpusvm_queue.h"
#include "vgpusvm_vm.h"

/**
 * struct vgpusvm_async - A list of operations that runs asynchronously
 * @base: Job in the queue of @vm.
 * @vm: VM that runs the operations; the job is one of its users.
 * @user_ops: User address of the operations, where the results go.
 * @op_stride: Distance of the operations at @user_ops in bytes.
 * @status: User address of the status, or %NULL.
 * @fence: User address of the user fence.
 * @fence_value: Value to write to @fence.
 * @eventfd: Eventfd to signal, or %NULL.
 * @num_ops: Number of entries in @ops.
 * @num_done: Number of operations that are complete.
 * @ended: Time at which the results were written, 0 before that.
 * @ops: Array of operations.
 */
struct vgpusvm_async {
	struct vgpusvm_job base;
	struct vgpusvm_vm *vm;
	u64 user_ops;
	u32 op_stride;
	s64 __user *status;
	u64 __user *fence;
	u64 fence_value;
	struct eventfd_ctx *eventfd;
	u32 num_ops;
	u32 num_done;
	ktime_t ended;
	struct drm_vgpusvm_op *ops;
};

/* Returns the number of complete operations, and sets @err for the next one. */
static u32 vgpusvm_run_ops(struct vgpusvm_vm *vm, struct drm_vgpusvm_op *ops,
			   u32 first, u32 num, int *err)
{
	u32 i;

	*err = 0;
	for (i = first; i < num; i++) {
		*err = vgpusvm_exec_op(vm, &ops[i]);
		if (*err)
			break;
	}

	return i;
}

static bool vgpusvm_is_signal(int err)
{
	return err == -EINTR || err == -ERESTARTSYS;
}

static struct vgpusvm_async *to_vgpusvm_async(struct vgpusvm_job *job)
{
	return container_of(job, struct vgpusvm_async, base);
}

/* Returns whether the operations have ended; false if a signal is pending. */
static bool vgpusvm_async_run_ops(struct vgpusvm_async *job)
{
	int err;

	job->num_done = vgpusvm_run_ops(job->vm, job->ops, job->num_done,
					job->num_ops, &err);
	if (vgpusvm_is_signal(err))
		return false;
	if (err == -ENOENT)
		err = -ECANCELED;
	if (err)
		job->ops[job->num_done].error = err;

	/* Ignore failures: the program may have unmapped the results */
	vgpusvm_array_write(job->user_ops, job->op_stride, job->ops,
			    sizeof(*job->ops), job->num_ops);
	if (job->status)
		put_user(err, job->status);
	job->ended = ktime_get();

	return true;
}

/*
 * Wait while the fence has to be late. A VM or a GPU that goes away does not wait for
 * it. The time may change meanwhile.
 *
 * Returns false if a signal is pending.
 */
static bool vgpusvm_async_wait_late(const struct vgpusvm_async *job)
{
	struct vgpusvm_inject *inject = job->vm->vdev->inject;
	ktime_t end;
	int err = 0;

	while (!err) {
		end = ktime_add_ms(job->ended, vgpusvm_inject_late_fence(inject));
		if (!ktime_before(ktime_get(), end))
			return true;
		err = vgpusvm_vm_sleep(job->vm, end);
	}

	return !vgpusvm_is_signal(err);
}

static bool vgpusvm_async_run(struct vgpusvm_job *base)
{
	struct vgpusvm_async *job = to_vgpusvm_async(base);

	if (!job->ended && !vgpusvm_async_run_ops(job))
		return false;

	return vgpusvm_async_wait_late(job);
}

static void vgpusvm_async_signal(struct vgpusvm_job *base)
{
	struct vgpusvm_async *job = to_vgpusvm_async(base);

	/* A program that sees the fence must see the results */
	smp_wmb();
	put_user(job->fence_value, job->fence);
}

static void vgpusvm_async_free(struct vgpusvm_job *base)
{
	struct vgpusvm_async *job = to_vgpusvm_async(base);
	struct vgpusvm_vm *vm = job->vm;

	/* Another process may wait for the job of one that was killed */
	if (job->eventfd) {
		eventfd_signal(job->eventfd);
		eventfd_ctx_put(job->eventfd);
	}
	kvfree(job->ops);
	kfree(job);
	vgpusvm_vm_put(vm);
}

static const struct vgpusvm_job_ops vgpusvm_async_ops = {
	.run = vgpusvm_async_run,
	.signal = vgpusvm_async_signal,
	.free = vgpusvm_async_free,
};

/* On success, the job owns @ops. */
static int vgpusvm_exec_async(struct vgpusvm_vm *vm,
			      const struct drm_vgpusvm_exec *args,
			      struct drm_vgpusvm_op *ops)
{
	struct vgpusvm_async *job __free(kfree) =
		kzalloc_obj(*job, GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *eventfd = NULL;
	int err;

	if (!job)
		return -ENOMEM;

	job->base.ops = &vgpusvm_async_ops;
	job->vm = vm;
	job->user_ops = args->ops;
	job->op_stride = args->op_stride;
	job->fence = u64_to_user_ptr(args->fence_addr);
	job->fence_value = args->fence_value;
	job->status = u64_to_user_ptr(args->status_addr);
	job->num_ops = args->num_ops;
	job->ops = ops;

	if (READ_ONCE(vm->dead))
		return -ENODEV;
	if (args->flags & DRM_VGPUSVM_EXEC_EVENTFD) {
		eventfd = eventfd_ctx_fdget(args->eventfd);
		if (IS_ERR(eventfd))
			return PTR_ERR(eventfd);
		job->eventfd = eventfd;
	}
	/* A job is a user of the VM until it has ended */
	vgpusvm_vm_use(vm);
	err = vgpusvm_queue_add(&vm->queue, &job->base);
	if (!err) {
		retain_and_null_ptr(job);
		return 0;
	}

	vgpusvm_vm_put(vm);
	if (eventfd)
		eventfd_ctx_put(eventfd);

	return err;
}

static int vgpusvm_exec_sync(struct vgpusvm_vm *vm,
			     struct drm_vgpusvm_exec *args,
			     struct drm_vgpusvm_op *ops)
{
	u32 first = args->num_done, num;
	int err, write_err;

	num = vgpusvm_run_ops(vm, ops, first, args->num_ops, &err);
	args->num_done = num;
	/* After a signal, the next call continues the operation */
	if (err && !vgpusvm_is_signal(err))
		ops[num].error = err;
	num = min(num + 1, args->num_ops);
	write_err = vgpusvm_array_write(args->ops + (u64)first * args->op_stride,
					args->op_stride, ops + first,
					sizeof(*ops), num - first);

	return write_err ?: err;
}

static int vgpusvm_exec_check_args(const struct drm_vgpusvm_exec *args)
{
	const u32 flags = DRM_VGPUSVM_EXEC_ASYNC | DRM_VGPUSVM_EXEC_EVENTFD;
	bool async = args->flags & DRM_VGPUSVM_EXEC_ASYNC;

	if (args->flags & ~flags ||
	    (args->eventfd && !(args->flags & DRM_VGPUSVM_EXEC_EVENTFD)) ||
	    vgpusvm_array_check(args->op_stride, DRM_VGPUSVM_OP_SIZE_VER0))
		return -EINVAL;
	if (!args->num_ops || args->num_ops > DRM_VGPUSVM_EXEC_MAX_OPS ||
	    args->num_done >= args->num_ops)
		return -EINVAL;
	if (!async)
		return args->fence_addr || args->fence_value ||
		       args->status_addr || args->flags ? -EINVAL : 0;

	return args->num_done || !args->fence_addr ||
	       args->fence_addr % sizeof(u64) ||
	       args->status_addr % sizeof(u64) ? -EINVAL : 0;
}

/**
 * vgpusvm_exec_ioctl() - %DRM_IOCTL_VGPUSVM_EXEC
 * @drm: The GPU.
 * @data: &struct drm_vgpusvm_exec.
 * @file: The open file.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_exec_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file)
{
	struct vgpusvm_vm *vm __free(vgpusvm_vm) = NULL;
	struct drm_vgpusvm_op *ops __free(kvfree) = NULL;
	struct drm_vgpusvm_exec *args = data;
	u32 i;
	int err;

	err = vgpusvm_exec_check_args(args);
	if (err)
		return err;

	vm = vgpusvm_vm_get(file, args->vm_id);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	ops = kvmalloc_array(args->num_ops, sizeof(*ops), GFP_KERNEL_ACCOUNT);
	if (!ops)
		return -ENOMEM;
	err = vgpusvm_array_read(ops, sizeof(*ops), args->num_ops, args->ops,
				 args->op_stride);
	if (err)
		return err;

	for (i = args->num_done; i < args->num_ops; i++) {
		err = vgpusvm_exec_check(&ops[i]);
		if (err)
			return err;
		ops[i].error = 0;
		ops[i].fault_addr = 0;
	}

	if (!(args->flags & DRM_VGPUSVM_EXEC_ASYNC))
		return vgpusvm_exec_sync(vm, args, ops);

	err = vgpusvm_exec_async(vm, args, ops);
	if (!err)
		retain_and_null_ptr(ops);

	return err;
}
