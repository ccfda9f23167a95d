/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "program.h"

/*
 * Coverage of the modules. A site is a place where the compiler inserted a call of KCOV, one
 * in each basic block. A signal is a set of sites and of outcomes of calls.
 */

#define MAX_SITES	16384
#define MAX_TYPES	128
#define OUTCOMES	256
#define SIGNAL_BITS	(MAX_SITES + MAX_TYPES * OUTCOMES)
#define SIGNAL_WORDS	(SIGNAL_BITS / 64)

struct signal {
	uint64_t words[SIGNAL_WORDS];
};

/* Finds the sites in the files of the modules. Returns false if they have no sites. */
bool cover_find(const char * const *modules, unsigned int num);
/* Reads the addresses of the modules. Call it after each load. */
void cover_locate(void);

/* Starts KCOV for this thread. Without KCOV, the functions below do nothing. */
bool cover_start(void);
void cover_begin(void);
void cover_end(struct signal *signal);

void signal_outcome(struct signal *signal, const struct call_type *type, long outcome);
/* Adds @from to @to. */
void signal_add(struct signal *to, const struct signal *from);
/* Removes @known from @signal. Returns the size of the rest. */
unsigned int signal_news(struct signal *signal, const struct signal *known);
bool signal_has(const struct signal *signal, const struct signal *part);
/* Whether the two signals intersect. */
bool signal_meets(const struct signal *signal, const struct signal *other);
bool signal_has_any_site(const struct signal *signal);
bool signal_has_site(const struct signal *signal, unsigned int site);

unsigned int cover_sites(void);
/* Prints a line for each module: number of sites that ran, number of sites. */
void cover_summary(const struct signal *signal, FILE *out);
/* Prints a line for each function: module, function, sites that ran, sites. */
void cover_functions(const struct signal *signal, FILE *out);

#endif
