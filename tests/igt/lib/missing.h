/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef MISSING_H
#define MISSING_H

#include <stddef.h>

/*
 * A userfaultfd for memory without pages, which it is up to the caller to bring from then
 * on; it does not block. -1 where there is none.
 */
int miss_pages(void *p, size_t length);
/* In a subtest: skips it where there is none. */
void require_userfaultfd(void);

#endif
