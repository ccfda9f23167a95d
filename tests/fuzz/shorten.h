/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_SHORTEN_H
#define FUZZ_SHORTEN_H

#include "history.h"

enum outcome {
	SURVIVES,
	FAILS,
	UNKNOWN,	/* and so will be all others */
};

/*
 * Finds few calls of the history that fail. It asks @try only for trials beyond those that the
 * history has, so that it can go on in another VM after one died. @best gets the smallest
 * choice that failed; false if none did.
 */
bool shorten(const struct history *history,
	     enum outcome (*try)(const struct choice *choice, unsigned int trial),
	     struct choice *best);

#endif
