/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef PLACED_H
#define PLACED_H

#include "svm.h"

/*
 * The setup of tests of the virtual GPU's ioctls: GPU 'a' with a VM, its peer 'b', and
 * memory with a pattern that lives on 'a'.
 */

#define PLACED_SIZE	(128 * KIB)
#define PLACED_SEED	11

/* Make all of it anew. Returns the memory. */
char *start_placed(struct svm_gpu *gpu);
/* Assert that the memory has the same place, preference and content as at the start. */
void assert_placed(struct svm_gpu *gpu, const char *p);

#endif
