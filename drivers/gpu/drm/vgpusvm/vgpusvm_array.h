/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_ARRAY_H_
#define _VGPUSVM_ARRAY_H_

#include <linux/types.h>

int vgpusvm_array_check(u32 stride, size_t size);
int vgpusvm_array_read(void *array, size_t size, u32 num, u64 user, u32 stride);
int vgpusvm_array_write(u64 user, u32 stride, const void *array, size_t size,
			u32 num);

#endif
