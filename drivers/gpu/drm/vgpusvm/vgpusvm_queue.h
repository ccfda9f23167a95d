/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_QUEUE_H_
#define _VGPUSVM_QUEUE_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct vgpusvm_job;
struct vgpusvm_queue;
struct vhost_task;

/* Maximum number of jobs of a queue that have not ended */
#define VGPUSVM_MAX_JOBS	64

/**
 * struct vgpusvm_job_ops - Operations of a kind of jobs
 */
struct vgpusvm_job_ops {
	/**
	 * @run: Start or continue a job, in the thread of the queue.
	 * @job: The job.
	 *
	 * Return: True if the job has ended, false if a signal is pending.
	 */
	bool (*run)(struct vgpusvm_job *job);

	/**
	 * @signal: Tell the program that a job has ended.
	 * @job: Job that is in no queue any more, so that another one has room.
	 */
	void (*signal)(struct vgpusvm_job *job);

	/**
	 * @free: Free a job that was signalled or is dropped.
	 * @job: Job that is in no queue.
	 */
	void (*free)(struct vgpusvm_job *job);
};

/**
 * struct vgpusvm_job - Work that runs asynchronously
 * @entry: Entry in &vgpusvm_queue.jobs.
 * @ops: Operations of the job.
 */
struct vgpusvm_job {
	struct list_head entry;
	const struct vgpusvm_job_ops *ops;
};

/**
 * struct vgpusvm_queue - Asynchronous jobs, and the thread that runs them
 * @idle: Function that is called once after vgpusvm_queue_close(), when the
 *	  thread is ready to end. It must not sleep.
 * @task: Thread of the process, created with the first job.
 * @jobs: List of &struct vgpusvm_job that have not ended, in order.
 * @num_jobs: Number of entries in @jobs.
 * @killed: Set when the process, and the thread with it, is being killed.
 * @closing: Set when no more jobs come and the thread has to end.
 * @closed: Set when the thread is ready to end.
 */
struct vgpusvm_queue {
	void (*idle)(struct vgpusvm_queue *queue);
	/** @task_lock: Serializes the creation of @task. */
	struct mutex task_lock;
	struct vhost_task *task;
	/** @lock: Protects all members below. */
	spinlock_t lock;
	struct list_head jobs;
	unsigned int num_jobs;
	bool killed;
	bool closing;
	bool closed;
};

void vgpusvm_queue_init(struct vgpusvm_queue *queue,
			void (*idle)(struct vgpusvm_queue *queue));
void vgpusvm_queue_fini(struct vgpusvm_queue *queue);
void vgpusvm_queue_close(struct vgpusvm_queue *queue);
int vgpusvm_queue_add(struct vgpusvm_queue *queue, struct vgpusvm_job *job);

#endif
