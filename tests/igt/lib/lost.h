/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>
#include <stddef.h>

/* The si_code of the SIGBUS that an access by the CPU gets, 0 for none. */
int access_code(char *p, bool write);
/* That of an access to poisoned memory. */
int code_of_poison(void);
/*
 * Is the content of each of these pages lost? Then each access by the CPU gets SIGBUS as
 * for poisoned memory.
 */
bool is_lost(char *p, size_t length);

#endif
