/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_TAR_H
#define GPUSVM_TOOL_TAR_H

#define TAR_BLOCK 512

/* The header of POSIX. GNU tar uses @prefix for other fields */
struct tar_header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char target[100];
	char magic[8];
	char owner[80];
	char prefix[155];
	char rest[12];
};

_Static_assert(sizeof(struct tar_header) == TAR_BLOCK, "a header has the size of a block");

/* tar.c */
void tar_put_checksum(struct tar_header *header);

#endif
