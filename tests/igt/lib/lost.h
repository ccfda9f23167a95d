/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is the content of each of these pages lost? Then each access by the CPU gets SIGBUS as
 * for poisoned memory.
 */
bool is_lost(char *p, size_t length);

#endif
