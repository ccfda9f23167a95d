// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A queue of asynchronous jobs. They run in a thread of the process that owns
 * the queue, like the work of vhost. Processor time and memory of the thread are
 * charged to the process, a job can't delay another queue, and the thread ends
 * with the process.
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/vhost_task.h>

#include "vgpusvm_options.h"
#include "vgpusvm_queue.h"

/**
 * vgpusvm_queue_init() - Initialize a queue without jobs
 * @queue: Queue to initialize; zeroed.
 * @idle: Function for &vgpusvm_queue.idle.
 */
void vgpusvm_queue_init(struct vgpusvm_queue *queue,
			void (*idle)(struct vgpusvm_queue *queue))
{
	queue->idle = idle;
	mutex_init(&queue->task_lock);
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->jobs);
}

/**
 * vgpusvm_queue_fini() - Stop the thread of a queue
 * @queue: Queue that is closed.
 */
void vgpusvm_queue_fini(struct vgpusvm_queue *queue)
{
	if (queue->task)
		vhost_task_stop(queue->task);
	mutex_destroy(&queue->task_lock);
}

static struct vgpusvm_job *vgpusvm_queue_first(struct vgpusvm_queue *queue)
{
	guard(spinlock)(&queue->lock);

	return list_first_entry_or_null(&queue->jobs, struct vgpusvm_job,
					entry);
}

static void vgpusvm_queue_del(struct vgpusvm_queue *queue,
			      struct vgpusvm_job *job)
{
	guard(spinlock)(&queue->lock);
	list_del(&job->entry);
	queue->num_jobs--;
}

/* Called with the lock held, when the thread is gone or only waits to stop. */
static void vgpusvm_queue_closed(struct vgpusvm_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	if (!queue->closing || queue->closed)
		return;

	queue->closed = true;
	queue->idle(queue);
}

/**
 * vgpusvm_queue_close() - Let the thread end, and then call
 * &vgpusvm_queue.idle
 * @queue: Queue that has no jobs and gets none.
 *
 * The function does not wait for the thread, which a signal may have stopped.
 */
void vgpusvm_queue_close(struct vgpusvm_queue *queue)
{
	/* An existing thread stays until vgpusvm_queue_fini() */
	scoped_guard(spinlock, &queue->lock) {
		queue->closing = true;
		if (queue->task && !queue->killed)
			vhost_task_wake(queue->task);
		else
			vgpusvm_queue_closed(queue);
	}
}

/* Returns whether a job was queued. An interrupted job continues later. */
static bool vgpusvm_queue_run(void *data)
{
	struct vgpusvm_queue *queue = data;
	struct vgpusvm_job *job = vgpusvm_queue_first(queue);

	if (!job) {
		guard(spinlock)(&queue->lock);
		vgpusvm_queue_closed(queue);
		return false;
	}

	__set_current_state(TASK_RUNNING);
	if (job->ops->run(job)) {
		vgpusvm_queue_del(queue, job);
		job->ops->signal(job);
		job->ops->free(job);
	}

	return true;
}

/* The process is being killed, so drop all jobs without results. */
static void vgpusvm_queue_kill(void *data)
{
	struct vgpusvm_queue *queue = data;
	struct vgpusvm_job *job;

	scoped_guard(spinlock, &queue->lock)
		queue->killed = true;
	while ((job = vgpusvm_queue_first(queue))) {
		vgpusvm_queue_del(queue, job);
		job->ops->free(job);
	}
	scoped_guard(spinlock, &queue->lock)
		vgpusvm_queue_closed(queue);
}

/*
 * Forget a thread whose process was killed. Another process can share the
 * memory, and so use the queue.
 */
static void vgpusvm_queue_forget_task(struct vgpusvm_queue *queue)
{
	struct vhost_task *task = NULL;

	lockdep_assert_held(&queue->task_lock);
	scoped_guard(spinlock, &queue->lock)
		if (queue->killed)
			swap(task, queue->task);
	/* It has dropped its jobs already, or does so now */
	if (task)
		vhost_task_stop(task);
}

static int vgpusvm_queue_make_task(struct vgpusvm_queue *queue)
{
	struct vhost_task *task;

	guard(mutex)(&queue->task_lock);
	vgpusvm_queue_forget_task(queue);
	if (queue->task)
		return 0;

	task = vhost_task_create(vgpusvm_queue_run, vgpusvm_queue_kill, queue,
				 VGPUSVM_DRIVER_NAME);
	/* drmIoctl() would repeat the call at once on -EAGAIN */
	if (task == ERR_PTR(-EAGAIN))
		return -EDQUOT;
	if (IS_ERR(task))
		return PTR_ERR(task);

	scoped_guard(spinlock, &queue->lock) {
		queue->task = task;
		queue->killed = false;
	}
	vhost_task_start(task);

	return 0;
}

/**
 * vgpusvm_queue_add() - Queue a job
 * @queue: Queue of the current process.
 * @job: Job to queue. On success, the queue owns it.
 *
 * Return: 0; -EBUSY if the queue has %VGPUSVM_MAX_JOBS jobs already, -EDQUOT if
 * the process may not have another thread, -EINTR, -ENOMEM.
 */
int vgpusvm_queue_add(struct vgpusvm_queue *queue, struct vgpusvm_job *job)
{
	int err;

	err = vgpusvm_queue_make_task(queue);
	if (err)
		return err;

	scoped_guard(spinlock, &queue->lock) {
		/* The next call makes a new thread */
		if (queue->killed)
			return -EINTR;
		if (queue->num_jobs >= VGPUSVM_MAX_JOBS)
			return -EBUSY;
		list_add_tail(&job->entry, &queue->jobs);
		queue->num_jobs++;
		vhost_task_wake(queue->task);
	}

	return 0;
}
