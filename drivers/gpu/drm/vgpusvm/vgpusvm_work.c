// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Workqueues that all GPUs share.
 */

#include <linux/errno.h>
#include <linux/workqueue.h>

#include "vgpusvm_work.h"

struct workqueue_struct *vgpusvm_wq;
struct workqueue_struct *vgpusvm_mm_wq;

/**
 * vgpusvm_work_init() - Create the workqueues
 *
 * Return: 0 or -ENOMEM.
 */
int vgpusvm_work_init(void)
{
	vgpusvm_wq = alloc_workqueue("vgpusvm", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!vgpusvm_wq)
		return -ENOMEM;

	vgpusvm_mm_wq = alloc_workqueue("vgpusvm-mm", WQ_UNBOUND, 0);
	if (!vgpusvm_mm_wq) {
		destroy_workqueue(vgpusvm_wq);
		return -ENOMEM;
	}

	return 0;
}

/**
 * vgpusvm_work_fini() - Finish all work and destroy the workqueues
 */
void vgpusvm_work_fini(void)
{
	/* The end of the last VM frees memory, so this order */
	destroy_workqueue(vgpusvm_mm_wq);
	destroy_workqueue(vgpusvm_wq);
}
