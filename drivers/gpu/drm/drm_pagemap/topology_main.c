// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>

MODULE_DESCRIPTION("Static topology of GPU device memories for SVM");
MODULE_LICENSE("Dual MIT/GPL");
