/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef PLACED_H
#define PLACED_H

#include "svm.h"

/*
 * What tests of the virtual GPU's ioctls begin with: GPU 'a' with a peer 'b', a VM of
 * it, and memory with a pattern that lives on it.
 */

#define PLACED_SIZE	(128 * KIB)
#define PLACED_SEED	11

/* Makes all of it anew, and returns the memory. */
char *start_placed(struct svm_gpu *gpu);
/* The memory is as it was then. */
void assert_placed(struct svm_gpu *gpu, const char *p);

#endif
