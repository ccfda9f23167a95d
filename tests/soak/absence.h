/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOAK_ABSENCE_H
#define SOAK_ABSENCE_H

#include <stdbool.h>

#include "random.h"
#include "soak.h"

/* Are the GPUs devices on PCI? The machine has their links then. */
bool gpus_are_pci(void);

/* Chooses how a GPU goes away, with all the data in its regions. */
enum absence pick_absence(struct rnd *rnd);
/* The GPU goes away, and comes back. Return 0 or a negative errno. */
int absence_begin(enum absence how, unsigned int gpu);
int absence_end(enum absence how, unsigned int gpu);

#endif
