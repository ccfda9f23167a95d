/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef MISSING_H
#define MISSING_H

#include <stddef.h>

/*
 * Make a userfaultfd for memory without pages, which does not block. From now on, the
 * caller has to provide the pages. Returns -1 if the kernel has no userfaultfd.
 */
int miss_pages(void *p, size_t length);
/* In a subtest: skip it if the kernel has no userfaultfd. */
void require_userfaultfd(void);

#endif
