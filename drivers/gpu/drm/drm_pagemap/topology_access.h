/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_ACCESS_H_
#define _DRM_PAGEMAP_TOPOLOGY_ACCESS_H_

#include <linux/types.h>

bool topology_access_restricted(void);
void topology_access_restrict(bool restricted);

#endif
