/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_WORK_H_
#define _VGPUSVM_WORK_H_

struct workqueue_struct;

/* Frees memory. Reclaim may need it, so its work never waits for a process */
extern struct workqueue_struct *vgpusvm_wq;
/* Ends the workqueues of processes that have no VM any more */
extern struct workqueue_struct *vgpusvm_mm_wq;

int vgpusvm_work_init(void);
void vgpusvm_work_fini(void);

#endif
