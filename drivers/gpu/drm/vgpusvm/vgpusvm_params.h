/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PARAMS_H_
#define _VGPUSVM_PARAMS_H_

int vgpusvm_params_init(void);
void vgpusvm_params_fini(void);

#endif
