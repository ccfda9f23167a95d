// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Module parameters that apply to all GPUs and may change at any time, so read
 * them once per use.
 */

#include <linux/moduleparam.h>

#include "vgpusvm_options.h"

/*
 * System memory behind PCIe, as a data-centre GPU sees it. Placements are
 * ranked by the order of local, peer and system memory, not by the values.
 */
#define VGPUSVM_SYSTEM_BANDWIDTH	28000
#define VGPUSVM_SYSTEM_LATENCY		1800

unsigned int vgpusvm_timeslice_ms = 5;

static int vgpusvm_set_timeslice(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, VGPUSVM_MAX_TIMESLICE);
}

static const struct kernel_param_ops vgpusvm_timeslice_ops = {
	.set = vgpusvm_set_timeslice,
	.get = param_get_uint,
};
module_param_cb(timeslice_ms, &vgpusvm_timeslice_ops, &vgpusvm_timeslice_ms,
		0644);
MODULE_PARM_DESC(timeslice_ms,
		 "Minimum time that pages stay on a GPU before the CPU gets them back, 0 to 999 ms (default 5)");

bool vgpusvm_fd_placement;
module_param_named(fd_placement, vgpusvm_fd_placement, bool, 0644);
MODULE_PARM_DESC(fd_placement,
		 "Let MADVISE name memory by file and region instance as well (default off)");

/*
 * Off by default because of a bug in the kernel's zap_huge_pmd(): it takes the
 * migration entry of a device-private folio for a device-private entry, and
 * drops one reference and one mapping too many. A program that exits while its
 * pages are being evicted triggers it.
 */
bool vgpusvm_huge_folios;
module_param_named(huge_folios, vgpusvm_huge_folios, bool, 0644);
MODULE_PARM_DESC(huge_folios,
		 "Let new VMs have huge folios in GPU memory; not safe with Linux 7.3 and earlier (default off)");

unsigned int vgpusvm_system_bandwidth = VGPUSVM_SYSTEM_BANDWIDTH;
module_param_named(system_bandwidth, vgpusvm_system_bandwidth, uint, 0644);
MODULE_PARM_DESC(system_bandwidth,
		 "Bandwidth of a GPU to system memory for the model of time, in MB/s; 0: takes no time (default 28000)");

unsigned int vgpusvm_system_latency = VGPUSVM_SYSTEM_LATENCY;
module_param_named(system_latency, vgpusvm_system_latency, uint, 0644);
MODULE_PARM_DESC(system_latency,
		 "Latency of a GPU to system memory for the model of time, in ns (default 1800)");

bool vgpusvm_delay;
module_param_named(delay, vgpusvm_delay, bool, 0644);
MODULE_PARM_DESC(delay,
		 "Let operations take at least the time of the model (default off)");
