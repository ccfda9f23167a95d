/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_WORK_H_
#define _VGPUSVM_WORK_H_

struct workqueue_struct;

/* Frees memory. Reclaim may need it, so its work never waits for a process */
extern struct workqueue_struct *vgpusvm_wq;
/* Closes VMs. Processes can delay its work, so only module exit waits for it */
extern struct workqueue_struct *vgpusvm_vm_wq;

int vgpusvm_work_init(void);
void vgpusvm_work_fini(void);

#endif
