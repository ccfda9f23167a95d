/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>

/* A capability of the calling thread: CAP_SYS_ADMIN and the like. */
void set_capability(int capability, bool effective);
/* The calling process gets a user and a group without rights, for good. */
void become_nobody(void);

#define NOBODY	65534

#endif
