/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <stddef.h>
#include <stdint.h>

#include <gpusvm-placement.h>

#include "gpu.h"

const struct gpusvm_initiator *choose_gpu(const struct gpusvm_topology *topology,
					  const char *uid);
int choose_pagemap(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
		   const char *where, size_t size, uint32_t *id);
void explain_refusal(const struct gpusvm_initiator *initiator, uint32_t id, int err);

#endif
