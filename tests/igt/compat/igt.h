/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef IGT_H
#define IGT_H

#include "drmtest.h"
#include "igt_core.h"

#endif
