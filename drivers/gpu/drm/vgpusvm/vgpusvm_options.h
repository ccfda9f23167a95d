/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_OPTIONS_H_
#define _VGPUSVM_OPTIONS_H_

#include <linux/types.h>

#define VGPUSVM_DRIVER_NAME	"vgpusvm"

/* With 1000 ms or more, evicting pages for a CPU access would time out */
#define VGPUSVM_MAX_TIMESLICE	999

extern unsigned int vgpusvm_timeslice_ms;
extern bool vgpusvm_fd_placement;
extern bool vgpusvm_huge_folios;
extern unsigned int vgpusvm_system_bandwidth;
extern unsigned int vgpusvm_system_latency;
extern bool vgpusvm_delay;

#endif
