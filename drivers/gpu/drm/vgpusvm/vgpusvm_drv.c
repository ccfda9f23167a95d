// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>

MODULE_DESCRIPTION("Virtual SVM GPU");
MODULE_LICENSE("Dual MIT/GPL");
