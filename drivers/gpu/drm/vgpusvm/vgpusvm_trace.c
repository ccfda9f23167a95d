// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tracepoints.
 */

#ifndef __CHECKER__
#define CREATE_TRACE_POINTS
#include "vgpusvm_trace.h"
#endif
