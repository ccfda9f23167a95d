/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_ARCHIVE_H
#define GPUSVM_TOOL_ARCHIVE_H

#include <sys/types.h>

/* A directory that is there as long as this process has it open */
struct scratch {
	char *path;
	pid_t keeper;
	int held;
};

/* archive-scratch.c */
int scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);

/* archive-unpack.c */
int unpack(const char *archive, const char *directory);

#endif
