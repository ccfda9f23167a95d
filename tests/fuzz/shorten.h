/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_SHORTEN_H
#define FUZZ_SHORTEN_H

#include "history.h"

enum outcome {
	SURVIVES,
	FAILS,
	UNKNOWN,	/* as those of all later trials */
};

/*
 * Finds few calls of the history that fail. The history has the results of the first trials; @try
 * runs the others. So the search goes on in another VM after one died. @best gets the smallest
 * choice that failed. Returns false if none did.
 */
bool shorten(const struct history *history,
	     enum outcome (*try)(const struct choice *choice, unsigned int trial),
	     struct choice *best);

#endif
