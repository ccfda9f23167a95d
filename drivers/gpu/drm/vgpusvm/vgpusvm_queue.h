/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_QUEUE_H_
#define _VGPUSVM_QUEUE_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct vgpusvm_job;
struct vgpusvm_vm;
struct vhost_task;

/* Maximum number of jobs of a VM that have not ended */
#define VGPUSVM_MAX_JOBS	64

/**
 * struct vgpusvm_queue - Asynchronous jobs of a VM, and the thread that runs
 * them
 * @task: Thread of the process, created with the first job.
 * @jobs: List of &struct vgpusvm_job that have not ended, in order.
 * @num_jobs: Number of entries in @jobs.
 * @killed: Set when the process, and the thread with it, is being killed.
 * @closing: Set when no more jobs come and the thread has to end.
 * @closed: Set when the thread is ready to end.
 */
struct vgpusvm_queue {
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

void vgpusvm_queue_init(struct vgpusvm_queue *queue);
void vgpusvm_queue_fini(struct vgpusvm_queue *queue);
void vgpusvm_queue_close(struct vgpusvm_vm *vm);
int vgpusvm_queue_add(struct vgpusvm_vm *vm, struct vgpusvm_job *job);

#endif
