/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef INTEL_PAT_H
#define INTEL_PAT_H

#include <stdint.h>

uint8_t intel_get_pat_idx_wb(int fd);

#endif
