/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTINJECT_SNAPSHOT_H
#define FAULTINJECT_SNAPSHOT_H

#include <stdbool.h>

/*
 * All files of the two modules in sysfs and configfs as text, which the caller frees.
 * Counters and last_error are left out, because a failed change may modify them.
 */
char *snapshot(void);
/* Compare two snapshots, and print the first line that differs. */
bool snapshots_same(const char *before, const char *after);
/* Close what snapshots keep open. */
void snapshot_end(void);

#endif
