/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_RUNTIME_INTERNAL_H
#define FUZZ_RUNTIME_INTERNAL_H

#include "runtime.h"

/* Interfaces between the parts of the runtime. */

void memory_start(void);
void memory_end(void);
void config_end(void);
long put_file(const char *path, const char *value);

#endif
