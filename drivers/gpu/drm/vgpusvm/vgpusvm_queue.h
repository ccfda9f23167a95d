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

/* Most jobs of a VM that have not ended */
#define VGPUSVM_MAX_JOBS	64

/**
 * struct vgpusvm_queue - The asynchronous jobs of a VM, and who runs them
 * @task: Runs them: a thread of the process, made with the first job.
 * @jobs: The &struct vgpusvm_job that have not ended, in their order.
 * @num_jobs: Number of entries in @jobs.
 * @killed: The process is being killed, and the thread with it.
 * @closing: There will be no more jobs, and the thread is to end.
 * @closed: It is ready to.
 */
struct vgpusvm_queue {
	/** @task_lock: Protects the making of @task. */
	struct mutex task_lock;
	struct vhost_task *task;
	/** @lock: Protects what follows. */
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
