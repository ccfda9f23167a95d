/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_INJECT_H
#define FAULTINJECT_INJECT_H

#include <stdbool.h>

/* The kernel's fault injection, and complaints in the kernel log. */

/*
 * Prepares failslab and fail_page_alloc. With @stacks the kernel logs the stack of
 * each allocation that fails. Returns 0, or -ENOENT if the kernel has no fault injection.
 */
int inject_setup(bool stacks);

/* The @n-th allocation of this task from now on fails. */
void inject_arm(unsigned int n);
/* No allocation fails from now on. Returns true if one did. */
bool inject_disarm(void);

/* Returns true, after a diagnostic line, if the kernel complained since the last call. */
bool kernel_complained(void);

#endif
